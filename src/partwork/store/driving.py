"""Statements that run thousands of times a second, by the driver's own connection.

SQLAlchemy takes several times as long to run a small statement as the database. Here each is put
into words once for SQLite and for PostgreSQL, and goes to sqlite3 or psycopg as it is.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, Select, UpdateBase
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.dialects.sqlite import pysqlite

from partwork.store.columns import Instant
from partwork.store.engine import StoreError, driver_problem, may_pass
from partwork.store.queueing import waiting

T = TypeVar("T")
CHECKPOINT = 8000  # pages, 32 MB: rows next to each other are written back once, not eight times
PAUSES = (1, 2, 4, 8, 16, 32)  # seconds, each after ten more of waiting where the file is locked

Parameters = dict[str, object]
NOTHING: Parameters = {}

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no types
_SQLITE = pysqlite.dialect(paramstyle="named")


class Prepared:
    """A statement of SQLAlchemy's, in both databases' words; `asks_for` are its parameters."""

    def __init__(self, statement: UpdateBase | Select[Any]) -> None:
        on_sqlite, on_postgresql = (
            statement.compile(dialect=dialect) for dialect in (_SQLITE, _POSTGRESQL)
        )
        self._words = {True: str(on_sqlite), False: str(on_postgresql)}
        self.asks_for = asked = {name for name, bind in on_sqlite.binds.items() if bind.required}
        self._given = {n: v for n, v in on_sqlite.params.items() if n not in asked}
        self._instants = {n for n in asked if isinstance(on_sqlite.binds[n].type, Instant)}

    def run(
        self, conn: Connection, rows: Sequence[Parameters], common: Parameters = NOTHING
    ) -> list[int]:
        """Runs it for each row, in the transaction that is open; how many rows each time.

        `common` goes with each. On PostgreSQL all go in one round trip.
        """
        if not rows:
            return []
        driver: Any = conn.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            words, base = self._words[True], self._given | _stored(common)
            if not self._instants <= common.keys():
                rows = [_stored(row) for row in rows]
            cursor = driver.cursor()
            return [cursor.execute(words, base | row).rowcount for row in rows]
        words, base = self._words[False], self._given | common
        with driver.pipeline():
            cursors = [driver.execute(words, base | row) for row in rows]
        return [cursor.rowcount for cursor in cursors]

    def run_all(self, conn: Connection, rows: Sequence[Parameters], common: Parameters) -> None:
        """Runs it for each row; for where it does not matter whether there was one."""
        driver: Any = conn.connection.driver_connection
        is_sqlite = isinstance(driver, sqlite3.Connection)
        base = self._given | (_stored(common) if is_sqlite else common)
        driver.cursor().executemany(self._words[is_sqlite], [base | row for row in rows])

    def words(self, conn: Connection) -> tuple[str, Parameters]:
        """The statement as this database is told it, and what it always comes with."""
        return self._words[conn.dialect.name == "sqlite"], self._given

    def rows(self, conn: Connection, row: Parameters) -> list[tuple[Any, ...]]:
        """What it finds, as the driver tells it; not for instants."""
        driver: Any = conn.connection.driver_connection
        is_sqlite = isinstance(driver, sqlite3.Connection)
        found: list[tuple[Any, ...]] = driver.execute(
            self._words[is_sqlite], self._given | (_stored(row) if is_sqlite else row)
        ).fetchall()
        return found


def changes_seen(conn: Connection) -> int | None:
    """A number that changes when another connection, of whatever process, commits anything.

    None where the database has none such: sqlite.org/pragma.html#pragma_data_version.
    """
    driver: Any = conn.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return None
    seen: int = driver.execute("PRAGMA data_version").fetchone()[0]
    return seen


class Desk:
    """One worker's connection, kept for all its transactions; used by one thread.

    What `durably` does survives a loss of power. What `quickly` does survives the end of the
    process; a loss of power takes it back, the latest first, to some point behind the last durable
    commit of anybody.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._is_durable = True  # as `open_engine` sets a connection up

    def durably(self, work: Callable[[Connection], T]) -> T:
        """Does `work` in one transaction, whose commit waits for the disk. See `quickly`."""
        return self._done(work, is_durable=True)

    def quickly(self, work: Callable[[Connection], T]) -> T:
        """Does `work` in one transaction, whose commit does not wait for the disk.

        While SQLite's file is locked or its disk full, for a minute at least, it is tried again.
        Raises StoreError.
        """
        return self._done(work, is_durable=False)

    def _done(self, work: Callable[[Connection], T], *, is_durable: bool) -> T:
        for pause in PAUSES:
            try:
                return self._tried(work, is_durable)
            except StoreError as error:
                if not may_pass(error):
                    raise
                time.sleep(pause)
        return self._tried(work, is_durable)

    def _tried(self, work: Callable[[Connection], T], is_durable: bool) -> T:
        driver: Any = self._conn.connection.driver_connection
        try:
            if isinstance(driver, sqlite3.Connection):
                if is_durable != self._is_durable:  # it takes effect outside of a transaction
                    driver.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
                    self._is_durable = is_durable
                with waiting(self._conn.engine.url.database or ""):
                    driver.execute("BEGIN IMMEDIATE")
            elif not is_durable:
                driver.execute("SET LOCAL synchronous_commit = off")
            done = work(self._conn)
            driver.commit()
        except BaseException as error:
            with suppress(psycopg.OperationalError):  # a lost connection has rolled back
                driver.rollback()
            problem = driver_problem(self._conn.engine, error)
            if problem is None:
                raise
            raise problem from error
        return done


@contextmanager
def desk(engine: Engine) -> Iterator[Desk]:
    """A worker's connection, given back to the engine as it was."""
    with engine.connect() as conn:
        try:
            if conn.dialect.name == "sqlite":  # whoever had it before may have read alone
                conn.connection.execute("PRAGMA query_only = OFF")
                conn.connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
            yield Desk(conn)
        finally:
            conn.invalidate()  # it may be set to quick commits, which nobody else must get


def _stored(values: Parameters) -> Parameters:
    """Instants as `schema.Instant` keeps them on SQLite."""
    instants = {
        name: value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        for name, value in values.items()
        if isinstance(value, datetime)
    }
    return values | instants if instants else values
