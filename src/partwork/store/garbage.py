"""Garbage collection where a pause holds others up."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000  # objects, a few MB; Python looks through 700


@contextmanager
def without_long_pauses() -> Iterator[None]:
    """Leaves what is there already alone when garbage is collected, and collects it seldom.

    Looking through all that a process has loaded takes 65 ms, a few times a minute: for so long an
    import would hold the write lock, a lane let its connections wait, and the web app its readers.
    Looking seldom is a tenth less to do for each request.
    """
    young, *older = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
        gc.unfreeze()
