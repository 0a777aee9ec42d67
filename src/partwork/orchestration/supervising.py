"""Keeps children running: one that has ended is started again, later each time it ends early."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from partwork.model.errors import PartworkError
from partwork.orchestration.children import Child

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
RAN_WELL_SECONDS = 60.0  # after that an end is the first one again
LOOK_SECONDS = 0.5


def pause_after(ends: int) -> float:
    """Seconds until a child is started again that ended so many times in a row: 1, 2, 4 … 60."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(ends - 1, 10))


@dataclass(slots=True)
class Kept:
    """A child that is to run, and how it is started; `started_at` is on the monotonic clock."""

    name: str
    start: Callable[[], Child]
    child: Child | None
    started_at: float
    ends: int = 0
    again_at: float = 0

    def see_to_it(self, now: float, told: Callable[[str], None]) -> None:
        """Starts it again if it has ended and its pause is over; `told` hears of both."""
        if self.child is not None:
            self._look(self.child, now, told)
        elif now >= self.again_at:
            try:
                self.child = self.start()
                self.started_at = now
            except (PartworkError, OSError) as error:
                self._wait(now, f"{self.name} cannot be started ({error})", told)

    def _look(self, child: Child, now: float, told: Callable[[str], None]) -> None:
        status = child.ended(within=0)
        if status is None:
            return
        child.stop(within=0)  # whatever it has started
        self.child = None
        if now - self.started_at >= RAN_WELL_SECONDS:
            self.ends = 0
        self._wait(now, f"{self.name} ended ({_how(status)})", told)

    def _wait(self, now: float, what: str, told: Callable[[str], None]) -> None:
        self.ends += 1
        pause = pause_after(self.ends)
        self.again_at = now + pause
        told(f"{what}; started again in {pause:g} s")


@dataclass(slots=True)
class Supervisor:
    """All that is kept running, in the order in which it was started."""

    told: Callable[[str], None]
    kept: list[Kept] = field(default_factory=list)

    def keep(self, name: str, start: Callable[[], Child]) -> None:
        """Starts it now, and again whenever it ends. Raises what the first start raises."""
        self.take(name, start, start())

    def take(self, name: str, start: Callable[[], Child], child: Child) -> None:
        """Keeps running what runs already."""
        self.kept.append(Kept(name, start, child, monotonic()))

    def run(self, wait: Callable[[float], object]) -> None:
        """Sees to all of it for ever; only what `wait` raises ends it."""
        while True:
            for each in self.kept:
                each.see_to_it(monotonic(), self.told)
            wait(LOOK_SECONDS)


def _how(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"with status {status}"
