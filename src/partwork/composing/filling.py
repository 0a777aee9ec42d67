"""Themes joined until each says enough for a part."""

from collections.abc import Sequence
from dataclasses import dataclass

from partwork.composing.extractive import PART_WORDS, words_taken
from partwork.composing.themes import Theme, halves, united
from partwork.composing.titles import Wording
from partwork.composing.words import cosine, vectors

# Places in the order of the themes, which runs from the general to the practical; a guess.
_NEAR = 4


@dataclass(frozen=True, slots=True)
class _Going:
    """A theme, and how many words its part takes of it."""

    theme: Theme
    words: int


def filled(themes: Sequence[Theme], wording: Wording) -> tuple[Theme, ...]:
    """The themes in order, each of which gives a part of the least length, unless it is alone.

    What gives too little goes together with a theme near it: rather one with which it has room in
    one part, else one with which it makes two that are long enough, else the part leaves out what
    is worth least. Of those that serve alike it is the one most like it.
    """
    going = [_Going(theme, words_taken(theme, wording)) for theme in themes]
    least, _ = PART_WORDS
    while len(going) > 1 and (thin := min(going, key=lambda one: one.words)).words < least:
        at = going.index(thin)
        near = [*going[max(0, at - _NEAR) : at], *going[at + 1 : at + 1 + _NEAR]]
        other, instead = _joined(thin, near, wording)
        place = going.index(other)
        going[place : place + 1] = instead
        going.remove(thin)
    return tuple(one.theme for one in going)


def _joined(
    thin: _Going, near: Sequence[_Going], wording: Wording
) -> tuple[_Going, tuple[_Going, ...]]:
    """The theme to join, and what is made of both."""
    least, most = PART_WORDS
    own, *directions = vectors([_text(one.theme) for one in (thin, *near)])
    likeness = {id(one): cosine(own, its) for one, its in zip(near, directions, strict=True)}
    by_likeness = sorted(near, key=lambda one: -likeness[id(one)])
    for other in by_likeness:
        if thin.words + other.words <= most:
            return other, _weighed((united(thin.theme, other.theme),), wording)
    for other in by_likeness:
        two = _weighed(halves(united(thin.theme, other.theme), least=least), wording)
        if two and min(one.words for one in two) >= least:
            return other, two
    other = by_likeness[0]
    return other, _weighed((united(thin.theme, other.theme),), wording)


def _weighed(themes: Sequence[Theme], wording: Wording) -> tuple[_Going, ...]:
    return tuple(_Going(theme, words_taken(theme, wording)) for theme in themes)


def _text(theme: Theme) -> str:
    return " ".join(section.text for section in theme.sections)
