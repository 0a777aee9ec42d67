"""Messages that wait to be announced, and when that may be."""

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic

from partwork.model.delivery import Event, PutOff, Reply
from partwork.transport.dialogue import Parcel
from partwork.transport.pacing import DomainPaces, Pace


class Backlog:
    """What waits, in its order, but for messages to a domain that takes none yet.

    `rests_until` is an instant of the monotonic clock. `spent` says why nothing may be announced
    for longer than anybody should wait here.
    """

    def __init__(self, pace: Pace | None = None, domains: DomainPaces | None = None) -> None:
        self.rests_until = 0.0
        self.spent = ""
        self._pace, self._domains = pace, domains
        self._waiting: deque[Parcel] = deque()
        self._looks_again_at = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def paces_domains(self) -> bool:
        """Whether the server hands messages on while we wait, so that replies are of domains."""
        return self._domains is not None

    def add(self, parcel: Parcel) -> None:
        """Waits behind the others."""
        self._waiting.append(parcel)

    def put_back(self, parcels: Iterable[Parcel]) -> None:
        """Waits before the others: it had its turn, in vain."""
        self._waiting.extendleft(reversed(list(parcels)))

    def discard(self, parcel: Parcel) -> None:
        """No longer waits, if it did."""
        if parcel in self._waiting:
            self._waiting.remove(parcel)

    def clear(self) -> None:
        """Nothing waits any more, and nothing need rest."""
        self._waiting.clear()
        self.spent, self.rests_until, self._looks_again_at = "", 0.0, 0.0

    @property
    def looks_again_at(self) -> float:
        """When what waits may be ready, on the monotonic clock; the past where it is."""
        return max(self.rests_until, self._looks_again_at)

    def ready(self, tell: Callable[[Event], None]) -> Parcel | None:
        """The first that may be announced now; it still waits until `take`.

        What is put off is told and waits no more.
        """
        if not self._waiting or monotonic() < self.looks_again_at:
            return None
        if self._pace and (wait := self._pace.wait()) > 0:
            self.spent = self._pace.given.why if wait == float("inf") else ""
            # From now on: the pace's word is of when it was asked, and asking may take a while.
            self._looks_again_at = monotonic() + min(wait, 1.0)
            return None
        for parcel in tuple(self._waiting):
            match self._domains.may_take(parcel.envelope.recipient) if self._domains else True:
                case True:
                    return parcel
                case PutOff() as later:
                    self._waiting.remove(parcel)
                    tell(Event(parcel.key, later))
        if self._waiting:
            self._looks_again_at = monotonic() + _SOON
        return None

    def take(self, parcel: Parcel) -> None:
        """It is announced."""
        self._waiting.remove(parcel)
        if self._pace:
            self._pace.take()
        if self._domains:
            self._domains.take(parcel.envelope.recipient)

    def heard(self, parcel: Parcel, reply: Reply) -> Reply | PutOff:
        """What a reply comes to, where recipients' domains are paced."""
        if self._domains is None or reply.code // 100 == 2:
            return reply
        return self._domains.heard(parcel.envelope.recipient, reply)


_SOON = 0.02  # seconds: a domain's next slot is near, and another parcel's may be nearer
