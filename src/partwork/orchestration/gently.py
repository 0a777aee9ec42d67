"""SIGTERM, and the death of whoever stands for a run, put off until what is under way is done."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

_under_way: list[threading.Event] = []  # what it is that is to be heard out
_nobody_waits = threading.Event()


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
    _under_way.append(has_come)
    try:
        yield has_come.is_set
    finally:
        _under_way.remove(has_come)
        if _nobody_waits.is_set():
            end_at_once()
        signal.signal(signal.SIGTERM, before)
        if has_come.is_set():
            signal.raise_signal(signal.SIGTERM)


def end_gently(within_seconds: float) -> NoReturn:
    """Ends this process and its group, at once where nothing `ending_gently` is under way.

    For another thread than the main one, when nobody waits for this run any more: it has nothing
    left to say of itself either.
    """
    _nobody_waits.set()
    for one in _under_way:
        one.set()
    if _under_way:
        time.sleep(within_seconds)
    end_at_once()


def end_at_once() -> NoReturn:
    """Kills this process and its group."""
    os.killpg(0, signal.SIGKILL)
    raise SystemExit  # it is not reached
