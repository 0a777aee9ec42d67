"""Slots: when a series was last looked at, and what was missed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from partwork.model.missed import Choice, Missed
from partwork.store.rows import add_new, new_rows
from partwork.store.slots_schema import looks, missed


def load_look(conn: Connection, series: str) -> datetime | None:
    """When it was last looked whether a part of the series is due; None: never."""
    query = select(looks.c.looked_at).where(looks.c.series == series)
    return conn.execute(query).scalar_one_or_none()


def save_look(conn: Connection, series: str, at: datetime) -> None:
    """Note that it is looked now, by the clock of now: it may have been set back."""
    row = new_rows(conn, looks).values(series=series, looked_at=at)
    conn.execute(row.on_conflict_do_update(index_elements=["series"], set_={"looked_at": at}))


def note_missed(conn: Connection, series: str, found: Iterable[Missed], at: datetime) -> int:
    """Keep what was missed and nobody has decided about; how many are new."""
    rows = [
        {
            "series": series,
            "due_at": one.due_at,
            "instalment": one.instalment,
            "number": one.number,
            "noted_at": at,
        }
        for one in found
    ]
    return add_new(conn, missed, rows)


def load_missed(conn: Connection, series: str) -> tuple[Missed, ...]:
    """What was missed and waits for a decision, by its slot."""
    query = (
        select(missed)
        .where(missed.c.series == series, missed.c.choice.is_(None))
        .order_by(missed.c.due_at)
    )
    return tuple(Missed(row.due_at, row.instalment, row.number) for row in conn.execute(query))


def decide_missed(conn: Connection, series: str, choice: Choice, at: datetime) -> int:
    """Note what a person has decided about all that waits; how many parts it is about."""
    decided = conn.execute(
        update(missed)
        .where(missed.c.series == series, missed.c.choice.is_(None))
        .values(choice=choice.value, decided_at=at)
    )
    return decided.rowcount


def decided_at(conn: Connection, series: str) -> datetime | None:
    """When somebody last decided about missed parts of the series; slots before it are over."""
    query = select(func.max(missed.c.decided_at)).where(missed.c.series == series)
    latest: datetime | None = conn.execute(query).scalar_one()
    return latest


def left_out(conn: Connection, series: str) -> Mapping[str, int]:
    """The ids of instalments that a person decided to skip, with their numbers then."""
    query = select(missed.c.instalment, missed.c.number).where(
        missed.c.series == series, missed.c.choice == Choice.SKIP.value
    )
    return {row.instalment: row.number for row in conn.execute(query)}
