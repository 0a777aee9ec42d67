"""Campaigns, deliveries and what mail servers answer."""

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import NamedTuple, NewType, Protocol, Self

from partwork.model.errors import PartworkError


class DeliveryState(StrEnum):
    """Where a delivery stands in the ledger.

    pending → claimed → attempted → accepted, deferred, refused or in doubt; deferred becomes
    claimed again when its time has come; left is a subscriber who went before the claim.
    gathered waits for the week's end and becomes pending, or bundled: another issue has it.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    ATTEMPTED = "attempted"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    LEFT = "left"
    GATHERED = "gathered"
    BUNDLED = "bundled"


class Verdict(StrEnum):
    """What an SMTP reply means for one delivery."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"


class Stage(StrEnum):
    """What of a transaction a reply answers: a command, or the whole message."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    MESSAGE = "message"


def without_addresses(words: str) -> str:
    """A server's words with … for each address, for what outlives its owner's erasure."""
    return _ADDRESS.sub("…", words) if "@" in words else words


# As far as the next space, and a quoted local part with spaces in it: RFC 5321, 4.1.2.
_ADDRESS = re.compile(r'\S*(?:"[^"@]*")?@\S*')


# Named tuples where the others are dataclasses: of these some are made for each message that
# leaves, and a frozen dataclass takes three times as long.
class Reply(NamedTuple):
    """What a server answered, and to what: three digits and its words (RFC 5321, 4.2)."""

    code: int
    text: str
    stage: Stage = Stage.MESSAGE


class Envelope(NamedTuple):
    """Sender and recipient as the servers are told them (RFC 5321, 2.3.1)."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """The sending of one issue to the audience of one due slot."""

    id: int
    content_hash: str
    due_at: datetime
    planned_at: datetime


class Delivery(NamedTuple):
    """One issue for one subscriber: one row of the ledger."""

    id: int
    campaign: int
    content_hash: str
    subscriber: int
    recipient: str
    state: DeliveryState
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many deliveries of an issue stand where."""

    pending: int = 0
    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    in_doubt: int = 0
    left: int = 0
    gathered: int = 0
    bundled: int = 0

    @property
    def planned(self) -> int:
        """All deliveries of the issue, whatever became of them."""
        return sum(astuple(self))


class NotSent(PartworkError):
    """The message did not leave: no connection, or it was lost before the end of the message.

    The delivery may be tried again without a risk of a second copy.
    """


class LostInDoubt(PartworkError):
    """The connection was lost after the message began to leave and before the reply came."""


# A message that DATA carries as it is: every line ends in CRLF, the last one too, no CR or LF
# stands alone, and no line begins with a dot (RFC 5321, 4.5.2). Its maker vouches for that.
WireReady = NewType("WireReady", bytes)


@dataclass(frozen=True, slots=True)
class PutOff:
    """Nothing has left, and it was no attempt: the recipient's domain takes no more for `pause`."""

    pause: timedelta
    why: str


class Event(NamedTuple):
    """What has become of the message that was offered as `key`.

    None: a server awaits it, and it leaves when it is let go. NotSent: it was let go and has not
    left; it waits again until a server awaits it. Anything else is its end: the server's last
    word, LostInDoubt, or PutOff.
    """

    key: int
    outcome: Reply | LostInDoubt | PutOff | NotSent | None


class Transport(Protocol):
    """What carries messages: an SMTP server, or the outbox folder. Used by one thread.

    One message is handed over by `send`. Many are under way at once by the other methods: each
    is offered, awaited, let go once its attempt is on record, and answered. A message leaves at
    most once each time it is let go, and no second one on its connection before its end was told.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """Hand over one message (CRLF lines) and return the server's last word on it.

        A 4xx or 5xx that speaks of the recipient or the message is a reply, not an error.
        Raises `NotSent` or `LostInDoubt`. Not while others are under way.
        """
        ...

    def room(self) -> int:
        """How many more messages are worth offering now."""
        ...

    def offer(self, key: int, envelope: Envelope, message: WireReady) -> None:
        """Announce a message to a server as soon as one is free; `key` names it in events."""
        ...

    def events(self) -> Sequence[Event]:
        """What happens next; empty when nothing is under way, or nothing has happened for a second.

        Each event that awaits must be answered by `let_go` or `withdraw` before the next call;
        where a message was let go and has not left, it is asked about again.
        Raises `NotSent` when no server can be had: then nothing is under way any more, and of
        what was, nothing has left whose end was not told.
        """
        ...

    def let_go(self, key: int) -> None:
        """Let the awaited message leave, on the connection on which it is awaited and no other."""
        ...

    def withdraw(self, key: int) -> None:
        """Take back a message that was not let go; there is no further event for it."""
        ...

    def rest(self) -> bool:
        """Announce nothing for a while, longer each time until a message is accepted again.

        False: such a rest was on already.
        """
        ...
