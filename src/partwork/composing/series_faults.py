"""Checks over a whole series: what is said twice, which caveats are lost, where sources differ."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partwork.composing.differences import differences
from partwork.composing.findings import Finding, faults_in, is_signed_off, place_of, shown
from partwork.composing.material import sections_of
from partwork.composing.overlap import Ideas, alike, is_same_point, point_of
from partwork.composing.passages import LeftOut, Section, Statement
from partwork.composing.repeats import without_repeats
from partwork.composing.risk import denies_risk, is_caveat
from partwork.composing.words import content_of
from partwork.model.article import Article, normalised
from partwork.model.fault import Fault, Severity
from partwork.model.series import Citation, Code, Instalment, Sentence, Table, run_of

# How surely two sentences tell the same in other words, from which an editor should look at them,
# and from which one must go. Guesses, tried on the demo and the seeds: below the first, pairs are
# mostly chance; between the two stand "do not stop drinking" and "do not stop the tablets". The
# writer leaves away from 0.5 on, by what is rare in all articles and not in the parts alone.
_LOOK = 0.35
_RETOLD = 0.55
_KEPT = 0.6  # share of a caveat's content words that must stand where its block is cited; a guess

_Place = tuple[Sentence, str]  # a sentence and the file it stands in


@dataclass(frozen=True, slots=True)
class Analysis:
    """What composing finds in the articles of a series, before it is cut into parts.

    `left_out` is what no series may use, with the reason.
    """

    sections: tuple[Section, ...]
    left_out: tuple[LeftOut, ...]


def analysis_of(articles: Sequence[Article], language: str) -> Analysis:
    """The sections of all articles, read as `composed` reads them."""
    sections: list[Section] = []
    left_out: list[LeftOut] = []
    for article in articles:
        known = language if article.language == "und" else article.language
        is_english = known.partition("-")[0].lower() == "en"
        found, left = sections_of(article, is_english=is_english)
        sections += found
        left_out += left
    return Analysis(tuple(sections), tuple(left_out))


def repeated(instalments: Sequence[Instalment], files: Sequence[str]) -> tuple[Fault, ...]:
    """Points made twice, within a part or over parts: a finding at each later place.

    `files` name the instalments' files, in the same order. Nearly the same words are a fault;
    other words are one where little else can be meant, and a notice where an editor must judge.
    Rows of tables, which are alike by their nature, and code are not compared.
    """
    alike_by_nature = {
        id(sentence)
        for part in instalments
        for element in part.body
        if isinstance(element, Table | Code)
        for sentence in run_of(element)
    }
    places = [p for p in _places(instalments, files) if id(p[0]) not in alike_by_nature]
    points = [point_of(sentence.text) for sentence, _ in places]
    ideas = Ideas(points)
    found: dict[int, tuple[float, int]] = {}
    for earlier, later in alike(points):
        is_same = is_same_point(points[earlier], points[later])
        likeness = 1.0 if is_same else ideas.retelling(earlier, later)
        if likeness >= _LOOK and likeness > found.get(later, (0.0, 0))[0]:
            found[later] = likeness, earlier
    return tuple(
        sorted(
            fault
            for later, (likeness, earlier) in found.items()
            for fault in faults_in(
                *places[later], [_repetition(likeness, places[earlier], places[later][1])]
            )
        )
    )


def lost_caveats(
    instalments: Sequence[Instalment], files: Sequence[str], analysis: Analysis, settings: str
) -> tuple[Fault, ...]:
    """Caveats of the sources that no part holds, each at the part that should; else at `settings`.

    A caveat is held where its words stand in a sentence, or three fifths of its content words
    in the sentences of one part that cite its block, one of which warns. So is each item of a list
    that a caveat announces ("Do not take it if …"). What no series may use
    (one person's story, say) is a notice at `settings`, the series' own file.
    """
    places = _places(instalments, files)
    said = {normalised(sentence.text) for sentence, _ in places}
    citing: dict[Citation, list[_Place]] = defaultdict(list)
    for place in places:
        for citation in place[0].citations:
            citing[citation].append(place)
    found: list[Fault] = []
    for statement, warns in _caveats(analysis.sections):
        near = [place for citation in statement.citations for place in citing[citation]]
        if not (_is_said(statement, said) or _is_held(statement, near, warns=warns)):
            found.append(_lost(statement, near, places, settings))
    found += (
        _unusable(one, settings)
        for one in analysis.left_out
        if is_caveat(one.text) and not one.reason.startswith("flagged")
    )
    return tuple(sorted(set(found)))


def differing(
    instalments: Sequence[Instalment], files: Sequence[str], analysis: Analysis, settings: str
) -> tuple[Fault, ...]:
    """Notices where two articles have other figures for what seems to be the same thing.

    Each stands at a sentence of the series that says one of the two, else at `settings`.
    """
    where = {normalised(s.text): (s, file) for s, file in _places(instalments, files)}
    found = []
    for two in differences(analysis.sections):
        place = where.get(normalised(two.text)) or where.get(normalised(two.other_text))
        sentence, file = place or (Sentence(""), settings)
        if not is_signed_off("differs", sentence.signed_off):
            message = (
                f"{two.article} says {shown(two.text)}, {two.other} says {shown(two.other_text)}: "
                "the figures differ; see which holds"
            )
            found.append(Fault(file, sentence.line, "differs", message, Severity.NOTICE))
    return tuple(sorted(found))


def _places(instalments: Sequence[Instalment], files: Sequence[str]) -> list[_Place]:
    return [
        (sentence, file)
        for instalment, file in zip(instalments, files, strict=True)
        for sentence in instalment.sentences
    ]


def _repetition(likeness: float, earlier: _Place, file: str) -> Finding:
    is_here = earlier[1] == file and earlier[0].line
    first = f"line {earlier[0].line}" if is_here else place_of(*earlier)
    if likeness < _RETOLD:
        return Finding("repeated", f"may say what {first} says; read both", Severity.NOTICE)
    words = "" if likeness == 1.0 else "in other words "
    return Finding(
        "repeated",
        f"was said {words}before, in {first}; remove one and cite both sources in the other",
    )


def _caveats(sections: Sequence[Section]) -> Iterator[tuple[Statement, bool]]:
    """Each caveat once, with every block that says it, and whether it warns by itself."""
    for section in without_repeats(sections):
        for passage in section.passages:
            is_announced = any(s.is_caveat for s in passage.intro)
            yield from (
                (s, s.is_caveat)
                for s in passage.all_statements
                if s.is_caveat or (is_announced and s in passage.statements)
            )


def _is_said(caveat: Statement, said: set[str]) -> bool:
    return normalised(caveat.text) in said or normalised(caveat.text[caveat.connective :]) in said


def _is_held(caveat: Statement, near: Sequence[_Place], *, warns: bool) -> bool:
    content = content_of(caveat.text)
    by_file: dict[str, list[Sentence]] = defaultdict(list)
    for sentence, file in near:
        if is_signed_off("caveat", sentence.signed_off):
            return True
        by_file[file].append(sentence)
    return any(
        (not warns or any(is_caveat(s.text) for s in sentences))
        and len(content & frozenset[str]().union(*(content_of(s.text) for s in sentences)))
        >= _KEPT * len(content)
        for sentences in by_file.values()
    )


def _unusable(one: LeftOut, settings: str) -> Fault:
    if denies_risk(one.text):
        message = f"{one.article} denies a risk, {shown(one.text)}; no part may say so"
        return Fault(settings, 0, "risk", message, Severity.NOTICE)
    message = f"{one.article} warns {shown(one.text)}; left out: {one.reason}; say it in a part"
    return Fault(settings, 0, "caveat", message, Severity.NOTICE)


def _lost(
    caveat: Statement, near: Sequence[_Place], places: Sequence[_Place], settings: str
) -> Fault:
    """The fault at the sentence that cites the caveat's block, else its article, first."""
    citation = caveat.citations[0]
    of_article = [p for p in places if citation.article in {c.article for c in p[0].citations}]
    sentence, file = next(iter([*near, *of_article]), (Sentence(""), settings))
    message = (
        f"no part has the warning of {citation.article}, {shown(caveat.text)}; "
        f"put it in, with [@{citation.article}#{citation.block}]"
    )
    return Fault(file, sentence.line, "caveat", message)
