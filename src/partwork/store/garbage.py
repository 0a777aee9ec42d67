"""Garbage collection where a pause holds others up."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_long_pauses() -> Iterator[None]:
    """Leaves what is there already alone when garbage is collected.

    Looking through all that a process has loaded takes 65 ms, a few times a minute: for so long an
    import would hold the write lock, and a lane let its connections wait.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
