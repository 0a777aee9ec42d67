"""What was stored of a cleaning, read back: `articles/<slug>.removals.json`."""

import json
from dataclasses import dataclass
from typing import Any

from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Block, BlockKind, Category, Removal


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
        removals = sorted((_removal(r) for r in stored["removals"]), key=lambda r: r.position)
        cleaner = str(stored.get("cleaner", ""))
        article_sha256 = str(stored.get("article_sha256", ""))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise _damaged(file, "cannot be read") from None
    positions = [removal.position for removal in removals]
    if len(set(positions)) < len(positions) or any(position < 0 for position in positions):
        raise _damaged(file, "names a position twice, or one below 0")
    return StoredRemovals(tuple(removals), cleaner, article_sha256)


def _removal(stored: dict[str, Any]) -> Removal:
    first, last = stored["lines"]
    block = Block(
        BlockKind(stored["kind"]), str(stored["text"]), first_line=int(first), last_line=int(last)
    )
    return Removal(
        position=int(stored["position"]),
        block=block,
        rule=str(stored["rule"]),
        category=Category(stored["category"]),
        reason=str(stored["reason"]),
        confidence=float(stored["confidence"]),
    )


def _damaged(file: str, why: str) -> ManuscriptError:
    remedy = "restore it from a backup, or remove it with the article and ingest the source again"
    return ManuscriptError(file, 0, f"{why}; {remedy}")
