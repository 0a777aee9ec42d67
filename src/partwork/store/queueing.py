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
from contextlib import contextmanager

SUFFIX = "-queue"


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """Be seen to wait, for as long as the block tries to begin a transaction."""
    with _opened(database) as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


def let_in(database: str) -> None:
    """Return once everyone who waits has begun; the caller holds no transaction."""
    with _opened(database) as descriptor:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)


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
