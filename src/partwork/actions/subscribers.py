"""Who reads: bringing subscribers in, showing them, and forgetting them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from partwork.actions.address_files import RejectedRows, errors_beside, lines_of
from partwork.actions.came_back import CameBack, what_came_back
from partwork.actions.forgetting import ErasureReport, forget
from partwork.actions.loading import load_newsletter
from partwork.assembly import Press, Progress, keys_of
from partwork.library import LibraryError
from partwork.model.audience import (
    EVERYTHING,
    Applicant,
    Consent,
    Evidence,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.store.audience import Listed, is_suppressed, list_subscribers, load_subscriber
from partwork.store.bounce_records import load_records
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.importing import (
    Entrant,
    ImportOutcome,
    import_entrants,
    in_turns,
    standings,
)
from partwork.store.records import DeliveryRecord, records_of
from partwork.store.scratch import by_hash, first_lines
from partwork.store.subscriptions import load_courses, load_skipped, load_subscriptions
from partwork.store.tags import field_names, load_fields, load_tags
from partwork.subscribing.exports import csv_of
from partwork.subscribing.extras import checked_tag, tags_cell
from partwork.subscribing.imports import RowError, applicants_in

LINES_BETWEEN = 10_000  # that are read without a word on progress: a quarter of a second
AT_ONCE = 500  # subscribers who are looked up together
OF_ALL = "all newsletters"  # which no newsletter can be called


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
    """Everything known of one person.

    `skipped` are the series they do not want, `courses` the number of the part that comes next in
    each series that runs as a course. `came_back` is what came back from the address, each event
    with what it was judged to be. Before `left_out_until` campaigns leave them out, since a probe
    decides first; `lifted` is what somebody said when they last lifted a suppression. What they did
    about all newsletters at once has `OF_ALL` in `consents`.
    """

    subscriber: Subscriber
    is_suppressed: bool
    why_suppressed: SuppressionReason | None
    left_out_until: datetime | None
    lifted: str
    subscriptions: tuple[Subscription, ...]
    skipped: Sequence[str]
    courses: Mapping[str, int]
    tags: Sequence[str]
    fields: Mapping[str, str]
    consents: tuple[Consent, ...]
    deliveries: tuple[DeliveryRecord, ...]
    came_back: tuple[CameBack, ...]


def import_subscribers(
    press: Press,
    file: Path,
    newsletter: str,
    *,
    note: str,
    now: datetime,
    tags: Sequence[str] = (),
    fields: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> ImportReport:
    """Adds the file's addresses as confirmed, on the operator's word that they agreed.

    `note` says how and goes into each consent record. Beside the file's own, all get `tags`; of
    columns that mean nothing here, `fields` are kept. Those who left or are suppressed, here or
    by what the file says, stay away. Reading the file is half of the progress, and writing the
    database the other. Cut short, it is simply run again. With `dry_run` the database is only
    read, and all else is as it would be. Raises LibraryError, ExtrasError and Unreadable.
    """
    if not note.strip():
        raise LibraryError(
            "say how these people agreed, e.g. --confirmed 'moved from our old list, May 2026'"
        )
    load_newsletter(press, newsletter)
    for_all = tuple(map(checked_tag, tags))
    evidence = Evidence(f"import: {note.strip()}")

    def take_in(connection: Connection, chunk: Sequence[Entrant]) -> tuple[ImportOutcome, ...]:
        return import_entrants(connection, chunk, newsletter, evidence, at=now)

    counts: Counter[ImportOutcome] = Counter()
    with lines_of(press, file) as (lines, count), errors_beside(file) as rejected:
        rows = _tagged(applicants_in(lines, fields), for_all)
        entrants = _entrants_in(rows, press.hash_key, rejected)
        read = _telling(entrants, lambda line: progress(line // 2, count))
        in_order = by_hash(read)
        outcomes = (
            _foretold(press, in_order, newsletter)
            if dry_run
            else in_turns(press.engine, in_order, take_in)
        )
        for these in outcomes:
            counts.update(these)
            progress((count + counts.total()) // 2, count)
        progress(count, count)
    if not (counts or rejected.not_subscribed or rejected.unusable):
        raise LibraryError(f"{file}: there is no row in it; nobody was added")
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


def _foretold(
    press: Press, entrants: Iterator[Entrant], newsletter: str
) -> Iterator[tuple[ImportOutcome, ...]]:
    while chunk := list(islice(entrants, AT_ONCE)):
        with read_only(press.engine) as connection:
            yield standings(connection, chunk, newsletter)


def all_subscribers(
    press: Press, newsletter: str, state: SubscriptionState | None
) -> tuple[Listed, ...]:
    """Subscribers with their subscriptions, by address; of all newsletters where none is named."""
    if newsletter:
        load_newsletter(press, newsletter)
    with read_only(press.engine) as connection:
        return tuple(list_subscribers(connection, newsletter or None, state))


def export_subscribers(press: Press, newsletter: str) -> Iterator[str]:
    """CSV, some lines at a time, formulas defused; `import_subscribers` takes it back.

    Columns are address, name, language, newsletter, state, confirmed_at, ended_at, suppressed (why
    campaigns leave them out, so that no other system takes them for readers), tags, and
    `field.NAME` for each field that anybody has.
    """
    if newsletter:
        load_newsletter(press, newsletter)
    with read_only(press.engine) as connection:
        fields = field_names(connection)
        yield csv_of([(*_COLUMNS, *(f"field.{name}" for name in fields))])
        rows = list_subscribers(connection, newsletter or None)
        while some := list(islice(rows, AT_ONCE)):
            people = {one.subscriber.id for one in some}
            tags, held_fields = load_tags(connection, people), load_fields(connection, people)
            yield csv_of(
                (
                    *_cells(one),
                    tags_cell(tags.get(one.subscriber.id, ())),
                    *(held_fields.get(one.subscriber.id, {}).get(name, "") for name in fields),
                )
                for one in some
            )


def story_of(press: Press, address: str) -> Story:
    """One person's whole story. Raises LibraryError where nobody has that address."""
    with read_only(press.engine) as connection:
        person = _person(press, connection, address)
        record = load_records(connection, [person.id])[person.id]
        return Story(
            person,
            record.suppressed is not None,
            record.suppressed,
            record.left_out_until,
            record.why,
            load_subscriptions(connection, person.id),
            sorted(load_skipped(connection, person.id)),
            load_courses(connection, person.id),
            load_tags(connection, [person.id]).get(person.id, ()),
            load_fields(connection, [person.id]).get(person.id, {}),
            tuple(map(_readable, load_consents(connection, person.id))),
            records_of(connection, person.id),
            what_came_back(connection, person.id),
        )


def _readable(consent: Consent) -> Consent:
    return replace(consent, newsletter=OF_ALL) if consent.newsletter == EVERYTHING else consent


def erase(press: Press, address: str, now: datetime) -> ErasureReport:
    """Forgets a person, who has left then: no import brings them back; suppression stays.

    Raises LibraryError where there is nobody, LogUnusable.
    """
    with read_only(press.engine) as connection:
        person = _person(press, connection, address)
    return forget(press, person, now)


_COLUMNS = (
    "address", "name", "language", "newsletter", "state", "confirmed_at", "ended_at", "suppressed",
    "tags",
)  # fmt: skip


def _cells(one: Listed) -> tuple[str, ...]:
    """All but the last of `_COLUMNS`."""
    person, held, suppressed = one
    return (
        person.address,
        person.name,
        person.language,
        held.newsletter,
        held.state.value,
        held.confirmed_at.isoformat() if held.confirmed_at else "",
        held.ended_at.isoformat() if held.ended_at else "",
        suppressed.value if suppressed else "",
    )


def _tagged(
    rows: Iterator[Applicant | RowError], tags: tuple[str, ...]
) -> Iterator[Applicant | RowError]:
    if not tags:
        return rows
    return (
        replace(row, tags=(*row.tags, *tags)) if isinstance(row, Applicant) else row for row in rows
    )


def _entrants_in(
    rows: Iterable[Applicant | RowError], hash_key: bytes, rejected: RejectedRows
) -> Iterator[Entrant]:
    with first_lines() as first_line:
        for row in rows:
            if isinstance(row, RowError):
                rejected.add(row)
                continue
            keys = keys_of(row.address, hash_key)
            first = first_line(keys.address_key, row.line)
            if first == row.line:
                yield Entrant(row, keys.address_key, keys.suppression_key)
            else:
                rejected.add(RowError(row.line, f"it has the address of line {first} again"))


def _telling(entrants: Iterable[Entrant], tell: Callable[[int], None]) -> Iterator[Entrant]:
    for entrant in entrants:
        if entrant.applicant.line % LINES_BETWEEN == 0:
            tell(entrant.applicant.line)
        yield entrant


def _person(press: Press, connection: Connection, address: str) -> Subscriber:
    try:
        keys = keys_of(address, press.hash_key)
    except ValueError as error:
        raise LibraryError(str(error)) from None
    if person := load_subscriber(connection, keys.address_key):
        return person
    listed = is_suppressed(connection, keys.suppression_key)
    also = "; it is on the suppression list" if listed else ""
    raise LibraryError(f"{address}: no subscriber has this address{also}")
