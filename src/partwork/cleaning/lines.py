"""Blocks that are boilerplate by the words of their lines."""

import re
from functools import lru_cache

from partwork.cleaning import (
    wording_comments,
    wording_media,
    wording_notices,
    wording_offers,
    wording_page,
    wording_readers,
)
from partwork.cleaning.findings import Finding
from partwork.cleaning.surroundings import Surroundings
from partwork.cleaning.wording import Pattern, Place
from partwork.model.article import BlockKind, Category


def worded(page: Surroundings, i: int) -> Finding | None:
    """The finding on block `i` if each of its lines is boilerplate by its words."""
    return worded_at(page, i, _place_of(page, i))


def worded_at(page: Surroundings, i: int, where: Place) -> Finding | None:
    """The finding on block `i` if each of its lines would be boilerplate by its words `where`."""
    pattern: Pattern | None = None
    for line in page.folded[i]:
        found = _pattern_at(line, where)
        if found is None:
            return None
        pattern = pattern or found
    if pattern is None or _is_spared(page, i, pattern):
        return None
    reason = f"“{_excerpt(page.blocks[i].text)}” {pattern.reason}"
    return Finding(pattern.rule, pattern.category, reason, pattern.confidence)


def repeated(page: Surroundings, i: int) -> Finding | None:
    """The finding on block `i` if it says the title or the byline again, at the text's edges."""
    if not (page.is_above(i) or page.is_below(i)):
        return None
    if page.blocks[i].kind is BlockKind.LIST or len(page.folded[i]) > 1:
        return None
    line = page.folded[i][0]
    if line == page.title and page.is_above(i):
        return Finding("title-again", Category.DUPLICATE, "repeats the title", 0.95)
    if line and line == page.byline and not _is_signed(page, i):
        return Finding("byline-again", Category.DATELINE, "names the author", 0.95)
    return None


def _is_signed(page: Surroundings, i: int) -> bool:
    """Whether block `i` is a letter's signature, below its greetings."""
    return page.is_below(i) and page.folded[i - 1][-1].endswith(",")


def is_named(page: Surroundings, i: int) -> bool:
    """Whether its own words surely say that block `i` is boilerplate."""
    finding = worded(page, i)
    return finding is not None and finding.confidence >= _NAMED


def pattern_of(page: Surroundings, i: int, line: str) -> Pattern | None:
    """The first pattern that `line`, standing where block `i` does, matches as a whole."""
    return _pattern_at(line, _place_of(page, i))


def _place_of(page: Surroundings, i: int) -> Place:
    return Place.ABOVE if page.is_above(i) else Place.BELOW if page.is_below(i) else Place.ANYWHERE


def _pattern_at(line: str, where: Place) -> Pattern | None:
    return _pattern_of(line, where) if line and len(line) <= _LONGEST else None


# A line is asked about again and again while its article is cleaned.
@lru_cache(maxsize=2**12)
def _pattern_of(line: str, where: Place) -> Pattern | None:
    match = _expression_at(where).fullmatch(line)
    return _PATTERNS[int(match.lastgroup[1:])] if match and match.lastgroup else None


# A line that several describe is the first one's: those of the page are the plainest.
_PATTERNS = (
    *wording_page.PATTERNS,
    *wording_media.PATTERNS,
    *wording_comments.PATTERNS,
    *wording_readers.PATTERNS,
    *wording_notices.PATTERNS,
    *wording_offers.PATTERNS,
)

# Longer than any notice that a pattern describes.
_LONGEST = 500
# Of lines that such patterns describe, one in ten was a text's own at most.
_NAMED = 0.9
_EXCERPT_CHARACTERS = 40

_SEEN = {
    Place.ANYWHERE: (Place.ANYWHERE,),
    Place.ABOVE: (Place.ANYWHERE, Place.EDGES, Place.ABOVE),
    Place.BELOW: (Place.ANYWHERE, Place.EDGES, Place.BELOW),
}


# One expression for each place: a line is matched once, whatever the number of patterns. The group
# that tells which it was comes last, so that trying a pattern in vain costs less. Made when a line
# is asked about: that takes half a second, which whoever cleans nothing should not wait for.
@lru_cache
def _expression_at(place: Place) -> re.Pattern[str]:
    return re.compile(
        "|".join(
            f"(?:{'|'.join(p.says)})(?P<p{n}>)"
            for n, p in enumerate(_PATTERNS)
            if p.place in _SEEN[place]
        )
    )


def _is_spared(page: Surroundings, i: int, pattern: Pattern) -> bool:
    """Whether the text itself may say so here: a timeline has dates for headings."""
    if pattern.category is not Category.DATELINE or page.blocks[i].kind is not BlockKind.HEADING:
        return False
    return page.last_dated > i


def _excerpt(text: str) -> str:
    line = text.split("\n", 1)[0]
    if len(line) <= _EXCERPT_CHARACTERS:
        return line
    return f"{line[: _EXCERPT_CHARACTERS - 1].rstrip()}…"
