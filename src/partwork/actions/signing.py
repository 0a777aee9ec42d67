"""What editors signed off in the parts of a series, and whether the marks are good."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from partwork.composing.findings import shown
from partwork.manuscript.sign_offs import SignOff
from partwork.model.fault import Fault, Severity
from partwork.model.series import (
    Bullets,
    Element,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
)

RULE = "sign-off"


def unsigned(part: Instalment) -> Instalment:
    """The part as if nothing in it were signed off."""
    return replace(
        part,
        lead=_bare(part.lead),
        key_points=_bare(part.key_points),
        body=tuple(map(_bare_element, part.body)),
        cautions=_bare(part.cautions),
    )


def signing_faults(
    marks: Sequence[SignOff], file: str, without: Collection[Fault]
) -> Iterator[Fault]:
    """Who signed what, as notices; a fault for each mark that does not say who or why.

    `without` is what check finds where nothing is signed off: a mark for none of that signs
    nothing.
    """
    found = {(fault.file, fault.line, fault.rule) for fault in without}
    for mark in marks:
        said = shown(mark.sentence.text)
        if not (mark.who and mark.why):
            yield Fault(
                file,
                mark.line,
                RULE,
                f"{said} is signed off for {mark.rule} without a name or a reason; "
                f"write <!-- ok: {mark.rule}, who, why -->",
            )
        elif (file, mark.sentence.line, mark.rule) in found:
            message = f"{said} is signed off for {mark.rule} by {mark.who}: {mark.why}"
            yield Fault(file, mark.line, RULE, message, Severity.NOTICE)
        else:
            message = f"{said} has no fault of the rule {mark.rule}; take the mark out"
            yield Fault(file, mark.line, RULE, message, Severity.NOTICE)


def _bare(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    return tuple(replace(sentence, signed_off=()) for sentence in sentences)


def _bare_element(element: Element) -> Element:
    match element:
        case Paragraph(sentences) | Quotation(sentences):
            return replace(element, sentences=_bare(sentences))
        case Bullets(items):
            return replace(element, items=_bare(items))
        case Heading():
            return element
