"""Text cut into sentences, and the quotations that must stay whole."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from syntok import segmenter

# Matched pairs alone: a lone mark is a typing slip or an inch and binds nothing. A straight mark
# opens before a word and closes after one, so that 5" and 6" are no pair. Single marks need the
# typographic opening mark, since the closing one is also the apostrophe.
_QUOTATION = re.compile(
    r"“[^“”]*”"
    r"|„[^„“”]*[“”]"
    r"|«[^«»]*»"
    r'|(?<![\w"])"(?=\S)[^"]*(?<=\S)"(?!\w)'
    r"|‘[^‘]*?[.,!?…]’(?!\w)"
)

_OPENING = re.compile('[“„«‘"]')


@lru_cache(maxsize=4096)  # the same blocks are cut for composing and for each check
def sentences_in(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order.

    Joined by spaces they are the text, white space normalised. A quotation is never cut: the
    sentences inside it and around it stay one.
    """
    flat = " ".join(text.split())
    cuts = [0, *_cuts(flat), len(flat)]
    return tuple(flat[start:end].strip() for start, end in pairwise(cuts) if end > start)


def quotations_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where quotations stand, marks included: start and end of each, in order."""
    return tuple(match.span() for match in _QUOTATION.finditer(text))


@lru_cache(maxsize=1024)  # every question about voice asks it of the same sentence
def outside_quotations(text: str) -> str:
    """The text with an ellipsis for each quotation: what is said in the writer's own voice."""
    return _QUOTATION.sub("…", text) if _OPENING.search(text) else text


def _cuts(flat: str) -> list[int]:
    """Where new sentences start, by syntok, without the cuts that would tear something apart."""
    quoted = quotations_in(flat)
    starts = [
        sentence[0].offset
        for paragraph in segmenter.analyze(flat)
        for sentence in paragraph
        if sentence
    ]
    return [
        start
        for start in starts
        if start > 0
        and flat[start - 1] == " "
        and not _is_inside(start, quoted)
        and not _continues(flat[start:])
    ]


def _is_inside(place: int, quoted: Sequence[tuple[int, int]]) -> bool:
    before = bisect_left(quoted, (place, 0)) - 1
    return before >= 0 and quoted[before][0] < place < quoted[before][1]


def _continues(rest: str) -> bool:
    """Whether what follows cannot open a sentence: it is lower case, or a mark without words."""
    opener = rest.lstrip("\"'“”‘’«»„([*_ ")
    return not opener[:1].isalnum() or opener[:1].islower()
