"""What was told once, and by which of many lanes or runs it may be told."""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from partwork.store.rows import insert_if_new, new_rows, written
from partwork.store.slots_schema import told


def told_at(conn: Connection, about: str) -> datetime | None:
    """When this was told; None: it was not."""
    query = select(told.c.told_at).where(told.c.about == about)
    return conn.execute(query).scalar_one_or_none()


def save_told(conn: Connection, about: str, at: datetime) -> bool:
    """Note that it is told now; False, and nothing changed: it was told before.

    What a clock that has been set back since says was told later counts as told now.
    """
    row = new_rows(conn, told).values(about=about, told_at=at)
    unless_before = row.on_conflict_do_update(
        index_elements=["about"], set_={"told_at": at}, where=told.c.told_at > at
    )
    return written(conn, unless_before) == 1


def tell_first(conn: Connection, about: str, at: datetime) -> bool:
    """Whether nobody has told this yet; from now on somebody has, whatever clocks say."""
    return insert_if_new(conn, told, about=about, told_at=at)


def tell_newest(conn: Connection, about: str, at: datetime, now: datetime) -> bool:
    """Whether nobody has told of this what came about at `at` or later; from now on somebody has.

    What lies behind `now` was told by a clock that has been set back since, and counts for nothing.
    """
    row = new_rows(conn, told).values(about=about, told_at=at)
    is_older = or_(told.c.told_at < at, told.c.told_at > now)
    newer = row.on_conflict_do_update(
        index_elements=["about"], set_={"told_at": at}, where=is_older
    )
    return written(conn, newer) == 1
