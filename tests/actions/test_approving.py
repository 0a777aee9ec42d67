"""Whose yes a part needs, how long it is good for, and what a no does."""

from datetime import timedelta

import pytest

from partwork.actions.approve import NotApprovable, approve, object_to, reviewer_of
from partwork.actions.check import faults_of
from partwork.actions.loading import load_newsletter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.status import status_of_series
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.model.review import MAX_NOTES, No
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts
from tests.actions.reviewed import SERIES, ask_of, edit, letter
from tests.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def drafts(press: Press, readers: tuple[str, ...]) -> Press:
    letter(press, "Bring gloves.")
    preview(press, SERIES, None, NOW)
    return press


def say_yes(press: Press, name: str, role: str = "", now=NOW, *, take_back: bool = False) -> None:
    approve(
        press, SERIES, None, reviewer=name, channel="cli", now=now, role=role, take_back=take_back
    )


def say_no(press: Press, kind: No, notes: str) -> None:
    who = reviewer_of(load_newsletter(press, "the-bench"), "Eve", "", "dashboard")
    with press.engine.begin() as connection:
        object_to(connection, current_drafts(connection, SERIES), who, kind, notes, now=NOW)


def waits(press: Press, now=NOW) -> str:
    """Why it is not published; "" if it is."""
    return "".join(publish(press, SERIES, at_once=True, now=now).waiting)


def test_what_nobody_was_shown_is_not_approved(press: Press) -> None:
    letter(press, "Bring gloves.")

    with pytest.raises(NotApprovable, match="part 1 was not previewed yet; read it with `partwork"):
        say_yes(press, "Ada")


def test_by_its_name_just_the_words_are_approved_that_were_read(drafts: Press) -> None:
    with read_only(drafts.engine) as connection:
        (read,) = current_drafts(connection, SERIES)
    edit(drafts, 1, "gloves", "boots")
    preview(drafts, SERIES, None, NOW)  # by somebody else

    with pytest.raises(NotApprovable, match=f"{read.name} is not what part 1 of {SERIES} says now"):
        approve(drafts, read.name, None, reviewer="Ada", channel="cli", now=NOW)
    with pytest.raises(NotApprovable, match="is not of part 2; name one of both"):
        approve(drafts, read.name, 2, reviewer="Ada", channel="cli", now=NOW)
    edit(drafts, 1, "boots", "gloves")
    preview(drafts, SERIES, None, NOW)
    approve(drafts, read.name, None, reviewer="Ada", channel="cli", now=NOW)

    assert waits(drafts) == ""


def test_each_role_wants_another_person(drafts: Press) -> None:
    ask_of(drafts, 'approvals = ["editor", "medical"]')
    assert waits(drafts).endswith("part 1 waits for approval as editor, medical")

    say_yes(drafts, "Ada North", "editor")

    assert waits(drafts).endswith("part 1 waits for approval as medical")
    with pytest.raises(NotApprovable, match="another person must approve it as medical"):
        say_yes(drafts, " ADA  north", "Medical")
    say_yes(drafts, "Grace", " Medical")
    assert waits(drafts) == ""


def test_a_role_must_be_one_that_is_asked_for(drafts: Press) -> None:
    ask_of(drafts, 'approvals = ["editor", "medical"]')

    with pytest.raises(LibraryError, match="say in which role; the-bench asks for: editor, med"):
        say_yes(drafts, "Ada")
    with pytest.raises(LibraryError, match="'legal' is no role"):
        say_yes(drafts, "Ada", "legal")


def test_a_reviewer_has_a_name(drafts: Press) -> None:
    for name in ("", "  ", "\u200b\u202e", "\x00\n"):
        with pytest.raises(LibraryError, match="say who approves"):
            say_yes(drafts, name)


def test_a_name_is_one_line_of_a_bounded_length(drafts: Press) -> None:
    with pytest.raises(LibraryError, match="longer than 80"):
        say_yes(drafts, "A" * 81)
    say_yes(drafts, "Ada\r\nBcc: all\x1b[2J")

    with read_only(drafts.engine) as connection:
        (draft,) = current_drafts(connection, SERIES)
        (yes,) = approvals_of(connection, draft.content_hash)
    assert yes.reviewer == "Ada Bcc: all [2J"


def test_a_yes_runs_out_and_is_renewed_by_the_same_person(drafts: Press) -> None:
    ask_of(drafts, "approval_days = 30")
    say_yes(drafts, "Ada")
    later = NOW + 30 * DAY

    assert "was approved as editor, and that has run out" in waits(drafts, later)
    say_yes(drafts, "Ada", now=later)
    assert waits(drafts, later) == ""


def test_a_role_that_the_newsletter_asks_for_later_is_waited_for(drafts: Press) -> None:
    say_yes(drafts, "Ada")
    ask_of(drafts, 'approvals = ["chief"]')

    assert "waits for approval as chief" in waits(drafts)
    say_yes(drafts, "Ada", now=NOW + DAY)
    assert waits(drafts, NOW + DAY) == ""


def test_what_was_rejected_is_not_published_though_it_was_approved(drafts: Press) -> None:
    say_yes(drafts, "Ada")
    say_no(drafts, No.REJECTED, "Not this spring.")

    assert "was rejected by Eve on 2026-03-02 (“Not this spring.”)" in waits(drafts)
    assert status_of_series(drafts, SERIES, NOW).issues[0].state == "rejected"


def test_rejected_words_are_approved_only_by_who_takes_that_back(drafts: Press) -> None:
    say_no(drafts, No.REJECTED, "")

    with pytest.raises(NotApprovable, match="--part 1 --take-back"):
        say_yes(drafts, "Ada")
    say_yes(drafts, "Ada", take_back=True)
    assert waits(drafts) == ""


def test_other_words_are_another_draft(drafts: Press) -> None:
    say_no(drafts, No.REJECTED, "No gloves.")
    edit(drafts, 1, "gloves", "spades")
    preview(drafts, SERIES, None, NOW)
    say_yes(drafts, "Ada")

    assert waits(drafts) == ""


def test_notes_are_seen_where_the_part_is_worked_on_until_it_is_approved(drafts: Press) -> None:
    say_no(drafts, No.SENT_BACK, "Which\ngloves?")
    told = "was sent back by Eve on 2026-03-02: “Which gloves?”"

    assert [f.message for f in faults_of(drafts, SERIES) if f.rule == "review"] == [f"it {told}"]
    assert status_of_series(drafts, SERIES, NOW).review == (f"part 1 {told}",)
    edit(drafts, 1, "gloves", "leather gloves")
    assert status_of_series(drafts, SERIES, NOW).review == (f"part 1 {told}",)
    preview(drafts, SERIES, None, NOW)
    say_yes(drafts, "Ada", now=NOW + DAY)
    assert status_of_series(drafts, SERIES, NOW).review == ()


def test_notes_have_a_limit(drafts: Press) -> None:
    with pytest.raises(LibraryError, match="4001 characters"):
        say_no(drafts, No.SENT_BACK, "x" * (MAX_NOTES + 1))


def test_a_newsletter_that_asks_for_what_cannot_be_says_so() -> None:
    head = 'name = "N"\nsender = "n@example.org"\nreply_to = "n@example.org"\n'
    for line, said in (
        ('approvals = ["The Editor"]', "approvals holds 'The Editor'"),
        ('approvals = ["editor", "editor"]', "approvals names one twice"),
        ('approvals = "editor"', "approvals is a list"),
        ('approval_days = "30"', "approval_days is a whole number"),
    ):
        with pytest.raises(ManuscriptError, match=said):
            parse_newsletter(head + line, "n", "n.toml")
