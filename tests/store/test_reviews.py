"""A question is answered once, whoever answers; a no stays on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from partwork.model.issue import Approval
from partwork.model.review import No, Objection, Review, ReviewPart
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, renew_approval, save_approval
from partwork.store.reviews import (
    close_review,
    give_back_reminder,
    load_review,
    notes_on,
    open_reviews,
    rejection_of,
    save_objection,
    save_review,
    shown_with,
    take_back_rejections,
    take_reminder,
)
from tests.store.conftest import Town

DAY = timedelta(days=1)


@pytest.fixture
def review(town: Town) -> Review:
    parts = [town.draft(f"part {n}", part=f"part000{n}", number=n) for n in (2, 1)]
    asked = Review(
        "run",
        "approval-1",
        "home",
        town.now,
        town.now + DAY,
        tuple(ReviewPart(part.content_hash, 300, "No claims.\n") for part in parts),
    )
    with town.engine.begin() as conn:
        assert save_review(conn, asked)
    return asked


def no(review: Review, town: Town, kind: No = No.REJECTED) -> Objection:
    return Objection(
        review.parts[0].content_hash, kind, "Ada", "editor", "Two\nlines", "dashboard", town.now
    )


def test_a_question_comes_back_as_it_was_asked_and_is_asked_once(town, review):
    with town.engine.begin() as conn:
        assert not save_review(conn, replace(review, series="other"))
        assert load_review(conn, "run", "approval-1") == review
        assert load_review(conn, "run", "approval-2") is None
        assert shown_with(conn, review.parts[0].content_hash) == review.parts[0]


def test_it_is_answered_once(town, review):
    with town.engine.begin() as conn:
        assert close_review(conn, review, town.now)
    with town.engine.begin() as conn:
        assert not close_review(conn, review, town.now)


def test_it_is_open_until_it_is_answered_or_its_time_is_over(town, review):
    with town.engine.begin() as conn:
        assert open_reviews(conn, town.now) == (review,)
        assert open_reviews(conn, review.closes_at) == ()
        close_review(conn, review, town.now)
        assert open_reviews(conn, town.now) == ()


def test_there_is_one_reminder_for_one_set_of_drafts_whoever_asks(town, review):
    other = replace(review, run_id="other run", parts=review.parts[::-1])
    with town.engine.begin() as conn:
        save_review(conn, other)
        assert take_reminder(conn, review, town.now)
        assert not take_reminder(conn, review, town.now)
        assert not take_reminder(conn, other, town.now)
        give_back_reminder(conn, review)
        assert take_reminder(conn, other, town.now)


def test_what_is_rejected_is_so_until_a_person_takes_it_back_and_stays_on_record(town, review):
    said = no(review, town)
    with town.engine.begin() as conn:
        save_objection(conn, said)
        assert rejection_of(conn, said.content_hash) == said
        assert rejection_of(conn, review.parts[1].content_hash) is None
        assert take_back_rejections(conn, [said.content_hash], "Grace", town.now) == 1
        assert take_back_rejections(conn, [said.content_hash], "Grace", town.now) == 0
        assert rejection_of(conn, said.content_hash) is None
        assert notes_on(conn, "home") == ()


def test_notes_stand_until_other_words_of_the_part_are_approved_in_the_same_role(town, review):
    said = no(review, town, No.SENT_BACK)
    mended = town.draft("mended", part="part0002", number=2)
    other = town.draft("another part", part="part0009", number=9)
    later = town.now + DAY
    with town.engine.begin() as conn:
        save_objection(conn, said)
        save_approval(conn, Approval(other.content_hash, "Ada", "cli", later))
        save_approval(conn, Approval(mended.content_hash, "Bob", "cli", later, role="medical"))
        assert notes_on(conn, "home") == (("part0002", said),)
        assert notes_on(conn, "elsewhere") == ()
        save_approval(conn, Approval(mended.content_hash, "Ada", "cli", later))
        assert notes_on(conn, "home") == ()


def test_a_yes_is_renewed_and_the_first_stays(town, review):
    first = Approval(review.parts[0].content_hash, "Ada", "cli", town.now)
    again = replace(first, approved_at=town.now + DAY, role="medical", channel="dashboard")
    with town.engine.begin() as conn:
        save_approval(conn, first)
        renew_approval(conn, again)

    with read_only(town.engine) as conn:
        assert approvals_of(conn, first.content_hash) == (first, again)
