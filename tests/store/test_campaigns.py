"""Planning freezes an audience, and nobody is planned for the same part twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from partwork.model.audience import SuppressionReason
from partwork.model.delivery import Reply, Verdict
from partwork.model.issue import AudienceRule
from partwork.store.audience import erase_subscriber, save_suppression
from partwork.store.campaigns import (
    UnknownSegment,
    campaigns_of,
    enrol,
    last_campaign,
    plan_campaign,
    plan_course,
    unfinished_issues,
)
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.ledger import deliveries_of
from tests.store.noting import note_attempt, note_reply

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_campaign_reaches_confirmed_subscribers_of_its_newsletter(town):
    _, bob, _ = town.join("ada", "bob", "eve")
    town.join("weekly-reader", newsletter="weekly")
    town.leave(bob)
    with town.engine.begin() as conn:
        save_suppression(conn, "hash of eve", SuppressionReason.HARD_BOUNCE, NOW)
    issue = town.draft()

    assert town.plan(issue) == 1
    assert town.recipients(issue) == ["ada"]


def test_a_campaign_is_planned_once_for_its_slot(town):
    town.join("ada", "bob")
    issue = town.draft()
    with town.engine.begin() as conn:
        first = plan_campaign(conn, issue, NOW, NOW)
        again = plan_campaign(conn, issue, NOW, NOW + DAY)

    assert first[1] == 2
    assert again == (first[0], 0)
    with read_only(town.engine) as conn:
        assert campaigns_of(conn, "home") == (first[0],)


def test_who_joins_after_planning_is_not_in_the_frozen_audience(town):
    town.join("ada")
    issue = town.draft()
    town.plan(issue)
    town.join("bob")

    assert town.plan(issue) == 0
    assert town.recipients(issue) == ["ada"]


def test_another_slot_reaches_only_who_has_not_had_the_issue(town):
    town.join("ada")
    issue = town.draft()
    town.plan(issue)
    town.join("bob")

    assert town.plan(issue, NOW + DAY) == 1
    assert town.recipients(issue) == ["ada", "bob"]


def test_a_part_in_other_words_is_not_sent_to_those_who_had_it(town):
    town.join("ada")
    town.plan(town.draft("first words"))
    town.join("bob")
    corrected = town.draft("better words")

    assert town.plan(corrected) == 1
    assert town.recipients(corrected) == ["bob"]


def test_a_part_made_anew_in_the_same_words_is_not_sent_again_either(town):
    town.join("ada")
    town.plan(town.draft("same words", part="aaaaaaaa"))
    town.join("bob")
    again = town.draft("same words", part="bbbbbbbb")

    assert town.plan(again, NOW + DAY) == 1
    assert town.recipients(again) == ["ada", "bob"]


def test_the_next_part_reaches_everyone(town):
    town.join("ada", "bob")
    town.plan(town.draft("one", part="aaaaaaaa", number=1))

    assert town.plan(town.draft("two", part="bbbbbbbb", number=2)) == 2


def test_mail_goes_to_the_address_as_typed(town):
    town.join("Ada.Lovelace+news")
    issue = town.draft()
    town.plan(issue)

    assert town.recipients(issue) == ["Ada.Lovelace+news"]


def test_an_issue_for_a_segment_that_nothing_defines_is_sent_to_nobody(town):
    town.join("ada")
    issue = town.draft()
    narrowed = replace(issue, audience=AudienceRule("daily", "home", "readers of part 1"))

    with town.engine.connect() as conn, pytest.raises(UnknownSegment, match="readers of part 1"):
        plan_campaign(conn, narrowed, NOW, NOW)


def test_two_wordings_planned_at_once_reach_each_reader_once(town):
    everyone = town.join("ada", "bob")
    first, second = town.draft("first"), town.draft("second")
    other = Thread(target=town.plan, args=(second,))

    with town.engine.begin() as conn:
        assert plan_campaign(conn, first, NOW, NOW)[1] == 2
        other.start()
        if conn.dialect.name == "postgresql":
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while other.is_alive() and not conn.execute(waiting).scalar_one():
                other.join(timeout=0.01)
    other.join()

    with read_only(town.engine) as conn:
        assert [len(deliveries_of(conn, reader)) for reader in everyone] == [1, 1]


def test_campaigns_come_by_due_slot(town):
    one = town.draft("one", part="aaaaaaaa", number=1)
    two = town.draft("two", part="bbbbbbbb", number=2)
    town.plan(two, NOW + DAY)
    town.plan(one, NOW)

    with read_only(town.engine) as conn:
        assert [c.content_hash for c in campaigns_of(conn, "home")] == [
            one.content_hash,
            two.content_hash,
        ]
        assert last_campaign(conn, "home").due_at == NOW + DAY
        assert last_campaign(conn, "garden") is None


def test_an_issue_is_unfinished_while_something_of_it_can_be_claimed(town):
    town.join("ada")
    issue = town.draft()

    def unfinished(at: datetime) -> tuple[str, ...]:
        with read_only(town.engine) as conn:
            return unfinished_issues(conn, at)

    assert unfinished(NOW) == ()
    town.plan(issue)
    assert unfinished(NOW) == (issue.name,)
    with town.engine.begin() as conn:
        (row,) = claim(conn, issue.content_hash, "lane 1", NOW, DAY)
        note_attempt(conn, row.id, "lane 1", NOW)
    assert unfinished(NOW) == ()
    with town.engine.begin() as conn:
        later, soon = Reply(451, "4.3.0 later"), NOW + DAY
        note_reply(conn, row.id, "lane 1", Verdict.DEFERRED, later, at=NOW, next_try_at=soon)
    assert unfinished(NOW) == ()
    assert unfinished(soon) == (issue.name,)


class Course:
    """A course of three parts, one a day."""

    def __init__(self, town) -> None:
        self.town = town
        self.parts = [town.draft(f"part {n}", part=f"part000{n}", number=n) for n in (1, 2, 3)]

    def enrol(self, first_due_at: datetime = NOW) -> int:
        with self.town.engine.begin() as conn:
            return enrol(conn, "daily", "home", first_due_at, NOW)

    def tick(self, now: datetime) -> list[int]:
        """Plan all parts, the last first; how many readers each reaches."""
        with self.town.engine.begin() as conn:
            reached = [
                plan_course(conn, issue, now, now + DAY, now)[1] for issue in reversed(self.parts)
            ]
        return reached[::-1]


def test_each_reader_of_a_course_starts_at_part_one_on_joining(town):
    course = Course(town)
    town.join("ada")
    assert course.enrol() == 1
    assert course.tick(NOW) == [1, 0, 0]

    town.join("bob")
    assert course.enrol(NOW + DAY) == 1
    assert course.tick(NOW + DAY) == [1, 1, 0]
    assert course.tick(NOW + 2 * DAY) == [0, 1, 1]
    assert course.tick(NOW + 3 * DAY) == [0, 0, 1]
    assert course.tick(NOW + 4 * DAY) == [0, 0, 0]

    assert [town.recipients(part) for part in course.parts] == [["ada", "bob"]] * 3


def test_a_part_of_a_course_is_not_planned_before_its_time(town):
    course = Course(town)
    town.join("ada")
    course.enrol(NOW + DAY)

    assert course.tick(NOW + DAY - timedelta(microseconds=1)) == [0, 0, 0]
    assert course.tick(NOW + DAY) == [1, 0, 0]
    assert course.tick(NOW + DAY) == [0, 0, 0]


def test_without_a_reader_a_course_has_no_campaign(town):
    course = Course(town)
    course.tick(NOW)

    with read_only(town.engine) as conn:
        assert campaigns_of(conn, "home") == ()


def test_enrolling_twice_moves_nobody_back(town):
    course = Course(town)
    town.join("ada")
    course.enrol()
    course.tick(NOW)

    assert course.enrol() == 0
    assert course.tick(NOW + DAY) == [0, 1, 0]


def test_a_reader_who_left_stays_at_the_same_part(town):
    course = Course(town)
    (ada,) = town.join("ada")
    course.enrol()
    town.leave(ada)
    assert course.tick(NOW) == [0, 0, 0]

    with town.engine.begin() as conn:
        conn.execute(text("UPDATE subscriptions SET state = 'confirmed'"))

    assert course.tick(NOW + DAY) == [1, 0, 0]


def test_a_reader_who_had_the_part_before_is_moved_on_without_a_second_copy(town):
    course = Course(town)
    town.join("ada")
    town.plan(course.parts[0])
    course.enrol()

    assert course.tick(NOW) == [0, 0, 0]
    assert course.tick(NOW + DAY) == [0, 1, 0]
    assert town.recipients(course.parts[0]) == ["ada"]


def test_a_reader_who_had_these_words_as_another_part_is_moved_on_too(town):
    course = Course(town)
    town.join("ada")
    town.plan(course.parts[0])
    course.parts[0] = town.draft("part 1", part="madeanew", number=1)
    course.enrol()

    assert course.tick(NOW + DAY) == [0, 0, 0]
    assert course.tick(NOW + 2 * DAY) == [0, 1, 0]
    assert town.recipients(course.parts[0]) == ["ada"]


def test_the_course_of_an_erased_reader_ends(town):
    course = Course(town)
    (ada,) = town.join("ada")
    course.enrol()
    with town.engine.begin() as conn:
        erase_subscriber(conn, ada)

    assert course.tick(NOW) == [0, 0, 0]
