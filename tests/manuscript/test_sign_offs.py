"""Marks by which an editor signs a fault off: who, why, and for which sentence."""

import pytest

from partwork.manuscript.sign_offs import SignOff, sign_offs_in

HEAD = "---\nid: abcd1234\nnumber: 1\ntitle: T\nsubject: S\npreheader: P\n---\n\n"


def marks(body: str) -> list[tuple[str, str, str, int, str]]:
    found: tuple[SignOff, ...] = sign_offs_in(HEAD + body, "01-t.md")
    return [(m.rule, m.who, m.why, m.line, m.sentence.text) for m in found]


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
