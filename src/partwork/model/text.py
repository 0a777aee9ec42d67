"""Running text with its inline marks, free of any markup language."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What an inline span of text is."""

    EMPHASIS = "emphasis"
    STRONG = "strong"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Span:
    """A marked stretch of a text: characters `start` up to, not including, `end`.

    `url` is set for links alone. The spans of one text are ordered by `start` and either nest
    or stand apart; two never overlap by halves.
    """

    start: int
    end: int
    mark: Mark
    url: str = ""
