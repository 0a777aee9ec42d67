"""A slot that passed while nothing ran is a person's to decide, and asked about once."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from partwork.actions.missed import decide, missed
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.status import status
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.missed import Choice
from partwork.store.slots import decide_missed
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
    words_of,
)
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

WEEK = timedelta(weeks=1)
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def series(press: Press) -> str:
    """A series of two letters."""
    return letters(press)


@pytest.fixture
def outage(press: Press, series: str, readers: tuple[str, ...]) -> str:
    """An approved series, looked at on Monday, and then not before Wednesday."""
    approve_all(press, series)
    tick(press, NOW)
    return series


def test_a_slot_that_nobody_looked_at_holds_its_series(press: Press, outage: str) -> None:
    planned, waiting = tick(press, WEDNESDAY)

    assert planned == []
    assert "part 1 missed its slot of 2026-03-03 06:30 UTC" in waiting
    assert tick(press, FRIDAY)[0] == []
    assert publish(press, outage, at_once=True, now=FRIDAY).planned == ()
    assert "missed their slots" in status(press, FRIDAY)[0].notes[0]


def test_a_look_that_is_some_hours_late_still_takes_the_slot(press: Press, outage: str) -> None:
    assert tick(press, TUESDAY + timedelta(hours=5))[0] == ["compost-01"]


def test_a_part_that_waited_for_its_editor_when_all_went_down_is_missed(
    by_smtp: Press, outage: str
) -> None:
    assert "goes out at 06:45 UTC" in tick(by_smtp, TUESDAY)[1]

    assert "missed its slot" in tick(by_smtp, WEDNESDAY)[1]


def test_who_publishes_by_hand_alone_misses_no_slot(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    approve_all(press, series)
    for number, at in enumerate((NOW, WEDNESDAY), 1):
        (planned,) = publish(press, series, at_once=True, now=at).planned
        assert planned.issue.startswith(f"compost-0{number}")
        send(press, planned.issue, clock=lambda: NOW)


def test_a_slot_that_was_looked_at_in_time_is_not_missed(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    tick(press, TUESDAY)  # nothing was approved then
    approve_all(press, series, TUESDAY + timedelta(hours=1))
    tick(press, TUESDAY + timedelta(hours=2))

    assert "missed" not in tick(press, WEDNESDAY)[1]
    assert tick(press, FRIDAY)[0] == ["compost-01"]


def test_what_was_not_approved_by_its_slot_has_not_missed_it(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    tick(press, NOW)
    approve_all(press, series, TUESDAY + timedelta(hours=1))

    assert "missed" not in tick(press, WEDNESDAY)[1]


def test_the_editor_is_asked_once_with_every_choice(
    by_smtp: Press, outage: str, server: RoughServer
) -> None:
    for at in (WEDNESDAY, WEDNESDAY + TICK, FRIDAY + TICK):
        tick(by_smtp, at)

    assert server.got[editor_of(by_smtp)] == 1
    words = words_of(notice(by_smtp, server))
    for choice in Choice:
        assert f"partwork missed compost --{choice}" in words
    assert words.index("the flow `missed`") < words.index("partwork missed")


def test_the_editor_reads_the_dates_of_each_choice_in_the_mail(
    by_smtp: Press, outage: str, server: RoughServer
) -> None:
    tick(by_smtp, WEDNESDAY)

    mail = notice(by_smtp, server)
    assert (
        "part: 1 was to come: Tue 3 Mar 07:30 now: at once skip: left out shift: Fri 6 Mar 07:30 "
        "part: 2 was to come: Fri 6 Mar 07:30 now: Fri 6 Mar 07:30 skip: Fri 6 Mar 07:30 "
        "shift: Tue 10 Mar 07:30"
    ) in words_of(mail)
    assert "<td>Tue 3 Mar 07:30</td><td>at once</td><td>left out</td>" in words_of(mail, "html")


def test_the_dates_of_each_choice_are_shown(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)

    ((first, second, *_),) = (one.parts for one in missed(press, "", WEDNESDAY))

    assert (first.was, first.now, first.skip, first.shift) == (TUESDAY, WEDNESDAY, None, FRIDAY)
    assert (second.was, second.now, second.skip) == (FRIDAY, FRIDAY, FRIDAY)
    assert second.shift == TUESDAY + WEEK


def test_now_sends_what_was_missed_and_keeps_the_other_days(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)

    decided = decide(press, outage, Choice.NOW, WEDNESDAY)

    assert [name.rpartition("-")[0] for name in decided.issues] == ["compost-01"]
    assert tick(press, WEDNESDAY + TICK)[0] == []
    assert tick(press, FRIDAY)[0] == ["compost-02"]


def test_shift_moves_it_and_all_others(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)

    decided = decide(press, outage, Choice.SHIFT, WEDNESDAY)

    assert decided.issues == ()
    assert [at for _, _, at in decided.dates][:2] == [FRIDAY, TUESDAY + WEEK]
    assert tick(press, FRIDAY)[0] == ["compost-01"]
    assert tick(press, TUESDAY + WEEK)[0] == ["compost-02"]


def test_skip_leaves_it_out_for_good(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)

    decide(press, outage, Choice.SKIP, WEDNESDAY)

    assert tick(press, FRIDAY)[0] == ["compost-02"]
    assert "compost-01" not in tick(press, TUESDAY + WEEK)[0]


def test_what_comes_due_while_nobody_decides_is_missed_too(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)
    tick(press, FRIDAY)

    decided = decide(press, outage, Choice.NOW, FRIDAY + TICK)

    assert [name.rpartition("-")[0] for name in decided.issues] == ["compost-01", "compost-02"]


def test_a_part_that_cannot_go_out_now_leaves_all_undecided(press: Press, outage: str) -> None:
    tick(press, WEDNESDAY)
    change_settings(press, outage, title='"Another title"')

    with pytest.raises(LibraryError, match="part 1 was changed since it was approved"):
        decide(press, outage, Choice.NOW, WEDNESDAY)

    assert missed(press, outage, WEDNESDAY)


def test_where_nothing_was_missed_there_is_nothing_to_decide(press: Press, outage: str) -> None:
    assert missed(press, "", NOW) == ()
    for choice in Choice:
        with pytest.raises(LibraryError, match="no part has missed its slot"):
            decide(press, outage, choice, NOW)
    with pytest.raises(LibraryError, match="no part has missed its slot"):
        missed(press, outage, NOW)


def test_a_clock_that_is_set_back_uses_no_slot_twice(press: Press, outage: str) -> None:
    tick(press, TUESDAY - TICK)
    assert tick(press, TUESDAY)[0] == ["compost-01"]

    planned, waiting = tick(press, TUESDAY - timedelta(hours=2))

    assert planned == []
    assert "set the clock" in waiting
    for at in (TUESDAY, TUESDAY + TICK, WEDNESDAY):
        assert tick(press, at)[0] == []
    assert tick(press, FRIDAY)[0] == ["compost-02"]


def test_holidays_have_no_slot_to_miss(press: Press, outage: str) -> None:
    change_settings(press, outage, skip='["2026-03-01/2026-03-05"]')

    assert "next slot 2026-03-06 06:30 UTC" in tick(press, WEDNESDAY)[1]


def test_of_two_who_decide_at_once_the_second_is_told_and_sends_nothing(
    press: Press, outage: str
) -> None:
    tick(press, WEDNESDAY)
    read = []

    @event.listens_for(press.engine, "after_cursor_execute")
    def another_decides(_conn, _cursor, statement: str, *_rest: object) -> None:
        """Between what the first has read and what they write, as where their lease ran out."""
        if statement.startswith("SELECT missed.series") and "choice IS NULL" in statement:
            read.append(statement)
            if len(read) == 2:
                with press.engine.begin() as other:
                    assert decide_missed(other, outage, Choice.SKIP, WEDNESDAY) == 1

    with pytest.raises(LibraryError, match="somebody has decided just now"):
        decide(press, outage, Choice.NOW, WEDNESDAY)

    assert publish(press, "", at_once=False, now=WEDNESDAY).unsent == ()
