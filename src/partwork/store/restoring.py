"""A database made again of what `dumping` wrote: what may have been mailed since is in doubt."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from partwork.model.delivery import DeliveryState
from partwork.store.columns import metadata
from partwork.store.dumping import dumped_tables, sequence_of
from partwork.store.migrating import VERSION_TABLE, upgrade
from partwork.store.schema import approvals, campaigns, courses, deliveries, issues

# Numbers that are left out, since links in mails from after the backup name people and
# deliveries by number: more than join between two backups.
NUMBERS_LEFT_OUT = 1_000_000

_AT_ONCE = 1000
_OPEN = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.ATTEMPTED,
    DeliveryState.DEFERRED,
    DeliveryState.GATHERED,
)

# The lines that `dump` gave for a table, by its name.
LinesOf = Callable[[str], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """Rows that came back; deliveries that are in doubt now; approvals that did not come over."""

    rows: int
    in_doubt: int
    approvals_lost: int


def has_tables(conn: Connection) -> bool:
    """Whether the database has any of our tables."""
    return bool(set(inspect(conn).get_table_names()) & {*metadata.tables, VERSION_TABLE})


def drop_tables(conn: Connection) -> None:
    """Take our tables, with all that is in them, out of a PostgreSQL database."""
    for name in set(inspect(conn).get_table_names()) & {*metadata.tables, VERSION_TABLE}:
        conn.execute(text(f'DROP TABLE "{name}" CASCADE'))
        conn.execute(text(f'DROP FUNCTION IF EXISTS "{name}_refuse" CASCADE'))


def rebuild(
    conn: Connection,
    lines_of: LinesOf,
    *,
    revision: str,
    last_numbers: Mapping[str, int],
    made_at: datetime,
    now: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Restored:
    """Fill an empty database with what was dumped at `made_at`, and bring it to head.

    Nobody knows what was sent between the two instants. So every delivery that was open is in
    doubt, and an operator decides; and no approval comes over of a part that had not gone out, or
    that a course goes on sending: an editor has to say yes again. All of it in the connection's
    transaction. Raises ValueError for lines that are no dump.
    """
    upgrade(conn, revision)
    tables = MetaData()
    tables.reflect(conn)
    # Approvals come last, when it can be seen which are settled. No table refers to them.
    names = sorted(dumped_tables(), key=lambda name: name == approvals.name)
    rows, lost = 0, 0
    for table in (tables.tables[name] for name in names if name in tables.tables):
        settled = _settled(conn) if table.name == approvals.name else None
        for batch in _batches(table, lines_of(table.name)):
            kept = [row for row in batch if settled is None or row["content_hash"] in settled]
            if kept:
                conn.execute(insert(table), kept)
            rows, lost = rows + len(kept), lost + len(batch) - len(kept)
            progress(rows)
    upgrade(conn)
    _number_on(conn, last_numbers)
    words = f"restored from a backup of {made_at:%Y-%m-%d %H:%M} UTC: it may have left since"
    return Restored(rows, _doubt(conn, words, now), lost)


def _doubt(conn: Connection, words: str, now: datetime) -> int:
    doubted = conn.execute(
        update(deliveries)
        .where(deliveries.c.state.in_([state.value for state in _OPEN]))
        .values(
            state=DeliveryState.IN_DOUBT.value,
            lane="",
            lease_until=None,
            next_try_at=None,
            replied_at=now,
            reply_text=words,
        )
    )
    return doubted.rowcount


def _settled(conn: Connection) -> frozenset[str]:
    """Issues whose approval can do no more harm: to everyone whom they reach they were planned."""
    query = (
        select(campaigns.c.content_hash)
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(issues.c.series.not_in(select(courses.c.series)))
    )
    return frozenset(conn.execute(query).scalars())


def _batches(table: Table, lines: Iterator[str]) -> Iterator[list[dict[str, Any]]]:
    names = next(lines, None)
    if names is None:
        return  # the table is younger than the dump
    columns = [table.c[name] for name in json.loads(names)]
    while batch := [_row(columns, line) for line in islice(lines, _AT_ONCE)]:
        yield batch


def _row(columns: list[Column[Any]], line: str) -> dict[str, Any]:
    return {c.name: _value(c, v) for c, v in zip(columns, json.loads(line), strict=True)}


def _value(column: Column[Any], held: Any) -> Any:
    if held is None:
        return None
    if isinstance(column.type, DateTime):
        at = datetime.fromisoformat(held).astimezone(UTC)
        return at if column.type.timezone else at.replace(tzinfo=None)
    return base64.b64decode(held) if isinstance(column.type, LargeBinary) else held


def _number_on(conn: Connection, last_numbers: Mapping[str, int]) -> None:
    for table in metadata.sorted_tables:
        if conn.dialect.name == "sqlite":
            is_numbered = bool(table.dialect_options["sqlite"]["autoincrement"])
            sequence = table.name if is_numbered else None
        else:
            sequence = sequence_of(conn, table)
        if sequence is None:
            continue
        highest = conn.execute(select(func.max(table.c.id))).scalar_one() or 0
        last = max(highest, last_numbers.get(table.name, 0)) + NUMBERS_LEFT_OUT
        for statement in _SET_LAST[conn.dialect.name]:
            conn.execute(statement, {"sequence": sequence, "last": last})


_SET_LAST = {
    "sqlite": (
        text("DELETE FROM sqlite_sequence WHERE name = :sequence"),
        text("INSERT INTO sqlite_sequence SELECT :sequence, :last"),
    ),
    "postgresql": (text("SELECT setval(CAST(:sequence AS regclass), :last)"),),
}
