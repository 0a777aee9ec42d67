"""Leases by which one run at a time works on a series or an issue, on whatever machine."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select

from partwork.store.rows import new_rows, written
from partwork.store.sending_schema import leases


def take_lease(conn: Connection, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Whether `holder` has the lease until `now + length`: it was free, run out, or its own.

    Commit at once, so that others see it.
    """
    row = new_rows(conn, leases).values(name=name, holder=holder, until=now + length)
    or_taken_over = row.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": now + length},
        where=or_(leases.c.until <= now, leases.c.holder == holder),
    )
    return written(conn, or_taken_over) == 1


def release_lease(conn: Connection, name: str, holder: str) -> None:
    """Give the lease back; nothing happens when it is another's by now."""
    conn.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def holder_of(conn: Connection, name: str, now: datetime) -> str | None:
    """Who has the lease at `now`; None when it is free or has run out."""
    query = select(leases.c.holder).where(leases.c.name == name, leases.c.until > now)
    return conn.execute(query).scalar_one_or_none()
