"""What is too much for memory and needed for one action alone."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b


@contextmanager
def first_lines() -> Iterator[Callable[[str, int], int]]:
    """Tells of a key and a line on which line the key came first; it may be this one.

    The keys, as 16 bytes that say nothing of them, are in a temporary file that has no name and
    goes with the process: of a million of them 8 MB are in memory.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as scratch:
        scratch.execute("PRAGMA cache_size = -8000")
        scratch.execute("PRAGMA journal_mode = OFF")
        scratch.execute("PRAGMA synchronous = OFF")
        scratch.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        scratch.execute("BEGIN")

        def first_line(key: str, line: int) -> int:
            digest = blake2b(key.encode(), digest_size=16).digest()
            new = scratch.execute(_NOTE, (digest, line)).rowcount == 1
            return line if new else int(scratch.execute(_FIND, (digest,)).fetchone()[0])

        yield first_line


_NOTE = "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING"
_FIND = "SELECT line FROM seen WHERE key = ?"
