"""SIGTERM, and the death of whoever stands for a run, put off until what is under way is done."""

import contextvars
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import NoReturn, TypeVar

Done = TypeVar("Done")

# Between two looks for signals: the system may hand one to another thread, and then it wakes nobody
# who waits for a lock (signal(7), Python's signal module).
LOOK_SECONDS = 0.2

_log = logging.getLogger("partwork.sending")

_under_way: list[threading.Event] = []  # what it is that is to be heard out
_nobody_waits = threading.Event()


def ending_gently(work: Callable[[Callable[[], bool]], Done]) -> Done:
    """What `work` returns; by the function that it is given it learns that it is to end.

    Prefect ends a run by an exception wherever its main thread just is. A lane would then not hear
    the replies to mails that have left, and those would be in doubt. So the work has a thread of
    its own, and the exception goes on when the work is done, however often it comes: systemd
    signals each process of a unit, and who stands for a run passes its own on. Signals are handled
    as before, since Prefect takes a run for cancelled only while its handler stands.
    """
    begin, is_over = threading.Event(), threading.Event()
    made: Future[Done] = Future()

    def aside() -> None:
        begin.wait()
        try:
            made.set_result(work(is_told.is_set))
        except BaseException as error:  # noqa: BLE001 it is raised where it is waited for
            made.set_exception(error)
        is_over.set()

    is_told = threading.Event()
    _under_way.append(is_told)
    try:
        try:
            run = contextvars.copy_context().run
            threading.Thread(target=run, args=(aside,), daemon=True, name="under way").start()
            begin.set()  # whoever is ended before has nothing to wait for
            while not is_over.wait(LOOK_SECONDS):
                pass
        except BaseException:
            is_told.set()
            while begin.is_set() and not is_over.is_set():
                with suppress(BaseException):
                    is_over.wait(LOOK_SECONDS)
            if made.done() and (error := made.exception()):
                _log.error("what was under way when it was told to end: %s", error)
            raise
        return made.result()
    finally:
        _under_way.remove(is_told)
        if _nobody_waits.is_set():
            end_at_once()


def end_gently(within_seconds: float) -> NoReturn:
    """Ends this process and its group, at once where nothing is `ending_gently`.

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
