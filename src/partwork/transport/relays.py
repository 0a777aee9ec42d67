"""Several relays: what one cannot take, the next one does, and never both the same message."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Self

from partwork.model.delivery import Envelope, Event, NotSent, Reply, Stage, WireReady
from partwork.transport.dialogue import unaddressed
from partwork.transport.smtp import SmtpServer

ASIDE = 600.0  # seconds that a relay which failed is left alone while there is another: a guess
RESTS = 3  # rests without a message accepted after which another relay is tried: a guess

# The envelope and the message as a relay gets them.
Dress = Callable[[Envelope, bytes], tuple[Envelope, bytes]]


@dataclass(slots=True, eq=False)
class Way:
    """A relay: its server, and how messages are dressed for it."""

    server: SmtpServer
    dress: Dress
    aside_until: float = 0.0
    why_aside: str = ""
    rests: int = 0
    under_way: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Offered:
    """A message before it is dressed, and the relay that has it now."""

    envelope: Envelope
    message: WireReady
    way: Way


class Relays:
    """The ways in their order: the first that can be had takes what is offered.

    `shuts_us_out` tells replies by which a relay takes nothing more of ours, whatever it is. A
    message whose end is in doubt is tried nowhere else. A relay that failed is left alone for
    `aside` seconds.
    """

    def __init__(
        self,
        ways: Sequence[Way],
        shuts_us_out: Callable[[Reply], bool],
        *,
        aside: float = ASIDE,
    ) -> None:
        self._ways = ways
        self._shuts_us_out = shuts_us_out
        self._aside = aside
        self._offered: dict[int, _Offered] = {}
        self._spoke = ways[0]
        self._is_split = False  # whether messages may be under way by more than one
        self._all_free = True  # whether none is left alone
        self._servers = ExitStack()

    def __enter__(self) -> Self:
        for way in self._ways:
            self._servers.enter_context(way.server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._servers.close()

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """See Transport."""
        while True:
            way = self._way()
            try:
                reply = way.server.send(*way.dress(envelope, message))
            except NotSent as error:
                self._leave_alone(way, str(error))
                if self._free() is None:
                    raise self._failure() from None
                continue
            if self._shuts_us_out(reply):
                self._leave_alone(way, f"{reply.code} {unaddressed(reply.text)}")
                if self._free():
                    continue
            return reply

    def room(self) -> int:
        """See Transport. Before the next relay is used, all is answered that another one has."""
        way = self._way()
        if self._is_split and self._others(way):
            return 0
        self._is_split = False
        return way.server.room()

    def offer(self, key: int, envelope: Envelope, message: WireReady) -> None:
        """See Transport."""
        self._offered[key] = _Offered(envelope, message, self._way())
        self._hand_over(key)

    def events(self) -> list[Event]:
        """See Transport."""
        way = self._way()
        self._spoke = way = (self._is_split and self._others(way)) or way
        try:
            happened = way.server.events()
        except NotSent as error:
            self._leave_alone(way, str(error))
            self._go_on_elsewhere(way, sorted(way.under_way))
            return []
        told = [heard for event in happened if (heard := self._heard(way, event))]
        for key, outcome in told:
            if outcome is None or isinstance(outcome, NotSent):
                continue
            self._forget(key)
            if isinstance(outcome, Reply) and outcome.code // 100 == 2:
                way.rests = 0
        return told

    def let_go(self, key: int) -> None:
        """See Transport."""
        self._offered[key].way.server.let_go(key)

    def withdraw(self, key: int) -> None:
        """See Transport."""
        self._offered[key].way.server.withdraw(key)
        self._forget(key)

    def rest(self) -> bool:
        """See Transport. A relay that asks for it time and again is left alone for another."""
        way = self._spoke
        if not way.server.rest():
            return False
        way.rests += 1
        if way.rests >= RESTS:
            self._leave_alone(way, "it goes on to ask for less")
            return self._free() is None
        return True

    def _way(self) -> Way:
        """The first relay that is free; where none is, the one that is left alone the longest."""
        return self._free() or min(self._ways, key=lambda way: way.aside_until)

    def _others(self, way: Way) -> Way | None:
        """Another relay that has messages under way."""
        return next((each for each in self._ways if each.under_way and each is not way), None)

    def _free(self) -> Way | None:
        """The first relay that is not left alone."""
        if self._all_free:
            return self._ways[0]
        now = monotonic()
        self._is_split = True  # which one is the first may have changed
        self._all_free = all(way.aside_until <= now for way in self._ways)
        return next((way for way in self._ways if way.aside_until <= now), None)

    def _leave_alone(self, way: Way, why: str) -> None:
        way.aside_until, way.why_aside, way.rests = monotonic() + self._aside, why, 0
        self._all_free = False

    def _heard(self, way: Way, event: Event) -> Event | None:
        """What is to be told of it; nothing where another relay takes what was not let go."""
        key, outcome = event
        if not isinstance(outcome, Reply) or not self._shuts_us_out(outcome):
            return event
        self._leave_alone(way, f"{outcome.code} {unaddressed(outcome.text)}")
        if self._free() is None:
            return event
        self._go_on_elsewhere(way, [key])
        return Event(key, NotSent(way.why_aside)) if outcome.stage is Stage.MESSAGE else None

    def _go_on_elsewhere(self, way: Way, keys: Sequence[int]) -> None:
        """What had not left goes to the next relay. Raises NotSent where all are left alone."""
        following = self._free()
        if following is None:
            self._offered.clear()
            for each in self._ways:
                each.under_way.clear()
            raise self._failure()
        way.under_way.difference_update(keys)
        for key in keys:
            self._offered[key].way = following
            self._hand_over(key)

    def _hand_over(self, key: int) -> None:
        offered = self._offered[key]
        envelope, message = offered.way.dress(offered.envelope, offered.message)
        offered.way.under_way.add(key)
        offered.way.server.offer(key, envelope, WireReady(message))

    def _forget(self, key: int) -> None:
        self._offered.pop(key).way.under_way.discard(key)

    def _failure(self) -> NotSent:
        return NotSent("; ".join(way.why_aside for way in self._ways if way.why_aside))
