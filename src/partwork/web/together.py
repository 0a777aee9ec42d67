"""Many requests answered by one piece of work."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """Does at once, for all who wait, what costs hardly more for many than for one.

    Such as what syncs a disk: requests that come meanwhile wait, and are the next group.
    `work` gets what is asked, in order, and gives as many answers; it runs in one thread, for
    `at_most` at a time. Where it fails, each of the group is tried alone, so that the fault of
    one is nobody else's.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Answer]], at_most: int) -> None:
        self._work = work
        self._at_most = at_most
        self._waiting: list[tuple[Asked, Future[Answer]]] = []
        self._lock = Lock()
        self._is_at_work = False

    async def answer(self, asked: Asked) -> Answer:
        """What `work` says to this; raises what it raises for this alone.

        It is done also if nobody waits for the answer any more.
        """
        answer = Future[Answer]()
        with self._lock:
            self._waiting.append((asked, answer))
            is_first, self._is_at_work = not self._is_at_work, True
        if is_first:
            try:
                Thread(target=self._work_off, name="together", daemon=True).start()
            except RuntimeError:  # the machine has no thread to give: whoever comes next tries
                self._is_at_work = False
                raise
        return await asyncio.shield(asyncio.wrap_future(answer))

    def _work_off(self) -> None:
        while True:
            with self._lock:
                group = self._waiting[: self._at_most]
                del self._waiting[: self._at_most]
                self._is_at_work = bool(group)
            if not group:
                return
            self._answer(group)

    def _answer(self, group: Sequence[tuple[Asked, Future[Answer]]]) -> None:
        try:
            answers = self._work([asked for asked, _ in group])
        except Exception as error:  # noqa: BLE001 whatever it is, it is answered: nobody waits for ever
            if len(group) == 1:
                group[0][1].set_exception(error)
            else:
                for one in group:
                    self._answer([one])
            return
        for (_, future), answer in zip(group, answers, strict=True):
            future.set_result(answer)
