"""How a part begins, for a mail that has no room for all of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from partwork.model.series import (
    Bullets,
    Code,
    Element,
    Figure,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Run,
    Sentence,
    Table,
    run_of,
)
from partwork.rendering.inline import one_line


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a mail ends that has not all of its part.

    `whole` is the HTML that would be too long. `place` says after what the mail ends, and `line`,
    of the part's file, is that of the first words left out. `share` of the characters of lead and
    body are there, from 0 to 1.
    """

    whole: str
    place: str
    line: int
    share: float


def steps_in(part: Instalment) -> int:
    """In how many places a part may end: the sentences, items, rows and lines of lead and body."""
    return len(_apart(part.lead)) + sum(map(_steps, part.body))


def beginning_of(part: Instalment, steps: int) -> Instalment:
    """The part with the first so many of them; key points and cautions are kept.

    Quotations and items are there whole or not at all. A heading that nothing would follow goes.
    """
    lead = _apart(part.lead)
    body = tuple(_first(part.body, steps - len(lead)))
    while body and isinstance(body[-1], Heading):
        body = body[:-1]
    return replace(part, lead=part.lead if steps >= len(lead) else lead[:steps], body=body)


def ending_of(part: Instalment, beginning: Instalment, whole: str) -> Ending:
    """Where the mail ends that has `beginning` of the part."""
    shown, left_out = len(beginning.body), part.body[len(beginning.body) :]
    is_within = shown > 0 and beginning.body[-1] != part.body[shown - 1]
    if is_within:
        left_out = (_rest(part.body[shown - 1], beginning.body[-1]), *left_out)
    lead = () if beginning.lead == part.lead else _apart(part.lead)[len(beginning.lead) :]
    rest = (*lead, *(sentence for element in left_out for sentence in run_of(element)))
    return Ending(
        whole,
        _place(part, beginning, is_within=is_within),
        next((sentence.line for sentence in rest), 0),
        _characters(beginning) / max(_characters(part), 1),
    )


def _steps(element: Element) -> int:
    match element:
        case Paragraph(run):
            return len(_apart(run))
        case Bullets(items):
            return len(items)
        case Table(_, rows):
            return max(len(rows), 1)
        case Code(sample):
            return sample.text.count("\n") + 1
        case Heading() | Quotation() | Figure():
            return 1
        case _:
            assert_never(element)


def _first(body: tuple[Element, ...], steps: int) -> Iterator[Element]:
    """The elements that the first `steps` steps of a body make, the last of them cut if need be."""
    for element in body:
        if steps <= 0:
            return
        yield element if _steps(element) <= steps else _cut(element, slice(steps))
        steps -= _steps(element)


def _cut(element: Element, kept: slice) -> Element:
    """Those of an element's steps."""
    match element:
        case Paragraph(run):
            return Paragraph(_apart(run)[kept])
        case Bullets(items):
            return replace(element, items=items[kept])
        case Table(_, rows):
            return replace(element, rows=rows[kept])
        case Code(sample):
            lines = "\n".join(sample.text.split("\n")[kept])
            return replace(element, sample=replace(sample, text=lines))
        case _:
            return element


def _rest(element: Element, beginning: Element) -> Element:
    return _cut(element, slice(_steps(beginning), None))


def _place(part: Instalment, beginning: Instalment, *, is_within: bool) -> str:
    if beginning.lead != part.lead:
        return "within its lead"
    blocks = sum(not isinstance(element, Heading) for element in part.body)
    shown = sum(not isinstance(element, Heading) for element in beginning.body)
    if not shown:
        return f"before the first of its {blocks} blocks"
    headings = [e.text for e in beginning.body if isinstance(e, Heading)]
    under = f", under “{one_line(headings[-1])}”" if headings else ""
    return f"{'within' if is_within else 'after'} block {shown} of {blocks}{under}"


def _apart(run: Run) -> Run:
    """The sentences of a run, one each: a letter has all those of a paragraph as one."""
    return tuple(piece for sentence in run for piece in _split(sentence))


# Where a sentence ends for certain enough: few abbreviations have four letters.
_STOP = re.compile(
    r"""(?:(?<=[^\W\d_]{4}[.!?…])|(?<=[\d)\]"”’][.!?…]))["'”’»)]*\ +(?=[^\W_a-z]|["'“‘«(¿¡])"""
    r"|(?<=[。！？])(?![」』）])"
)


def _split(sentence: Sentence) -> Iterator[Sentence]:
    start = 0
    for stop in (*(match.end() for match in _STOP.finditer(sentence.text)), len(sentence.text)):
        if stop > start and not any(span.start < stop < span.end for span in sentence.spans):
            spans = (
                replace(span, start=span.start - start, end=span.end - start)
                for span in sentence.spans
                if start <= span.start < stop
            )
            text = sentence.text[start:stop].rstrip(" ")
            yield replace(sentence, text=text, spans=tuple(spans))
            start = stop


def _characters(part: Instalment) -> int:
    sentences: list[Sentence] = [*part.lead, *(s for e in part.body for s in run_of(e))]
    return sum(len(sentence.text) for sentence in sentences)
