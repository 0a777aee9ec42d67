"""The files of the inbox, as they were last seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from partwork.store.recovery_schema import dropped
from partwork.store.rows import new_rows


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was at `stamp`; how often an ingest was asked for since, and last when.

    `is_done`: one came to an end with it, whatever that was.
    """

    stamp: str
    asked: int
    asked_at: datetime | None
    is_done: bool


def load_dropped(conn: Connection) -> Mapping[str, Seen]:
    """All of them, by name."""
    rows = conn.execute(select(dropped))
    return {row.name: Seen(row.stamp, row.asked, row.asked_at, row.is_done) for row in rows}


def save_dropped(conn: Connection, seen: Mapping[str, Seen]) -> None:
    """What `load_dropped` has from now on, of these."""
    for name, one in seen.items():
        values = {
            "stamp": one.stamp,
            "asked": one.asked,
            "asked_at": one.asked_at,
            "is_done": one.is_done,
        }
        row = new_rows(conn, dropped).values(name=name, **values)
        conn.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
