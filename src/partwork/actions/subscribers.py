"""Who reads: bringing subscribers in, showing them, and forgetting them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from partwork.actions.forgetting import ErasureReport, forget
from partwork.actions.loading import load_newsletter
from partwork.assembly import Press, Progress, keys_of
from partwork.library import LibraryError
from partwork.model.audience import (
    Consent,
    Evidence,
    Subscriber,
    Subscription,
    SubscriptionState,
)
from partwork.model.delivery import Delivery
from partwork.reading.decoding import decoded
from partwork.store.audience import (
    ImportOutcome,
    import_subscriber,
    list_subscribers,
    load_subscriber,
)
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.ledger import deliveries_of
from partwork.store.subscriptions import load_subscriptions
from partwork.subscribing.addresses import address_key
from partwork.subscribing.exports import csv_of
from partwork.subscribing.imports import RowError, applicants_in

CHUNK = 500  # rows a transaction, so that an unsubscribe never waits long for the write lock


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows did what; `errors` are rows that hold no usable address."""

    added: int
    already: int
    left_earlier: int
    suppressed: int
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known of one person."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]
    consents: tuple[Consent, ...]
    deliveries: tuple[Delivery, ...]


def import_subscribers(
    press: Press,
    file: Path,
    newsletter: str,
    *,
    note: str,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> ImportReport:
    """Adds the file's addresses as confirmed, on the operator's word that they agreed.

    `note` says how and goes into each consent record. Those who left or are suppressed stay
    away. With `dry_run` nothing is changed.
    """
    if not note.strip():
        raise LibraryError(
            "say how these people agreed, e.g. --confirmed 'moved from our old list, May 2026'"
        )
    load_newsletter(press, newsletter)
    applicants, errors = applicants_in(decoded(press.library.read_raw(file), file.name))
    counts = dict.fromkeys(ImportOutcome, 0)
    for start in range(0, len(applicants), CHUNK):
        with press.engine.connect() as connection:
            transaction = connection.begin()
            for applicant in applicants[start : start + CHUNK]:
                keys = keys_of(applicant.address, press.hash_key)
                outcome = import_subscriber(
                    connection,
                    applicant,
                    newsletter,
                    Evidence(f"import: {note.strip()}"),
                    address_key=keys.address_key,
                    suppression_key=keys.suppression_key,
                    at=now,
                )
                counts[outcome] += 1
            transaction.rollback() if dry_run else transaction.commit()
        progress(min(start + CHUNK, len(applicants)), len(applicants))
    return ImportReport(
        counts[ImportOutcome.ADDED],
        counts[ImportOutcome.ALREADY],
        counts[ImportOutcome.LEFT_EARLIER],
        counts[ImportOutcome.SUPPRESSED],
        errors,
    )


def all_subscribers(
    press: Press, newsletter: str, state: SubscriptionState | None
) -> tuple[tuple[Subscriber, Subscription], ...]:
    """Subscribers with their subscriptions, by address; of all newsletters where none is named."""
    if newsletter:
        load_newsletter(press, newsletter)
    with read_only(press.engine) as connection:
        return tuple(list_subscribers(connection, newsletter or None, state))


def export_subscribers(press: Press, newsletter: str) -> str:
    """CSV: address, name, language, newsletter, state, confirmed_at, ended_at; formulas defused."""
    rows = [
        (
            person.address,
            person.name,
            person.language,
            held.newsletter,
            held.state.value,
            held.confirmed_at.isoformat() if held.confirmed_at else "",
            held.ended_at.isoformat() if held.ended_at else "",
        )
        for person, held in all_subscribers(press, newsletter, None)
    ]
    header = ("address", "name", "language", "newsletter", "state", "confirmed_at", "ended_at")
    return csv_of([header, *rows])


def story_of(press: Press, address: str) -> Story:
    """One person's whole story. Raises LibraryError where nobody has that address."""
    with read_only(press.engine) as connection:
        person = _person(connection, address)
        return Story(
            person,
            load_subscriptions(connection, person.id),
            load_consents(connection, person.id),
            deliveries_of(connection, person.id),
        )


def erase(press: Press, address: str, now: datetime) -> ErasureReport:
    """Forgets a person, who has left then: no import brings them back; suppression stays.

    Raises LibraryError where there is nobody, LogUnusable.
    """
    with read_only(press.engine) as connection:
        person = _person(connection, address)
    return forget(press, person, now)


def _person(connection: Connection, address: str) -> Subscriber:
    try:
        person = load_subscriber(connection, address_key(address))
    except ValueError as error:
        raise LibraryError(str(error)) from None
    if person is None:
        raise LibraryError(f"{address}: no subscriber has this address")
    return person
