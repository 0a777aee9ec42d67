"""Those who wait to write to an SQLite file, and those who let them.

SQLite wakes nobody: whoever waits for the write lock looks again and again, up to 25 ms apart in
the first tenth of a second (sqlite3.c, sqliteDefaultBusyCallback), and would miss shorter pauses
of a busy writer for ever. So whoever waits holds a shared lock on a file beside the database, and
a busy writer asks for it alone between two transactions. Writers that are all busy take turns by
a second file, at which they look more often: by SQLite's lock, two of them would wait longer than
they write. The system frees both however a process ends (flock(2)). One that is suspended (Ctrl-Z)
keeps them. All this is politeness, so nobody waits for it longer than `PATIENCE`, and whoever has
done so in vain looks once each time for a minute.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

QUEUE, TURNS = "-queue", "-turns"
PATIENCE = 10.0  # seconds: as long as a transaction waits for the one before it, engine.BUSY
IN_A_HURRY = 60.0  # seconds after such a wait: a guess
# Seconds between two looks at a lock that another has, and how they grow: transactions of lanes
# take about a millisecond. A call that waits by itself could not be left again.
FIRST_LOOK, LAST_LOOK, GROWTH = 0.000_1, 0.001, 1.2


class Place:
    """In it one is seen to wait: for as long as a `with` tries to begin a transaction.

    It may be entered again and again; used by one thread.
    """

    def __init__(self, database: str, patience: float = PATIENCE) -> None:
        self._queue = _Lock(f"{database}{QUEUE}", patience)

    def __enter__(self) -> None:
        self._queue.take(fcntl.LOCK_SH)

    def __exit__(self, *error: object) -> None:
        self._queue.release()

    def close(self) -> None:
        """Gives the place up."""
        self._queue.close()


class Turn:
    """One busy writer's turn, for a transaction: after other busy ones, and after all who wait.

    It may be entered again and again; used by one thread. Who has it for longer than `patience`,
    in seconds, is passed over.
    """

    def __init__(self, database: str, patience: float = PATIENCE) -> None:
        self._turns = _Lock(f"{database}{TURNS}", patience)
        self._queue = _Lock(f"{database}{QUEUE}", patience)

    def __enter__(self) -> None:
        self._turns.take(fcntl.LOCK_EX)
        self._queue.take(fcntl.LOCK_EX)
        self._queue.release()

    def __exit__(self, *error: object) -> None:
        self._turns.release()

    def close(self) -> None:
        """Has no turn any more."""
        self._turns.close()
        self._queue.close()


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """A place for one wait."""
    with closing(Place(database)) as place, place:
        yield


def let_in(database: str, patience: float = PATIENCE) -> bool:
    """Return once everyone who waits has begun, and whether there was anyone.

    The caller holds no transaction.
    """
    with closing(_Lock(f"{database}{QUEUE}", patience)) as queue:
        return queue.take(fcntl.LOCK_EX)


class _Lock:
    """A lock on a file beside the database; where there can be no such file, nobody is seen."""

    def __init__(self, file: str, patience: float) -> None:
        self._patience = patience
        self._hurries_until = 0.0  # on the monotonic clock
        self._descriptor: int | None = None
        with suppress(OSError):  # what it means for the database itself, the database says
            self._descriptor = os.open(file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC)

    def take(self, how: int) -> bool:
        """Has the lock, or has waited for it for long enough; whether another had it."""
        if self._descriptor is None or _is_had(self._descriptor, how):
            return False
        began, pause = time.monotonic(), FIRST_LOOK
        if began < self._hurries_until:
            return True
        while time.monotonic() - began < self._patience:
            time.sleep(pause)
            if _is_had(self._descriptor, how):
                return True
            pause = min(pause * GROWTH, LAST_LOOK)
        self._hurries_until = time.monotonic() + IN_A_HURRY
        return True

    def release(self) -> None:
        """Has it no more, if it did."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """And can have it no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _is_had(descriptor: int, how: int) -> bool:
    """Takes the lock if nobody else has it."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
