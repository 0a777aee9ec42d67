"""Passages set as the elements of an instalment: headings, paragraphs, lists and quotations."""

from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import TypeAlias

from partwork.composing.aspects import aspect_of_heading, without_aspect
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.titles import Wording, in_sentence_case, is_telling
from partwork.composing.transitions import transition_to
from partwork.composing.words import content_of
from partwork.model.series import Bullets, Element, Heading, Paragraph, Quotation, Sentence
from partwork.model.text import Span

_ALSO = "Also worth knowing"  # over what stood under "Final thoughts" and the like
_DETAIL = "In more detail"  # where neither key points nor a heading part the body from the lead

Placed: TypeAlias = tuple[Section, Passage]


def groups_of(placed: Sequence[Placed], wording: Wording) -> tuple[tuple[Placed, ...], ...]:
    """Passages by the heading under which they stand, which is that of the first of each group.

    A section stands under an earlier heading of the same aspect that leaves nothing of its own
    unsaid: "What is it, then?" under "What is tea?", but "Light: risks" not under "Risks of tea".
    """
    groups: dict[Hashable, list[Placed]] = {}
    topic = content_of(wording.topic)
    for section, passage in placed:
        key = _heading_key(section)
        if isinstance(key, str) and key not in groups:
            key = next((k for k in groups if isinstance(k, str) and _says(k, key, topic)), key)
        groups.setdefault(key, []).append((section, passage))
    return tuple(map(tuple, groups.values()))


def body_of(
    placed: Sequence[Placed], title: str, wording: Wording, *, is_parted: bool
) -> tuple[Element, ...]:
    """Passages under their headings.

    What stood under a heading that only says what the title says goes first, without it, as does
    what has no heading that says something, or last if it stood late in its article. Without
    key points nothing parts such an opening from the lead (`is_parted`): it gets a heading.
    """
    first: list[Element] = []
    middle: list[Element] = []
    last: list[Element] = []
    said: set[Heading] = set()
    for members in groups_of(placed, wording):
        section = members[0][0]
        elements = _plain(members)
        if not is_telling(section.heading):
            (last if _is_late(section) else first).extend(elements)
        elif _is_said(section.heading, title) and (is_parted or wording.is_english):
            first += elements
        else:
            elements = _joined(members, said) if wording.is_english else elements
            middle += [Heading(in_sentence_case(section.heading, wording)), *elements]
    if wording.is_english and last and (first or middle):
        last.insert(0, Heading(_ALSO))
    if wording.is_english and first and isinstance(first[0], Paragraph) and not is_parted:
        first.insert(0, Heading(_DETAIL))
    return (*first, *middle, *last)


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
    """What tells headings apart: their words, or of one that says nothing its place."""
    if not is_telling(section.heading):
        return section.article, section.heading, section.position
    return section.heading.casefold()


def _says(heading: str, other: str, topic: frozenset[str]) -> bool:
    """Whether a heading says what another says: its aspect, and nothing besides."""
    aspect = aspect_of_heading(other)
    own = content_of(without_aspect(other)) - topic - content_of(heading)
    return aspect is not None and aspect is aspect_of_heading(heading) and not own


def _is_said(heading: str, title: str) -> bool:
    aspect = aspect_of_heading(heading)
    is_other = aspect is not None and aspect is not aspect_of_heading(title)
    return not is_other and content_of(heading) <= content_of(title)


def _is_late(section: Section) -> bool:
    return section.heading != "" and section.position > 0.5  # the second half


def _joined(members: Sequence[Placed], said: set[Heading]) -> list[Element]:
    """The elements of a group, joined by transitions of which none is `said` before; adds them."""
    elements: list[Element] = []
    article = members[0][0].article
    for section, own in groupby(members, key=lambda member: member[0]):
        for element in _elements([passage for _, passage in own]):
            if elements:
                is_other = section.article != article
                join = transition_to(element, elements[-1], is_other=is_other)
                if join and join not in said:
                    said.add(join)
                    elements.append(join)
            article = section.article
            elements.append(element)
    return elements


def _plain(members: Sequence[Placed]) -> list[Element]:
    """The elements of a group, one section after the other."""
    sections = groupby(members, key=lambda member: member[0])
    return [e for _, own in sections for e in _elements([passage for _, passage in own])]


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
