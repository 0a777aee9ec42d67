"""Garbage is collected by a thread of its own, so that no event loop has to wait for it."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

# Guesses. Young garbage is looked at as often as it takes some milliseconds; all of it, which
# takes a server of Prefect's a quarter of a second, once a minute.
EVERY_SECONDS, ALL_EVERY = 1.0, 60


@contextmanager
def collecting_aside(every_seconds: float = EVERY_SECONDS) -> Iterator[None]:
    """Has no thread but one collect cyclic garbage in this process, until the block ends.

    Prefect's server on SQLite stood still for a minute without it: after "database is locked", a
    cursor stays in the cycle of an exception and its traceback. Collected on the event loop, it
    waits for its connection, which may have gone on to another request that waits for a lock; and
    who has the lock waits for the event loop, until SQLite gives up.
    """
    over = threading.Event()

    def collect() -> None:
        for turn in count(1):
            if over.wait(every_seconds):
                return
            gc.collect(2 if turn % ALL_EVERY == 0 else 1)

    gc.disable()
    threading.Thread(target=collect, daemon=True, name="collects garbage").start()
    try:
        yield
    finally:
        over.set()
        gc.enable()
