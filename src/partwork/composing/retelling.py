"""Themes without what another theme tells too: a point is made in one part, a caution in one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from partwork.composing.aspects import Aspect
from partwork.composing.overlap import Ideas, Point, alike, point_of
from partwork.composing.passages import Passage, PassageKind, Section
from partwork.composing.sentences import sentences_in
from partwork.composing.themes import Theme
from partwork.composing.voice import needs_antecedent

# Words of source that a part keeps: less than a part's least (DESIGN 6) makes a thin one.
_ENOUGH = 280
# How surely two passages must tell the same; guesses, tried on the seeds and the demo. Low, since
# what goes is told elsewhere and its theme has enough without it.
_TOLD = 0.2
_WARNED = 0.18
# Ideas that they must share at least; fewer where one only moves.
_IDEAS_TOLD = 4
_IDEAS_WARNED = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """A passage, where it stands, and the points it makes."""

    theme: int
    section: Section
    passage: Passage
    points: tuple[Point, ...]

    @property
    def is_warning(self) -> bool:
        """Whether it warns in a section that is about risks."""
        return self.passage.has_caveat and self.section.aspect is Aspect.RISKS

    @property
    def is_caution(self) -> bool:
        """Whether it warns, first of all, in a section that is not, and can be read by itself."""
        first = self.passage.statements[0]
        return first.is_caveat and not self.is_warning and not needs_antecedent(first.text)


def told_once(themes: Sequence[Theme]) -> tuple[Theme, ...]:
    """The themes, each caution in that which is about the risk, each point in one if that goes.

    A caution moves to the theme whose section about risks warns of the same. Prose that another
    article tells too is left away where the theme is longer, as long as that has enough without.
    """
    return without_retold(_with_cautions_gathered(tuple(themes)))


def without_retold(
    themes: tuple[Theme, ...], may_go: Callable[[Passage], bool] = lambda _passage: True
) -> tuple[Theme, ...]:
    """The themes without prose that another article tells too in one of them, of what may go."""
    told = _told(themes)
    words = [theme.words for theme in themes]
    gone: set[int] = set()
    for likeness, *pair in sorted(
        _retellings(told, _IDEAS_TOLD), key=lambda found: (-found[0], *found[1:])
    ):
        if likeness < _TOLD or any(id(told[n].passage) in gone for n in pair):
            continue
        for n in sorted(pair, key=lambda n: (-words[told[n].theme], -n)):
            passage, theme = told[n].passage, told[n].theme
            is_bound = passage.has_caveat or not may_go(passage)
            if not is_bound and words[theme] - passage.words >= _ENOUGH:
                gone.add(id(passage))
                words[theme] -= passage.words
                break
    return tuple(replace(theme, sections=_without(theme, gone)) for theme in themes)


def _with_cautions_gathered(themes: tuple[Theme, ...]) -> tuple[Theme, ...]:
    told = [one for one in _told(themes) if one.is_caution or one.is_warning]
    going: dict[int, tuple[float, int]] = {}
    for likeness, one, other in _retellings(told, _IDEAS_WARNED):
        for caution, warning in ((one, other), (other, one)):
            fits = told[caution].is_caution and told[warning].is_warning
            is_elsewhere = told[caution].theme != told[warning].theme
            if fits and is_elsewhere and likeness >= _WARNED:
                best = going.get(caution, (0.0, 0))
                going[caution] = max(best, (likeness, told[warning].theme))
    gone = {id(told[n].passage) for n in going}
    moved: dict[int, list[Section]] = defaultdict(list)
    for n, (_, target) in sorted(going.items()):
        orphan = replace(told[n].passage, is_orphan=True)
        moved[target].append(replace(told[n].section, passages=(orphan,)))
    return tuple(
        replace(theme, sections=(*_without(theme, gone), *moved[number]))
        for number, theme in enumerate(themes)
    )


def _told(themes: Sequence[Theme]) -> list[_Told]:
    return [
        _Told(number, section, passage, tuple(_points(passage)))
        for number, theme in enumerate(themes)
        for section in theme.sections
        for passage in section.passages
        if passage.kind is PassageKind.PROSE
    ]


def _points(passage: Passage) -> Iterator[Point]:
    """The points of a passage; a caveat has been joined with what leans on it."""
    for statement in passage.statements:
        texts = sentences_in(statement.text) if statement.is_caveat else (statement.text,)
        yield from map(point_of, texts)


def _retellings(told: Sequence[_Told], least: int) -> list[tuple[float, int, int]]:
    """How surely passages of two articles tell the same, with their indices."""
    points = [point for one in told for point in one.points]
    owner = [n for n, one in enumerate(told) for _ in one.points]
    ideas = Ideas(points)
    most: dict[tuple[int, int], float] = {}
    for a, b in alike(points):
        pair = owner[a], owner[b]
        if told[pair[0]].section.article != told[pair[1]].section.article:
            likeness = ideas.retelling(a, b, least=least)
            most[pair] = max(most.get(pair, 0.0), likeness)
    return [(likeness, *pair) for pair, likeness in most.items() if likeness > 0.0]


def _without(theme: Theme, gone: set[int]) -> tuple[Section, ...]:
    sections = (
        replace(s, passages=tuple(p for p in s.passages if id(p) not in gone))
        for s in theme.sections
    )
    return tuple(section for section in sections if section.passages)
