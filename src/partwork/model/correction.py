"""Corrections of what was published, and articles that were withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LONGEST_REASON = 500  # characters: readers see it above the text


@dataclass(frozen=True, slots=True)
class Erratum:
    """What readers are told of a change in a part they may have read: the day, and the reason."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A part that was published, to be published in other words, and why.

    `corrects` is the content hash of the issue whose place the revision takes. `mail` is that of
    the mail about it to those who have the first text (empty: none was rendered). Until it takes
    effect there is neither `revision` nor `applied_at`.
    """

    id: str
    series: str
    instalment: str
    corrects: str
    reason: str
    asked_at: datetime
    wants_mail: bool
    mail: str = ""
    revision: str = ""
    applied_at: datetime | None = None

    @property
    def erratum(self) -> Erratum:
        """It, as readers are told; the day is in UTC."""
        return Erratum(self.asked_at.date(), self.reason)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article that may be used no more, since when and why, in words that readers see.

    `series` are those that were composed of it, each with its place among their articles, from 0.
    """

    article: str
    reason: str
    at: datetime
    series: Mapping[str, int] = field(default_factory=dict)

    @property
    def as_stop(self) -> str:
        """Why nothing may be sent of an issue that draws on it."""
        return f"{self.article}, which it draws on, was withdrawn"
