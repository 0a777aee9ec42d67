"""Three versions of a part become one, and no line that an editor wrote is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment
from partwork.manuscript.merging import BETWEEN, OURS, THEIRS, conflict_line, merged

OLD = "one\ntwo\nthree\nfour\nfive\n"
TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=9).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def test_edits_and_news_in_different_places_are_both_there() -> None:
    edited = OLD.replace("two", "zwei")
    new = OLD.replace("five\n", "five\nsix\n")

    assert merged(OLD, edited, new).text == "one\nzwei\nthree\nfour\nfive\nsix\n"


def test_neighbouring_lines_do_not_disturb_each_other() -> None:
    found = merged(OLD, OLD.replace("two", "zwei"), OLD.replace("three", "drei"))

    assert found.text == "one\nzwei\ndrei\nfour\nfive\n"
    assert not found.conflicts


def test_two_versions_of_a_line_are_a_conflict_that_shows_both() -> None:
    found = merged(OLD, OLD.replace("three", "drei"), OLD.replace("three", "trois"))

    assert found.text.splitlines()[2:7] == [OURS, "drei", BETWEEN, "trois", THEIRS]
    assert found.conflicts == (3,)
    assert conflict_line(found.text) == 3


def test_an_edited_line_that_composing_drops_is_a_conflict() -> None:
    found = merged(OLD, OLD.replace("three", "drei"), OLD.replace("three\n", ""))

    assert found.text.splitlines()[2:6] == [OURS, "drei", BETWEEN, THEIRS]


def test_a_sign_off_is_never_carried_to_another_sentence() -> None:
    signed = OLD.replace("three", "<!-- ok: figure, Jo, seen -->\nthree")

    found = merged(OLD, signed, OLD.replace("three", "drei"))

    assert found.conflicts == (3,)


def test_a_part_with_a_conflict_cannot_be_read() -> None:
    part = "---\nid: a1b2c3d4\nnumber: 1\ntitle: T\nsubject: T\npreheader: P\n---\n\n{}\n"
    found = merged(part.format("Old."), part.format("Mine."), part.format("New."))

    with pytest.raises(ManuscriptError, match=r"01-t\.md, line 9: .*conflict"):
        parse_instalment(found.text, "01-t.md")


def test_line_ends_are_no_edit() -> None:
    assert merged(OLD, OLD.replace("\n", "\r\n"), "new\n").text == "new\n"


@given(TEXTS, TEXTS)
def test_without_an_edit_the_new_text_stands(old: str, new: str) -> None:
    assert merged(old, old, new).text == new


@given(TEXTS, TEXTS)
def test_without_news_the_edited_text_stands(old: str, edited: str) -> None:
    assert merged(old, edited, old).text == edited


@given(TEXTS, TEXTS)
def test_the_same_change_on_both_sides_is_made_once(old: str, new: str) -> None:
    assert merged(old, new, new).text == new


@given(TEXTS, TEXTS, TEXTS)
def test_every_line_an_editor_wrote_is_in_the_result(old: str, edited: str, new: str) -> None:
    found = merged(old, edited, new)
    lines = found.text.splitlines()

    for line in set(edited.splitlines()) - set(old.splitlines()):
        assert lines.count(line) >= edited.splitlines().count(line)
    assert [n for n, line in enumerate(lines, 1) if line == OURS] == list(found.conflicts)


@given(TEXTS, TEXTS, TEXTS)
def test_who_is_who_does_not_change_where_conflicts_are(old: str, edited: str, new: str) -> None:
    one, other = merged(old, edited, new), merged(old, new, edited)

    assert len(one.conflicts) == len(other.conflicts)
