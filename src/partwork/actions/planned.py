"""What a run of `publish` made of what was due."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Planned:
    """An issue that was made a campaign, the slot it is for, and how many it will reach."""

    issue: str
    due_at: datetime
    recipients: int


# What was planned of a series, and what waits, and for what, in words.
Outcome: TypeAlias = tuple[list[Planned], list[str]]
