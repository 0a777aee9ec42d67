"""Sections that belong together: those of several articles first, step by step."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from partwork.composing.aspects import Aspect, aspect_of_heading
from partwork.composing.passages import Section
from partwork.composing.words import Vector, cosine, vectors

# What sections have in common beside words, measured as a cosine. Where the articles are about one
# thing, each tells a point once, in a like order: tried on one half of the benchmark's themes and
# confirmed on the other (docs/composing.md). Else what stands together belongs together. Those
# of this second kind and the aspects' were tried on the demo and the seeds.
_SAME_ARTICLE = -0.3
_APART = -0.4  # one at the start of its article, one at the end
_BOTH_OPEN = 0.1  # articles begin with the same thing
_OWN_ARTICLE = 0.2
_OWN_APART = -0.2
_SAME_ASPECT = 0.2
_EACH_ASPECT_BETWEEN = -0.03
# From how far sections are as alike to those of other articles as to their own article's, the
# articles are about one thing. On the benchmark's series it is 1.5, on the demo's essays 0.86.
_ONE_SUBJECT = (0.85, 1.0)
# How many times its fair share of all words a group may have. At 2 themes get worse, tried there.
_LARGEST_SHARE = 2.5
# Sections that have a word; one that more of them have tells none from the others. Up to so many
# sections all are compared, beyond it the work grows with their number, not with its square.
_COMMON = 50


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Sections that belong together, and how alike they are in sum to those of other groups."""

    sections: tuple[Section, ...]
    words: int
    links: dict[int, float]  # by the other group's number


class Grouping:
    """Groups sections step by step, always the two whose sections are most alike on average."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.groups = {n: Group((s,), s.words, {}) for n, s in enumerate(sections)}
        self._next = len(sections)
        self._settled: set[int] = set()
        directions = vectors([section.text for section in sections])
        named = [aspect_named(section) for section in sections]
        alike = {
            (one, other): cosine(directions[one], directions[other])
            for one, other in _worth_comparing(directions)
        }
        unity = _unity(sections, alike)
        for (one, other), likeness in alike.items():
            first, second = sections[one], sections[other]
            link = likeness + unity * _kinship_of_one_subject(first, second)
            link += (1 - unity) * _kinship_of_many(first, second)
            link += _agreement(named[one], named[other])
            self.groups[one].links[other] = self.groups[other].links[one] = link

    def settle(self, sections: Iterable[int]) -> int:
        """Makes one group of sections, by their places, that joins no other such; its number."""
        first, *rest = sections
        for other in rest:
            first = self._unite(first, other)
        self._settled.add(first)
        return first

    def join(self, count: int) -> None:
        """Groups until there are `count`, none much longer than its share as long as that goes."""
        share = sum(group.words for group in self.groups.values()) / count
        for full in (int(_LARGEST_SHARE * share), None):
            queue = self._queue()
            while queue and len(self.groups) > count:
                self._join_next(queue, full=full)

    def join_thin_ones(self, thin: int, full: int) -> None:
        """Groups until each has `thin` words, as long as two do not have more than `full`."""
        queue = self._queue()
        while queue:
            self._join_next(queue, thin=thin, full=full)

    def join_thinnest(self, least: int) -> None:
        """Joins each group of less than `least` words with the one most like it."""
        while len(self.groups) > 1 and (loose := self.groups.keys() - self._settled):
            thinnest = min(sorted(loose), key=lambda n: self.groups[n].words)
            if self.groups[thinnest].words >= least:
                return
            others = [n for n in self.groups if n != thinnest]
            _, one, other = min(self._rated(n, thinnest) for n in others)
            self._unite(one, other)

    def _queue(self) -> list[tuple[float, int, int]]:
        queue = [self._rated(n, m) for n, g in self.groups.items() for m in g.links if n < m]
        heapq.heapify(queue)
        return queue

    def _join_next(
        self,
        queue: list[tuple[float, int, int]],
        *,
        thin: int | None = None,
        full: int | None = None,
    ) -> None:
        """Unite the next pair of the queue, if one is thin and both together are not too full."""
        _, one, other = heapq.heappop(queue)
        if one not in self.groups or other not in self.groups:
            return
        words = {n: self.groups[n].words for n in (one, other)}
        loose = [words[n] for n in words if n not in self._settled]
        if not loose or (thin is not None and min(loose) >= thin):
            return
        if full is not None and sum(words.values()) > full:
            return
        new = self._unite(one, other)
        for rest in self.groups[new].links:
            heapq.heappush(queue, self._rated(rest, new))

    def _rated(self, one: int, other: int) -> tuple[float, int, int]:
        """A pair with its mean likeness, turned so that the best sorts first."""
        a, b = self.groups[one], self.groups[other]
        return (-a.links.get(other, 0.0) / (len(a.sections) * len(b.sections)), one, other)

    def _unite(self, one: int, other: int) -> int:
        """Makes two groups one and returns its number."""
        new, self._next = self._next, self._next + 1
        a, b = self.groups.pop(one), self.groups.pop(other)
        links = {
            n: a.links.get(n, 0.0) + b.links.get(n, 0.0)
            for n in sorted((a.links.keys() | b.links.keys()) - {one, other})
        }
        for n, link in links.items():
            self.groups[n].links.pop(one, None)
            self.groups[n].links.pop(other, None)
            self.groups[n].links[new] = link
        self.groups[new] = Group(a.sections + b.sections, a.words + b.words, links)
        if self._settled & {one, other}:
            self._settled = self._settled - {one, other} | {new}
        return new


def aspect_named(section: Section) -> Aspect | None:
    """The aspect that the section's place or heading names: an article begins with the basics."""
    if not section.heading:
        return Aspect.BASICS if section.position == 0.0 else None
    return aspect_of_heading(section.heading)


def _worth_comparing(directions: Sequence[Vector]) -> Iterator[tuple[int, int]]:
    """Pairs of indices, the smaller first: all of a few; of many, those that share a rare word."""
    if len(directions) <= _COMMON:
        yield from combinations(range(len(directions)), 2)
        return
    having: dict[str, list[int]] = defaultdict(list)
    for n, direction in enumerate(directions):
        for word in direction:
            having[word].append(n)
    for n, direction in enumerate(directions):
        near = (m for word in direction if len(having[word]) <= _COMMON for m in having[word])
        yield from ((m, n) for m in sorted({m for m in near if m < n}))


def _unity(sections: Sequence[Section], alike: Mapping[tuple[int, int], float]) -> float:
    """How surely the articles tell of one subject, 0 to 1.

    They do where sections are as alike to those of other articles as to those of their own.
    """
    own, others = list[float](), list[float]()
    for (one, other), likeness in alike.items():
        is_own = sections[one].article == sections[other].article
        (own if is_own else others).append(likeness)
    if not (own and others):
        return float(bool(others))
    least, most = _ONE_SUBJECT
    ratio = fmean(others) / (fmean(own) or 1.0)
    return min(1.0, max(0.0, (ratio - least) / (most - least)))


def _kinship_of_one_subject(one: Section, other: Section) -> float:
    """What adds to the likeness of two sections where all articles tell of the same."""
    if one.article == other.article:
        return _SAME_ARTICLE
    opening = (one.position == 0.0) + (other.position == 0.0)
    return _APART * abs(one.position - other.position) + (0.0, -_BOTH_OPEN, _BOTH_OPEN)[opening]


def _kinship_of_many(one: Section, other: Section) -> float:
    """What adds to the likeness of two sections where each article has a subject of its own."""
    if one.article != other.article:
        return 0.0
    return _OWN_ARTICLE + _OWN_APART * abs(one.position - other.position)


def _agreement(one: Aspect | None, other: Aspect | None) -> float:
    """What adds to the likeness of two sections by what their headings name."""
    if one is None or other is None:
        return 0.0
    return _SAME_ASPECT if one is other else _EACH_ASPECT_BETWEEN * abs(one - other)
