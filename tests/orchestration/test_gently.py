"""SIGTERM waits for what is under way, and is not forgotten."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from partwork.orchestration.gently import ending_gently
from partwork.orchestration.holding import ToldToEnd, ended_by_signals


def test_sigterm_takes_effect_when_what_is_under_way_is_done() -> None:
    done: list[bool] = []

    def work() -> None:
        with ended_by_signals(), ending_gently() as told_to_end:
            done.append(told_to_end())
            os.kill(os.getpid(), signal.SIGTERM)
            done.append(told_to_end())

    with pytest.raises(ToldToEnd):
        work()

    assert done == [False, True]


def test_where_nobody_asks_for_an_end_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with ending_gently() as told_to_end:
        assert not told_to_end()

    assert signal.getsignal(signal.SIGTERM) == before


def test_in_another_thread_signals_are_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def work() -> object:
        with ending_gently() as told_to_end:
            return told_to_end(), signal.getsignal(signal.SIGTERM)

    with ThreadPoolExecutor(1) as other:
        assert other.submit(work).result() == (False, before)
