"""Subscribers, what they subscribed to, and who must not be written to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriptionState(StrEnum):
    """A subscription counts only while confirmed; a pause is an instant, not a state."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class SuppressionReason(StrEnum):
    """Why an address gets no campaign whatever it subscribed to."""

    HARD_BOUNCE = "hard bounce"
    COMPLAINT = "complaint"
    WISH = "owner's wish"
    PROBE = "probe bounced"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person known by one address, as typed."""

    id: int
    address: str
    name: str = ""
    language: str = ""


# The newsletter of a departure from all of them, also of those that somebody never subscribed to.
EVERYTHING = ""

# The source of consents that an address took over from the one its owner had before.
CHANGE_OF_ADDRESS = "change of address"


class Act(StrEnum):
    """What a person did about a subscription, as the consent record has it.

    `RETURNED` takes back an `ENDED`; `ASKED` has no effect before `CONFIRMED`.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    ENDED = "ended"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber's wish to receive one newsletter.

    Nothing is sent before `paused_until`, if it is set. With `is_bundled`, all parts of a week
    come in one mail when it is over.
    """

    subscriber: int
    newsletter: str
    state: SubscriptionState
    asked_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    paused_until: datetime | None = None
    is_bundled: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows later how somebody agreed or left.

    `source` is the form, or what the operator said of an import; `wording` the digest of the
    words that were agreed to ("": none were shown). `network` is the visitor's network address as
    far as the operator keeps it, `user_agent` what the browser called itself. None holds an
    e-mail address.
    """

    source: str
    wording: str = ""
    network: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry of the consent record: who did what, when, with its evidence.

    `subscriber` is 0 for somebody who was erased; `newsletter` may be EVERYTHING where they left.
    """

    subscriber: int
    newsletter: str
    act: Act
    at: datetime
    evidence: Evidence


# The imported field by which a reader's own clocks are known: an IANA name.
ZONE_FIELD = "timezone"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A row of an import that may become a subscriber. `line` counts from 1 in the file.

    `fields` are what else the operator wanted kept, each a name in lower case and a value.
    """

    line: int
    address: str
    name: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


class ServiceRequest(StrEnum):
    """What somebody wants mailed about a subscription; what they get depends on who they are."""

    SUBSCRIBE = "subscribe"
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    PREFERENCES = "preferences"
    MOVE = "move"
    MOVED = "moved"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Request:
    """A wish that a service message will answer.

    `suppression_key` is the address's, `mailbox_key` that of its mailbox, whatever its spelling;
    `network_key` tells networks apart without naming them ("": nobody asked over the network).
    Of WELCOME and GOODBYE `asked_at` is the instant of what they speak of. `subscriber` is set for
    MOVE, whose new address this may be, for MOVED, whose address it was, and for PROBE.
    """

    kind: ServiceRequest
    newsletter: str
    address: str
    suppression_key: str
    mailbox_key: str
    network_key: str
    evidence: Evidence
    asked_at: datetime
    subscriber: int = 0
