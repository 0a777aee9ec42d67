"""What a run of `publish` made of what was due."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """An issue that was made a campaign, the slot it is for, and how many it will reach."""

    issue: str
    due_at: datetime
    recipients: int
