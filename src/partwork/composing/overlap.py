"""Points made twice: sentences that say the same in nearly the same words."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partwork.composing.evidence import figures_in, says_no
from partwork.composing.words import content_of, words_in
from partwork.model.article import normalised

# Shares of the shorter sentence's content words that the other has too. Guesses, tried on the
# three seeds: above the first the two say the same; above the second a reader of both would ask.
_SAME = 0.8
_NEARLY = 0.6
_ENOUGH = 4  # content words; below, chance agreement is too likely and only equal text counts
_ITEM = 6  # content words of an item that names something; longer ones explain

_SUBJECT = re.compile(r"^(?:it|this|that|they|these) (?:is |are )?")


@dataclass(frozen=True, slots=True)
class Point:
    """What a sentence says, made comparable."""

    text: str
    content: frozenset[str]
    figures: frozenset[tuple[str, str]]
    is_denial: bool


def point_of(text: str) -> Point:
    """The point that a sentence makes."""
    return Point(normalised(text), content_of(text), figures_in(text), says_no(text))


def is_same_point(one: Point, other: Point) -> bool:
    """Whether two sentences say the same: equal words, or nearly, with equal figures and denial."""
    return one.text == other.text or _share(one, other) >= _SAME


def is_nearly_same_point(one: Point, other: Point) -> bool:
    """Whether two sentences say so much alike that one of them is enough for a reader."""
    return one.text == other.text or _share(one, other) >= _NEARLY


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
    by_word: dict[str, list[int]] = defaultdict(list)
    by_text: dict[str, list[int]] = defaultdict(list)
    for later, point in enumerate(points):
        shared = Counter(earlier for word in point.content for earlier in by_word[word])
        equal = by_text[point.text]
        for earlier in sorted({*equal, *(n for n, count in shared.items() if count > 1)}):
            yield earlier, later
        equal.append(later)
        for word in point.content:
            by_word[word].append(later)


def _spelt_out(text: str) -> str:
    """The words of a text with spaces between, "it's" and "isn't" as two words each."""
    words = " ".join(words_in(text))
    return words.replace("n't", " not").replace("'s ", " is ").replace("'re ", " are ")


def _share(one: Point, other: Point) -> float:
    smaller = min(len(one.content), len(other.content))
    if smaller < _ENOUGH or one.is_denial != other.is_denial or one.figures != other.figures:
        return 0.0
    return len(one.content & other.content) / smaller
