"""What `check` finds."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """A fault blocks publishing until mended or signed off, a notice does not."""

    FAULT = "fault"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One finding: where it is, which rule found it, and what to do about it.

    `line` counts from 1 in `file`, a path relative to the home; 0 speaks of the whole file.
    """

    file: str
    line: int
    rule: str
    message: str
    severity: Severity = Severity.FAULT
