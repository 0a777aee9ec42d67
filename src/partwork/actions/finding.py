"""What `doctor` finds."""

from collections.abc import Callable
from dataclasses import dataclass

from partwork.model.errors import PartworkError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and in words what is or what to do."""

    subject: str
    well: bool
    words: str


def looked(subject: str, look: Callable[[], str]) -> Finding:
    """What `look` says, or the error that it raises."""
    try:
        return Finding(subject, True, look())
    except PartworkError as error:
        return Finding(subject, False, str(error))
