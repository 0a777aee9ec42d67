"""Who reads: bringing subscribers in, showing them, and forgetting them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from partwork.actions.address_files import RejectedRows, errors_beside, lines_of
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
from partwork.store.audience import list_subscribers, load_subscriber
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.importing import (
    Entrant,
    ImportOutcome,
    import_entrants,
    in_turns,
    standings,
)
from partwork.store.ledger import deliveries_of
from partwork.store.scratch import first_lines
from partwork.store.subscriptions import load_subscriptions
from partwork.subscribing.addresses import address_key
from partwork.subscribing.exports import csv_of
from partwork.subscribing.imports import RowError, applicants_in


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows did what.

    `not_subscribed` have left, bounced or never confirmed where they come from; `unusable` rows
    hold no address or one of an earlier line, and `errors` are the first of these. `errors_file`
    has the line and the reason of both; None where there are neither.
    """

    added: int
    already: int
    left_earlier: int
    suppressed: int
    not_subscribed: int
    unusable: int
    errors: tuple[RowError, ...]
    errors_file: Path | None


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

    `note` says how and goes into each consent record. Those who left or are suppressed, here or
    by what the file says, stay away. Cut short, it is simply run again. With `dry_run` the
    database is only read, and all else is as it would be. Raises LibraryError and Unreadable.
    """
    if not note.strip():
        raise LibraryError(
            "say how these people agreed, e.g. --confirmed 'moved from our old list, May 2026'"
        )
    load_newsletter(press, newsletter)
    evidence = Evidence(f"import: {note.strip()}")

    def import_chunk(chunk: Sequence[Entrant]) -> Sequence[ImportOutcome]:
        if dry_run:
            with read_only(press.engine) as connection:
                return standings(connection, chunk, newsletter)
        with press.engine.begin() as connection:
            return import_entrants(connection, chunk, newsletter, evidence, at=now)

    counts: Counter[ImportOutcome] = Counter()
    with lines_of(press, file) as (lines, count), errors_beside(file) as rejected:
        for chunk in in_turns(press.engine, _entrants_in(lines, press.hash_key, rejected)):
            counts.update(import_chunk(chunk))
            progress(min(chunk[-1].applicant.line, count), count)
    return ImportReport(
        counts[ImportOutcome.ADDED],
        counts[ImportOutcome.ALREADY],
        counts[ImportOutcome.LEFT_EARLIER],
        counts[ImportOutcome.SUPPRESSED],
        rejected.not_subscribed,
        rejected.unusable,
        tuple(rejected.first),
        rejected.file if rejected.unusable or rejected.not_subscribed else None,
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


def _entrants_in(
    lines: Iterator[str], hash_key: bytes, rejected: RejectedRows
) -> Iterator[Entrant]:
    with first_lines() as first_line:
        for row in applicants_in(lines):
            if isinstance(row, RowError):
                rejected.add(row)
                continue
            keys = keys_of(row.address, hash_key)
            first = first_line(keys.address_key, row.line)
            if first == row.line:
                yield Entrant(row, keys.address_key, keys.suppression_key)
            else:
                rejected.add(RowError(row.line, f"it has the address of line {first} again"))


def _person(connection: Connection, address: str) -> Subscriber:
    try:
        person = load_subscriber(connection, address_key(address))
    except ValueError as error:
        raise LibraryError(str(error)) from None
    if person is None:
        raise LibraryError(f"{address}: no subscriber has this address")
    return person
