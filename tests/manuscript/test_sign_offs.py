"""Marks by which an editor signs a fault off: who, why, and for which words."""

import pytest

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment, print_instalment
from partwork.model.series import FrontSignOffs, Heading, Instalment, SignOff

HEAD = "---\nid: abcd1234\nnumber: 1\ntitle: T\nsubject: S\npreheader: P\n---\n\n"


def parsed(body: str, head: str = HEAD) -> Instalment:
    return parse_instalment(head + body, "01-t.md")


def marks(body: str) -> list[tuple[str, str, str, int, str]]:
    return [
        (m.rule, m.who, m.why, m.line, sentence.text)
        for sentence in parsed(body).sentences
        for m in sentence.signed_off
    ]


def test_a_mark_says_rule_who_and_why() -> None:
    body = "One heap. [@heaps#7f3a91c2] <!-- ok: figure, Jo Roth, rang them, twice -->\n"

    assert marks(body) == [("figure", "Jo Roth", "rang them, twice", 9, "One heap.")]


@pytest.mark.parametrize(
    ("mark", "who", "why"),
    [
        ("<!-- ok: figure -->", "", ""),
        ("<!-- ok: figure, Jo -->", "Jo", ""),
        ("<!-- ok: figure, , fine -->", "", "fine"),
        ("<!--ok:figure,Jo,fine-->", "Jo", "fine"),
        ("<!-- ok: figure,\nJo, she\nrang -->", "Jo", "she rang"),
    ],
)
def test_who_and_why_may_be_missing(mark: str, who: str, why: str) -> None:
    assert marks(f"One heap. {mark}\n") == [("figure", who, why, 9, "One heap.")]


def test_each_mark_speaks_of_its_own_sentence_also_on_one_line() -> None:
    body = (
        "One. <!-- ok: risk, Jo, a --> Two. <!-- ok: risk, Al, b -->\n"
        "<!-- ok: name, Jo, c -->\nThree.\n\n- Four <!-- ok: risk, Jo, d -->\n"
    )

    assert [(m[1], m[2], m[4]) for m in marks(body)] == [
        ("Jo", "a", "One."),
        ("Al", "b", "Two."),
        ("Jo", "c", "Three."),
        ("Jo", "d", "Four"),
    ]


def test_the_same_rule_may_be_signed_by_two() -> None:
    body = "<!-- ok: risk, Jo, a --> One. <!-- ok: risk, Al, b -->\n"

    assert [(m[1], m[4]) for m in marks(body)] == [("Jo", "One."), ("Al", "One.")]


def test_what_only_looks_like_a_mark_is_none() -> None:
    assert marks("Write `<!-- ok: risk, Jo, a -->` there. <!-- ok, then -->\n") == []


@pytest.mark.parametrize(
    "body",
    [
        "One.\n\n## In 7 days <!-- ok: figure, Jo Roth, we tried it -->\n\nTwo.\n",
        "One.\n\n<!-- ok: figure, Jo Roth, we tried it -->\n\n## In 7 days\n\nTwo.\n",
    ],
)
def test_a_heading_is_signed_on_its_line_or_above_it(body: str) -> None:
    part = parsed(body)

    (heading,) = (e for e in part.body if isinstance(e, Heading))
    assert heading.text == "In 7 days"
    assert heading.signed_off == (SignOff("figure", "Jo Roth", "we tried it"),)
    assert not any(s.signed_off for s in part.sentences)


@pytest.mark.parametrize("line", ["title: In 7 days", 'title: "In 7 days"', "title: In 7 days #"])
def test_a_line_of_the_front_matter_is_signed_at_its_end(line: str) -> None:
    mark = "<!-- ok: figure, Jo Roth, we tried: it holds -->"
    part = parsed("", HEAD.replace("title: T", f"{line} {mark}").replace("\n", "\r\n"))

    assert (part.title, part.subject) == ("In 7 days", "S")
    assert part.signed_off == FrontSignOffs(
        title=(SignOff("figure", "Jo Roth", "we tried: it holds"),)
    )
    assert part.signed_off.title[0].line == 4
    assert parse_instalment(print_instalment(part), "01-t.md") == part


def test_words_that_look_like_a_mark_stay_the_titles_words() -> None:
    title = "All is well <!-- ok:name -->"
    part = parsed("", HEAD.replace("title: T", f"title: '{title}'"))

    assert (part.title, part.signed_off) == (title, FrontSignOffs())
    assert parse_instalment(print_instalment(part), "01-t.md") == part


def test_a_mark_where_nothing_is_checked_is_refused_with_its_line() -> None:
    head = HEAD.replace("number: 1", "number: 1 <!-- ok: figure, Jo, fine -->")

    with pytest.raises(ManuscriptError, match=r"01-t\.md, line 3: nothing is checked here"):
        parsed("", head)
