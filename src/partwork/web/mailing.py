"""Mails about subscriptions, made beside the requests and out of their way."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Condition

from starlette.background import BackgroundTask

from partwork.actions.answering import answer_requests
from partwork.assembly import Press
from partwork.model.errors import PartworkError
from partwork.web.together import Together

REST_SECONDS = 0.25  # at most, before each goodbye: four a second however many visitors come

_log = logging.getLogger("partwork.web")


class Visitors:
    """How many requests wait for their answer just now."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = Condition()

    def came(self) -> None:
        """One more waits."""
        with self._changed:
            self._waiting += 1

    def served(self) -> None:
        """One of them has its answer."""
        with self._changed:
            self._waiting -= 1
            self._changed.notify_all()

    def let_by(self) -> None:
        """Returns once nobody waits, and after REST_SECONDS all the same."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, REST_SECONDS)


def mailing_of(press: Press, visitors: Visitors) -> BackgroundTask:
    """What mails all that waits, in one thread of the process however many ask for it.

    Whoever asks while it is at work is served by it, or by its next round. What goes wrong is
    logged, and what waits is tried again later.
    """

    def work(asked: Sequence[None]) -> Sequence[int]:
        try:
            sent = answer_requests(press, lambda: datetime.now(UTC), visitors.let_by)
        except PartworkError as error:
            _log.error("service messages wait: %s", error)
            sent = 0
        return [sent] * len(asked)

    everybody = 1_000_000
    return BackgroundTask(Together(work, everybody).answer, None)
