"""A connection to the database: SQLite in one file, or PostgreSQL."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError

from partwork.model.errors import PartworkError
from partwork.store.queueing import waiting

# How long a writer waits for the one before it: longer than any transaction of ours takes.
BUSY = timedelta(seconds=10)
# The web app has 40 threads and some beside them: none waits for another's connection.
MOST_CONNECTIONS = 50

# A server whose machine is gone says nothing more: within half a minute it counts as lost. By
# default nobody would ask for two hours (libpq; seconds, and milliseconds for the last).
_NOTICED_LOSS = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_READS_ONLY = "partwork_reads_only"
_MAKE_ANEW = "make it anew by createdb --encoding=UTF8 --template=template0"
_LOST = "the connection was lost; is the server up? Try again"


class StoreError(PartworkError):
    """The database cannot be used. `database` says which, without user and password."""

    def __init__(self, database: str, problem: str) -> None:
        self.database, self.problem = database, problem
        super().__init__(f"database {database}: {problem}")


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`; connects once to see that it works.

    The folder of an SQLite file is made when the folder above it exists. Every transaction on
    SQLite begins IMMEDIATE, so that what it reads stays true until it writes: upgrading a
    reader later fails at once when another wrote meanwhile, without waiting. For long reading
    use `read_only`. SQLAlchemy leaves parameters, which hold addresses, out of its errors and logs.
    Raises StoreError, here and later, when the database cannot be reached, read or written.
    """
    parsed = parsed_url(url)
    shown = _shown(parsed)
    if parsed.get_backend_name() == "sqlite":
        _make_folder(parsed, shown)
        engine = create_engine(
            parsed,
            hide_parameters=True,
            max_overflow=MOST_CONNECTIONS,
            connect_args={"timeout": BUSY.total_seconds()},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # The ping replaces connections that a restart of the server has cut.
        engine = create_engine(
            parsed,
            hide_parameters=True,
            max_overflow=MOST_CONNECTIONS,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": BUSY.seconds,
                "client_encoding": "UTF8",
                **_NOTICED_LOSS,
                **parsed.query,
            },
        )
        event.listen(engine, "connect", _set_up_postgresql)

        @event.listens_for(engine, "connect")
        def demand_unicode(connection: Any, _record: object) -> None:
            encoding = connection.info.parameter_status("server_encoding")
            if encoding != "UTF8":
                raise StoreError(shown, f"its encoding is {encoding}; {_MAKE_ANEW}")

    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> None:
        if (problem := _problem_with(context)) is not None:
            raise StoreError(shown, problem) from context.original_exception

    try:
        with read_only(engine):
            pass
    except StoreError:
        engine.dispose()
        raise
    return engine


@contextmanager
def read_only(engine: Engine, *, frozen: bool = False) -> Iterator[Connection]:
    """A connection for reading alone; the database refuses whatever would write.

    On SQLite it sees one state of the file however long it reads, and waits for no writer; on
    PostgreSQL it does so when `frozen`.
    """
    with engine.connect() as conn:
        conn.execution_options(**{_READS_ONLY: True})
        if conn.dialect.name == "postgresql":
            if frozen:
                conn.execution_options(isolation_level="REPEATABLE READ")
            conn.execution_options(postgresql_readonly=True)
        with conn.begin():
            yield conn


def driver_problem(engine: Engine, error: BaseException) -> StoreError | None:
    """What to tell a person about an error of the driver's own connection; None for a defect."""
    problem = None
    if isinstance(error, sqlite3.DatabaseError):
        problem = _sqlite_problem(error)
    elif isinstance(error, driver_errors()):
        # 57P: it shuts down, or fell. What else has a code is the server's own trouble.
        state = getattr(error, "sqlstate", None)
        is_lost = state is None or state.startswith("57P")
        problem = _LOST if is_lost else f"it said: {' '.join(str(error).split())}"
    return None if problem is None else StoreError(_shown(engine.url), problem)


def driver_errors() -> tuple[type[BaseException], ...]:
    """What psycopg raises for a server's troubles; nothing while nobody has loaded it.

    A home on SQLite should not wait for its import, which takes a tenth of a second.
    """
    psycopg = sys.modules.get("psycopg")
    return (psycopg.OperationalError,) if psycopg else ()


def may_pass(error: StoreError) -> bool:
    """Whether SQLite's file was locked or its disk full: nothing is lost, and it may be over."""
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL}


def parsed_url(url: str) -> URL:
    """The URL with the driver that is used. Raises StoreError for any that cannot be meant."""
    # The text is never repeated in an error: it may hold a password wherever it was mistyped.
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(
            "of PARTWORK_DATABASE_URL",
            "not a URL; write sqlite:///path or postgresql://user:password@host/name",
        ) from None
    match backend:
        case "sqlite" if parsed.database in {None, "", ":memory:"} or parsed.query:
            raise StoreError(_shown(parsed), "write sqlite:/// and the path of a file, no more")
        case "sqlite":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(
        _shown(parsed), f"{backend} is not supported; use sqlite:///path or postgresql://…"
    )


def _shown(url: URL) -> str:
    """`url` as errors name it: without user, password and options, which may hold secrets."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    host = url.host or "local socket"
    return f"{url.database or ''} on {host}{f':{url.port}' if url.port else ''}".strip()


def _make_folder(url: URL, shown: str) -> None:
    folder = Path(url.database or "").absolute().parent
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        problem = f"cannot make the folder {folder} ({error.strerror}); make it, or name another"
        raise StoreError(shown, problem) from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver begins no transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in (
        # Asking first spares a lock: setting the mode again would wait for writers.
        *(("journal_mode = WAL",) if _mode_of(connection) != "wal" else ()),
        "foreign_keys = ON",
        "synchronous = FULL",  # a commit survives a loss of power: DESIGN 9
        "secure_delete = ON",  # what is erased is overwritten in the file too: DESIGN 8
    ):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(connection: DBAPIConnection, _record: object) -> None:
    """The same for the server: what this machine held would stay locked if it were gone.

    Unanswered words count too, not keepalives alone: the reply to a statement may be on its way.
    """
    connection.autocommit = True
    for setting, value in (
        *(("tcp_keepalives_idle", 10), ("tcp_keepalives_interval", 5), ("tcp_keepalives_count", 3)),
        ("tcp_user_timeout", 30_000),
    ):
        connection.execute(f"SET {setting} = {value}")
    connection.autocommit = False


def _mode_of(connection: sqlite3.Connection) -> str:
    mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return mode


def _begin_sqlite(conn: Connection) -> None:
    reads_only = conn.get_execution_options().get(_READS_ONLY, False)
    conn.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
    if reads_only:
        conn.exec_driver_sql("BEGIN")
        return
    with waiting(conn.engine.url.database or ""):
        conn.exec_driver_sql("BEGIN IMMEDIATE")


def _problem_with(context: ExceptionContext) -> str | None:
    """What to tell a person about a driver's error; None where it is a defect of ours."""
    error = context.original_exception
    if isinstance(error, sqlite3.DatabaseError):
        if context.connection and context.connection.get_execution_options().get(_READS_ONLY):
            return None
        return _sqlite_problem(error)
    if context.connection is None and isinstance(context.sqlalchemy_exception, OperationalError):
        reason = " ".join(str(error).split())
        return f"cannot connect; is the server up and the URL right? It said: {reason}"
    if context.is_disconnect:
        return _LOST
    # Serialization failure, deadlock: https://www.postgresql.org/docs/current/errcodes-appendix.html
    if getattr(error, "sqlstate", None) in {"40001", "40P01"}:
        return "another one was at the same rows; nothing was changed, try again"
    return None


def _sqlite_problem(error: sqlite3.DatabaseError) -> str | None:
    # Extended codes carry the primary one in their low byte (sqlite.org/rescode.html).
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return "cannot be written; give this user write access to the file and its folder"
        case sqlite3.SQLITE_NOTADB:
            return "the file is no SQLite database; name another"
        case sqlite3.SQLITE_BUSY:
            return f"another process kept it locked for over {BUSY.seconds} s; try again"
        case sqlite3.SQLITE_FULL:
            return "the disk is full; free some space and try again"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_IOERR:
            return f"the file cannot be read ({error}); restore it from a backup"
    return None
