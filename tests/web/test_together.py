"""Many requests, one piece of work."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from partwork.web.together import Together


class Doubling:
    """Doubles numbers, but no 13; the first group waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.let_go = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.groups.append(list(asked))
        assert self.let_go.wait(20)
        if 13 in asked:
            raise ValueError("13")
        return [2 * number for number in asked]


async def asked_at_once(
    work: Doubling, *numbers: int, at_most: int = 64
) -> list[int | BaseException]:
    together = Together(work, at_most)
    answers = [asyncio.create_task(together.answer(number)) for number in numbers]
    await asyncio.sleep(0)  # all are asked now
    work.let_go.set()
    return await asyncio.gather(*answers, return_exceptions=True)


def test_who_comes_while_others_are_served_makes_the_next_group() -> None:
    work = Doubling()

    answers = asyncio.run(asked_at_once(work, *range(100, 120)))

    assert answers == [2 * number for number in range(100, 120)]
    assert [number for group in work.groups for number in group] == list(range(100, 120))
    assert len(work.groups) <= 3


def test_no_group_is_larger_than_it_may_be() -> None:
    work = Doubling()

    asyncio.run(asked_at_once(work, *range(50, 80), at_most=8))

    assert max(map(len, work.groups)) == 8


def test_the_fault_of_one_is_nobody_else_s() -> None:
    work = Doubling()

    answers = asyncio.run(asked_at_once(work, 1, 2, 13, 4))

    assert [answer for answer in answers if isinstance(answer, int)] == [2, 4, 8]
    assert isinstance(answers[2], ValueError)


def test_it_goes_on_after_a_rest_and_for_other_loops() -> None:
    work = Doubling()
    work.let_go.set()
    together = Together(work, 64)

    for number in (1, 2, 3):
        assert asyncio.run(together.answer(number)) == 2 * number
    assert work.groups == [[1], [2], [3]]


def test_it_is_done_also_for_who_has_gone_away() -> None:
    work = Doubling()

    async def gone() -> None:
        asking = asyncio.create_task(Together(work, 64).answer(21))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(gone())
    work.let_go.set()

    assert work.groups == [[21]]


def test_a_machine_without_threads_fails_one_and_not_all_after_it() -> None:
    work = Doubling()
    work.let_go.set()
    together = Together(work, 64)
    before = threading.stack_size(1 << 46)  # more than any machine gives a thread
    try:
        with pytest.raises(RuntimeError):
            asyncio.run(together.answer(1))
    finally:
        threading.stack_size(before)

    assert asyncio.run(asyncio.wait_for(together.answer(2), 20)) == 4
    assert work.groups == [[1, 2]]  # and the first is done after all
