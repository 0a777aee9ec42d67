"""Statements that run thousands of times a second, by the driver's own connection.

SQLAlchemy takes several times as long to run a small statement as the database. Here each is put
into words once for SQLite and for PostgreSQL, and goes to sqlite3 or psycopg as it is.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Connection,
    Engine,
    Select,
    UpdateBase,
    any_,
    bindparam,
    column,
    func,
)
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from partwork.store.columns import Instant
from partwork.store.engine import StoreError, driver_errors, driver_problem, may_pass
from partwork.store.queueing import Place, Turn

T = TypeVar("T")
CHECKPOINT = 8000  # pages, 32 MB: rows next to each other are written back once, not eight times
PAUSES = (1, 2, 4, 8, 16, 32)  # seconds, each after ten more of waiting where the file is locked

Parameters = dict[str, object]
NOTHING: Parameters = {}
DELIVERY = "delivery"

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no types
_SQLITE = pysqlite.dialect(paramstyle="qmark")  # sqlite3 looks each name up anew for each row


class Prepared:
    """A statement of SQLAlchemy's, in both databases' words; `asks_for` are its parameters.

    An update that asks for a `delivery` is of the row with that id.
    """

    def __init__(self, statement: UpdateBase | Select[Any]) -> None:
        self._statement = statement
        self._together: dict[tuple[str, ...], str] = {}  # by what the rows differ in
        on_sqlite, on_postgresql = (
            statement.compile(dialect=dialect) for dialect in (_SQLITE, _POSTGRESQL)
        )
        self._sqlite, self._postgresql = str(on_sqlite), str(on_postgresql)
        self.asks_for = asked = {name for name, bind in on_sqlite.binds.items() if bind.required}
        self._given = {n: v for n, v in on_sqlite.params.items() if n not in asked}
        # The parameters in the order of SQLite's words.
        self._values = [self._given.get(name) for name in on_sqlite.positiontup or ()]
        self._asked = [(n, a) for n, a in enumerate(on_sqlite.positiontup or ()) if a in asked]
        self._instants = {n for n in asked if isinstance(on_sqlite.binds[n].type, Instant)}

    def run(
        self, conn: Connection, rows: Sequence[Parameters], common: Parameters = NOTHING
    ) -> list[int]:
        """Runs it for each row, in the transaction that is open; how many rows each time.

        `common` goes with each. On PostgreSQL all deliveries, each told once, are one statement.
        """
        if not rows:
            return []
        driver: Any = conn.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            cursor = driver.cursor()
            return [
                cursor.execute(self._sqlite, values).rowcount for values in self._each(rows, common)
            ]
        if DELIVERY in self.asks_for:
            changed = self._run_together(driver, rows, common)
            return [row[DELIVERY] in changed for row in rows]
        base = self._given | common
        return [driver.execute(self._postgresql, base | row).rowcount for row in rows]

    def run_all(self, conn: Connection, rows: Sequence[Parameters], common: Parameters) -> None:
        """Runs it for each row; for where it does not matter whether there was one."""
        driver: Any = conn.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.cursor().executemany(self._sqlite, self._each(rows, common))
        elif rows:
            self._run_together(driver, rows, common)

    def words(self, conn: Connection) -> tuple[str, tuple[object, ...] | Parameters]:
        """The statement as this database is told it, with nothing for what it asks for."""
        empty: Parameters = dict.fromkeys(self.asks_for)
        if conn.dialect.name == "sqlite":
            return self._sqlite, tuple(next(self._each([NOTHING], empty)))
        if DELIVERY in self.asks_for:
            return self._of_many((DELIVERY,)), self._given | empty | {DELIVERY: [None]}
        return self._postgresql, self._given | empty

    def rows(self, conn: Connection, row: Parameters) -> list[tuple[Any, ...]]:
        """What it finds, as the driver tells it; not for instants."""
        driver: Any = conn.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            said: Any = driver.execute(self._sqlite, next(self._each([row], NOTHING)))
        else:
            said = driver.execute(self._postgresql, self._given | row)
        found: list[tuple[Any, ...]] = said.fetchall()
        return found

    def _run_together(
        self, driver: Any, rows: Sequence[Parameters], common: Parameters
    ) -> frozenset[object]:
        """The deliveries that one statement of PostgreSQL's for all of them has changed."""
        differs = tuple(rows[0])
        arrays = {name: [row[name] for row in rows] for name in differs}
        cursor = driver.execute(self._of_many(differs), self._given | common | arrays)
        return frozenset(changed for (changed,) in cursor.fetchall())

    def _of_many(self, differs: tuple[str, ...]) -> str:
        if differs not in self._together:
            told = _told_together(self._statement, differs)
            self._together[differs] = str(told.compile(dialect=_POSTGRESQL))
        return self._together[differs]

    def _each(self, rows: Iterable[Parameters], common: Parameters) -> Iterator[list[object]]:
        """For each row what SQLite is given, in its order; the list is the next row's too."""
        values, each = self._values.copy(), []
        for place, name in self._asked:
            if name not in common:
                each.append((place, name, name in self._instants))
            else:
                values[place] = _stored(common[name]) if name in self._instants else common[name]
        for row in rows:
            for place, name, is_instant in each:
                value = row[name]
                values[place] = _stored(value) if is_instant and value is not None else value
            yield values


def _told_together(statement: Any, differs: Sequence[str]) -> Any:
    """An update of one delivery as one of many: what they differ in comes as arrays.

    Their ids are asked for by themselves too: else PostgreSQL, once its plan is for any number of
    them, reads the whole ledger to join it.
    """
    types = {bind.key: bind.type for bind in _binds_of(statement) if bind.key in differs}
    arrays = (bindparam(name, type_=ARRAY(types[name])) for name in differs)
    columns = (column(name, types[name]) for name in differs)
    told = func.unnest(*arrays).table_valued(*columns, name="told").render_derived()

    def in_place(element: object, **_: object) -> Any:
        if isinstance(element, BindParameter) and element.key in differs:
            return told.c[element.key]
        return None

    is_one = statement.table.c.id == any_(bindparam(DELIVERY, type_=ARRAY(types[DELIVERY])))
    of_many = replacement_traverse(statement, {}, in_place)
    return of_many.where(is_one).returning(told.c[DELIVERY])


def _binds_of(statement: Any) -> Iterator[BindParameter[Any]]:
    return (e for e in iterate(statement) if isinstance(e, BindParameter))


def noticed(conn: Connection) -> int | None:
    """What is another whenever a reader may have left, paused or gone, or an issue been stopped.

    None where the database does not count that, and all must be looked up.
    """
    driver: Any = conn.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return None
    changes: int = driver.execute("SELECT changes FROM noticed").fetchone()[0]
    return changes


class Desk:
    """One worker's connection, kept for all its transactions; used by one thread.

    What `durably` does survives a loss of power. What `quickly` does survives the end of the
    process; a loss of power takes it back, the latest first, to some point behind the last durable
    commit of anybody.
    """

    def __init__(
        self,
        conn: Connection,
        place: AbstractContextManager[None],
        turn: AbstractContextManager[None],
        helper: Executor,
    ) -> None:
        self._conn = conn
        self._helper = helper  # which waits for the disk where there is something to do meanwhile
        self._place = place  # where it is seen to wait until its transaction has begun
        self._turn = turn  # in which it writes
        self._is_durable: bool | None = True  # as `open_engine` sets a connection up

    def durably(
        self, work: Callable[[Connection], T], meanwhile: Callable[[T], None] | None = None
    ) -> T:
        """Does `work` in one transaction, whose commit waits for the disk. See `quickly`.

        `meanwhile` gets what `work` has come to before it is committed, again where that has to
        be tried again; it must change nothing that counts.
        """
        return self._done(work, is_durable=True, meanwhile=meanwhile)

    def quickly(self, work: Callable[[Connection], T]) -> T:
        """Does `work` in one transaction, whose commit does not wait for the disk.

        While SQLite's file is locked or its disk full, for a minute at least, it is tried again.
        Raises StoreError.
        """
        return self._done(work, is_durable=False)

    def _done(
        self,
        work: Callable[[Connection], T],
        *,
        is_durable: bool,
        meanwhile: Callable[[T], None] | None = None,
    ) -> T:
        for pause in PAUSES:
            try:
                return self._tried(work, is_durable, meanwhile)
            except StoreError as error:
                if not may_pass(error):
                    raise
                time.sleep(pause)
        return self._tried(work, is_durable, meanwhile)

    def _tried(
        self,
        work: Callable[[Connection], T],
        is_durable: bool,
        meanwhile: Callable[[T], None] | None,
    ) -> T:
        with self._turn:
            return self._in_turn(work, is_durable, meanwhile)

    def _in_turn(
        self,
        work: Callable[[Connection], T],
        is_durable: bool,
        meanwhile: Callable[[T], None] | None,
    ) -> T:
        driver: Any = self._conn.connection.driver_connection
        try:
            if isinstance(driver, sqlite3.Connection):
                if is_durable != self._is_durable:  # it takes effect outside of a transaction
                    driver.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
                    self._is_durable = is_durable
                with self._place:
                    driver.execute("BEGIN IMMEDIATE")
            elif is_durable != self._is_durable:
                driver.execute(f"SET synchronous_commit = {'on' if is_durable else 'off'}")
                self._is_durable = is_durable
            done = work(self._conn)
            if meanwhile is None:
                driver.commit()
            else:
                committed = self._helper.submit(driver.commit)
                try:
                    meanwhile(done)
                finally:
                    committed.result()
        except BaseException as error:
            if not isinstance(driver, sqlite3.Connection):
                self._is_durable = None  # it was set in the transaction that is taken back
            with suppress(*driver_errors()):  # a lost connection has rolled back
                driver.rollback()
            problem = driver_problem(self._conn.engine, error)
            if problem is None:
                raise
            raise problem from error
        return done


@contextmanager
def desk(engine: Engine) -> Iterator[Desk]:
    """A worker's connection, given back to the engine as it was."""
    with engine.connect() as conn, ThreadPoolExecutor(1) as helper:
        try:
            if conn.dialect.name != "sqlite":
                yield Desk(conn, nullcontext(), nullcontext(), helper)
                return
            # Whoever had it before may have read alone.
            conn.connection.execute("PRAGMA query_only = OFF")
            conn.connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
            database = engine.url.database or ""
            with closing(Place(database)) as place, closing(Turn(database)) as turn:
                yield Desk(conn, place, turn, helper)
        finally:
            conn.invalidate()  # it may be set to quick commits, which nobody else must get


def _stored(value: object) -> object:
    """An instant as `schema.Instant` keeps it on SQLite; anything else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value
