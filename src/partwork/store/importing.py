"""Bringing many subscribers in at once: whoever left stays away."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, exists, select

from partwork.model.audience import EVERYTHING, Act, Applicant, Evidence, SubscriptionState
from partwork.store.cohorts import cohorts_of, settle_cohorts
from partwork.store.garbage import without_long_pauses
from partwork.store.listed import run
from partwork.store.queueing import let_in
from partwork.store.rows import insert_if_new
from partwork.store.schema import newsletters
from partwork.store.tags import save_tags

T = TypeVar("T")
TURN = timedelta(milliseconds=30)
LEAST_IN_A_TURN = 125  # rows; below, most of a turn is the commit
MOST_IN_A_TURN = 2000


class ImportOutcome(StrEnum):
    """What became of one row of an import."""

    ADDED = "added"
    ALREADY = "already subscribed"
    LEFT_EARLIER = "left earlier"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody to be imported, and what their address is known by."""

    applicant: Applicant
    address_key: str
    suppression_key: str


def standings(
    conn: Connection, entrants: Collection[Entrant], newsletter: str
) -> tuple[ImportOutcome, ...]:
    """What importing each of them would do, in their order; changes nothing."""
    hashes = [e.suppression_key for e in entrants]
    keys = [e.address_key for e in entrants]
    suppressed = frozenset(run(conn, _SUPPRESSED, listed=hashes).scalars())
    gone = _gone(conn, hashes, newsletter)
    states = dict(run(conn, _STATES, listed=keys, newsletter=newsletter).tuples().all())

    def standing(entrant: Entrant) -> ImportOutcome:
        state = states.get(entrant.address_key)
        if entrant.suppression_key in suppressed:
            return ImportOutcome.SUPPRESSED
        if state == SubscriptionState.CONFIRMED:
            return ImportOutcome.ALREADY
        if state == SubscriptionState.ENDED or entrant.suppression_key in gone:
            return ImportOutcome.LEFT_EARLIER
        return ImportOutcome.ADDED

    return tuple(standing(entrant) for entrant in entrants)


def import_entrants(
    conn: Connection,
    entrants: Sequence[Entrant],
    newsletter: str,
    evidence: Evidence,
    *,
    at: datetime,
) -> tuple[ImportOutcome, ...]:
    """Subscribe people whose consent the operator has, confirmed at once; no address twice.

    Whoever ended the subscription, or has left everything since they last confirmed it, is not
    brought back, not even after erasure, nor because somebody has asked for it again and not
    confirmed: the consent record still knows the hash. A known subscriber's name and language stay
    as they are; tags are added, and a field has the new value. Once imported, an address is ALREADY
    there, so that an import that was cut short may be run again.
    """
    found = standings(conn, entrants, newsletter)
    # All imports lock addresses in one order, so that no two wait for each other.
    fresh = sorted(
        (e for e, outcome in zip(entrants, found, strict=True) if outcome is ImportOutcome.ADDED),
        key=lambda entrant: entrant.address_key,
    )
    told = [
        e
        for e, outcome in zip(entrants, found, strict=True)
        if outcome is ImportOutcome.ALREADY and (e.applicant.tags or e.applicant.fields)
    ]
    added: frozenset[str] = frozenset()
    if everybody := {one.address_key: one.applicant for one in (*fresh, *told)}:
        ids = _made(conn, fresh, list(everybody), at)
        cohorts = _tagged(conn, {ids[key]: one for key, one in everybody.items()})
        wanted = {ids[one.address_key]: cohorts[ids[one.address_key]] for one in fresh}
        new = _subscribe(conn, wanted, newsletter, evidence, at)
        added = frozenset(key for key, subscriber in ids.items() if subscriber in new)
    return tuple(
        ImportOutcome.ALREADY  # another import, or the person's own answer, was quicker
        if outcome is ImportOutcome.ADDED and entrant.address_key not in added
        else outcome
        for entrant, outcome in zip(entrants, found, strict=True)
    )


def in_turns(
    engine: Engine,
    entrants: Iterator[Entrant],
    work: Callable[[Connection, Sequence[Entrant]], T],
) -> Iterator[T]:
    """What `work` gives for the entrants, chunk by chunk, each in a transaction of its own.

    Whoever waits to write is let in before the next. Chunks double and halve to what takes about
    `TURN`: no writer waits much longer, and where some come again and again they wait for the
    shortest. On SQLite only the last commit waits for the disk, which may take a quarter of a
    second: a loss of power before it takes back the latest chunks. Between two, SQLite's log is
    written back into the file, which needs no lock. PostgreSQL locks rows, and wakes who waits.
    """
    size, following = LEAST_IN_A_TURN, next(entrants, None)
    with without_long_pauses(), engine.connect() as conn, _quick_commits(conn) as quick:
        while following:
            if quick and quick.let_in():
                size = LEAST_IN_A_TURN  # where one waited, the next is not far
            chunk = [following, *islice(entrants, size - 1)]
            if (following := next(entrants, None)) is None and quick:
                quick.end()
            began = monotonic()
            with conn.begin():
                done = work(conn, chunk)
            took = monotonic() - began
            if took > TURN.total_seconds():
                size = max(size // 2, LEAST_IN_A_TURN)
            elif took < TURN.total_seconds() / 2:
                size = min(size * 2, MOST_IN_A_TURN)
            yield done
            if quick:
                quick.write_back()


@dataclass(frozen=True, slots=True)
class _QuickCommits:
    """A connection to SQLite whose commits do not wait for the disk, nor write the log back."""

    database: str
    driver: sqlite3.Connection

    def let_in(self) -> bool:
        """See `queueing.let_in`."""
        return let_in(self.database)

    def write_back(self) -> None:
        """Writes SQLite's log back into the file, as far as nobody reads it."""
        self._run("wal_checkpoint(PASSIVE)")

    def end(self) -> None:
        """The next commit waits for the disk, until all that went before is on it too."""
        self._run("synchronous = FULL")

    def _run(self, pragma: str) -> None:
        # What goes wrong here goes wrong at the next commit too, which says so in our words.
        with suppress(sqlite3.Error):
            self.driver.execute(f"PRAGMA {pragma}")


@contextmanager
def _quick_commits(conn: Connection) -> Iterator[_QuickCommits | None]:
    """Makes them so; None where the database is PostgreSQL."""
    driver: Any = conn.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield None
        return
    try:
        for pragma in ("synchronous = NORMAL", "wal_autocheckpoint = 0"):
            driver.execute(f"PRAGMA {pragma}")
        yield _QuickCommits(conn.engine.url.database or "", driver)
    finally:
        conn.invalidate()  # nobody else may get it as it is


def _gone(conn: Connection, hashes: Sequence[str], newsletter: str) -> set[str]:
    """Those of these who have left the newsletter, or everything, by the consent record.

    Who comes back to the newsletter has left it no more, and the others still.
    """
    from_this, from_all = set[str](), set[str]()
    told = {"newsletter": newsletter, "everything": EVERYTHING}
    for key, what, act in run(conn, _ACTS, listed=hashes, **told).tuples():
        whoever = from_all if what == EVERYTHING else from_this
        if act == Act.ENDED:
            whoever.add(key)
        else:
            whoever.discard(key)
            if what != EVERYTHING:
                from_all.discard(key)
    return from_this | from_all


# The words in capitals are explained in `listed`.
_SUPPRESSED = "SELECT suppression_key FROM suppressions WHERE suppression_key IS_LISTED"
_ACTS = (
    "SELECT suppression_key, newsletter, act FROM consents"
    " WHERE suppression_key IS_LISTED AND newsletter IN (:newsletter, :everything)"
    " AND act <> 'asked'"  # anybody may ask in anybody's name
    " ORDER BY id"  # as they were written
)
# The state comes from a subquery: joined, it may be looked for in all of the newsletter's.
_STATES = (
    "SELECT address_key, (SELECT state FROM subscriptions"
    " WHERE subscriber = subscribers.id AND newsletter = :newsletter)"
    " FROM subscribers WHERE address_key IS_LISTED"
)
_IDS = (
    "SELECT address_key, id FROM subscribers WHERE address_key IS_LISTED"
    " ORDER BY address_key LOCKED"
)
_MAKE = (
    "INSERT INTO subscribers"
    " (address, address_key, suppression_key, name, language, created_at)"
    " SELECT VALUE_0, VALUE_1, VALUE_2, VALUE_3, VALUE_4, :at FROM LISTED_ROWS WHERE true"
    " ON CONFLICT DO NOTHING"
)
_CONFIRM = (
    "INSERT INTO subscriptions (subscriber, newsletter, state, asked_at, confirmed_at, cohort)"
    " SELECT CAST(VALUE_0 AS BIGINT), :newsletter, 'confirmed', :at, :at, CAST(VALUE_1 AS BIGINT)"
    " FROM LISTED_ROWS WHERE true"
    " ON CONFLICT (subscriber, newsletter) DO UPDATE"
    " SET state = excluded.state, confirmed_at = excluded.confirmed_at"
    " WHERE subscriptions.state = 'pending'"
    " RETURNING subscriber"
)
_RECORD = (
    "INSERT INTO consents"
    " (subscriber, suppression_key, newsletter, act, at, source, wording, network, user_agent)"
    " SELECT id, suppression_key, :newsletter, 'imported', :at,"
    " :source, :wording, :network, :user_agent FROM subscribers"
    " WHERE id IS_LISTED ORDER BY id"
)
_IS_SEEN = select(exists().where(newsletters.c.slug == bindparam("newsletter")))


def _made(
    conn: Connection, fresh: Sequence[Entrant], keys: Sequence[str], at: datetime
) -> Mapping[str, int]:
    """The ids of all by address key, locked; made of the fresh who are not known."""
    if fresh:
        run(conn, _MAKE, rows=[_subscriber_of(one) for one in fresh], at=at)
    return dict(run(conn, _IDS, listed=keys).tuples().all())


def _tagged(conn: Connection, people: Mapping[int, Applicant]) -> Mapping[int, int]:
    """The cohorts of people who have been given what the file says of them beside the address."""
    save_tags(conn, people)
    cohorts = cohorts_of(conn, list(people))
    settle_cohorts(conn, {id_: cohorts[id_] for id_, one in people.items() if one.tags})
    return cohorts


def _subscribe(
    conn: Connection,
    cohorts: Mapping[int, int],
    newsletter: str,
    evidence: Evidence,
    at: datetime,
) -> frozenset[int]:
    """Those of these subscribers, told with their cohorts, who were not subscribed and are now."""
    if not cohorts:
        return frozenset()
    if not conn.execute(_IS_SEEN, {"newsletter": newsletter}).scalar_one():
        insert_if_new(conn, newsletters, slug=newsletter, first_seen_at=at)
    rows = sorted(cohorts.items())
    new = frozenset(run(conn, _CONFIRM, rows=rows, newsletter=newsletter, at=at).scalars())
    run(conn, _RECORD, listed=sorted(new), newsletter=newsletter, at=at, **asdict(evidence))
    return new


def _subscriber_of(entrant: Entrant) -> tuple[str, ...]:
    one = entrant.applicant
    keys = (entrant.address_key, entrant.suppression_key)
    return (one.address.strip(), *keys, one.name, one.language)
