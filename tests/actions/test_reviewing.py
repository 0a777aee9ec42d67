"""An answer is about what was read, counts once, and never publishes anything else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from partwork.actions.approve import approve
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.reviewing import (
    Answer,
    Outcome,
    Question,
    answer,
    ask,
    close,
    superseded,
)
from partwork.actions.status import status_of_series
from partwork.actions.waiting import runs_that_wait, waiting
from partwork.assembly import Press
from partwork.model.review import MAX_NOTES, Decision
from partwork.orchestration.review_page import description
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of
from tests.actions.reviewed import SERIES, ask_of, edit, letter
from tests.conftest import NOW

DAY = timedelta(days=1)
YES = Answer(Decision.APPROVE, "Ada")


@pytest.fixture
def parts(press: Press) -> str:
    return letter(press, "Bring gloves.", "Bring spades.")


def asked(press: Press, run: str = "run", part: int | None = None, now=NOW, n: int = 0) -> Question:
    question = ask(press, SERIES, part, run_id=run, asked_before=n, now=now)
    assert isinstance(question, Question), question
    return question


def said(press: Press, question: Question, given: Answer, now=NOW) -> Outcome:
    outcome = answer(press, question.review.run_id, question.review.key, given, now)
    assert outcome is not None
    return outcome


def reviewers(press: Press, question: Question) -> list[list[str]]:
    """Who approved each of the drafts that were asked about."""
    with read_only(press.engine) as connection:
        return [
            [yes.reviewer for yes in approvals_of(connection, part.content_hash)]
            for part in question.review.parts
        ]


def test_it_asks_about_all_that_is_undecided(press: Press, parts: str) -> None:
    first = asked(press)
    assert [part.issue.number for part in first.parts] == [1, 2]
    assert first.roles == ("editor",)
    assert first.parts[0].words == 2

    said(press, asked(press, "other", part=1), YES)

    assert [part.issue.number for part in asked(press).parts] == [2]
    assert (
        ask(press, SERIES, 1, run_id="run", asked_before=0, now=NOW)
        == "part 1 is approved by Ada as editor"
    )


def test_a_yes_approves_each_draft_once_however_often_it_comes(press: Press, parts: str) -> None:
    question = asked(press)

    with ThreadPoolExecutor() as people:
        came = list(
            people.map(
                lambda name: answer(
                    press, "run", question.review.key, replace(YES, reviewer=name), NOW
                ),
                ["Ada", "Grace", "Mary"],
            )
        )

    (taken,) = filter(None, came)
    assert taken.message.startswith("parts 1, 2 approved by ")
    assert [len(names) for names in reviewers(press, question)] == [1, 1]
    assert len(taken.approved) == 2


def test_a_part_that_was_edited_meanwhile_is_not_approved_and_asked_again(
    press: Press, parts: str
) -> None:
    question = asked(press)
    edit(press, 2, "spades", "forks")

    outcome = said(press, question, YES)

    assert outcome.message == "part 1 approved by Ada as editor; 1 part was edited meanwhile: " + (
        "read it again"
    )
    assert reviewers(press, question) == [["Ada"], []]
    again = ask(press, SERIES, None, run_id="run", asked_before=1, now=NOW, remark=outcome.message)
    assert isinstance(again, Question)
    assert [part.issue.number for part in again.parts] == [2]
    assert again.review.key != question.review.key
    assert "1 part was edited meanwhile" in description(again)


def test_a_late_answer_decides_nothing(press: Press, parts: str) -> None:
    question = asked(press)

    outcome = said(press, question, YES, now=question.review.closes_at)

    assert "came too late" in outcome.message
    assert reviewers(press, question) == [[], []]


def test_an_answer_about_what_is_not_stored_decides_nothing(press: Press, parts: str) -> None:
    outcome = answer(press, "run", "approval-of-something", YES, NOW)

    assert outcome == Outcome("that answer was about drafts that are not stored here any more")


def test_an_answer_that_cannot_be_taken_says_why_and_is_asked_again(
    press: Press, parts: str
) -> None:
    for n, (given, why) in enumerate(
        (
            (replace(YES, reviewer=" "), "say who approves"),
            (replace(YES, role="surgeon"), "'surgeon' is no role"),
            (replace(YES, notes="x" * (MAX_NOTES + 1)), "the notes have"),
            (Answer(Decision.SEND_BACK, "Ada"), "say in the notes what should be changed"),
            (Answer(Decision.REJECT, "\u202e"), "say who approves"),
        )
    ):
        question = asked(press, n=n)
        outcome = said(press, question, given)

        assert outcome.message.startswith("that answer was not taken: ")
        assert why in outcome.message
        assert not outcome.is_over
        assert reviewers(press, question) == [[], []]
    assert [one.words for one in waiting(press, NOW)] == []
    assert status_of_series(press, SERIES, NOW).review == ()


def test_open_faults_are_shown_and_keep_it_from_being_approved(press: Press) -> None:
    letter(press, "Bring gloves.")
    edit(press, 1, "subject: Greetings <1>", 'subject: ""')
    question = asked(press)
    assert question.faults
    assert "To mend before it can be approved" in description(question)

    assert "open fault" in said(press, question, YES).message
    assert reviewers(press, question) == [[]]


def test_a_yes_in_each_role_by_another_person_is_asked_for(press: Press, parts: str) -> None:
    ask_of(press, 'approvals = ["editor", "medical"]')
    question = asked(press)
    assert question.roles == ("editor", "medical")

    first = said(press, question, replace(YES, role="editor"))
    assert first.approved == ()
    second = asked(press, n=1)
    assert second.roles == ("medical",)
    assert "another person" in said(press, second, YES).message
    third = said(press, asked(press, n=2), replace(YES, reviewer="Grace"))

    assert third.message == "parts 1, 2 approved by Grace as medical"
    assert len(third.approved) == 2


def test_sending_back_keeps_the_notes_and_loses_nothing(press: Press, parts: str) -> None:
    files = {path: path.read_bytes() for path in press.library.instalment_files(SERIES)}
    notes = "Which gloves?\n<script>alert(1)</script> [x](javascript:y)"

    outcome = said(press, asked(press), Answer(Decision.SEND_BACK, "<b>Ada</b>", notes=notes))

    assert outcome.is_over
    assert outcome.message == (
        "parts 1, 2 sent back by <b>Ada</b>; `partwork status greetings` has the notes"
    )
    assert {path: path.read_bytes() for path in files} == files
    again = description(asked(press, "next run"))
    assert r"Which gloves\? \<script\>alert\(1\)\<\/script\>" in again
    assert "<b>" not in again


def test_rejected_words_are_not_asked_about_again(press: Press, parts: str) -> None:
    outcome = said(press, asked(press, part=1), Answer(Decision.REJECT, "Ada", notes="No."))
    assert outcome.message.startswith("part 1 rejected by Ada")

    assert [part.issue.number for part in asked(press).parts] == [2]
    edit(press, 1, "gloves", "forks")
    assert [part.issue.number for part in asked(press).parts] == [1, 2]


def test_who_rejects_what_is_out_is_told_so(
    press: Press, parts: str, readers: tuple[str, ...]
) -> None:
    question = asked(press)
    approve(press, SERIES, None, reviewer="Grace", channel="cli", now=NOW)
    (planned,) = publish(press, SERIES, at_once=True, now=NOW).planned

    outcome = said(press, question, Answer(Decision.REJECT, "Ada"))

    assert f"published already: {planned.issue}, which `partwork pause` stops" in outcome.message


def test_published_parts_are_asked_about_only_by_name(
    press: Press, parts: str, readers: tuple[str, ...]
) -> None:
    preview(press, SERIES, None, NOW)
    approve(press, SERIES, None, reviewer="Grace", channel="cli", now=NOW)
    publish(press, SERIES, at_once=True, now=NOW)
    edit(press, 1, "gloves", "forks")
    edit(press, 2, "spades", "rakes")

    assert [part.issue.number for part in asked(press).parts] == [2]
    assert [part.issue.number for part in asked(press, part=1).parts] == [1]


def test_what_waits_is_told_until_it_is_decided_or_its_words_are_others(
    press: Press, parts: str
) -> None:
    question = asked(press)
    assert status_of_series(press, SERIES, NOW).review == (
        "part 1, 2 waits for approval since 2026-03-02 09:00 UTC",
    )
    assert runs_that_wait(press, SERIES, NOW) == ("run",)

    approve(press, SERIES, 1, reviewer="Grace", channel="cli", now=NOW)
    assert [issue.number for one in waiting(press, NOW) for issue in one.issues] == [2]
    edit(press, 2, "spades", "forks")
    preview(press, SERIES, None, NOW)
    assert waiting(press, NOW) == ()
    assert waiting(press, question.review.closes_at) == ()


def test_a_run_that_asks_the_same_takes_the_place_of_the_one_before(
    press: Press, parts: str
) -> None:
    whole, one = asked(press, "whole"), asked(press, "one", part=1, now=NOW + DAY)
    assert superseded(press, one, NOW + DAY) == ()

    last = asked(press, "last", now=NOW + 2 * DAY)

    older = superseded(press, last, NOW + 2 * DAY)
    assert [review.run_id for review in older] == ["whole", "one"]
    close(press, older, NOW + 2 * DAY)
    assert answer(press, "whole", whole.review.key, YES, NOW + 2 * DAY) is None
    assert reviewers(press, last) == [[], []]
    assert superseded(press, whole, NOW) == ()


def test_an_answer_to_a_question_that_another_is_about_to_replace_counts(
    press: Press, parts: str
) -> None:
    first = asked(press, "first")
    second = asked(press, "second", now=NOW + DAY)
    older = superseded(press, second, NOW + DAY)

    no = Answer(Decision.REJECT, "Ada", notes="a wrong dose")
    taken = said(press, first, no, now=NOW + DAY)
    close(press, older, NOW + DAY)

    assert taken.message.startswith("parts 1, 2 rejected by Ada")
    assert superseded(press, second, NOW + DAY) == ()
    assert "rejected by Ada" in said(press, second, YES, now=NOW + DAY).message
    assert reviewers(press, second) == [[], []]


def test_an_answer_while_a_file_is_half_written_is_told_that_it_was_not_taken(
    press: Press, parts: str
) -> None:
    question = asked(press)
    press.library.instalment_files(SERIES)[1].write_text("---\nnumber = ")

    assert said(press, question, YES).message.startswith("that answer was not taken: ")


def test_what_comes_from_outside_is_words_in_the_description(press: Press, parts: str) -> None:
    question = asked(press)

    text = description(replace(question, remark="<img src=x> *now*"))

    assert r"Greetings \<1\>" in text
    assert r"\<img src\=x\> \*now\*" in text
    assert ".partwork/previews/greetings" in text


@pytest.mark.parametrize(
    ("asks", "then"), [("editor", '["medical"]'), ("medical", '["editor"]'), ("medical", "[]")]
)
def test_a_yes_in_the_role_that_was_asked_for_is_none_in_another(
    press: Press, parts: str, asks: str, then: str
) -> None:
    before, after = f'approvals = ["{asks}"]', f"approvals = {then}"
    ask_of(press, before)
    question = asked(press)
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().replace(before, after))

    assert f"'{asks}' is no role" in said(press, question, YES).message
    assert reviewers(press, question) == [[], []]
