"""How fast messages may be announced: as slots that all who send by a relay share."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Protocol

from partwork.model.address import domain_of
from partwork.model.delivery import PutOff, Reply, without_addresses

SLOWED_BY = frozenset({421, 450, 451})  # what a domain says that wants less of us: issue 7, item 6
AT_HAND = 1.0  # seconds that a message may wait here for its domain; then others get its place
# The longest that a message is put off, in seconds: by then its domain may take more again, and
# publishing looks every 15 minutes at what is due.
LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Slots:
    """`count` messages may be announced, the first in `wait` seconds, one each `apart` after it.

    Where `count` is 0 none is reserved; if `why` is not empty, none will be for long. If it is
    empty and `wait` is no longer than was asked for, nobody can tell yet: ask again then.
    """

    wait: float
    apart: float
    count: int
    why: str = ""


class Pacer(Protocol):
    """Hands out the slots of one relay, each once, to whoever sends by it, on any machine."""

    def reserve(self, domain: str, within: float) -> Slots:
        """The next slots for a recipient's domain, or "" for all, if the first is so soon."""
        ...

    def slow_down(self, domain: str) -> Slots:
        """Half as many for that domain, and slowly more again later; none is reserved."""
        ...


@dataclass(slots=True)
class Pace:
    """The slots at hand for one domain, or for all."""

    pacer: Pacer
    domain: str = ""
    within: float = float("inf")
    given: Slots = Slots(0, 0, 0)
    _asks_again_at: float = 0.0
    _slots: deque[float] = field(default_factory=deque)

    def wait(self) -> float:
        """Seconds until the next may be announced, or is asked for again.

        Without end where `given` has none.
        """
        while len(self._slots) > 1 and self._slots[0] < monotonic() - AT_HAND:
            self._slots.popleft()  # what was not used in time must not leave in a burst
        if not self._slots:
            if (wait := self._asks_again_at - monotonic()) > 0:
                return wait
            self.given = given = self.pacer.reserve(self.domain, self.within)
            first = monotonic() + given.wait
            self._slots.extend(first + n * given.apart for n in range(given.count))
            if not given.count and not given.why and given.wait <= self.within:
                self._asks_again_at = first
                return given.wait
        return self._slots[0] - monotonic() if self._slots else float("inf")

    def take(self) -> None:
        """One is announced."""
        self._slots.popleft()


@dataclass(slots=True)
class DomainPaces:
    """A pace for each recipient's domain; `is_of_relay` tells replies about the connection."""

    pacer: Pacer
    is_of_relay: Callable[[Reply], bool]
    _paces: dict[str, Pace] = field(default_factory=dict)
    _put_off: dict[str, int] = field(default_factory=dict)

    def may_take(self, recipient: str) -> PutOff | bool:
        """Whether the domain takes a message now; PutOff where it will not for a while."""
        domain = domain_of(recipient)
        pace = self._paces.setdefault(domain, Pace(self.pacer, domain, AT_HAND))
        wait = pace.wait()
        if wait > AT_HAND:
            return self._later(domain, pace.given, f"others for {domain} go first")
        return wait <= 0

    def take(self, recipient: str) -> None:
        """One is announced."""
        self._paces[domain_of(recipient)].take()

    def heard(self, recipient: str, reply: Reply) -> Reply | PutOff:
        """Slows the domain that wants less; what speaks of the connection puts the message off."""
        is_of_relay = reply.code // 100 == 4 and self.is_of_relay(reply)
        if reply.code not in SLOWED_BY and not is_of_relay:
            return reply
        domain = domain_of(recipient)
        ahead = self.pacer.slow_down(domain)
        self._paces.pop(domain, None)
        if not is_of_relay:
            return reply
        why = f"{domain} wants less ({reply.code} {without_addresses(reply.text)})"
        return self._later(domain, ahead, why)

    def _later(self, domain: str, ahead: Slots, why: str) -> PutOff:
        """Each to a time of its own, so that not all of a domain come back at once."""
        before = self._put_off[domain] = self._put_off.get(domain, 0) + 1
        return PutOff(timedelta(seconds=min(ahead.wait + before * ahead.apart, LONGEST)), why)
