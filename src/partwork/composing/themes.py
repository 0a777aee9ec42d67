"""Sections of several articles grouped into themes, one for each part of a series."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from partwork.composing.aspects import Aspect, aspect_of
from partwork.composing.passages import Passage, Section
from partwork.composing.words import cosine, vectors

# Words of source. A part has 250 to 450 (DESIGN 6); a theme below the first figure joins a
# neighbour if both stay below the second; one above the third becomes two parts. Guesses, tried
# on the three seeds.
_THIN = 170
_FULL = 450
_THICK = 650
_LEAST = 50  # below, a part would be little more than its title
# What sections have in common beside words, measured as a cosine; guesses.
_SAME_ASPECT = 0.2
_EACH_ASPECT_BETWEEN = 0.03
_SAME_ARTICLE = 0.05


@dataclass(frozen=True, slots=True)
class Theme:
    """What one part treats: sections of articles.

    `title` is the article's where it is one whole article.
    """

    sections: tuple[Section, ...]
    title: str = ""

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """What at least a third of its words tell of the subject, the most first."""
        found = Counter[Aspect]()
        for section in self.sections:
            if section.aspect is not None:
                found[section.aspect] += section.words
        ordered = sorted(found, key=lambda aspect: (-found[aspect], aspect))
        return tuple(aspect for aspect in ordered if 3 * found[aspect] >= self.words)

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
    grouping = _Grouping([_with_aspect(s) if is_english else s for s in sections])
    grouping.join_thin_ones()
    while parts is not None and len(grouping.groups) > parts:
        grouping.join_thinnest()
    themes = _ordered([group.sections for group in grouping.groups.values()])
    if parts is None:
        return _split(themes, most=_THICK)
    while len(themes) < parts:
        thicker = _with_thickest_halved(themes)
        if thicker is None:
            raise TooManyParts(parts, len(themes))
        themes = thicker
    return themes


def one_each(sections: Sequence[Section], titles: Mapping[str, str]) -> tuple[Theme, ...]:
    """One theme for each article, in the order of the articles, with its title by its slug."""
    slugs = dict.fromkeys(section.article for section in sections)
    return tuple(
        Theme(tuple(s for s in sections if s.article == slug), title=titles[slug]) for slug in slugs
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Sections that belong together, and how alike they are in sum to those of other groups."""

    sections: tuple[Section, ...]
    words: int
    links: dict[int, float]  # by the other group's number


class _Grouping:
    """Groups sections step by step, always the two whose sections are most alike on average."""

    def __init__(self, sections: Sequence[Section]) -> None:
        directions = vectors([section.text for section in sections])
        self.groups: dict[int, _Group] = {}
        for n, section in enumerate(sections):
            links = {
                m: cosine(directions[n], directions[m]) + _kinship(section, other)
                for m, other in enumerate(sections)
                if m != n
            }
            self.groups[n] = _Group((section,), section.words, links)
        self.next = len(sections)

    def join_thin_ones(self) -> None:
        """Groups until each has enough for a part, as long as two do not make too much."""
        for least, most in ((_THIN, _FULL), (_LEAST, _THICK)):
            queue = [self._rated(n, m) for n, m in combinations(self.groups, 2)]
            heapq.heapify(queue)
            while queue:
                _, one, other = heapq.heappop(queue)
                if (
                    one in self.groups
                    and other in self.groups
                    and self._fit(one, other, least, most)
                ):
                    new = self._unite(one, other)
                    for rest in self.groups[new].links:
                        heapq.heappush(queue, self._rated(rest, new))

    def join_thinnest(self) -> None:
        """One group fewer: the thinnest has joined the one most like it."""
        thinnest = min(self.groups, key=lambda n: self.groups[n].words)
        others = [n for n in self.groups if n != thinnest]
        _, one, other = min(self._rated(n, thinnest) for n in others)
        self._unite(one, other)

    def _rated(self, one: int, other: int) -> tuple[float, int, int]:
        """A pair with its mean likeness, turned so that the best sorts first."""
        a, b = self.groups[one], self.groups[other]
        return (-a.links[other] / (len(a.sections) * len(b.sections)), one, other)

    def _fit(self, one: int, other: int, least: int, most: int) -> bool:
        a, b = self.groups[one].words, self.groups[other].words
        return min(a, b) < least and a + b <= most

    def _unite(self, one: int, other: int) -> int:
        """Makes two groups one and returns its number."""
        new, self.next = self.next, self.next + 1
        a, b = self.groups.pop(one), self.groups.pop(other)
        links = {n: a.links[n] + b.links[n] for n in self.groups}
        for n, link in links.items():
            self.groups[n].links[new] = link
        self.groups[new] = _Group(a.sections + b.sections, a.words + b.words, links)
        return new


def _with_aspect(section: Section) -> Section:
    return replace(section, aspect=aspect_of(section.heading, section.text))


def _kinship(one: Section, other: Section) -> float:
    """What adds to the likeness of two sections beside their words: aspect, and article."""
    article = _SAME_ARTICLE if one.article == other.article else 0.0
    distance = abs(_place(one) - _place(other))
    if one.aspect is None or other.aspect is None:
        return article - _EACH_ASPECT_BETWEEN * distance
    return article + (_SAME_ASPECT if distance == 0 else -_EACH_ASPECT_BETWEEN * distance)


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
    while max(t.words for t in themes) > most:
        halved = _with_thickest_halved(themes, above=most)
        if halved is None:
            return themes
        themes = halved
    return themes


def _with_thickest_halved(themes: tuple[Theme, ...], above: int = 0) -> tuple[Theme, ...] | None:
    """One theme more: the thickest above so many words is two; None where none can be halved."""
    for number in sorted(range(len(themes)), key=lambda n: (-themes[n].words, n)):
        if themes[number].words > above and (halves := _halves(themes[number])):
            return (*themes[:number], *halves, *themes[number + 1 :])
    return None


def _halves(theme: Theme) -> tuple[Theme, ...]:
    """The theme cut near its middle, between two sections where that is not far; () if too thin."""
    passages = [(section, passage) for section in theme.sections for passage in section.passages]
    best, best_cost = 0, float("inf")
    left = 0
    for cut, ((section, passage), (following, _)) in enumerate(pairwise(passages), 1):
        left += passage.words
        right = theme.words - left
        is_inside = section is following
        cost = abs(left - right) + (theme.words / 3 if is_inside else 0)  # a third: a guess
        if min(left, right) >= _LEAST and cost < best_cost:
            best, best_cost = cut, cost
    if not best:
        return ()
    return tuple(
        replace(theme, sections=_regrouped(part)) for part in (passages[:best], passages[best:])
    )


def _regrouped(passages: Sequence[tuple[Section, Passage]]) -> tuple[Section, ...]:
    sections = dict.fromkeys(section for section, _ in passages)
    return tuple(
        replace(section, passages=tuple(p for s, p in passages if s is section))
        for section in sections
    )
