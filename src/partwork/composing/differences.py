"""Where sources differ: other figures for what seems to be the same thing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partwork.composing.overlap import Ideas, Point, alike, point_of
from partwork.composing.passages import Section, Statement

# Likeness by ideas from which two sentences speak of the same; a guess, tried on the demo and on
# pairs written for it. Higher than for what may be left away: an alarm costs an editor's time.
_SAME_THING = 0.45


@dataclass(frozen=True, slots=True)
class Difference:
    """Two statements of two articles, the same but for their figures."""

    article: str
    text: str
    other: str
    other_text: str


def differences(sections: Sequence[Section]) -> tuple[Difference, ...]:
    """The pairs of statements that an editor should hold beside one another, in order."""
    said = list(_with_figures(sections))
    points = [point_of(statement.text) for _, statement in said]
    ideas = Ideas(points)
    return tuple(
        Difference(said[a][0], said[a][1].text, said[b][0], said[b][1].text)
        for a, b in alike(points)
        if said[a][0] != said[b][0]
        and _differ(points[a], points[b])
        and ideas.likeness(a, b) >= _SAME_THING
    )


def _with_figures(sections: Sequence[Section]) -> Iterator[tuple[str, Statement]]:
    for section in sections:
        for passage in section.passages:
            for statement in passage.all_statements:
                if point_of(statement.text).figures:
                    yield section.article, statement


def _differ(one: Point, other: Point) -> bool:
    """Whether both count something in one unit, and no count of the one is one of the other."""
    counts, others = _by_unit(one), _by_unit(other)
    shared = counts.keys() & others.keys()
    return any(counts[unit].isdisjoint(others[unit]) for unit in shared)


def _by_unit(point: Point) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for number, unit in point.figures:
        if unit or not _is_year(number):
            found[unit].add(number)
    return found


def _is_year(number: str) -> bool:
    return len(number) == 4 and number[:2] in {"18", "19", "20"}  # digits
