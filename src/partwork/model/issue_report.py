"""What became of an issue, in numbers: what its report tells."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Period(StrEnum):
    """How long after an issue's first delivery its reports are made by themselves."""

    DAY = "1d"
    WEEK = "7d"

    @property
    def length(self) -> timedelta:
        """From the first delivery on."""
        return DAY if self is Period.DAY else WEEK

    @property
    def in_words(self) -> str:
        """When such a report is made, for people."""
        return f"a {'day' if self is Period.DAY else 'week'} after the first delivery"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many deliveries became what.

    The first four are the replies to us: each delivery is one of them. `bounced` and `complained`
    came back afterwards, `left` are readers who ended the subscription within a week of theirs.
    """

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    in_doubt: int = 0
    bounced: int = 0
    complained: int = 0
    left: int = 0

    @property
    def mailed(self) -> int:
        """All that a server was asked to take."""
        return self.accepted + self.deferred + self.refused + self.in_doubt

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(
            self.accepted + other.accepted,
            self.deferred + other.deferred,
            self.refused + other.refused,
            self.in_doubt + other.in_doubt,
            self.bounced + other.bounced,
            self.complained + other.complained,
            self.left + other.left,
        )


@dataclass(frozen=True, slots=True)
class Bounces:
    """Deliveries that bounced, each once, by the worst that was said of it.

    `address`: it is no good for ever. `about_us`: it speaks of our message or a policy. `other`:
    full mailboxes, broken servers, and what is not told more exactly.
    """

    address: int = 0
    about_us: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class DomainOutcomes:
    """What became of the deliveries to one domain; "" are all the others together."""

    domain: str
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Compared:
    """An issue as it is set beside others: what came back within one time of each delivery."""

    issue: str
    title: str
    due_at: datetime
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """How often a link was followed, by whomever; the issue's web links are numbered from 1.

    `by_day` has the UTC days on which it was, in their order.
    """

    number: int
    url: str
    by_day: tuple[tuple[date, int], ...] = ()

    @property
    def count(self) -> int:
        """On all days together."""
        return sum(count for _, count in self.by_day)


@dataclass(frozen=True, slots=True)
class IssueReport:
    """What is known of an issue at one moment.

    `first_at` and `last_at` are its first and last acceptance, None where there is none or it was
    folded. `waiting` deliveries may still leave, `gathered` and `bundled` go in the mail with all
    parts of a week, `went_before` are readers who left before their turn. `left_by_hour` counts
    by whole hours since each reader's own delivery, 24 of them, `left_by_day` by days, seven.
    `unproven` reports are not counted: anybody could have written them. Of `folded` deliveries
    nothing but the number is left here. `within` is the time by which the issue and those before
    it, the latest first, are set side by side. `notices` say what has to be known besides.
    `clicks` are of the links that were counted, the most followed first; none where none were.
    """

    issue: str
    title: str
    newsletter: str
    at: datetime
    planned: int
    waiting: int
    gathered: int
    bundled: int
    went_before: int
    first_at: datetime | None
    last_at: datetime | None
    outcomes: Outcomes
    bounces: Bounces
    unproven: int
    left_by_hour: tuple[int, ...]
    left_by_day: tuple[int, ...]
    folded: int
    domains: tuple[DomainOutcomes, ...]
    within: timedelta
    compared: Compared
    earlier: tuple[Compared, ...]
    notices: tuple[str, ...]
    clicks: tuple[LinkClicks, ...] = ()

    @property
    def left_in_a_day(self) -> int:
        """Readers who left within 24 hours of their delivery."""
        return sum(self.left_by_hour)
