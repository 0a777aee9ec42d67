"""SIGTERM put off until what is under way is done."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ending_gently() -> Iterator[Callable[[], bool]]:
    """A function that says whether SIGTERM has come; it takes effect when the context ends.

    Prefect ends a run by an exception wherever it just is. A lane would then not hear the replies
    to mails that have left, and those would be in doubt. In another thread than the main one
    nothing changes.
    """
    has_come = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield has_come.is_set
        return
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: has_come.set())
    try:
        yield has_come.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
        if has_come.is_set():
            signal.raise_signal(signal.SIGTERM)
