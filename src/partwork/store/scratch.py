"""What is too much for memory and needed for one action alone."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import blake2b

from partwork.model.audience import Applicant
from partwork.store.importing import Entrant


@contextmanager
def first_lines() -> Iterator[Callable[[str, int], int]]:
    """Tells of a key and a line on which line the key came first; it may be this one.

    The keys, as 16 bytes that say nothing of them, are in a temporary file that has no name and
    goes with the process: of a million of them 8 MB are in memory.
    """
    with _scratch() as scratch:
        scratch.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        scratch.execute("BEGIN")

        def first_line(key: str, line: int) -> int:
            digest = blake2b(key.encode(), digest_size=16).digest()
            new = scratch.execute(_NOTE, (digest, line)).rowcount == 1
            return line if new else int(scratch.execute(_FIND, (digest,)).fetchone()[0])

        yield first_line


def by_hash(entrants: Iterable[Entrant]) -> Iterator[Entrant]:
    """The entrants in the order of their suppression keys, by way of such a file.

    In any other order, each row of an import goes to pages of its own in two indexes of the
    database, and a page is what is written: of a million rows that is most of the time.
    """
    with _scratch() as scratch:
        scratch.execute(
            "CREATE TABLE entrants (hash TEXT, line, key, address, name, language, more)"
        )
        scratch.execute("BEGIN")
        scratch.executemany(
            "INSERT INTO entrants VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, entrants)
        )
        for row in scratch.execute("SELECT * FROM entrants ORDER BY hash"):
            yield _entrant(row)


def _scratch() -> AbstractContextManager[sqlite3.Connection]:
    """A database in a temporary file, of which 8 MB are in memory."""
    scratch = sqlite3.connect("", isolation_level=None)
    scratch.execute("PRAGMA cache_size = -8000")
    scratch.execute("PRAGMA journal_mode = OFF")
    scratch.execute("PRAGMA synchronous = OFF")
    return closing(scratch)


_Row = tuple[str, int, str, str, str, str, str]


def _row(entrant: Entrant) -> _Row:
    one = entrant.applicant
    more = json.dumps((one.tags, one.fields)) if one.tags or one.fields else ""
    key = entrant.address_key
    return (entrant.suppression_key, one.line, key, one.address, one.name, one.language, more)


def _entrant(row: _Row) -> Entrant:
    suppression_key, line, key, address, name, language, more = row
    tags, fields = json.loads(more) if more else ((), ())
    kept = (tuple(tags), tuple((name, value) for name, value in fields))
    return Entrant(Applicant(line, address, name, language, *kept), key, suppression_key)


_NOTE = "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING"
_FIND = "SELECT line FROM seen WHERE key = ?"
