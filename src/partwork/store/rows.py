"""What SQLite and PostgreSQL say alike and SQLAlchemy has no common word for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    String,
    Table,
    cast,
    extract,
    func,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnClause


def new_rows(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT into `table` that knows `on_conflict_do_nothing` and `…_do_update`."""
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_if_new(conn: Connection, table: Table, **values: object) -> bool:
    """Insert one row; False, and nothing changed, where its key is taken."""
    return written(conn, new_rows(conn, table).values(values).on_conflict_do_nothing()) == 1


def add_new(conn: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert the rows whose keys are not taken; how many."""
    if not rows:
        return 0
    new = new_rows(conn, table).on_conflict_do_nothing()
    return conn.execute(new, rows, execution_options={"preserve_rowcount": True}).rowcount


def written(conn: Connection, rows: Insert) -> int:
    """Run an INSERT; how many rows it added or, on a conflict, changed."""
    # For an INSERT, SQLAlchemy forgets the number unless told not to.
    return conn.execute(rows, execution_options={"preserve_rowcount": True}).rowcount


def literal_state(state: StrEnum) -> ColumnClause[str]:
    """`state` written into the SQL: only so is it matched with a partial index's condition."""
    return literal_column(f"'{state.value}'", String)


def seconds_of(
    conn: Connection, at: ColumnElement[datetime] | ColumnElement[datetime | None]
) -> ColumnElement[int]:
    """An instant as whole seconds since 1970."""
    if conn.dialect.name == "sqlite":
        return cast(func.strftime("%s", at), BigInteger)
    return cast(func.floor(extract("epoch", at)), BigInteger)


def domain_of(conn: Connection, address: ColumnElement[str]) -> ColumnElement[str]:
    """What stands behind an address's @, in small letters; of an address that is none, all."""
    at = func.instr if conn.dialect.name == "sqlite" else func.strpos
    return func.lower(func.substr(address, at(address, "@") + 1))


def storable(words: str, characters: int) -> str:
    """What others said as a database can hold it: valid Unicode, no NUL, not endless."""
    if words.isascii() and len(words) <= characters and "\0" not in words:
        return words
    valid = words[:characters].encode("utf-8", "replace").decode("utf-8")
    return valid.replace("\0", "\N{REPLACEMENT CHARACTER}")
