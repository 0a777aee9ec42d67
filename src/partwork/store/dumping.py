"""All rows of a database as lines of JSON that either database can be made of again."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, select, text

from partwork.store.columns import metadata
from partwork.store.notes_schema import positions
from partwork.store.recovery_schema import dropped, send_runs, turns
from partwork.store.schema import service_messages
from partwork.store.sending_schema import lanes, leases, noticed

# Of the day alone: who holds what at this moment and which runs there are, what lanes have
# noticed, how far the suppression log and the inbox were read, and what waits to be mailed to one
# person, who may have had it by the day of the restoring.
NOT_KEPT = frozenset(
    {lanes.name, leases.name, turns.name, send_runs.name, noticed.name}
    | {positions.name, dropped.name, service_messages.name}
)


def dumped_tables() -> tuple[str, ...]:
    """The tables that a dump holds, each behind those that it refers to."""
    return tuple(t.name for t in metadata.sorted_tables if t.name not in NOT_KEPT)


def count_rows(conn: Connection) -> Mapping[str, int]:
    """How many rows each table of a dump has."""
    tables = (metadata.tables[name] for name in dumped_tables())
    return {t.name: conn.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def dump(conn: Connection, table: str) -> Iterator[str]:
    """A table as lines without their ends: the names of its columns, then each row.

    Instants are ISO 8601 in UTC, bytes base64. Take a frozen `read_only` connection, so that all
    tables are of one moment.
    """
    dumped = metadata.tables[table]
    yield json.dumps([column.name for column in dumped.columns])
    rows = conn.execute(
        select(dumped).order_by(*dumped.primary_key), execution_options={"yield_per": 1000}
    )
    for row in rows:
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False)


def last_numbers(conn: Connection) -> Mapping[str, int]:
    """The last number that each table gave a row of its own accord, though the row be gone."""
    if conn.dialect.name == "sqlite":
        given = conn.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        return {row.name: row.seq for row in given if row.name in metadata.tables}
    last = text("SELECT pg_sequence_last_value(CAST(:of AS regclass))")
    found = {t.name: sequence_of(conn, t) for t in metadata.sorted_tables}
    return {
        name: conn.execute(last, {"of": sequence}).scalar_one() or 0
        for name, sequence in found.items()
        if sequence
    }


def sequence_of(conn: Connection, table: Table) -> str | None:
    """The name of what numbers the table's rows on PostgreSQL, as SQL has it."""
    if "id" not in {column["name"] for column in inspect(conn).get_columns(table.name)}:
        return None
    query = text("SELECT pg_get_serial_sequence(:of, 'id')")
    name: str | None = conn.execute(query, {"of": table.name}).scalar_one()
    return name


def _plain(value: Any) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    return value
