"""Words that tell boilerplate from text, each with a weight.

A term is a word of the folded text, two words that follow each other, the first (`^word`) or last
(`word$`) word of a short block, or the whole of a very short one (`=these words`). Of markup it is
a tag (`<li`), a word of a class name or id (`.share`), or a part of the page (`/nav`).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from partwork.model.article import Markup

# A block with more words is no notice as a whole, nor known by how it opens.
SHORT, VERY_SHORT = 12, 4
# Class names of far ancestors are those of the whole page.
_CLASSES = 10
_WORD = re.compile(r"[^\W_]++(?:['-][^\W_]++)*+")
_CLASS_WORD = re.compile(r"[a-z]{3,}")


def tokens_of(lines: Sequence[str]) -> tuple[str, ...]:
    """The words of a block's folded lines (see `surroundings.folded`)."""
    return tuple(_WORD.findall("\n".join(lines)))


def terms_of(tokens: Sequence[str]) -> list[str]:
    """The terms of a block whose folded words are `tokens`; each as often as it occurs."""
    if not tokens:
        return []
    terms = [*tokens, *map(" ".join, pairwise(tokens))]
    if len(tokens) <= SHORT:
        terms += (f"^{tokens[0]}", f"{tokens[-1]}$")
        if len(tokens) <= VERY_SHORT:
            terms.append(f"={' '.join(tokens)}")
    return terms


def markup_terms_of(markup: Markup) -> list[str]:
    """The terms of what a block looked like in its HTML."""
    words = _CLASS_WORD.findall(" ".join(markup.classes[:_CLASSES]).lower())
    return [f"<{markup.tag}", *(f".{w}" for w in words), *(f"/{part}" for part in markup.within)]


Weighed = tuple[float, float, float, float]


def weighed(terms: Iterable[str], weights: Mapping[str, float]) -> Weighed:
    """Sum, mean, highest and lowest weight of the terms that are known; zeros where none is.

    A term counts once. Above 0 is boilerplate, below 0 is text.
    """
    known = [weights[term] for term in weights.keys() & terms]
    if not known:
        return 0.0, 0.0, 0.0, 0.0
    total = math.fsum(known)  # the same in whatever order a set has them
    return total, total / len(known), max(known), min(known)
