"""SMTP: many messages over kept connections, and the truth about what became of each."""

from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from partwork.model.delivery import (
    Envelope,
    Event,
    LostInDoubt,
    NotSent,
    PutOff,
    Reply,
    Stage,
    WireReady,
)
from partwork.transport.backlog import Backlog
from partwork.transport.dialogue import CLOSING, Parcel, unaddressed
from partwork.transport.fitness import dot_stuffed, refusal_of
from partwork.transport.line import Line
from partwork.transport.lines import Lines
from partwork.transport.pacing import DomainPaces, Pace
from partwork.transport.session import mail_options, open_session, reason_of
from partwork.transport.url import smtp_address

CONNECTIONS = 4  # smtp-source and Postfix's smtpd are busiest so; many relays allow ten
# Messages a connection: one that leaves, one that is announced behind it, and one to be announced
# behind that. Without the third, a connection whose reply has come has nothing to announce with
# the message that it lets go: a third of all went by a round trip of their own.
AT_ONCE = 3
RAMP = 25  # messages after which one connection more may be made: a small audience needs one
PER_CONNECTION = 1000  # messages: where Exim's smtp_accept_max_per_connection stands by default
# Seconds before each further try to connect: a server that restarts is back within a minute.
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
SET_UP = 30.0  # seconds for each step up to the login, at most
LOGIN_FIRST = 530  # RFC 4954, 6
TURN = 1.0  # seconds without news after which a lane may look around


class SmtpServer:
    """The mail server at `url`, see `smtp_address`; connections are made when needed.

    A connection that is lost is made anew after growing pauses, once the server has answered for
    a message; one that never did is not waited for. `timeout` is for each step up to
    the message's data, `last_timeout` for the data and the reply to it, in seconds: five and ten
    minutes, since a server that scans content is slow, and giving up on it early leaves in
    doubt what has arrived (RFC 5321, 4.5.3.2; 6.1). `pace` and `domains` limit how fast messages
    are announced.
    """

    def __init__(
        self,
        url: str,
        timeout: float = 300,
        last_timeout: float = 600,
        *,
        connections: int = CONNECTIONS,
        per_connection: int = PER_CONNECTION,
        pauses: Sequence[float] = PAUSES,
        pace: Pace | None = None,
        domains: DomainPaces | None = None,
    ) -> None:
        self._address = smtp_address(url)
        self._timeout, self._last_timeout = timeout, last_timeout
        self._connections, self._per_connection = connections, per_connection
        self._pauses = pauses
        self._lines = Lines()
        self._backlog = Backlog(pace, domains)
        self._under_way: dict[int, Parcel] = {}
        self._awaits: dict[int, Line] = {}  # whose server has said 354, if it is still there
        self._happened: list[Event] = []
        self._has_answered = False
        self._accepted = 0
        self._setbacks = 0
        self._given_up = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lines.close()

    def open(self) -> None:
        """Connects and logs in, if that is not done yet. Raises NotSent."""
        if not self._lines:
            self._connect()

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """Hands over `message`, byte for byte, and returns the server's last word on it.

        A refusal that speaks of the recipient or the message is that reply. Raises NotSent where
        the server refuses the sender or the connection, or no connection could be had or kept
        until the message had left; LostInDoubt where it was lost after that and before the
        reply; ValueError for a message with a bare CR or LF, which servers read in different ways.
        """
        ready = dot_stuffed(message)
        if unfit := refusal_of(envelope):
            return unfit
        self.offer(0, envelope, ready)
        while True:
            for event in self.events():
                match event.outcome:
                    case None:
                        self.let_go(event.key)
                    case Reply() as reply if reply.stage is Stage.MAIL or reply.code == LOGIN_FIRST:
                        raise NotSent(
                            f"{self._address}: does not take mail from us "
                            f"({reply.code} {unaddressed(reply.text)}); the message has not left"
                        )
                    case Reply() as reply:
                        return reply
                    case LostInDoubt() as doubt:
                        raise doubt
                    case NotSent():
                        pass  # one message alone may go by the next connection unasked
                    case PutOff(why=why):
                        raise NotSent(f"{self._address}: {why}; the message has not left")

    def room(self) -> int:
        """Three messages a connection: see AT_ONCE."""
        return AT_ONCE * self._allowed() - len(self._under_way)

    def offer(self, key: int, envelope: Envelope, message: WireReady) -> None:
        """See Transport. What no envelope can hold is answered without asking a server."""
        parcel = self._under_way[key] = Parcel(key, envelope, message)
        if unfit := refusal_of(envelope):
            self._tell(Event(key, unfit))
        else:
            self._backlog.add(parcel)

    def events(self) -> list[Event]:
        """See Transport. While a connection is made, the others wait."""
        until = monotonic() + TURN
        while self._under_way and not self._happened and monotonic() < until:
            self._assign()
            if self._happened:  # to be told before anything else
                break
            if self._given_up and not self._lines:
                raise self._failure(self._given_up)
            if self._backlog.spent and len(self._backlog) == len(self._under_way):
                raise self._failure(f"{self._address}: {self._backlog.spent}")
            self._turn(until)
        happened, self._happened = self._happened, []
        return happened

    def let_go(self, key: int) -> None:
        """See Transport."""
        self._carry(self._awaits.pop(key))

    def withdraw(self, key: int) -> None:
        """See Transport. After 354 there is no other way back than to drop the connection."""
        parcel = self._under_way.pop(key)
        parcel.withdrawn = True
        self._backlog.discard(parcel)
        if line := self._awaits.pop(key, None):
            self._lines.drop(line)

    def rest(self) -> bool:
        """See Transport; the longest pause may come again and again."""
        if monotonic() < self._backlog.rests_until:
            return False
        last = len(self._pauses) - 1
        self._setbacks = min(max(self._setbacks, 1), last)  # the first pause is none
        self._backlog.rests_until = monotonic() + self._pauses[self._setbacks]
        self._setbacks += 1
        return True

    def _assign(self) -> None:
        """Announces what waits to connections that are free; makes them where there are few."""
        while parcel := self._backlog.ready(self._tell):
            line = self._free_line()
            if line is None:
                return
            self._announce(line, parcel)
            self._write(line)

    def _free_line(self) -> Line | None:
        if line := self._lines.free(self._per_connection):
            return line
        if self._given_up or len(self._lines) >= self._allowed():
            return None
        try:
            return self._connect()
        except NotSent as error:
            if self._lines:  # the server allows no more than these
                self._connections = len(self._lines)
            else:
                self._set_back(str(error))
            return None

    def _allowed(self) -> int:
        """How many connections there may be by now."""
        return min(self._connections, 1 + self._accepted // RAMP)

    def _connect(self) -> Line:
        session = open_session(self._address, min(self._timeout, SET_UP))
        return self._lines.add(session, blames_recipient=self._backlog.paces_domains)

    def _announce(self, line: Line, parcel: Parcel) -> None:
        self._backlog.take(parcel)
        options = mail_options(line.smtp, parcel.envelope, parcel.message)
        if isinstance(options, Reply):
            self._tell(Event(parcel.key, options))
        else:
            line.dialogue.announce(parcel, options)

    def _carry(self, line: Line) -> None:
        """Lets the awaited message go, and announces the next behind it where that may be."""
        line.dialogue.let_go()
        may_follow = line.dialogue.pipelining and line.dialogue.carried < self._per_connection
        if may_follow and (parcel := self._backlog.ready(self._tell)):
            self._announce(line, parcel)
        self._write(line)

    def _turn(self, until: float) -> None:
        """Waits until a connection can go on, a step has taken too long or a rest is over."""
        moments = self._lines.deadlines()
        if self._backlog and self._backlog.looks_again_at > monotonic():
            moments.append(self._backlog.looks_again_at)
        if not moments:
            if self._awaits or not self._backlog:
                raise ValueError("an awaited message was neither let go nor withdrawn")
            return  # what waits may be announced by now, or a try to connect is due
        for line in self._lines.moved(min(*moments, until)):
            self._read(line)
        for line in self._lines.overdue():
            self._lose(line, "no answer in time")

    def _read(self, line: Line) -> None:
        try:
            events = line.read()
        except OSError as error:
            self._lose(line, reason_of(error))
            return
        self._hear(line, events)
        if line.dialogue.over:
            self._lose(line, line.dialogue.over)
        elif line.dialogue.outgoing:
            self._write(line)
        else:
            self._set_deadline(line)

    def _hear(self, line: Line, events: list[Event]) -> None:
        for event in events:
            if event.outcome is None:
                self._awaits[event.key] = line
            else:
                self._has_answered = True
            self._tell(event)

    def _write(self, line: Line) -> None:
        try:
            self._lines.write(line)
        except OSError as error:
            with suppress(OSError):  # what it said before it closed still holds
                self._hear(line, line.read())
            self._lose(line, line.dialogue.over or reason_of(error))
            return
        self._set_deadline(line)

    def _set_deadline(self, line: Line) -> None:
        line.set_deadline(self._last_timeout if line.dialogue.leaving else self._timeout)

    def _lose(self, line: Line, why: str) -> None:
        """The connection is of no more use: tells of whom that decides, and tries the others."""
        self._lines.drop(line)
        why = f"{self._address}: {why}"
        events, again = line.dialogue.end(why)
        gone = {event.key for event in events}.union(parcel.key for parcel in again)
        for key in gone:
            self._awaits.pop(key, None)  # not told yet, and no longer so
        self._happened = [e for e in self._happened if e.outcome is not None or e.key not in gone]
        for event in events:
            if isinstance(event.outcome, NotSent):
                self._happened.append(event)  # it is still under way
            else:
                self._tell(event)
        self._backlog.put_back(again)
        speaks_of_recipient = any(
            isinstance(event.outcome, Reply) and event.outcome.code == CLOSING for event in events
        )
        if (events or again) and not speaks_of_recipient:
            self._set_back(f"{why}; the message has not left")

    def _tell(self, event: Event) -> None:
        outcome = event.outcome
        if isinstance(outcome, Reply):
            outcome = self._backlog.heard(self._under_way[event.key], outcome)
        self._happened.append(event if outcome is event.outcome else Event(event.key, outcome))
        if outcome is not None:
            del self._under_way[event.key]
        if isinstance(outcome, Reply) and outcome.code // 100 == 2:
            self._setbacks, self._given_up = 0, ""
            self._accepted += 1

    def _set_back(self, why: str) -> None:
        """Rests for longer than the last time; gives up where that is of no use."""
        if self._has_answered and self._setbacks < len(self._pauses):
            self._backlog.rests_until = monotonic() + self._pauses[self._setbacks]
            self._setbacks += 1
        elif self._backlog:
            self._given_up = why

    def _failure(self, why: str) -> NotSent:
        """Forgets all that is under way, none of which has left."""
        self._backlog.clear()
        self._under_way.clear()
        self._awaits.clear()
        self._given_up, self._setbacks = "", 0
        return NotSent(why)
