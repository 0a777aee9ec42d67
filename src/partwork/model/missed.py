"""Parts that were due and approved when nobody published them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Choice(StrEnum):
    """What a person decides about missed parts.

    NOW: they go out at once. SKIP: they are left out, and later parts keep their days. SHIFT: they
    go in the next slots, and all later parts move behind them.
    """

    NOW = "now"
    SKIP = "skip"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class Missed:
    """A part that should have gone out in a slot; `instalment` is its id."""

    due_at: datetime
    instalment: str
    number: int
