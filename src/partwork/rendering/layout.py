"""What of a part does not look in its mail as it was written."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from partwork.model.fault import Severity
from partwork.model.series import Element, Figure, Heading, Instalment, Table
from partwork.rendering.finding import Check, Finding
from partwork.rendering.inline import one_line
from partwork.rendering.pieces import lost_links
from partwork.rendering.tables import is_wide


def look_of(part: Instalment, left_out: Mapping[str, str]) -> Check:
    """What was looked at in a part's pictures, tables, sections and links.

    `left_out` has the reasons for pictures that are not shown, by name.
    """
    findings = (*_of_elements(part, left_out), *_of_sections(part, left_out), *_of_links(part))
    tables = sum(isinstance(element, Table) for element in part.body)
    measured = f"pictures: {len(part.pictures)}, tables: {tables}"
    return Check("Layout", measured, tuple(sorted(findings, key=lambda finding: finding.line)))


def _of_elements(part: Instalment, left_out: Mapping[str, str]) -> Iterator[Finding]:
    for element in part.body:
        match element:
            case Figure(name, line=line) if name in left_out:
                said = f"the picture {name} is left out: {left_out[name]}"
                yield Finding("picture", said, Severity.NOTICE, line)
            case Table(header) if is_wide(element):
                said = (
                    "this table is too wide for a phone, and mails tell it row by row; "
                    "leave columns out to have it stand as it is"
                )
                yield Finding("table", said, Severity.NOTICE, header.line)


def _of_sections(part: Instalment, left_out: Mapping[str, str]) -> Iterator[Finding]:
    """Headings with nothing under them, not even a smaller heading."""
    shown = [e for e in part.body if not (isinstance(e, Figure) and e.name in left_out)]
    following: list[Element | None] = [*shown, None]
    for element, after in pairwise(following):
        if isinstance(element, Heading) and (after is None or _is_no_smaller(after, element)):
            said = f"nothing stands under “{one_line(element.text)}”; write it, or take it out"
            yield Finding("section", said, Severity.NOTICE, element.line)


def _of_links(part: Instalment) -> Iterator[Finding]:
    """Links of which only the words are shown."""
    for line, said in lost_links(part.sentences):
        yield Finding("link", said, Severity.NOTICE, line)


def _is_no_smaller(after: Element, heading: Heading) -> bool:
    return isinstance(after, Heading) and after.level <= heading.level
