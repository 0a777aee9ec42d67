"""How fast relays and recipients' domains get messages, shared by all who send and kept.

Slots are handed out one after the other, each once: whoever reserves some moves on the instant
from which the next are free. So any number of lanes together keep one rate.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from partwork.store.rows import insert_if_new
from partwork.store.sending_schema import paces

NONE = timedelta(0)
MICROSECOND = timedelta(microseconds=1)
# Guesses: a slowed domain gets twice as many a quarter of an hour later, one message a minute at
# least, and the many replies of one moment slow it once.
RECOVERY = timedelta(minutes=15)
SLOWEST = timedelta(minutes=1)
ONE_MOMENT = timedelta(seconds=30)
KEPT = timedelta(days=1)
# More lanes than anybody runs, each of which reserves a second's share or one slot.
LANES, A_SHARE = 200, timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reserved:
    """`count` slots, the first in `wait`, each `apart` from the next; none: what they would be."""

    wait: timedelta
    apart: timedelta
    count: int
    is_spent: bool = False


def clock_of(conn: Connection) -> datetime:
    """The clock by which lanes share slots: the database's, since machines' own differ.

    All who use an SQLite file are on its machine.
    """
    if conn.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = conn.execute(select(func.clock_timestamp())).scalar_one()
    return now


def reserve(
    conn: Connection,
    name: str,
    usual: timedelta,
    count: int,
    now: datetime,
    *,
    within: timedelta = timedelta.max,
    share: int | None = None,
) -> Reserved:
    """Up to `count` slots of `name`, if the first is within that time.

    They are `usual` apart, further where `name` was slowed down. Of a day of UTC at most `share`
    are handed out; with the last of them it is spent. Commit at once.
    """
    row = _locked(conn, name, now)
    apart = _apart(row, usual, now)
    today = now.astimezone(UTC).date().isoformat()
    on_day = row.on_day if row.day == today else 0
    if share is not None and on_day >= share:
        return Reserved(NONE, apart, 0, is_spent=True)
    wait = max(row.next_at - now, NONE)
    if wait > max(LANES * A_SHARE, LANES * apart):
        wait = NONE  # nobody reserves so far ahead: the clock was set back
    if wait > within:
        return Reserved(wait, apart, 0)
    given = count if share is None else min(count, share - on_day)
    _save(conn, name, next_at=now + wait + given * apart, day=today, on_day=on_day + given)
    return Reserved(wait, apart, given)


def slow_down(conn: Connection, name: str, usual: timedelta, now: datetime) -> Reserved:
    """Half as many for `name` from now on, which grow back slowly; reserves nothing."""
    row = _locked(conn, name, now)
    apart = _apart(row, usual, now)
    if row.slowed_at is None or now - row.slowed_at >= ONE_MOMENT:
        apart = max(min(apart * 2, SLOWEST), usual)
        next_at = max(row.next_at, now + apart)
        _save(conn, name, next_at=next_at, apart_us=apart // MICROSECOND, slowed_at=now)
        return Reserved(next_at - now, apart, 0)
    return Reserved(max(row.next_at - now, NONE), apart, 0)


def slowed(conn: Connection, since: datetime) -> tuple[tuple[str, str, datetime], ...]:
    """Relay and recipients' domain of each that was slowed down at `since` or later, and when."""
    query = (
        select(paces.c.name, paces.c.slowed_at)
        .where(paces.c.slowed_at >= since)
        .order_by(paces.c.name)
    )
    found = ((row.name.rpartition(" "), row.slowed_at) for row in conn.execute(query))
    return tuple((relay, domain, at) for (relay, _, domain), at in found)


def prune_paces(conn: Connection, now: datetime) -> int:
    """Forget what is as usual again: the names of recipients' domains are kept no longer."""
    is_over = or_(paces.c.slowed_at.is_(None), paces.c.slowed_at < now - KEPT)
    return conn.execute(delete(paces).where(paces.c.next_at < now - KEPT, is_over)).rowcount


def _locked(conn: Connection, name: str, now: datetime) -> Row[Any]:
    """The row of `name`, made where there is none; nobody else has it until the commit."""
    insert_if_new(conn, paces, name=name, next_at=now, apart_us=0, day="", on_day=0)
    return conn.execute(select(paces).where(paces.c.name == name).with_for_update()).one()


def _apart(row: Row[Any], usual: timedelta, now: datetime) -> timedelta:
    """From one slot to the next by now; half of what it was slowed to for each RECOVERY passed."""
    if row.slowed_at is None:
        return usual
    halvings = min(abs(now - row.slowed_at) / RECOVERY, 60)  # before now, or the clock was set back
    slowed: timedelta = row.apart_us * MICROSECOND * 0.5**halvings
    return max(slowed, usual)


def _save(conn: Connection, name: str, **values: object) -> None:
    conn.execute(update(paces).where(paces.c.name == name).values(values))
