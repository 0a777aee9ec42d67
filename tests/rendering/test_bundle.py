"""All parts of a week in one mail: what was approved of each, byte for byte, and nothing else."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from partwork.delivering.segments import filled
from partwork.model.address import Mailbox
from partwork.model.issue import (
    MERGE_CLOSE,
    MERGE_OPEN,
    Issue,
    MergeField,
    Stretch,
    by_itself,
)
from partwork.model.newsletter import Brand
from partwork.model.series import Paragraph, Sentence
from partwork.rendering.bundle import Bundle, Piece, bundles_of, is_bundleable
from partwork.rendering.issue import WHOLE_BYTES, Draft, rendered
from partwork.rendering.legible import TEXT, legibility

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any
FIELDS = {
    MergeField.ADDRESS: "ada@example.org",
    MergeField.UNSUBSCRIBE_URL: "https://news.example.org/u/token",
    MergeField.PAGE_URL: "https://news.example.org/issues/the-bundle",
}
FRAME = re.compile(f"{Stretch.PART.begin}(.*){Stretch.PART.end}", re.DOTALL)


def draft(desk: Desk, series: str, title: str, **changes: Any) -> Draft:
    """A part of a series of that title, in the newsletter that is on the desk."""
    whole = replace(
        desk.series, slug=series, title=series.title(), brand=changes.pop("brand", Brand())
    )
    part = replace(desk.part, title=title, **changes)
    parts = tuple(part if p.id == part.id else p for p in whole.instalments)
    whole = replace(whole, instalments=parts, language=changes.get("language", whole.language))
    return rendered(part, whole, desk.newsletter, desk.articles, desk.templates)


def piece(made: Draft) -> Piece:
    url = f"https://news.example.org/issues/{made.issue.name}?a=1&b=2"
    return Piece(made.issue, made.marked, url)


def bundled(desk: Desk, *drafts: Draft) -> tuple[Bundle, ...]:
    return bundles_of(map(piece, drafts), desk.newsletter, 10, desk.templates)


def stretch(marked: str) -> str:
    """What belongs to the part, without what says that another follows."""
    found = FRAME.search(marked)
    assert found
    return by_itself(found[1])


@pytest.fixture(scope="module")
def drafts(desk: Desk) -> tuple[Draft, ...]:
    return (
        draft(desk, "edges", "On “edges” & angles"),
        draft(desk, "boards", "What a board does"),
        draft(desk, "stones", "Water or oil"),
    )


@pytest.fixture(scope="module")
def issue(desk: Desk, drafts: tuple[Draft, ...]) -> Issue:
    (bundle,) = bundled(desk, *drafts)
    assert bundle.parts == tuple(one.issue for one in drafts)
    return bundle.issue


def test_of_each_part_it_has_what_was_approved_byte_for_byte(
    issue: Issue, drafts: tuple[Draft, ...]
) -> None:
    html, text = issue.html, issue.text
    for one in drafts:
        for marked, approved in (
            (one.marked.html, one.issue.html),
            (one.marked.text, one.issue.text),
        ):
            assert stretch(marked) in approved
        for own, whole in ((stretch(one.marked.html), html), (stretch(one.marked.text), text)):
            assert whole.count(own) == 1
    in_order = [html.index(stretch(one.marked.html)) for one in drafts]
    assert in_order == sorted(in_order)


def test_around_them_is_what_stands_around_the_first_but_for_title_and_preheader(
    issue: Issue, drafts: tuple[Draft, ...]
) -> None:
    first = drafts[0].marked
    before, _, after = re.split(f"{Stretch.PART.begin}|{Stretch.PART.end}", first.html)
    pieces = re.split(f"{MERGE_OPEN}(?:title|preheader){MERGE_CLOSE}.*?{MERGE_OPEN}/", before)

    assert all(re.sub(f"^.*?{MERGE_CLOSE}", "", piece) in issue.html for piece in pieces)
    assert issue.html.endswith(after)
    assert issue.text.endswith(by_itself(first.text).rpartition("-" * 72)[2])


def test_nothing_is_left_open_in_it_but_merge_fields(issue: Issue) -> None:
    for text, is_html in ((issue.html, True), (issue.text, False)):
        whole = filled(text, FIELDS, html=is_html)
        assert not {MERGE_OPEN, MERGE_CLOSE} & set(whole)


def test_its_subject_names_the_newsletter_and_the_parts(issue: Issue) -> None:
    named = "The Slow Kitchen: On “edges” & angles · What a board does · Water or oil"
    assert issue.subject == issue.title == named
    page = fromstring(issue.html)
    assert page.findtext(".//title") == named
    assert page.xpath("//*[@role='article']/@aria-label") == [named]
    hidden = page.xpath("string(//div[@class='hidden'])")
    assert hidden.startswith(issue.preheader)


def test_between_two_parts_it_says_that_there_is_another(issue: Issue) -> None:
    for text in (issue.html, issue.text):
        assert text.count("Also in this mail") == 2


def test_a_part_by_itself_says_nothing_of_others(drafts: tuple[Draft, ...]) -> None:
    for one in drafts:
        assert "Also in this mail" in one.marked.html
        assert "Also in this mail" not in one.issue.html + one.issue.text
        assert not re.search(f"{MERGE_OPEN}/?(part|also|title|preheader)", one.issue.html)


@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_in_light_and_dark(issue: Issue, dark: bool) -> None:
    assert legibility(issue.html, dark=dark).lowest >= TEXT


def test_it_goes_on_to_unsubscribe_and_to_name_its_reader(issue: Issue) -> None:
    for text in (issue.html, issue.text):
        for field in MergeField:
            assert field.mark in text


def test_a_link_within_a_part_goes_to_the_page_of_that_part(desk: Desk) -> None:
    link = '<p>Read <a href="{{ merge.page_url }}">this part</a> on the web.</p>'
    own = desk.with_template(
        "email/parts/opening.mjml", lambda s: s.replace("<h1>", f"{link}<h1>")
    ).with_template(
        "email/issue.txt",
        lambda s: s.replace("{{ part.byline", "{{ merge.page_url }}\n{{ part.byline"),
    )
    drafts = [draft(own, "edges", "One"), draft(own, "boards", "Two")]
    (bundle,) = bundled(own, *drafts)

    mail = fromstring(filled(bundle.issue.html, FIELDS, html=True))
    urls = [piece(one).page_url for one in drafts]
    assert [a.get("href") for a in mail.xpath("//a[.='this part']")] == urls
    assert mail.xpath("//a[.='Read online']/@href") == [FIELDS[MergeField.PAGE_URL]]
    assert all(bundle.issue.text.count(url) == 1 for url in urls)


def test_its_page_lists_the_parts(issue: Issue, drafts: tuple[Draft, ...]) -> None:
    page = fromstring(issue.page)
    links = [(a.text, a.get("href")) for a in page.xpath("//a")]
    assert links == [(d.issue.title, f"../parts/{d.issue.instalment}") for d in drafts]


def test_what_gmail_would_cut_off_goes_in_a_second_mail(desk: Desk) -> None:
    long = tuple(Paragraph((Sentence(f"{'Word ' * 90}{n}."),)) for n in range(50))
    four = [draft(desk, f"series-{n}", f"Title {n}", body=long) for n in range(4)]
    assert 2 * len(four[0].issue.html.encode()) < WHOLE_BYTES

    bundles = bundled(desk, *four)

    assert [[p.title[-1] for p in b.parts] for b in bundles] == [["0", "1"], ["2", "3"]]
    assert all(len(b.issue.html.encode()) <= WHOLE_BYTES for b in bundles)


@pytest.mark.parametrize(
    "other",
    [
        Brand(sender_name="Somebody Else"),
        Brand(reply_to=Mailbox("", "else@example.org")),
        Brand(footer=("Paid for by nobody.",)),
    ],
)
def test_parts_that_come_or_close_in_other_ways_are_not_joined(desk: Desk, other: Brand) -> None:
    first, second = draft(desk, "edges", "One"), draft(desk, "boards", "Two", brand=other)

    assert bundled(desk, first, second) == ()


def test_another_accent_is_no_reason_to_part_them(desk: Desk) -> None:
    second = draft(desk, "boards", "Two", brand=Brand(accent="#7a1d5c"))

    assert len(bundled(desk, draft(desk, "edges", "One"), second)) == 1


def test_templates_that_mark_nothing_give_parts_that_go_by_themselves(
    desk: Desk, drafts: tuple[Draft, ...]
) -> None:
    bare = desk.with_template("email/issue.txt", lambda s: s.replace("{{ bundle.part }}", ""))
    unmarked = draft(bare, "edges", "One")

    assert not is_bundleable(unmarked.issue, unmarked.marked)
    assert [b.parts for b in bundled(desk, unmarked, *drafts[1:])] == [
        tuple(d.issue for d in drafts[1:])
    ]


def test_marks_that_are_not_the_approved_issues_are_not_believed(drafts: tuple[Draft, ...]) -> None:
    one, other = drafts[:2]

    assert is_bundleable(one.issue, one.marked)
    assert not is_bundleable(one.issue, other.marked)


@pytest.mark.parametrize("words", ["\\1 \\g<0> back\\slash", "<b>&amp;</b>", "‘quotes’ \" '"])
def test_a_title_is_only_ever_words(desk: Desk, words: str) -> None:
    (bundle,) = bundled(desk, draft(desk, "edges", words), draft(desk, "boards", "Two"))

    assert fromstring(bundle.issue.html).findtext(".//title") == f"The Slow Kitchen: {words} · Two"


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=90), min_size=2, max_size=6))
def test_subject_and_preheader_are_never_too_long(
    desk: Desk, drafts: Any, words: list[str]
) -> None:
    renamed = (
        replace(piece(drafts[0]), issue=replace(drafts[0].issue, title=w, preheader=w))
        for w in words
    )
    (bundle, *_) = bundles_of(renamed, desk.newsletter, 10, desk.templates)

    assert len(bundle.issue.subject) <= 120
    assert len(bundle.issue.preheader) <= 150
    assert bundle.issue.subject.startswith("The Slow Kitchen:")
