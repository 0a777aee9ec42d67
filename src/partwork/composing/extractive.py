"""The extractive writer: a theme becomes an instalment, every sentence verbatim from its source."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from partwork.composing.aspects import Aspect, aspect_of_heading
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.risk import plays_risk_down
from partwork.composing.themes import Theme
from partwork.composing.titles import (
    PREHEADER_LENGTH,
    Wording,
    in_sentence_case,
    is_telling,
    preheader_of,
    title_of,
)
from partwork.composing.voice import refers_back
from partwork.composing.words import content_of
from partwork.composing.worth import worths
from partwork.model.series import (
    Bullets,
    Element,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
)
from partwork.model.text import Span

_MOST_WORDS = 450  # of a part (DESIGN 6); caveats may exceed it
_LEAD_WORDS = (8, 60)  # least and most
_KEY_POINT_WORDS = (7, 32)  # least and most: one to two lines of a phone's bullet
_ENDS = (".", "!", "…", "”")
_EARLIER = 0.9  # what each place further on costs a lead's worth; a guess
_MAIN = 1.3  # what a lead is worth more for being of the theme's main aspect; a guess
_KEY_POINTS = 4
_ALSO = "Also worth knowing"  # over what stood under "Final thoughts" and the like
_FOR_EACH_KEY_POINT = 45  # words of material, so that a short part keeps a body


@dataclass(frozen=True, slots=True)
class _Piece:
    """A passage, where it stands in the theme, and what it is worth to a reader."""

    section: Section
    passage: Passage
    worth: float
    aspect: Aspect | None  # as the heading has it
    is_main: bool  # of the aspect that the theme is mainly of

    @property
    def is_caution(self) -> bool:
        """Whether it goes to the cautions: it warns, in a section that is not about risks."""
        first = self.passage.statements[0]
        is_prose = self.passage.kind is PassageKind.PROSE
        is_on_risk = self.aspect is Aspect.RISKS
        return self.passage.is_orphan or (is_prose and first.is_caveat and not is_on_risk)

    @property
    def can_stand_out(self) -> bool:
        """Whether it may be lead or key point.

        Not a caveat away from its section, not a reassurance, not an article's parting words,
        nothing that may need the text it stood in.
        """
        return (
            (self.aspect is Aspect.RISKS or not self.passage.has_caveat)
            and self.aspect is not Aspect.OUTLOOK
            and not any(plays_risk_down(s.text) for s in self.passage.statements)
            and not refers_back(self.passage.statements[0].text)
        )


def written(
    theme: Theme, number: int, new_id: str, wording: Wording, taken: Collection[str]
) -> Instalment:
    """The theme as part `number` of a series; its title is none of those `taken`.

    A sentence is verbatim from its block but for white space and, where it opens a paragraph or
    stands alone, a leading connective ("But", "That said,"). Every caveat of the theme is in it,
    those of sections about risks in the body, the others among the cautions.
    """
    chosen = _chosen(_pieces(theme))
    cautions = [piece for piece in chosen if piece.is_caution]
    rest = [piece for piece in chosen if not piece.is_caution]
    lead = _lead(rest)
    rest = [piece for piece in rest if piece not in lead]
    key_points = _key_points(rest)
    rest = [piece for piece in rest if piece not in key_points]
    used = tuple(dict.fromkeys(piece.section for piece in chosen))
    title = title_of(replace(theme, sections=used), wording, taken)
    part = Instalment(
        id=new_id,
        number=number,
        title=title,
        subject=title,
        preheader="",
        lead=tuple(s for piece in lead for s in _sentences([piece.passage])),
        key_points=tuple(s for piece in key_points for s in _sentences([piece.passage])),
        body=_body(rest, title, wording),
        cautions=tuple(s for piece in cautions for s in _sentences([piece.passage])),
    )
    return replace(part, preheader=_preheader(part))


def _pieces(theme: Theme) -> list[_Piece]:
    passages = [(s, p) for s in theme.sections for p in s.passages]
    return [
        _Piece(
            section,
            passage,
            worth,
            aspect_of_heading(section.heading),
            section.aspect in theme.aspects[:1],
        )
        for (section, passage), worth in zip(
            passages, worths([p for _, p in passages]), strict=True
        )
    ]


def _chosen(pieces: Sequence[_Piece]) -> list[_Piece]:
    """What the part has room for, in order: all that warns, then what is worth most."""
    room = _MOST_WORDS - sum(p.passage.words for p in pieces if p.passage.has_caveat)
    kept = {n for n, piece in enumerate(pieces) if piece.passage.has_caveat}
    for n in sorted(range(len(pieces)), key=lambda n: (-pieces[n].worth, n)):
        if n not in kept and pieces[n].passage.words <= room:
            kept.add(n)
            room -= pieces[n].passage.words
    return [piece for n, piece in enumerate(pieces) if n in kept]


def _lead(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The passage to open with: short prose that does not warn, worth most, early before late."""
    least, most = _LEAD_WORDS
    prose = [p for p in pieces if p.passage.kind is PassageKind.PROSE]
    fitting = [
        (n, piece)
        for n, piece in enumerate(prose)
        if least <= piece.passage.words <= most
        and len(piece.passage.statements) <= 2
        and piece.can_stand_out
    ]
    if not fitting:
        return prose[:1]
    return [max(fitting, key=_as_lead)[1]]


def _as_lead(place_and_piece: tuple[int, _Piece]) -> float:
    place, piece = place_and_piece
    return piece.worth * _EARLIER**place * (_MAIN if piece.is_main else 1.0)


def _key_points(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Three or four single sentences worth most, in order; none where too few would be left."""
    least, most = _KEY_POINT_WORDS
    fitting = [
        piece
        for piece in pieces
        if piece.passage.kind is PassageKind.PROSE
        and len(piece.passage.statements) == 1
        and least <= piece.passage.words <= most
        and piece.can_stand_out
    ]
    room = sum(piece.passage.words for piece in pieces) // _FOR_EACH_KEY_POINT
    count = min(_KEY_POINTS, len(fitting), room)
    if count < 2:
        return []
    best = sorted(fitting, key=lambda piece: -piece.worth)[:count]
    return [piece for piece in pieces if piece in best]


def _body(pieces: Sequence[_Piece], title: str, wording: Wording) -> tuple[Element, ...]:
    """The rest under its headings.

    What stood under a heading that only says what the title says goes first, without it. So does
    what has no heading that says something, or last if it stood late in its article.
    """
    first: list[Element] = []
    middle: list[Element] = []
    last: list[Element] = []
    for section, group in groupby(pieces, key=lambda piece: piece.section):
        elements = _elements([piece.passage for piece in group])
        if not is_telling(section.heading):
            (last if _is_late(section) else first).extend(elements)
        elif _is_said(section.heading, title):
            first += elements
        else:
            middle += [Heading(in_sentence_case(section.heading, wording)), *elements]
    also = [Heading(_ALSO)] if wording.is_english and last and (first or middle) else []
    return (*first, *middle, *also, *last)


def _is_said(heading: str, title: str) -> bool:
    aspect = aspect_of_heading(heading)
    is_other = aspect is not None and aspect is not aspect_of_heading(title)
    return not is_other and content_of(heading) <= content_of(title)


def _is_late(section: Section) -> bool:
    return section.heading != "" and section.position > 0.5  # the second half


def _elements(passages: Sequence[Passage]) -> list[Element]:
    """Passages as elements; neighbouring prose of one block makes one paragraph."""
    elements: list[Element] = []
    for (kind, _), group in groupby(passages, key=lambda p: (p.kind, p.block)):
        members = list(group)
        match kind:
            case PassageKind.PROSE:
                elements.append(Paragraph(_sentences(members)))
            case PassageKind.LIST:
                for each in members:
                    if each.intro:
                        elements.append(Paragraph(_opening(each.intro)))
                    elements.append(Bullets(tuple(map(_sentence, each.statements)), each.ordered))
            case PassageKind.QUOTATION:
                elements += (
                    Quotation(tuple(map(_sentence, q.statements)), q.speaker) for q in members
                )
    return elements


def _sentences(passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """Statements of prose as sentences that stand together, connectives only where they join."""
    found: list[Sentence] = []
    before: Passage | None = None
    for passage in passages:
        is_next = before is not None and before.last + 1 == passage.first
        found += map(_sentence, passage.statements) if is_next else _opening(passage.statements)
        before = passage
    return tuple(found)


def _opening(statements: Sequence[Statement]) -> tuple[Sentence, ...]:
    """Statements as sentences, the first so that it can open a paragraph."""
    first, *others = statements
    cut = first.connective
    text = first.text[cut:]
    text = text[:1].upper() + text[1:] if cut else text
    spans = tuple(
        Span(max(0, span.start - cut), span.end - cut, span.mark)
        for span in first.spans
        if span.end > cut
    )
    return (Sentence(text, first.citations, spans), *map(_sentence, others))


def _sentence(statement: Statement) -> Sentence:
    return Sentence(statement.text, statement.citations, statement.spans)


def _preheader(part: Instalment) -> str:
    """A preheader from the part's sentences, if possible from those that stand by themselves."""
    body = [s for e in part.body if isinstance(e, Paragraph) for s in e.sentences]
    items = [s for e in part.body if isinstance(e, Bullets) for s in e.items]
    texts = [s.text for s in (*part.key_points, *body, *part.lead, *items, *part.cautions)]
    good = [
        text
        for text in texts
        if not refers_back(text) and not plays_risk_down(text) and text.endswith(_ENDS)
    ]
    line = preheader_of(part.subject, good)
    return line if len(line) >= PREHEADER_LENGTH[0] else preheader_of(part.subject, texts)
