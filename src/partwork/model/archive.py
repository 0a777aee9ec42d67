"""What was published, for everyone to read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """One part of a series as it was last published, and when it first was and last was.

    `instalment` is the part's identity, which its web address keeps.
    """

    series: str
    instalment: str
    number: int
    title: str
    preheader: str
    published_at: datetime
    updated_at: datetime
