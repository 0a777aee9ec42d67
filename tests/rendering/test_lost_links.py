"""Links that no mail shows, and how their editor hears of it."""

from dataclasses import replace
from typing import Any

from partwork.model.fault import Severity
from partwork.model.series import Paragraph, Sentence
from partwork.model.text import Mark, Span
from partwork.rendering.layout import look_of

Desk = Any  # a fixture of conftest.py; its class cannot be imported from there


def linked(text: str, url: str, line: int) -> Sentence:
    return Sentence(text, spans=(Span(0, len(text), Mark.LINK, url),), line=line)


def test_links_that_are_left_out_are_named_at_their_lines(desk: Desk) -> None:
    part = replace(
        desk.part,
        lead=(linked("the map", "javascript:x", 9),),
        body=(Paragraph((linked("a site", "https://example.org", 11), linked("us", "/us", 12))),),
        cautions=(linked("Ask first", "www.example.org", 15),),
    )

    found = [f for f in look_of(part, {}).findings if f.rule == "link"]

    assert [(f.line, f.severity) for f in found] == [(n, Severity.NOTICE) for n in (9, 12, 15)]
    assert found[0].message == (
        "link “the map” goes to 'javascript:x'; links start with https://, http:// or mailto:, "
        "write such a one; till then it is left out"
    )
    assert "link “us” goes to '/us', which is no whole address; write https://" in found[1].message
