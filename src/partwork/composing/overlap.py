"""Points made twice: sentences that say the same, in nearly the same words or in others."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from partwork.composing.evidence import figures_in, says_no
from partwork.composing.synonyms import concepts_of
from partwork.composing.words import content_of, words_in
from partwork.model.article import normalised

# Shares of the shorter sentence's content words that the other has too. Guesses, tried on the
# three seeds: above the first the two say the same; above the second a reader of both would ask.
_SAME = 0.8
_NEARLY = 0.6
_ENOUGH = 4  # content words; below, chance agreement is too likely and only equal text counts
_ITEM = 6  # content words of an item that names something; longer ones explain
_IDEAS = 3  # that two sentences must share to tell the same; two are often chance
_POSTINGS = 200  # points that have a word; one that more of them have tells none from the others

# "May or may not" and "not only" deny nothing.
_IDLE_NO = re.compile(
    r"\b(?:may|might|can) or (?:may|might|can) ?not\b|(?:\bnot|n['’]t) (?:just|only|merely)\b", re.I
)
_SUBJECT = re.compile(r"^(?:it|this|that|they|these) (?:is |are )?")


@dataclass(frozen=True, slots=True)
class Point:
    """What a sentence says, made comparable."""

    text: str
    content: frozenset[str]
    ideas: frozenset[str]
    figures: frozenset[tuple[str, str]]
    is_denial: bool


@lru_cache(maxsize=16384)  # sentences are compared in several steps
def point_of(text: str) -> Point:
    """The point that a sentence makes."""
    return Point(
        normalised(text),
        content_of(text),
        concepts_of(text),
        figures_in(text),
        says_no(text) and says_no(_IDLE_NO.sub("", text)),
    )


def is_same_point(one: Point, other: Point) -> bool:
    """Whether two sentences say the same: equal words, or nearly, with equal figures and denial.

    So do those of few words that name the same ideas, all of them.
    """
    return one.text == other.text or _share(one, other) >= _SAME or _has_same_ideas(one, other)


def is_nearly_same_point(one: Point, other: Point) -> bool:
    """Whether two sentences say so much alike that one of them is enough for a reader."""
    return one.text == other.text or _share(one, other) >= _NEARLY


def is_reworded(one: Point, other: Point) -> bool:
    """Whether two sentences of nearly the same words have each an idea that the other has not.

    "All summer" and "all winter": a reader needs one of them, but neither bears out the other.
    """
    has_own = bool(one.ideas - other.ideas) and bool(other.ideas - one.ideas)
    return has_own and _share(one, other) >= _SAME


class Ideas:
    """How much of what points speak of is the same; an idea that few of them have weighs more."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = points
        having = Counter(idea for point in points for idea in point.ideas)
        self._rarity = {idea: math.log(1 + len(points) / n) for idea, n in having.items()}
        self._weights = [self._weight(point.ideas) for point in points]

    def likeness(self, one: int, other: int, *, least: int = _IDEAS) -> float:
        """0 to 1 for two of the points, by their indices; 0 below so many shared ideas."""
        shared = self._points[one].ideas & self._points[other].ideas
        if len(shared) < least:
            return 0.0
        return self._weight(shared) / math.sqrt(self._weights[one] * self._weights[other])

    def retelling(self, one: int, other: int, *, least: int = _IDEAS) -> float:
        """How surely the two tell the same in other words, 0 to 1.

        0 where only one of them says no, or both have figures that the other has not.
        """
        a, b = self._points[one], self._points[other]
        agree = a.figures <= b.figures or b.figures <= a.figures
        if not agree or a.is_denial != b.is_denial:
            return 0.0
        return self.likeness(one, other, least=least)

    def _weight(self, ideas: frozenset[str]) -> float:
        return sum(self._rarity[idea] for idea in sorted(ideas))


def is_part_of(one: Point, other: Point) -> bool:
    """Whether a list's item is no more than a part of another's: "wind" of "wind and rain"."""
    return (
        0 < len(one.content) <= len(other.content) <= _ITEM
        and one.content <= other.content
        and one.figures <= other.figures
    )


def is_tail_of(text: str, other: str) -> bool:
    """Whether "It is not for everyone." says of a pronoun what `other` says of its subject."""
    said = _spelt_out(text)
    tail = _SUBJECT.sub("", said)
    return tail != said and f" {tail} " in f" {_spelt_out(other)} "


def alike(points: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """Pairs of indices, the smaller first, of points that share enough to be worth comparing.

    Goes by an index of words, so that the work grows with what is shared, not with the square
    of the number of sentences.
    """
    having: dict[str, list[int]] = defaultdict(list)
    by_text: dict[str, list[int]] = defaultdict(list)
    words = [point.content | point.ideas for point in points]
    for number, found in enumerate(words):
        for word in found:
            having[word].append(number)
    for later, point in enumerate(points):
        telling = [having[w] for w in words[later] if len(having[w]) <= _POSTINGS]
        shared = Counter(earlier for place in telling for earlier in place if earlier < later)
        equal = by_text[point.text]
        yield from (
            (earlier, later)
            for earlier in sorted({*equal, *(n for n, count in shared.items() if count > 1)})
        )
        equal.append(later)


def _spelt_out(text: str) -> str:
    """The words of a text with spaces between, "it's" and "isn't" as two words each."""
    words = " ".join(words_in(text))
    return words.replace("n't", " not").replace("'s ", " is ").replace("'re ", " are ")


def _has_same_ideas(one: Point, other: Point) -> bool:
    is_alike = one.is_denial is other.is_denial and one.figures == other.figures
    return is_alike and len(one.ideas) >= _IDEAS and one.ideas == other.ideas


def _share(one: Point, other: Point) -> float:
    smaller = min(len(one.content), len(other.content))
    if smaller < _ENOUGH or one.is_denial != other.is_denial or one.figures != other.figures:
        return 0.0
    return len(one.content & other.content) / smaller
