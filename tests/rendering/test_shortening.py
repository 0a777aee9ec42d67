"""A mail that cannot hold all of its part holds as much as it can, and the editor is told."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.fault import Severity
from partwork.model.series import (
    Bullets,
    Code,
    Element,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    Table,
)
from partwork.model.text import Mark, Span
from partwork.rendering.finding import Check
from partwork.rendering.issue import WHOLE_BYTES, Draft, rendered
from partwork.rendering.preflight import preflight
from partwork.rendering.shortening import beginning_of, ending_of, steps_in

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

BARE = Instalment("kn1fe002", 2, "Edges", "Edges", "A line on edges.")
SAID = "A stone wants water before it wants steel"


def said(number: int) -> str:
    return f"Rule {number} of many: {SAID}."


def lines(count: int) -> tuple[Sentence, ...]:
    return tuple(Sentence(said(number), line=20 + number) for number in range(count))


HUGE = {
    "a paragraph of a series": Paragraph(lines(2_500)),
    "a paragraph of a letter": Paragraph((Sentence(" ".join(map(said, range(2_500)))),)),
    "a list": Bullets(lines(2_500)),
    "a table": Table(Sentence("Rule\tof"), tuple(Sentence(f"{said(n)}\tx") for n in range(2_500))),
    "code": Code(Sentence("\n".join(map(said, range(2_500))))),
}


def draft_of(desk: Desk, part: Instalment) -> Draft:
    parts = tuple(part if p.id == part.id else p for p in desk.series.instalments)
    series = replace(desk.series, instalments=parts)
    return rendered(part, series, desk.newsletter, desk.articles, desk.templates)


def size_check(desk: Desk, draft: Draft) -> Check:
    checks = preflight(draft.issue, desk.newsletter, ending=draft.ending)
    (size,) = (check for check in checks if check.name == "Size")
    return size


@pytest.mark.parametrize("element", HUGE.values(), ids=HUGE.keys())
def test_a_huge_block_is_cut_where_it_can_be(desk: Desk, element: Element) -> None:
    lead = (Sentence("A lead."),)

    draft = draft_of(desk, replace(BARE, lead=lead, body=(Heading("Rules"), element)))

    html, text = draft.issue.html, draft.issue.text
    assert WHOLE_BYTES - 1_000 < len(html.encode()) <= WHOLE_BYTES
    assert said(2_499) in draft.issue.page
    assert "Read the rest of this part online" in html
    # Nothing is parted in the middle, and both parts of the mail end at the same place.
    last = max(number for number in range(2_500) if said(number) in html)
    assert f"Rule {last + 1} of" not in html
    assert f"Rule {last} of" in text
    assert f"Rule {last + 1} of" not in text


def test_the_lead_is_cut_where_it_alone_is_too_long(desk: Desk) -> None:
    draft = draft_of(desk, replace(BARE, lead=lines(3_000), body=(Paragraph(lines(1)),)))

    assert WHOLE_BYTES - 1_000 < len(draft.issue.html.encode()) <= WHOLE_BYTES
    assert draft.ending
    assert draft.ending.place == "within its lead"


def test_the_editor_is_told_how_long_all_of_it_is_and_where_its_mail_ends(desk: Desk) -> None:
    sections = tuple(e for n in "AB" for e in (Heading(f"Rules {n}"), Paragraph(lines(900))))

    draft = draft_of(desk, replace(BARE, body=sections))
    (finding,) = size_check(desk, draft).findings

    assert draft.ending
    whole_kb = f"{len(draft.ending.whole.encode()) / 1000:.0f} kB"
    assert finding.message.startswith(f"all of the mail's HTML would have {whole_kb}")
    assert "the mail ends within block 2 of 2, under “Rules B”, with 7" in finding.message
    assert "most of it is under “Rules " in finding.message
    assert finding.severity is Severity.NOTICE
    first_left_out = finding.line - 20
    assert draft.issue.html.count(said(first_left_out - 1)) == 2
    assert draft.issue.html.count(said(first_left_out)) == 1


def test_a_mail_with_less_than_a_third_of_its_part_is_a_fault(desk: Desk) -> None:
    quotation = Quotation((Sentence("word " * 30_000, line=31),))

    draft = draft_of(desk, replace(BARE, lead=lines(1), body=(Paragraph(lines(2)), quotation)))
    (finding,) = size_check(desk, draft).findings

    assert finding.severity is Severity.FAULT
    assert "ends after block 1 of 2, with 0% of the text" in finding.message
    assert finding.line == 31
    assert said(1) in draft.issue.html


def test_what_fits_has_no_ending(desk: Desk) -> None:
    draft = draft_of(desk, desk.part)

    assert draft.ending is None
    assert size_check(desk, draft).findings == ()


def test_a_cut_is_never_made_in_a_link_or_behind_a_short_word() -> None:
    text = "Ask Dr. Oduya about stones. See the page. On grinding. There is more."
    link = Span(text.index("the page"), text.index(" There"), Mark.LINK, "https://example.org/")
    part = replace(BARE, body=(Paragraph((Sentence(text, spans=(link,)),)),))

    (paragraph,) = beginning_of(part, steps_in(part) - 1).body

    assert isinstance(paragraph, Paragraph)
    assert [s.text for s in paragraph.sentences] == [
        "Ask Dr. Oduya about stones.",
        "See the page. On grinding.",
    ]
    (span,) = paragraph.sentences[1].spans
    assert paragraph.sentences[1].text[span.start : span.end] == "the page. On grinding."


def test_japanese_ends_at_its_own_full_stop() -> None:
    part = replace(BARE, body=(Paragraph((Sentence("切れない。「研ぐ。」と言う。終わり。"),)),))

    (paragraph,) = beginning_of(part, 1).body

    assert paragraph == Paragraph((Sentence("切れない。"),))


ELEMENTS = st.one_of(
    st.builds(Heading, st.text(min_size=1, max_size=5)),
    st.builds(Paragraph, st.lists(st.builds(Sentence, st.text("ab. A。", max_size=20))).map(tuple)),
    st.builds(Bullets, st.lists(st.builds(Sentence, st.text(max_size=5))).map(tuple)),
    st.builds(Code, st.builds(Sentence, st.text("a\n", max_size=9))),
    st.builds(Quotation, st.lists(st.builds(Sentence, st.text(max_size=5))).map(tuple)),
    st.builds(
        Table,
        st.builds(Sentence, st.just("a\tb")),
        st.lists(st.builds(Sentence, st.just("c\td"))).map(tuple),
    ),
)


@given(st.lists(ELEMENTS, max_size=5).map(tuple), st.data())
def test_every_beginning_is_one_and_says_where_it_ends(
    body: tuple[Element, ...], data: st.DataObject
) -> None:
    part = replace(BARE, lead=lines(2), body=body)
    steps = data.draw(st.integers(0, steps_in(part)))

    beginning = beginning_of(part, steps)

    whole, begun = ("".join(s.text for s in p.sentences) for p in (part, beginning))
    assert "".join(whole.split()).startswith("".join(begun.split()))
    assert 0 <= ending_of(part, beginning, "").share <= 1
    assert not beginning.body or not isinstance(beginning.body[-1], Heading)
