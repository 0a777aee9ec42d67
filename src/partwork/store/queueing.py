"""Those who wait to write to an SQLite file, and those who let them.

SQLite wakes nobody: whoever waits for the write lock looks again and again, up to 25 ms apart in
the first tenth of a second (sqlite3.c, sqliteDefaultBusyCallback), and would miss shorter pauses
of a busy writer for ever. So whoever waits holds a shared lock on a file beside the database, and
a busy writer asks for it alone between two transactions. Writers that are all busy take turns by
a second file: looking for the lock, two of them would wait longer than they write. The system
frees both however a process ends (flock(2)).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

QUEUE, TURNS = "-queue", "-turns"


class Place:
    """In it one is seen to wait: for as long as a `with` tries to begin a transaction.

    It may be entered again and again; used by one thread.
    """

    def __init__(self, database: str) -> None:
        self._file = ExitStack()
        self._descriptor = self._file.enter_context(_opened(f"{database}{QUEUE}"))

    def __enter__(self) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def __exit__(self, *error: object) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the place up."""
        self._file.close()


class Turn:
    """One busy writer's turn, for a transaction: after other busy ones, and after all who wait.

    It may be entered again and again; used by one thread.
    """

    def __init__(self, database: str) -> None:
        self._files = ExitStack()
        self._turns = self._files.enter_context(_opened(f"{database}{TURNS}"))
        self._queue = self._files.enter_context(_opened(f"{database}{QUEUE}"))

    def __enter__(self) -> None:
        if self._turns is not None:
            fcntl.flock(self._turns, fcntl.LOCK_EX)
        if self._queue is not None:
            _wait_for_all(self._queue)
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    def __exit__(self, *error: object) -> None:
        if self._turns is not None:
            fcntl.flock(self._turns, fcntl.LOCK_UN)

    def close(self) -> None:
        """Has no turn any more."""
        self._files.close()


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """A place for one wait."""
    with closing(Place(database)) as place, place:
        yield


def let_in(database: str) -> bool:
    """Return once everyone who waits has begun, and whether there was anyone.

    The caller holds no transaction.
    """
    with _opened(f"{database}{QUEUE}") as descriptor:
        return descriptor is not None and _wait_for_all(descriptor)


def _wait_for_all(queue: int) -> bool:
    """Whether anybody waited; the lock on the file is had then."""
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(queue, fcntl.LOCK_EX)
        return True
    return False


@contextmanager
def _opened(file: str) -> Iterator[int | None]:
    """The file beside the database; None where there cannot be one: then nobody is seen."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC)
    except OSError:  # what it means for the database itself, the database says
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
