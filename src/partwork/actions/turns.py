"""One run at a time composes a series, or sends an issue by the dashboard."""

import logging
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from partwork.assembly import Clock, Press
from partwork.model.errors import PartworkError
from partwork.store.engine import StoreError, read_only
from partwork.store.turns import Holder, give_turn_back, holder_of_turn, keep_turn, take_turn

# A guess. Whoever dies on this machine is seen to be dead at once: only of another machine that
# fell is it waited for.
LENGTH = timedelta(minutes=2)
RENEWALS = 4  # in that time

_log = logging.getLogger("partwork.turns")


class Work(StrEnum):
    """What is done by one run at a time."""

    COMPOSED = "composed"
    SENT = "sent"


class TurnTaken(PartworkError):
    """Another run is at it; `holder` says which, since when."""

    def __init__(self, what: str, work: Work, holder: Holder) -> None:
        self.what, self.work, self.holder = what, work, holder
        super().__init__(
            f"{what} is already being {work} by {holder.who}, since "
            f"{holder.since:%Y-%m-%d %H:%M} UTC; wait for it to end"
        )


@contextmanager
def taking_turn(
    press: Press,
    work: Work,
    what: str,
    who: str = "",
    clock: Clock = lambda: datetime.now(UTC),
) -> Iterator[None]:
    """Keeps other runs from doing the same work on `what` until the block ends.

    `who` is what others are told; a process and its machine where nothing is said. Raises
    TurnTaken at once.
    """
    name, began = _name(work, what), clock()
    mine = Holder(press.new_id(), who or f"process {os.getpid()} on {platform.node()}", began)
    with press.engine.begin() as connection:
        if other := take_turn(connection, name, mine, began, LENGTH):
            raise TurnTaken(what, work, other)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LENGTH.total_seconds() / RENEWALS):
            try:
                with press.engine.begin() as connection:
                    if not keep_turn(connection, name, mine.id, clock() + LENGTH):
                        _log.error("%s: another run took over, for this one was not heard", name)
                        return
            except StoreError as error:  # it may be there again in time
                _log.warning("%s: %s", name, error)

    renewing = threading.Thread(target=renew, daemon=True, name=f"turn {name}")
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with suppress(StoreError), press.engine.begin() as connection:
            give_turn_back(connection, name, mine.id)


def who_is_at(press: Press, work: Work, what: str, now: datetime) -> Holder | None:
    """Who does that work on `what` now; None: nobody does."""
    with read_only(press.engine) as connection:
        return holder_of_turn(connection, _name(work, what), now)


def _name(work: Work, what: str) -> str:
    return f"{work}:{what}"
