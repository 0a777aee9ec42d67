"""Campaigns, deliveries and what mail servers answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from partwork.model.errors import PartworkError


class DeliveryState(StrEnum):
    """Where a delivery stands in the ledger.

    pending → claimed → attempted → accepted, deferred, refused or in doubt; deferred becomes
    claimed again when its time has come; left is a subscriber who went before the claim.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    ATTEMPTED = "attempted"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    LEFT = "left"


class Verdict(StrEnum):
    """What an SMTP reply means for one delivery."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: three digits and its words (RFC 5321, 4.2)."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Envelope:
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


@dataclass(frozen=True, slots=True)
class Delivery:
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

    @property
    def planned(self) -> int:
        """All deliveries of the issue, whatever became of them."""
        return (
            self.pending + self.accepted + self.deferred + self.refused + self.in_doubt + self.left
        )


class NotSent(PartworkError):
    """The message did not leave: no connection, or it was lost before the message's data.

    The delivery may be tried again without a risk of a second copy.
    """


class LostInDoubt(PartworkError):
    """The connection was lost after the message began to leave and before the reply came."""


class Transport(Protocol):
    """What carries messages: an SMTP server, or the outbox folder. Used by one thread."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """Hand over one message (CRLF lines) and return the server's last word on it.

        A 4xx or 5xx is a reply, not an error. Raises `NotSent` or `LostInDoubt`.
        """
        ...
