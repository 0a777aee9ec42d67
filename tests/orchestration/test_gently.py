"""An end waits for what is under way, and is not forgotten."""

import os
import signal
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

    def under_way(told_to_end: Callable[[], bool]) -> None:
        done.append(told_to_end())
        os.kill(os.getpid(), number)
        wait_until(told_to_end)
        done.append(told_to_end())

    with pytest.raises(end), ended_by_signals():
        ending_gently(under_way)

    assert done == [False, True]


def test_where_nobody_asks_for_an_end_it_returns_what_was_done() -> None:
    assert ending_gently(lambda told_to_end: told_to_end()) is False


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
