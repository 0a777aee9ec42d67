"""What a passage is worth to a reader, beside the others of its theme."""

import re
from collections.abc import Sequence
from functools import lru_cache

from partwork.composing.evidence import figures_in
from partwork.composing.passages import Passage, PassageKind
from partwork.composing.selection import centralities
from partwork.composing.words import vectors

# Words that promise more than they say, and those that turn to the reader or waver.
_PROMISE = re.compile(
    r"\b(?:magic\w*|miracle|journeys?|hopes?|profound\w*|precious|truly|transform\w*|revolution\w*"
    r"|powerful\w*|amazing\w*|incredib\w+|game[- ]changer|unlock\w*|embrac\w+|beautiful\w*"
    r"|lifeline|life raft|vital|rediscover\w*|symboli[sz]\w+|darkness|soul\w*"
    r"|there['’]s something|redefin\w+|quietly)\b",
    re.I,
)
_TURN = re.compile(r"\b(?:perhaps|maybe|you)\b", re.I)
_EACH = 0.8  # what such a word leaves of the worth; a guess
_FIGURE = 1.2  # a sentence with a figure is worth a fifth more; a guess


def worths(passages: Sequence[Passage]) -> tuple[float, ...]:
    """For each passage how central its words are to all of them, from 0 to about 1.

    A figure makes prose worth more, words that promise more than they say make all worth less.
    """
    texts = [" ".join(s.text for s in p.all_statements) for p in passages]
    return tuple(
        centrality
        * (_FIGURE if figures_in(text) and passage.kind is PassageKind.PROSE else 1.0)
        * _EACH ** flourishes(text)
        for passage, text, centrality in zip(
            passages, texts, centralities(vectors(texts)), strict=True
        )
    )


def flourishes(text: str) -> int:
    """How often a text promises more than it says, turns to the reader or wavers."""
    return promises(text) + len(_TURN.findall(text))


@lru_cache(maxsize=4096)  # asked of a sentence in several steps
def promises(text: str) -> int:
    """How often a text promises more than it says."""
    return len(_PROMISE.findall(text))
