"""What is said on one SMTP connection: bytes in, bytes out, and what becomes of each message.

There is no socket here, so that every order of failure can be tried. Where the server offers
PIPELINING (RFC 2920), the commands for the next message go in one group with the body before it;
elsewhere each command waits for the reply to the one before.
"""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from partwork.model.delivery import (
    Envelope,
    Event,
    LostInDoubt,
    NotSent,
    Reply,
    Stage,
    WireReady,
    without_addresses,
)
from partwork.transport.outgoing import Outgoing

REPLY_LENGTH = 500  # characters of a reply that are kept; RFC 5321, 4.5.3.1.5 gives a line 512
LONGEST_REPLY = 64 * 1024  # octets, all its lines together: a guess, far more than any is
CLOSING = 421  # "service not available, closing transmission channel": RFC 5321, 3.8
SETBACKS = 3  # lost connections after which a message, and not the server, is taken for the cause

# Before Python 3.12 a member is found in its enum slowly, and here twenty times for a message.
_MAIL, _RCPT, _DATA, _MESSAGE = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.MESSAGE


@dataclass(slots=True, eq=False)
class Parcel:
    """A message on its way; `setbacks` are connections that were lost when it was announced."""

    key: int
    envelope: Envelope
    message: WireReady
    withdrawn: bool = False
    setbacks: int = 0


class Dialogue:
    """The client's side of one connection that is ready for MAIL.

    With `blames_recipient` a server that closes over RCPT or DATA speaks of that recipient.
    `outgoing` is what is to be written; who writes takes it away from there. `over` is why
    the connection is of no more use, once it is so: then `end` has the rest.
    """

    def __init__(self, *, pipelining: bool, blames_recipient: bool = False) -> None:
        self.pipelining = pipelining
        self.blames_recipient = blames_recipient
        self.outgoing = Outgoing()
        self.announced: Parcel | None = None
        self.leaving: Parcel | None = None
        self.carried = 0
        self.replies = 0
        self.over = ""
        self._expected: deque[Stage | None] = deque()  # None: the reply decides nothing
        self._unsaid: deque[tuple[Stage, bytes]] = deque()
        self._last = 0  # code of the last answer for the announced message
        self._refusal: Reply | None = None  # the first command for it that was not taken
        self._heard = b""
        self._words: list[bytes] = []
        self._behind_body = 0  # octets of `outgoing` that follow the leaving message

    @property
    def is_free(self) -> bool:
        """Whether a message may be announced, now or after the reply that comes next."""
        return not (self.announced or self.leaving or self.over)

    @property
    def is_waiting(self) -> bool:
        """Whether the server owes a reply."""
        return bool(self._expected)

    @property
    def awaited(self) -> Parcel | None:
        """The message for which the server has said 354."""
        return self.announced if self._last // 100 == 3 and not self.over else None

    def announce(self, parcel: Parcel, options: str) -> None:
        """MAIL, RCPT and DATA for `parcel`; `options` are those of MAIL, a space before each."""
        self.announced, self._last, self._refusal = parcel, 0, None
        envelope = parcel.envelope
        mail = f"MAIL FROM:<{envelope.sender}>{options}\r\n"
        rcpt = f"RCPT TO:<{envelope.recipient}>\r\n"
        if self.pipelining:
            group = f"{mail}{rcpt}DATA\r\n".encode()
            self.outgoing.add(group)
            self._behind_body += len(group)
            self._expected += _BEFORE_MESSAGE
            return
        self._unsaid += zip(
            _BEFORE_MESSAGE, (mail.encode(), rcpt.encode(), b"DATA\r\n"), strict=True
        )
        if not self._expected:
            self._say_next()

    def let_go(self) -> None:
        """The awaited message and its end; the next one may be announced right behind it."""
        self.leaving, self.announced, self._last = self.awaited, None, 0
        if self.leaving is None:
            raise ValueError("no message is awaited")
        self.carried += 1
        self._say(self.leaving.message, _MESSAGE)
        self.outgoing.add(b".\r\n")
        self._behind_body = 0

    def receive(self, data: bytes) -> list[Event]:
        """What the server's octets mean; see `over` afterwards."""
        events: list[Event] = []
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            if self.over:
                break
            told = _taken_apart(line)
            if told is None:
                self.over = f"the server said {unaddressed(line)!r}, which is not SMTP"
                break
            code, goes_on, words = told
            self._words.append(words)
            if not goes_on:
                said, self._words = self._words, []
                self._answered(code, said, events)
        if len(self._heard) + sum(map(len, self._words)) > LONGEST_REPLY:
            self.over = self.over or "the server's reply does not end"
        return events

    def end(self, why: str) -> tuple[list[Event], list[Parcel]]:
        """The connection is no more: who is in doubt, and what may be announced elsewhere.

        What the server cannot have got whole has not left: without the final dot it must not
        take a message (RFC 5321, 4.1.1.4). Whoever had let it go is told.
        """
        events: list[Event] = []
        again: list[Parcel] = []
        if self.leaving and len(self.outgoing) <= self._behind_body:
            doubt = f"the connection was lost after the message and before its reply ({why})"
            events.append(Event(self.leaving.key, LostInDoubt(f"{doubt}; the reader may have it")))
        elif self.leaving:
            self.leaving.setbacks += 1
            again.append(self.leaving)
            if self.leaving.setbacks < SETBACKS:
                events.append(Event(self.leaving.key, NotSent(f"all of it had not left ({why})")))
        if self.announced and not self.announced.withdrawn:
            if self._refusal:
                events.append(Event(self.announced.key, self._refusal))
            else:
                self.announced.setbacks += bool(self._last)
                again.append(self.announced)
        self.leaving = self.announced = None
        for parcel in [p for p in again if p.setbacks >= SETBACKS]:
            again.remove(parcel)
            words = f"4.4.2 the connection was lost {SETBACKS} times over this message ({why})"
            events.append(Event(parcel.key, Reply(451, words, _RCPT)))
        return events, again

    def _answered(self, code: int, words: list[bytes], events: list[Event]) -> None:
        """One whole reply, matched to what was said first and not answered yet."""
        self.replies += 1
        if not self._expected:
            self.over = f"the server said {code} {unaddressed(b' '.join(words))} unasked"
            return
        stage, kind = self._expected.popleft(), code // 100
        if kind == 2 and self.pipelining and (stage is _RCPT or stage is _MAIL):
            self._last = code  # half of all replies: nothing follows from them yet
            return
        good = 3 if stage is _DATA else 2
        if stage is _MESSAGE and self.leaving and kind in _ENDS:
            events.append(Event(self.leaving.key, Reply(code, one_line(b" ".join(words)))))
            self.leaving = None
        elif kind != good and stage is not None and kind not in _REFUSES:
            self.over = f"the server answered {code} {unaddressed(b' '.join(words))} to {stage}"
        if code == CLOSING:
            self.over = f"the server answered {code} {unaddressed(b' '.join(words))}"
            if self.blames_recipient and stage in _OF_RECIPIENT and not self._refusal:
                self._refusal = Reply(code, one_line(b" ".join(words)), stage)
        if self.over or stage is _MESSAGE:
            return
        if stage is None:
            self._say_next()
            return
        self._last = code
        if kind in _REFUSES and not self._refusal:
            self._refusal = Reply(code, one_line(b" ".join(words)), stage)
        if stage is _DATA or (not self.pipelining and kind != 2):
            self._conclude(events)
        elif not self.pipelining:
            self._say_next()

    def _conclude(self, events: list[Event]) -> None:
        """All that was asked for the announced message is answered."""
        parcel, awaited, refusal = self.announced, self.awaited is not None, self._refusal
        if parcel is None:
            raise ValueError("an answer to what was not asked")
        if refusal is None:
            if parcel.withdrawn:
                self.over = "a message was withdrawn"
            else:
                events.append(Event(parcel.key, None))
            return
        if awaited and refusal.stage is not _RCPT:
            self.over = "the server refused the sender and awaits the message"
        elif awaited:
            self._say(b".\r\n", None)  # an empty message for nobody: RFC 2920, 3.1
        self._say(b"RSET\r\n", None)
        self.announced, self._last = None, 0
        self._unsaid.clear()
        if not parcel.withdrawn:
            events.append(Event(parcel.key, refusal))

    def _say_next(self) -> None:
        if self._unsaid:
            stage, command = self._unsaid.popleft()
            self._say(command, stage)

    def _say(self, words: bytes, stage: Stage | None) -> None:
        self.outgoing.add(words)
        self._behind_body += len(words)
        self._expected.append(stage)


_BEFORE_MESSAGE = (_MAIL, _RCPT, _DATA)
_BEHIND_CODE = frozenset({b"", b" ", b"-", b"\r"})
_ENDS, _REFUSES = frozenset({2, 4, 5}), frozenset({4, 5})
_OF_RECIPIENT = frozenset({_RCPT, _DATA})


@lru_cache(maxsize=64)  # servers repeat themselves: of four replies three are the same each time
def _taken_apart(line: bytes) -> tuple[int, bool, bytes] | None:
    """The code of a line of a reply, whether more follow, and its words; None: it is not SMTP."""
    code, behind = line[:3], line[3:4]
    if not code.isdigit() or behind not in _BEHIND_CODE:
        return None
    return int(code), behind == b"-", line[4:]


@lru_cache(maxsize=64)  # see above
def one_line(words: bytes | str) -> str:
    """A server's words on one line, without what is not printable, and not without end."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    spaced = " ".join(text.split())
    printable = spaced if spaced.isprintable() else "".join(filter(str.isprintable, spaced))
    return printable[:REPLY_LENGTH]


def unaddressed(words: bytes | str) -> str:
    """The same for logs and reports, which outlive the readers whose addresses servers repeat."""
    return without_addresses(one_line(words))
