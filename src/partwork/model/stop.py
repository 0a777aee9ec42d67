"""What keeps an issue from being sent on, and who may lift it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StopKind(StrEnum):
    """What was last said about sending an issue.

    PAUSED and CANCELLED are a person's word, HELD is ours when replies forbid to go on; a person
    lifts PAUSED and HELD, and then it is RESUMED. CANCELLED is for good.
    """

    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Stop:
    """What was said about sending an issue, since when, and why in words.

    `part` names the issue of which it was said where that is a part of this one, a bundle (empty:
    of itself). `article` names one that was withdrawn and that it draws on: while it is, nobody
    can let the issue go on.
    """

    kind: StopKind
    reason: str
    at: datetime
    part: str = ""
    article: str = ""

    @property
    def is_on(self) -> bool:
        """Whether nothing may be claimed."""
        return self.kind is not StopKind.RESUMED
