"""Turns: one run at a time works on a series or an issue, on whatever machine; and who it is.

A turn is a lease that its holder renews. Of a holder who is seen dead from here nothing is waited
for; of one on another machine, until its lease runs out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from partwork.store.recovery_schema import turns
from partwork.store.rows import new_rows, written
from partwork.store.workers import Worker, this_worker


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a turn since when. `id` is its own alone; `who` is in words, for people."""

    id: str
    who: str
    since: datetime


def take_turn(
    conn: Connection, name: str, mine: Holder, now: datetime, length: timedelta
) -> Holder | None:
    """None: it is `mine` until `now + length`. Else who has it. Commit at once."""
    here = this_worker()
    seen = conn.execute(select(turns).where(turns.c.name == name)).first()
    if seen and here.sees_dead(_worker_of(seen)):
        _drop(conn, name, seen.holder)
    said = {
        "holder": mine.id,
        "who": mine.who,
        "machine": here.machine,
        "boot": here.boot,
        "process": here.process,
        "since": mine.since,
        "until": now + length,
    }
    row = new_rows(conn, turns).values(name=name, **said)
    or_taken_over = row.on_conflict_do_update(
        index_elements=["name"],
        set_=said,
        where=or_(turns.c.until <= now, turns.c.holder == mine.id),
    )
    if written(conn, or_taken_over) == 1:
        return None
    return _holder(conn.execute(select(turns).where(turns.c.name == name)).one())


def keep_turn(conn: Connection, name: str, holder: str, until: datetime) -> bool:
    """Renew it; False, and nothing changed, where it is another's by now."""
    mine = turns.c.name == name, turns.c.holder == holder
    return conn.execute(update(turns).where(*mine).values(until=until)).rowcount == 1


def give_turn_back(conn: Connection, name: str, holder: str) -> None:
    """Others may have it; nothing happens when it is another's by now."""
    _drop(conn, name, holder)


def holder_of_turn(conn: Connection, name: str, now: datetime) -> Holder | None:
    """Who has it at `now`; None when nobody does who is not seen dead."""
    found = conn.execute(select(turns).where(turns.c.name == name, turns.c.until > now)).first()
    return _holder(found) if found and not this_worker().sees_dead(_worker_of(found)) else None


def _drop(conn: Connection, name: str, holder: str) -> None:
    conn.execute(delete(turns).where(turns.c.name == name, turns.c.holder == holder))


def _holder(row: Row[Any]) -> Holder:
    return Holder(row.holder, row.who, row.since)


def _worker_of(row: Row[Any]) -> Worker:
    return Worker(row.machine, row.boot, row.process)
