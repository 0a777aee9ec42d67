"""The lines of a part that cite nothing: title, subject, preheader, headings and speakers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partwork.composing.findings import Finding, is_signed_off
from partwork.model.fault import Fault
from partwork.model.series import Heading, Instalment, Quotation, SignOff

PREHEADER, SPEAKER = "the preheader", "the speaker"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it is, its text, what is signed off for it, and where it stands.

    `line` counts from 1 in the part's file; 0 is its front matter.
    """

    what: str
    text: str
    signed_off: tuple[SignOff, ...]
    line: int = 0

    def faults(self, file: str, found: Iterable[Finding]) -> Iterator[Fault]:
        """The findings as faults, but for rules that the line is signed off for."""
        for one in found:
            if not is_signed_off(one.rule, self.signed_off):
                yield Fault(file, self.line, one.rule, f"{self.what} {one.message}")


def lines_of(part: Instalment) -> Iterator[Line]:
    """Title, subject, preheader, and the headings in order."""
    yield Line("the title", part.title, part.signed_off.title)
    yield Line("the subject", part.subject, part.signed_off.subject)
    yield Line(PREHEADER, part.preheader, part.signed_off.preheader)
    for element in part.body:
        if isinstance(element, Heading):
            yield Line("the heading", element.text, element.signed_off, element.line)


def speakers_of(part: Instalment) -> Iterator[Line]:
    """Who is quoted; what is signed off for the first of the words is so for their speaker."""
    for element in part.body:
        if isinstance(element, Quotation) and element.sentences:
            first = element.sentences[0]
            yield Line(SPEAKER, f"by {element.speaker}", first.signed_off, first.line)
