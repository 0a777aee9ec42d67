"""Relays: the servers that take our messages to carry them on, and what each is like."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Profile(StrEnum):
    """What kind of server a relay is: what it is like where its table does not say otherwise.

    DIRECT hands each message on while we wait, so that its replies are those of the recipients'
    own servers; POSTFIX queues what it takes; SES is Amazon's service, which also does that.
    """

    DIRECT = "direct"
    POSTFIX = "postfix"
    SES = "ses"


class Signer(StrEnum):
    """Who signs with DKIM what goes by a relay."""

    PARTWORK = "partwork"
    RELAY = "relay"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many messages in so much time, evenly: no more than a second's share at once."""

    messages: int
    per: timedelta

    @property
    def apart(self) -> timedelta:
        """From one message to the next."""
        return self.per / self.messages


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How a relay that receivers do not know yet begins: few messages a day, then more.

    Nothing before `starts_on` (a day of UTC), `messages` at most on it, on each day after it half
    as many again (a guess: providers advise between a third more and twice as many), and after
    `days` days as many as there are.
    """

    starts_on: date
    messages: int
    days: int

    def share_of(self, day: date) -> int | None:
        """How many messages may leave on that day; None: as many as there are."""
        passed = (day - self.starts_on).days
        if passed < 0:
            return 0
        return int(self.messages * 1.5**passed) if passed < self.days else None


@dataclass(frozen=True, slots=True)
class Relay:
    """One server that takes our messages; `url` holds its login and is shown nowhere.

    `headers` are written into each message for it. `envelope_sender` is the only sender it takes
    ("": any). Where `keeps_message_id` is false it writes its own Message-ID and Date.
    `domain_rate` limits what leaves for each recipient's domain.
    """

    name: str
    profile: Profile
    url: str = field(repr=False)
    connections: int
    messages_per_connection: int
    signer: Signer
    keeps_message_id: bool = True
    envelope_sender: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    rate: Rate | None = None
    domain_rate: Rate | None = None
    warm_up: WarmUp | None = None
