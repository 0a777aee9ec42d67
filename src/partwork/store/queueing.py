"""Those who wait to write to an SQLite file, and those who let them.

SQLite wakes nobody: whoever waits for the write lock looks again and again, up to 25 ms apart in
the first tenth of a second (sqlite3.c, sqliteDefaultBusyCallback), and would miss shorter pauses
of a busy writer for ever. So whoever waits holds a shared lock on a file beside the database, and
a busy writer asks for it alone between two transactions. The system frees it however a process
ends (flock(2)).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

SUFFIX = "-queue"


class Place:
    """In it one is seen to wait: for as long as a `with` tries to begin a transaction.

    It may be entered again and again; used by one thread.
    """

    def __init__(self, database: str) -> None:
        self._file = ExitStack()
        self._descriptor = self._file.enter_context(_opened(database))

    def __enter__(self) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def __exit__(self, *error: object) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the place up."""
        self._file.close()


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """A place for one wait."""
    with closing(Place(database)) as place, place:
        yield


def let_in(database: str) -> bool:
    """Return once everyone who waits has begun, and whether there was anyone.

    The caller holds no transaction.
    """
    with _opened(database) as descriptor:
        if descriptor is None:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return True
        return False


@contextmanager
def _opened(database: str) -> Iterator[int | None]:
    """The file beside the database; None where there cannot be one: then nobody is seen."""
    try:
        descriptor = os.open(f"{database}{SUFFIX}", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC)
    except OSError:  # what it means for the database itself, the database says
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
