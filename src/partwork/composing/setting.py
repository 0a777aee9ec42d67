"""Passages set as the elements of an instalment: headings, paragraphs, lists and quotations."""

from collections.abc import Hashable, Sequence
from itertools import groupby

from partwork.composing.aspects import aspect_of_heading
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.titles import Wording, in_sentence_case, is_telling
from partwork.composing.words import content_of
from partwork.model.series import Bullets, Element, Heading, Paragraph, Quotation, Sentence
from partwork.model.text import Span

_ALSO = "Also worth knowing"  # over what stood under "Final thoughts" and the like


def body_of(
    placed: Sequence[tuple[Section, Passage]], title: str, wording: Wording
) -> tuple[Element, ...]:
    """Passages under the headings of their sections, those of one aspect under the first's.

    What stood under a heading that only says what the title says goes first, without it. So does
    what has no heading that says something, or last if it stood late in its article.
    """
    first: list[Element] = []
    middle: list[Element] = []
    last: list[Element] = []
    groups: dict[Hashable, list[tuple[Section, Passage]]] = {}
    for section, passage in placed:
        groups.setdefault(_heading_key(section), []).append((section, passage))
    for members in groups.values():
        section = members[0][0]
        elements = [
            element
            for _, own in groupby(members, key=lambda member: member[0])
            for element in _elements([passage for _, passage in own])
        ]
        if not is_telling(section.heading):
            (last if _is_late(section) else first).extend(elements)
        elif _is_said(section.heading, title):
            first += elements
        else:
            middle += [Heading(in_sentence_case(section.heading, wording)), *elements]
    also = [Heading(_ALSO)] if wording.is_english and last and (first or middle) else []
    return (*first, *middle, *also, *last)


def sentences_of(passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """Statements of prose as sentences that stand together, connectives only where they join."""
    found: list[Sentence] = []
    before: Passage | None = None
    for passage in passages:
        is_next = before is not None and before.last + 1 == passage.first
        found += map(_sentence, passage.statements) if is_next else _opening(passage.statements)
        before = passage
    return tuple(found)


def _heading_key(section: Section) -> Hashable:
    """What sections under one heading have in common."""
    if not is_telling(section.heading):
        return section.article, section.heading, section.position
    return aspect_of_heading(section.heading) or section.heading.casefold()


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
                elements.append(Paragraph(sentences_of(members)))
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
