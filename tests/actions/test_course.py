"""A course comes when each reader's own clocks say so, and stops taking new ones in time."""

from datetime import date, datetime, timedelta

import pytest

from partwork.actions.approve import approve
from partwork.actions.publish import publish
from partwork.actions.status import status
from partwork.actions.subscribers import import_subscribers, story_of
from partwork.assembly import Press
from tests.actions.appearing import (
    FRIDAY,
    TICK,
    TUESDAY,
    approve_all,
    change_settings,
    editor_of,
    letters,
    notice,
    tick,
)
from tests.actions.sending import ledger, subscribe
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

HOUR = timedelta(hours=1)
READERS = "email,timezone\nada@example.org,America/new_york\ngrace@example.org,Asia/Tokyo\n"


@pytest.fixture
def series(press: Press) -> str:
    """A series of two letters."""
    return letters(press)


@pytest.fixture
def course(press: Press, series: str) -> str:
    """Ada reads in New York, Grace in Tokyo, and of Mary nobody knows where."""
    change_settings(press, series, mode='"course"')
    file = press.settings.home / "readers.csv"
    file.write_text(f"{READERS}mary@example.org,\n")
    report = import_subscribers(press, file, "the-bench", note="asked at the fair", now=NOW)
    assert report.added == 3
    return approve_all(press, series)


def recipients(press: Press, now: datetime) -> list[str]:
    planned = publish(press, "", at_once=False, now=now).planned
    return sorted(to for plan in planned for to, row in ledger(press, plan.issue).items())


def test_each_reader_gets_it_by_their_own_clocks(press: Press, course: str) -> None:
    assert recipients(press, NOW) == []

    # 07:30 on Tuesday is 22:30 UTC on Monday in Tokyo, 12:30 UTC in New York.
    assert recipients(press, TUESDAY - 8 * HOUR) == ["grace@example.org"]
    assert recipients(press, TUESDAY)[-1] == "mary@example.org"
    assert recipients(press, TUESDAY + 6 * HOUR)[0] == "ada@example.org"
    assert story_of(press, "ada@example.org").fields == {"timezone": "America/New_York"}


def test_a_zone_that_is_none_is_told_with_its_line(press: Press, series: str) -> None:
    file = press.settings.home / "readers.csv"
    file.write_text("email,timezone\nada@example.org,Mars/Olympus\n")

    report = import_subscribers(press, file, "the-bench", note="at the fair", now=NOW)

    assert report.added == 0
    assert [(error.line, error.reason) for error in report.errors] == [
        (2, "its timezone is none such as Europe/Berlin; mend it, or leave it empty")
    ]


def test_what_was_missed_comes_in_the_next_slot_and_nobody_is_asked(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    change_settings(press, series, mode='"course"')
    approve_all(press, series)
    tick(press, NOW)

    planned, waiting = tick(press, TUESDAY + timedelta(days=1))

    assert (planned, "missed" in waiting) == ([], False)
    assert tick(press, FRIDAY)[0] == ["compost-01"]
    assert tick(press, FRIDAY + TICK)[0] == []


def test_what_was_approved_after_a_reader_s_slot_comes_in_the_next(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    change_settings(press, series, mode='"course"')
    tick(press, NOW)
    assert "waits for approval" in tick(press, TUESDAY)[1]
    approve_all(press, series, TUESDAY + HOUR)

    assert tick(press, TUESDAY + 2 * HOUR)[0] == []
    assert tick(press, TUESDAY + 7 * HOUR)[0] == []
    assert tick(press, FRIDAY)[0] == ["compost-01"]


def test_after_its_review_is_due_nobody_begins_and_who_is_under_way_goes_on(
    by_smtp: Press, series: str, readers: tuple[str, ...], server: RoughServer
) -> None:
    change_settings(by_smtp, series, mode='"course"', review_by="2026-03-03")
    approve_all(by_smtp, series)
    tick(by_smtp, NOW)
    assert status(by_smtp, NOW)[0].notes == ()
    assert tick(by_smtp, TUESDAY)[0] == ["compost-01"]
    subscribe(by_smtp, ["late@example.org"], TUESDAY)

    wednesday = TUESDAY + timedelta(days=1)
    tick(by_smtp, wednesday)
    assert tick(by_smtp, FRIDAY)[0] == ["compost-02"]

    assert story_of(by_smtp, "late@example.org").courses == {}
    assert str(date(2026, 3, 3)) in status(by_smtp, FRIDAY)[0].notes[0]
    assert server.got[editor_of(by_smtp)] == 1


def test_one_more_yes_after_the_slot_moves_nobody_to_the_next(press: Press, course: str) -> None:
    recipients(press, NOW)
    approve(press, course, 1, reviewer="Grace", channel="cli", now=TUESDAY + timedelta(minutes=5))

    assert "mary@example.org" in recipients(press, TUESDAY + TICK)


@pytest.mark.parametrize("gone", ["01", "02"])
def test_nobody_waits_for_a_part_whose_file_is_gone_and_the_editor_is_told(
    by_smtp: Press, series: str, readers: tuple[str, ...], server: RoughServer, gone: str
) -> None:
    change_settings(by_smtp, series, mode='"course"')
    (first, second) = by_smtp.library.instalment_files(series)
    third = second.read_text().replace("part0002", "part0003").replace("number: 2", "number: 3")
    second.with_name("03-letters.md").write_text(third.replace("Other words", "Last words"))
    approve_all(by_smtp, series)
    tick(by_smtp, NOW)
    came = {"01": ["compost-02", "compost-03"], "02": ["compost-01", "compost-03"]}[gone]

    (first if gone == "01" else second).unlink()
    approve_all(by_smtp, series)

    assert [tick(by_smtp, slot)[0] for slot in (TUESDAY, FRIDAY)] == [[part] for part in came]
    assert server.got[editor_of(by_smtp)] == 1
    assert f"its readers go on with part {int(gone) + 1}" in notice(by_smtp, server)["Subject"]
