"""SQLite databases as files: moved only while nobody has them open."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

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
