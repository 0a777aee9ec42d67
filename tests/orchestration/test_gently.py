"""An end waits for what is under way, and is not forgotten."""

import logging
import os
import signal
import threading
from collections.abc import Callable

import pytest

from partwork.orchestration.gently import ending_gently
from partwork.orchestration.holding import ToldToEnd, ended_by_signals
from tests.conftest import wait_until


@pytest.mark.parametrize(
    ("number", "end"), [(signal.SIGTERM, ToldToEnd), (signal.SIGINT, KeyboardInterrupt)]
)
def test_a_signal_takes_effect_when_what_is_under_way_is_done(
    number: signal.Signals, end: type[BaseException]
) -> None:
    done: list[bool] = []
    has_left = threading.Event()

    def under_way(told_to_end: Callable[[], bool]) -> None:
        done.append(told_to_end())
        os.kill(os.getpid(), number)
        wait_until(told_to_end)
        os.kill(os.getpid(), number)  # as systemd does, beside whoever stands for a run
        done.append(has_left.wait(0.2))
        done.append(told_to_end())

    def run() -> None:
        try:
            ending_gently(under_way)
        finally:
            has_left.set()

    with pytest.raises(end), ended_by_signals():
        run()

    assert done == [False, False, True]


def test_where_nobody_asks_for_an_end_it_returns_what_was_done() -> None:
    assert ending_gently(lambda told_to_end: told_to_end()) is False


def test_what_went_wrong_while_it_was_told_to_end_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(told_to_end: Callable[[], bool]) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        wait_until(told_to_end)
        raise ValueError("the database is gone")

    log = logging.getLogger("partwork.sending")
    log.addHandler(caplog.handler)
    try:
        with pytest.raises(ToldToEnd), ended_by_signals():
            ending_gently(fails)
    finally:
        log.removeHandler(caplog.handler)

    assert "the database is gone" in caplog.text


def test_what_went_wrong_is_told_and_a_handler_of_others_stands_meanwhile() -> None:
    """Prefect takes a run for cancelled only while its own stands."""
    handlers: list[object] = []

    def fails(_told_to_end: Callable[[], bool]) -> None:
        handlers.append(signal.getsignal(signal.SIGTERM))
        raise ValueError("no relay")

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="no relay"):
        ending_gently(fails)

    assert handlers == [before]
