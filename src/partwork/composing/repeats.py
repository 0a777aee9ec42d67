"""Sections of several articles without what they say twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from partwork.composing.overlap import (
    Ideas,
    alike,
    is_nearly_same_point,
    is_part_of,
    is_reworded,
    is_same_point,
    is_tail_of,
    point_of,
)
from partwork.composing.passages import Passage, PassageKind, Section, Statement

# How surely one sentence must tell what another tells to go for it. Tried on the seeds and the demo
# (docs/composing.md); to lose a caveat is worse than to say it twice.
_RETOLD = 0.35
_CAVEAT_RETOLD = 0.45
_SURELY_RETOLD = 0.5  # in one article, or in a list or quotation; `check` does from 0.55 on
_Unit = tuple[int, ...]  # numbers of statements that stay or go together


def without_repeats(
    sections: Sequence[Section], said: Sequence[Section] = ()
) -> tuple[Section, ...]:
    """The sections with each point made once, where it is made at greatest length.

    What says the same, or tells it in other words in another article, gives its citations to the
    sentence that stays. What nearly says the same goes without, since its blocks bear out only a
    part of that sentence, and so does what has another word in one place ("all winter"); a caveat
    that is only nearly the same stays. Quotations go before prose, and stay or go whole. What is
    `said` elsewhere goes before all, and is not returned.
    """
    places, above = _places([*said, *sections]), len(_places(said))
    staying = iter(_Sieve(places, above).sifted()[above:])
    kept: list[Section] = []
    for section in sections:
        passages: list[Passage] = []
        for passage in section.passages:
            intro = [next(staying) for _ in passage.intro]
            statements = [next(staying) for _ in passage.statements]
            passages += _kept(passage, intro, statements)
        if passages:
            kept.append(replace(section, passages=tuple(passages)))
    return tuple(kept)


def _places(sections: Sequence[Section]) -> list[tuple[Passage, Statement]]:
    return [
        (passage, statement)
        for section in sections
        for passage in section.passages
        for statement in passage.all_statements
    ]


class _Sieve:
    """Decides which statements stay, and which citations they take over.

    The first `said` of them stand already, whatever they are.
    """

    def __init__(self, places: Sequence[tuple[Passage, Statement]], said: int) -> None:
        self.places, self.said = places, said
        self.points = [point_of(statement.text) for _, statement in places]
        self.ideas = Ideas(self.points)
        self.partners: dict[int, list[int]] = defaultdict(list)
        for one, other in alike(self.points):
            self.partners[one].append(other)
            self.partners[other].append(one)
        self.stays: set[int] = set()
        self.gains: dict[int, list[Statement]] = defaultdict(list)

    def sifted(self) -> list[Statement | None]:
        """Each statement in order, with the citations it gains, or None."""
        for unit in sorted(self._units(), key=self._rank):
            passage, statement = self.places[unit[0]]
            rival = next((r for n in unit for r in self._rivals(n)), None)
            if rival is not None:
                borne = [number for number in unit if self._bears_out(number, rival)]
                self.gains[rival] += [self.places[number][1] for number in borne]
            elif not self._may_go(passage, statement) or not self._is_nearly_said(unit[0]):
                self.stays.update(unit)
        return [
            _with_citations(statement, self.gains[number]) if number in self.stays else None
            for number, (_, statement) in enumerate(self.places)
        ]

    def _units(self) -> list[_Unit]:
        """The statements of a quotation together, each other by itself."""
        units: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, (passage, _) in enumerate(self.places):
            is_quoted = passage.kind is PassageKind.QUOTATION
            units["quoted" if is_quoted else "", id(passage) if is_quoted else number].append(
                number
            )
        return [tuple(unit) for unit in units.values()]

    def _rank(self, unit: _Unit) -> tuple[bool, bool, bool, bool, int, int]:
        """What is said, then quotations, then caveats, orphans last; then what says most."""
        passage, statement = self.places[unit[0]]
        is_quoted = passage.kind is PassageKind.QUOTATION
        size = 0 if is_quoted else len(self.points[unit[0]].content)
        is_new = unit[0] >= self.said
        return (is_new, not is_quoted, not statement.is_caveat, passage.is_orphan, -size, unit[0])

    def _rivals(self, number: int) -> list[int]:
        """The statements that stay and already say what this one says, in order."""
        passage, statement = self.places[number]
        point = self.points[number]
        rivals = sorted(self.stays.intersection(self.partners[number]))
        found = [r for r in rivals if is_same_point(self.points[r], point)]
        found += [r for r in rivals if self._is_retold_by(number, r)]
        if passage.kind is PassageKind.LIST:
            found += [
                r
                for r in rivals
                if self.places[r][0].kind is PassageKind.LIST and is_part_of(point, self.points[r])
            ]
        if passage.is_orphan:
            found += [
                r for r in sorted(self.stays) if is_tail_of(statement.text, self.places[r][1].text)
            ]
        return found

    def _is_retold_by(self, number: int, rival: int) -> bool:
        """Whether another statement tells in other words what this one tells.

        Surely, or it is prose of two articles. A caveat goes for a caveat alone, and nothing goes
        on which more than a sentence leans.
        """
        (passage, statement), (other, its) = self.places[number], self.places[rival]
        is_prose = passage.kind is PassageKind.PROSE
        leaning = passage.statements[passage.statements.index(statement) + 1 :] if is_prose else ()
        if len(leaning) > 1 or any(s.is_caveat for s in leaning):
            return False
        if statement.is_caveat and not its.is_caveat:
            return False
        likeness = self.ideas.retelling(number, rival)
        is_of_two = is_prose and other.kind is PassageKind.PROSE
        if is_of_two and not _articles(statement) & _articles(its):
            return likeness >= (_CAVEAT_RETOLD if statement.is_caveat else _RETOLD)
        return likeness >= _SURELY_RETOLD

    def _bears_out(self, number: int, rival: int) -> bool:
        """Whether a statement that goes may be cited for the one that stays; caveats always are."""
        is_caveat = self.places[number][1].is_caveat
        return is_caveat or not is_reworded(self.points[number], self.points[rival])

    def _may_go(self, passage: Passage, statement: Statement) -> bool:
        """Whether it may go for being nearly said: it warns of nothing and nothing leans on it."""
        is_needed = passage.kind is PassageKind.PROSE and statement != passage.statements[-1]
        is_quoted = passage.kind is PassageKind.QUOTATION
        return not (statement.is_caveat or is_needed or is_quoted)

    def _is_nearly_said(self, number: int) -> bool:
        """Whether a statement that stays, of the same kind, nearly says the same."""
        rivals = self.stays.intersection(self.partners[number])
        return any(
            self.places[r][0].kind is self.places[number][0].kind
            and is_nearly_same_point(self.points[r], self.points[number])
            for r in rivals
        )


def _articles(statement: Statement) -> set[str]:
    return {citation.article for citation in statement.citations}


def _with_citations(statement: Statement, others: Sequence[Statement]) -> Statement:
    cited = [*statement.citations, *(c for other in others for c in other.citations)]
    return replace(statement, citations=tuple(dict.fromkeys(cited)))


def _kept(
    passage: Passage, intro: Sequence[Statement | None], statements: Sequence[Statement | None]
) -> list[Passage]:
    """What is left of a passage: nothing, itself, or a part that can stand."""
    there = tuple(s for s in statements if s is not None)
    match passage.kind:
        case PassageKind.QUOTATION:
            return [replace(passage, statements=there)] if len(there) == len(statements) else []
        case PassageKind.LIST:
            announced = tuple(s for s in intro if s is not None)
            whole = announced if len(announced) == len(intro) else ()
            return [replace(passage, statements=there, intro=whole)] if there else []
        case PassageKind.PROSE:
            return _kept_prose(passage, statements)


def _kept_prose(passage: Passage, statements: Sequence[Statement | None]) -> list[Passage]:
    """A run up to its first gap, since what follows leans on what is gone; caveats stay."""
    if None not in statements:
        return [replace(passage, statements=tuple(s for s in statements if s is not None))]
    gap = statements.index(None)
    before = tuple(s for s in statements[:gap] if s is not None)
    run = [replace(passage, statements=before, last=passage.first + gap - 1)] if before else []
    orphans = [s for s in statements[gap:] if s is not None and s.is_caveat]
    return run + [replace(passage, statements=(s,), is_orphan=True) for s in orphans]
