"""Sections of several articles grouped into themes, one for each part of a series."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from partwork.composing.aspects import Aspect, aspect_of
from partwork.composing.grouping import Grouping, aspect_named
from partwork.composing.passages import Passage, Section

# Words of source. A part has 250 to 450 (DESIGN 6); a theme below the first figure joins the one
# most like it if both stay below the second, else below the third, above which it would become two
# parts. Guesses but the first, tried on the seeds and the demo: what is left out of a theme makes
# its part shorter.
_THIN = 250
_FULL = 480
_THICK = 650
_LEAST = 50  # below, a part would be little more than its title


@dataclass(frozen=True, slots=True)
class Theme:
    """What one part treats: sections of articles.

    `title` is the article's where it is one whole article; `article_title` where it is most of
    one, and little else.
    """

    sections: tuple[Section, ...]
    title: str = ""
    article_title: str = ""

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """What at least half of its words tell of the subject."""
        found = Counter[Aspect]()
        for section in self.sections:
            if section.aspect is not None:
                found[section.aspect] += section.words
        ordered = sorted(found, key=lambda aspect: (-found[aspect], aspect))
        return tuple(aspect for aspect in ordered if 2 * found[aspect] >= self.words)

    @property
    def words(self) -> int:
        """Words of source, headings apart."""
        return sum(section.words for section in self.sections)


class TooManyParts(ValueError):
    """More parts were asked for than the material gives; `most` is how many it gives."""

    def __init__(self, asked: int, most: int) -> None:
        self.asked, self.most = asked, most
        super().__init__(f"{asked} parts from material for {most}")


def themes_in(
    sections: Sequence[Section], parts: int | None, *, is_english: bool
) -> tuple[Theme, ...]:
    """The themes of the sections, from the general to the practical; exactly `parts` if given.

    Sections come together by the words they share and, in English, by the aspect that heading or
    text tells; what tells none stands where it stood in its article. Raises `TooManyParts`.
    """
    grouping = Grouping([_with_aspect(s) if is_english else s for s in sections])
    if parts is None:
        grouping.join_thin_ones(_THIN, _FULL)
        grouping.join_thin_ones(_THIN, _THICK)
        grouping.join_thinnest(_THIN)
    else:
        grouping.join(parts)
        grouping.join_thinnest(_LEAST)
    themes = _ordered([group.sections for group in grouping.groups.values()])
    if parts is None:
        return _split(themes, most=_THICK)
    while len(themes) < parts:
        thicker = _with_thickest_halved(themes)
        if thicker is None:
            raise TooManyParts(parts, len(themes))
        themes = thicker
    return themes


def themes_grown(
    standing: Sequence[Sequence[Section]], new: Sequence[Section], *, is_english: bool
) -> tuple[Theme, ...]:
    """The standing themes in their order, each with what it gets of the new sections, then others.

    Standing themes never join or part. What is new joins what is most like it, standing or new;
    what is enough for a part, or fits into none that stands, makes themes of its own.
    """
    sections = [section for theme in standing for section in theme] + list(new)
    sections = [_with_aspect(section) if is_english else section for section in sections]
    grouping = Grouping(sections)
    firsts: list[Section] = []
    at = 0
    for theme in standing:
        grouping.settle(range(at, at + len(theme)))
        firsts.append(sections[at])
        at += len(theme)
    grouping.join_thin_ones(_THIN, _THICK)
    grouping.join_thinnest(_THIN)
    groups = [group.sections for group in grouping.groups.values()]
    grown = [next(g for g in groups if any(s is first for s in g)) for first in firsts]
    others = [group for group in groups if not any(group is one for one in grown)]
    whole = tuple(Theme(tuple(sorted(group, key=_place))) for group in grown)
    return whole + _split(_ordered(others), most=_THICK)


def one_each(sections: Sequence[Section], titles: Mapping[str, str]) -> tuple[Theme, ...]:
    """One theme for each article, in the order of the articles, with its title by its slug."""
    slugs = dict.fromkeys(section.article for section in sections)
    return tuple(
        Theme(tuple(s for s in sections if s.article == slug), title=titles[slug]) for slug in slugs
    )


def united(one: Theme, other: Theme) -> Theme:
    """One theme of both, its sections in the order that they have in every theme."""
    return Theme(tuple(sorted((*one.sections, *other.sections), key=_place)))


def halves(theme: Theme, *, least: int = _LEAST) -> tuple[Theme, ...]:
    """The theme cut near its middle, between two sections where that is not far.

    () where no cut leaves both halves `least` words.
    """
    passages = [(section, passage) for section in theme.sections for passage in section.passages]
    best, best_cost = 0, float("inf")
    words, left = theme.words, 0
    for cut, ((section, passage), (following, _)) in enumerate(pairwise(passages), 1):
        left += passage.words
        right = words - left
        is_inside = section is following
        cost = abs(left - right) + (words / 3 if is_inside else 0)  # a third: a guess
        if min(left, right) >= least and cost < best_cost:
            best, best_cost = cut, cost
    if not best:
        return ()
    return tuple(
        replace(theme, sections=_regrouped(part)) for part in (passages[:best], passages[best:])
    )


def _with_aspect(section: Section) -> Section:
    aspect = aspect_named(section) or aspect_of(section.heading, section.text)
    return replace(section, aspect=aspect)


def _ordered(groups: Sequence[tuple[Section, ...]]) -> tuple[Theme, ...]:
    """Themes by what their sections tell, sections likewise, then as they came."""
    themes = [Theme(tuple(sorted(group, key=_place))) for group in groups]
    return tuple(
        sorted(themes, key=lambda t: sum(_place(s) * s.words for s in t.sections) / t.words)
    )


def _place(section: Section) -> float:
    """Where a section belongs between general and practical, on the scale of the aspects."""
    if section.aspect is not None:
        return float(section.aspect)
    first, last = min(Aspect), max(Aspect)
    return first + (last - first) * section.position


def _split(themes: tuple[Theme, ...], most: int) -> tuple[Theme, ...]:
    """The themes in order, each above so many words halved until it is not, where it can be."""
    found: list[Theme] = []
    left = list(reversed(themes))
    while left:
        theme = left.pop()
        two = halves(theme, least=_THIN) if theme.words > most else ()
        if two:
            left += reversed(two)
        else:
            found.append(theme)
    return tuple(found)


def _with_thickest_halved(themes: tuple[Theme, ...]) -> tuple[Theme, ...] | None:
    """One theme more: the thickest that can be is two; None where none can be halved."""
    for number in sorted(range(len(themes)), key=lambda n: (-themes[n].words, n)):
        if two := halves(themes[number]):
            return (*themes[:number], *two, *themes[number + 1 :])
    return None


def _regrouped(passages: Sequence[tuple[Section, Passage]]) -> tuple[Section, ...]:
    sections = dict.fromkeys(section for section, _ in passages)
    return tuple(
        replace(section, passages=tuple(p for s, p in passages if s is section))
        for section in sections
    )
