"""A part is published in its slot, if it was approved in time, and never twice."""

import shutil
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.approve import approve
from partwork.actions.compose import compose
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import issue_named, send
from partwork.actions.subscribers import story_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.series import Division
from partwork.store.claiming import claim
from tests.actions.conftest import READERS
from tests.conftest import NOW
from tests.store.noting import note_attempt
from tests.transport.rough_server import RoughServer

# The home's newsletter appears on Tuesdays and Fridays at 07:30 in Berlin, 06:30 UTC in winter.
TUESDAY = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 6, 30, tzinfo=UTC)
TICK = timedelta(minutes=15)


@pytest.fixture
def approved(press: Press, series: str, readers: tuple[str, ...]) -> str:
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    return series


def published_numbers(press: Press, series: str, now: datetime) -> list[str]:
    planned = publish(press, series, at_once=False, now=now).planned
    return [plan.issue[: len(series) + 3] for plan in planned]


def test_nothing_is_published_before_its_slot(press: Press, approved: str) -> None:
    report = publish(press, approved, at_once=False, now=TUESDAY - TICK)

    assert report.planned == ()
    assert "2026-03-03 06:30 UTC" in report.waiting[0]


def test_a_slot_takes_one_part_however_often_it_ticks(press: Press, approved: str) -> None:
    ticks = [published_numbers(press, approved, TUESDAY + n * TICK) for n in range(5)]

    assert ticks == [["compost-01"], [], [], [], []]


def test_the_next_part_goes_in_the_next_slot(press: Press, approved: str) -> None:
    published_numbers(press, approved, TUESDAY)

    assert published_numbers(press, approved, FRIDAY) == ["compost-02"]


def test_a_part_approved_too_late_goes_in_the_next_slot(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    late = TUESDAY + timedelta(minutes=1)
    approve(press, series, None, reviewer="Ada", channel="cli", now=late)

    assert published_numbers(press, series, TUESDAY + TICK) == []
    assert published_numbers(press, series, FRIDAY) == ["compost-01"]


def test_a_slot_missed_by_a_day_is_not_made_up_for(press: Press, approved: str) -> None:
    assert published_numbers(press, approved, TUESDAY + timedelta(days=1)) == []
    assert published_numbers(press, approved, FRIDAY) == ["compost-01"]


def test_a_part_that_nobody_approved_waits(press: Press, series: str) -> None:
    preview(press, series, None, NOW)

    report = publish(press, series, at_once=True, now=NOW)

    assert report.planned == ()
    assert "waits for approval" in report.waiting[0]


def test_at_once_plans_the_audience_and_names_the_issue(
    press: Press, approved: str, readers: tuple[str, ...]
) -> None:
    report = publish(press, approved, at_once=True, now=NOW)

    assert report.planned[0].recipients == len(readers)
    assert report.unsent == (report.planned[0].issue,)


def test_when_every_part_is_out_it_says_so(press: Press, approved: str) -> None:
    while report := publish(press, approved, at_once=True, now=NOW):
        if not report.planned:
            break
        send(press, report.planned[0].issue, clock=lambda: NOW)

    assert report.waiting == ("compost: every part is published",)


def test_at_once_waits_until_the_part_before_is_sent(press: Press, approved: str) -> None:
    first = publish(press, approved, at_once=True, now=NOW).planned[0]

    report = publish(press, approved, at_once=True, now=NOW)

    assert report.planned == ()
    assert f"partwork send {first.issue}" in report.waiting[0]


def test_at_once_waits_while_servers_put_the_part_before_off_but_not_for_days(
    by_smtp: Press, server: RoughServer, approved: str
) -> None:
    for reader in READERS:
        server.answers[f"RCPT {reader}"] = deque(["450 4.7.1 greylisted"])
    first = publish(by_smtp, approved, at_once=True, now=NOW).planned[0]
    send(by_smtp, first.issue, clock=lambda: NOW)

    soon, later = (
        publish(by_smtp, approved, at_once=True, now=NOW + passed)
        for passed in (timedelta(minutes=1), timedelta(hours=1))
    )

    assert soon.planned == ()
    assert "part 1 has just left, and not all have it yet; ask again after 10:" in soon.waiting[0]
    assert [plan.issue.startswith("compost-02") for plan in later.planned] == [True]


def test_a_part_that_reaches_nobody_is_not_used_up(press: Press, series: str) -> None:
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)

    reports = [publish(press, series, at_once=True, now=NOW) for _ in range(2)]

    assert [report.planned for report in reports] == [(), ()]
    assert "part 1 waits for readers" in reports[1].waiting[0]


def test_a_part_whose_file_was_taken_away_is_not_published(press: Press, approved: str) -> None:
    press.library.instalment_files(approved)[0].unlink()

    report = publish(press, approved, at_once=True, now=NOW)

    assert report.planned == ()
    assert "part 2 was changed since it was approved" in report.waiting[0]


def test_a_series_that_was_lost_and_composed_anew_mails_nobody_its_parts_again(
    press: Press, approved: str, articles: tuple[str, ...]
) -> None:
    send(press, publish(press, approved, at_once=True, now=NOW).planned[0].issue, clock=lambda: NOW)
    shutil.rmtree(press.library.series_folder(approved))
    compose(
        press,
        approved,
        articles,
        title="Another title",
        newsletter="",
        division=Division.ARTICLE,
        parts=None,
    )
    preview(press, approved, None, NOW)
    approve(press, approved, None, reviewer="Ada", channel="cli", now=NOW)

    assert publish(press, approved, at_once=True, now=NOW).planned[0].issue.startswith("compost-02")


def test_a_tick_frees_what_a_crashed_send_held(press: Press, approved: str) -> None:
    issue = publish(press, approved, at_once=True, now=NOW).planned[0].issue
    with press.engine.begin() as connection:
        content_hash = issue_named(press, issue).content_hash
        rows = claim(connection, content_hash, "crashed", NOW, timedelta(minutes=1))
        note_attempt(connection, rows[0].id, "crashed", NOW)

    assert publish(press, approved, at_once=False, now=NOW).unsent == ()
    assert publish(press, approved, at_once=False, now=NOW + TICK).unsent == (issue,)


def test_at_once_needs_a_series(press: Press) -> None:
    with pytest.raises(LibraryError, match="which series"):
        publish(press, "", at_once=True, now=NOW)


class TestACourse:
    """Each subscriber gets part 1 first, whenever they joined."""

    @pytest.fixture
    def course(self, press: Press, approved: str) -> str:
        file = press.library.series_folder(approved) / "series.toml"
        text = file.read_text()
        lines = [line for line in text.splitlines() if not line.startswith("mode")]
        file.write_text('mode = "course"\n' + "\n".join(lines) + "\n")
        return approved

    def test_those_who_join_start_at_part_one_in_the_next_slot(
        self, press: Press, course: str
    ) -> None:
        assert published_numbers(press, course, NOW) == []
        assert published_numbers(press, course, TUESDAY + TICK) == ["compost-01"]

    def test_everyone_moves_one_part_a_slot(self, press: Press, course: str) -> None:
        seen = [
            published_numbers(press, course, at)
            for at in (NOW, TUESDAY, TUESDAY + TICK, FRIDAY, FRIDAY + TICK)
        ]

        assert seen == [[], ["compost-01"], [], ["compost-02"], []]

    def test_a_reader_s_story_says_which_part_is_next(
        self, press: Press, course: str, readers: tuple[str, ...]
    ) -> None:
        before = story_of(press, readers[0]).courses
        publish(press, course, at_once=False, now=NOW)
        enrolled = story_of(press, readers[0]).courses
        publish(press, course, at_once=False, now=TUESDAY + TICK)

        assert (before, enrolled) == ({}, {course: 1})
        assert story_of(press, readers[0]).courses == {course: 2}
