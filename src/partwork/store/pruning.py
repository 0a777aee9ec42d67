"""What is too old to be kept: removed a few rows at a time, so that no other writer waits long.

Each transaction removes what is still old by then, so any number may be at it at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from partwork.store.audience import has_others, is_asked_in_vain
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.store.events import EMPTIED, IS_SET_ASIDE, TOLD
from partwork.store.listed import is_listed
from partwork.store.queueing import let_in
from partwork.store.schema import service_messages, subscriptions
from partwork.store.sending_schema import folded
from partwork.store.service_messages import is_over

AT_ONCE = 500  # rows a transaction: some 10 ms on SQLite


@dataclass(frozen=True, slots=True)
class Old:
    """Rows that are too old, by the column by whose values they are taken in turn.

    Where there is something to write in their place, they stay and are emptied.
    """

    column: Column[int]
    condition: ColumnElement[bool]
    emptied: Mapping[str, object] = field(default_factory=dict)


def old_words(before: datetime) -> Old:
    """Events that were judged before then and still have words that may hold an address."""
    has_words = or_(*(events.c[name] != "" for name in TOLD))
    return Old(events.c.id, and_(events.c.judged_at < before, has_words), EMPTIED)


def old_set_aside(before: datetime) -> Old:
    """Events that came before then and were never judged, for they could not be."""
    return Old(events.c.id, and_(IS_SET_ASIDE, events.c.received_at < before))


def old_folded(before: datetime) -> Old:
    """Accepted deliveries of before then, as far as they were folded."""
    return Old(folded.c.id, folded.c.accepted_s < int(before.timestamp()))


def old_pending(before: datetime) -> Old:
    """Subscriptions asked for before then and never confirmed, of people who have others.

    What they had before, and left, stays in the consent record.
    """
    return Old(subscriptions.c.subscriber, and_(is_asked_in_vain(before), has_others(before)))


def old_answered(now: datetime) -> Old:
    """Service messages that were answered and that no cap counts any more."""
    return Old(service_messages.c.id, is_over(now))


def years_before(now: datetime, years: int) -> datetime:
    """The same time of year, then; years have 365.25 days."""
    return now - timedelta(days=365.25 * years)


def count_old(engine: Engine, old: Old) -> int:
    """How many rows `remove_old` would take now."""
    with read_only(engine) as connection:
        query = select(func.count()).select_from(old.column.table).where(old.condition)
        return connection.execute(query).scalar_one()


def remove_old(engine: Engine, old: Old) -> int:
    """Remove them, or empty them; how many."""
    gone, reached = 0, 0
    while True:
        with read_only(engine) as connection:
            found = _next(connection, old, reached)
        if not found:
            return gone
        let_writers_in(engine)
        with engine.begin() as connection:
            gone += _remove(connection, old, found)
        reached = found[-1]


def let_writers_in(engine: Engine) -> None:
    """Return once everyone has begun who waits to write; PostgreSQL sees to that by itself."""
    if engine.dialect.name == "sqlite":
        let_in(engine.url.database or "")


def _next(conn: Connection, old: Old, reached: int) -> Sequence[int]:
    query = (
        select(old.column)
        .where(old.condition, old.column > reached)
        .distinct()
        .order_by(old.column)
        .limit(AT_ONCE)
    )
    return conn.execute(query).scalars().all()


def _remove(conn: Connection, old: Old, found: Sequence[int]) -> int:
    table = old.column.table
    these = and_(is_listed(conn, old.column, found), old.condition)
    if conn.dialect.name == "postgresql":
        # Who is at such a row has it, and no two wait for each other: it is the next run's.
        key = tuple(table.primary_key)
        free = select(*key).where(these).with_for_update(of=table, skip_locked=True)
        these = tuple_(*key).in_(free.correlate(None))
    if old.emptied:
        return conn.execute(update(table).where(these).values(old.emptied)).rowcount
    return conn.execute(delete(table).where(these)).rowcount
