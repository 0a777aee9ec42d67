"""SQLite databases as files: what is in them, moved only while nobody has them open."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine, make_url

from partwork.store.engine import StoreError


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for another kind."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database).absolute()


def demand_alone(file: Path) -> None:
    """Bring all of a database into its one file. Raises StoreError where somebody has it open.

    Leaving the write-ahead log behind needs the file for oneself (sqlite.org/wal.html, 3.3); the
    next one to open it takes it up again.
    """
    try:
        with closing(sqlite3.connect(file, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        raise StoreError(
            str(file),
            "another process has it open; stop `partwork web`, workers and sends first",
        ) from None
    except sqlite3.DatabaseError:
        return  # no database, so that nobody can have it open


def overwrite_deleted(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, whose earlier pages hold what was deleted since.

    False: another reads them or writes just now, and nobody waits for that; or it is PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return False
    with closing(engine.raw_connection()) as raw, suppress(sqlite3.Error):
        cursor = raw.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")  # waiting, it would keep all writers waiting
        try:
            is_busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return not is_busy
    return False
