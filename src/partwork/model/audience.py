"""Subscribers, what they subscribed to, and who must not be written to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriptionState(StrEnum):
    """A subscription counts only while confirmed."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class SuppressionReason(StrEnum):
    """Why an address gets no campaign whatever it subscribed to."""

    HARD_BOUNCE = "hard bounce"
    COMPLAINT = "complaint"
    WISH = "owner's wish"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person known by one address, as typed."""

    id: int
    address: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber's wish to receive one newsletter."""

    subscriber: int
    newsletter: str
    state: SubscriptionState
    asked_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to or withdrew: when, by what form, to which wording.

    `act` is `confirmed`, `imported` or `ended`. `source` is the form, or the import's file name
    and the note the operator gave for it; it never holds an address.
    """

    subscriber: int
    newsletter: str
    act: str
    at: datetime
    source: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A row of an import that may become a subscriber. `line` counts from 1 in the file."""

    line: int
    address: str
    name: str = ""
    language: str = ""
