"""A series composed again: what stands of it, and which of its parts a theme goes on as."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.repeats import without_repeats
from partwork.composing.risk import is_caveat
from partwork.composing.themes import Theme
from partwork.model.article import block_digest
from partwork.model.plan import Ground, Plan
from partwork.model.series import (
    Bullets,
    Citation,
    Instalment,
    Quotation,
    Sentence,
    run_of,
)

# Of what a part cites; a theme that shares less of it is about something else. A guess: of a
# part cut in four, the greatest piece still goes on as the part.
_SHARE = 1 / 4
# Where a statement is at home that no part has: what is new goes before what was passed over.
_NEW, _PASSED_OVER = -1, -2


@dataclass(frozen=True, slots=True)
class Standing:
    """A part that is there before its series is composed again, under the number of its file.

    `part` is what was composed last. One that `is_settled` never changes and is not composed
    again: it is published, or a person wrote all of it; `part` is then what it says.
    `keeps_number`: a person gave it. `stays`: a person changed it, so that it is left where its
    theme is gone.
    """

    part: Instalment
    is_settled: bool = False
    keeps_number: bool = False
    stays: bool = False


def ground_of(theme: Theme) -> Ground:
    """What the theme's part is composed from; the order of its sections tells nothing."""
    lines = [
        " ".join([section.heading, one.text, *(f"{c.article}#{c.block}" for c in one.citations)])
        for section in theme.sections
        for one in _statements(section)
    ]
    digest = block_digest("\n".join(sorted(lines)))
    return Ground(tuple(sorted(statements_in(theme.sections))), digest)


def statements_in(sections: Sequence[Section]) -> dict[str, None]:
    """The digests of all that the sections say, in order."""
    return dict.fromkeys(_digest(one) for section in sections for one in _statements(section))


def is_among(passage: Passage, digests: Container[str]) -> bool:
    """Whether all that the passage says has a digest among these."""
    return all(digest in digests for digest in _digests(passage))


def without_said(
    sections: Sequence[Section], settled: Sequence[Instalment], plan: Plan
) -> tuple[Section, ...]:
    """The sections without what settled parts say, or could have said and did not take."""
    if not settled:
        return tuple(sections)
    ids = {part.id for part in settled}
    had = {d for id_, ground in plan.grounds.items() if id_ in ids for d in ground.statements}
    left = _filtered(sections, lambda passage: not is_among(passage, had))
    said = [Section("", "", 0.0, tuple(_said(part))) for part in settled]
    return without_repeats(left, said=said)


def parted(
    sections: Sequence[Section], plan: Plan, standing: Sequence[Standing]
) -> tuple[list[tuple[Section, ...]], tuple[Section, ...]]:
    """The sections that each standing part was composed from, and what is new to all of them.

    What was passed over then is in neither.
    """
    home: dict[str, int] = dict.fromkeys(plan.passed_over, _PASSED_OVER)
    for number, one in enumerate(standing):
        if one.part.id in plan.grounds:
            home |= dict.fromkeys(plan.grounds[one.part.id].statements, number)
    found: dict[int, list[Section]] = defaultdict(list)
    for section in sections:
        passages: dict[int, list[Passage]] = defaultdict(list)
        for passage in section.passages:
            homes = [home.get(digest, _NEW) for digest in _digests(passage)]
            passages[max(homes)].append(passage)
        for number, those in passages.items():
            found[number].append(replace(section, passages=tuple(those)))
    return [tuple(found[number]) for number in range(len(standing))], tuple(found[_NEW])


def going_on(themes: Sequence[Theme], standing: Sequence[Standing]) -> Mapping[int, Standing]:
    """Which part a theme goes on as, by the theme's place: by what both cite, the most first.

    A theme of an article whose words are all new goes on as the part of its title.
    """
    cited = [_cited(theme) for theme in themes]
    shares = sorted(
        (-len(found & cited[place]), place, number)
        for number, one in enumerate(standing)
        if (found := {c for s in one.part.sentences for c in s.citations})
        for place in range(len(themes))
        if len(found & cited[place]) >= max(1, _SHARE * len(found))
    )
    titles = [
        (0, place, number)
        for number, one in enumerate(standing)
        for place, theme in enumerate(themes)
        if theme.title and theme.title.casefold() == one.part.title.casefold()
    ]
    found_by: dict[int, Standing] = {}
    taken: set[int] = set()
    for _, place, number in (*shares, *titles):
        if place not in found_by and number not in taken:
            found_by[place] = standing[number]
            taken.add(number)
    return found_by


def _filtered(
    sections: Sequence[Section], wanted: Callable[[Passage], bool]
) -> tuple[Section, ...]:
    """The sections with the passages that are wanted, without those that have none left."""
    left = (replace(s, passages=tuple(filter(wanted, s.passages))) for s in sections)
    return tuple(section for section in left if section.passages)


def _said(part: Instalment) -> Iterator[Passage]:
    """What a part says, as passages of which each stands by itself."""
    alone = [*part.lead, *part.key_points, *part.cautions]
    for element in part.body:
        match element:
            case Quotation(sentences):
                yield Passage(PassageKind.QUOTATION, tuple(map(_stated, sentences)), 0)
            case Bullets(items):
                yield Passage(PassageKind.LIST, tuple(map(_stated, items)), 0)
            case _:
                alone += run_of(element)
    for sentence in alone:
        yield Passage(PassageKind.PROSE, (_stated(sentence),), 0)


def _stated(sentence: Sentence) -> Statement:
    return Statement(sentence.text, sentence.citations, is_caveat=is_caveat(sentence.text))


def _statements(section: Section) -> Iterator[Statement]:
    return (one for passage in section.passages for one in passage.all_statements)


def _digests(passage: Passage) -> list[str]:
    return [_digest(one) for one in passage.all_statements]


def _digest(statement: Statement) -> str:
    return block_digest(statement.text)


def _cited(theme: Theme) -> set[Citation]:
    return {c for section in theme.sections for one in _statements(section) for c in one.citations}
