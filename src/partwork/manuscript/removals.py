"""What was stored of a cleaning, read back: `articles/<slug>.removals.json`."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Block, BlockKind, Category, Removal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredRemovals:
    """The removals in reading order, and what tells whether the article changed since.

    `article_sha256` is over the article's file as it was made (empty: not noted). The blocks
    know their kind, words and lines; marks, levels and markup were not stored.
    """

    removals: tuple[Removal, ...]
    cleaner: str
    article_sha256: str


def parse_removals(text: str, file: str) -> StoredRemovals:
    """The removals in the text of `file`. Raises ManuscriptError for what it cannot read."""
    try:
        stored = json.loads(text)
        listed = of_type(stored["removals"], list)
        removals = sorted((_removal(r) for r in listed), key=lambda r: r.position)
        cleaner = of_type(stored.get("cleaner", ""), str)
        article_sha256 = of_type(stored.get("article_sha256", ""), str)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise _damaged(file, "cannot be read") from None
    positions = [removal.position for removal in removals]
    if len(set(positions)) < len(positions) or any(position < 0 for position in positions):
        raise _damaged(file, "names a position twice, or one below 0")
    return StoredRemovals(tuple(removals), cleaner, article_sha256)


def of_type(value: object, wanted: type[T]) -> T:
    """`value`, which must be just of that type: true is no 1. Raises TypeError."""
    if type(value) is not wanted:
        raise TypeError(f"{value!r} is no {wanted.__name__}")
    return value


def _removal(stored: dict[str, Any]) -> Removal:
    first, last = of_type(stored["lines"], list)
    block = Block(
        BlockKind(stored["kind"]),
        of_type(stored["text"], str),
        first_line=of_type(first, int),
        last_line=of_type(last, int),
    )
    confidence = stored["confidence"]
    if type(confidence) not in {int, float} or not 0 <= confidence <= 1:  # NaN is neither
        raise ValueError(f"{confidence!r} is no confidence")
    return Removal(
        position=of_type(stored["position"], int),
        block=block,
        rule=of_type(stored["rule"], str),
        category=Category(stored["category"]),
        reason=of_type(stored["reason"], str),
        confidence=float(confidence),
    )


def _damaged(file: str, why: str) -> ManuscriptError:
    remedy = "restore it from a backup, or remove it with the article and ingest the source again"
    return ManuscriptError(file, 0, f"{why}; {remedy}")
