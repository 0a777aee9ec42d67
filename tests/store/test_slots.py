"""What is known of slots stays until a person or the clock says otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from partwork.model.missed import Choice, Missed
from partwork.store.campaigns import enrol, plan_course
from partwork.store.courses import due_parts, next_parts, put_off, zones_to_enrol
from partwork.store.slots import (
    decide_missed,
    decided_at,
    left_out,
    load_look,
    load_missed,
    note_missed,
    save_look,
)
from partwork.store.slots_schema import missed

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = (1, 2, 3)
FIRST, SECOND = Missed(NOW, "part0001", 1), Missed(NOW + HOUR, "part0002", 2)


def test_the_last_look_is_kept_even_by_a_clock_that_was_set_back(engine) -> None:
    with engine.begin() as conn:
        assert load_look(conn, "home") is None
        for at in (NOW, NOW + HOUR, NOW - HOUR):
            save_look(conn, "home", at)
            assert load_look(conn, "home") == at
        assert load_look(conn, "garden") is None


def test_what_was_missed_waits_until_it_is_decided(engine) -> None:
    with engine.begin() as conn:
        assert note_missed(conn, "home", (SECOND, FIRST), NOW) == 2
        assert note_missed(conn, "home", (FIRST,), NOW) == 0
        note_missed(conn, "garden", (FIRST,), NOW)
        assert load_missed(conn, "home") == (FIRST, SECOND)
        assert decided_at(conn, "home") is None

        assert decide_missed(conn, "home", Choice.SKIP, NOW + HOUR) == 2
        assert decide_missed(conn, "home", Choice.SHIFT, NOW + HOUR) == 0

        assert load_missed(conn, "home") == ()
        assert load_missed(conn, "garden") == (FIRST,)
        assert decided_at(conn, "home") == NOW + HOUR
        assert left_out(conn, "home") == {"part0001": 1, "part0002": 2}


def test_only_what_was_skipped_is_left_out(engine) -> None:
    with engine.begin() as conn:
        for series, choice in (("a", Choice.NOW), ("b", Choice.SHIFT)):
            note_missed(conn, series, (FIRST,), NOW)
            decide_missed(conn, series, choice, NOW)
            assert left_out(conn, series) == {}


def test_a_decision_is_one_of_three_and_has_its_instant(engine) -> None:
    for values in ({"choice": "never", "decided_at": NOW}, {"choice": "now"}):
        with engine.connect() as conn:
            note_missed(conn, "home", (FIRST,), NOW)
            with pytest.raises(DBAPIError, match=r"(?i)check"):
                conn.execute(missed.update().values(**values))


def test_readers_of_a_course_are_told_apart_by_their_zones(town) -> None:
    course = town.draft("part 1", part="part0001", number=1)
    town.join("ada")
    town.join("bob")
    with town.engine.begin() as conn:
        zone = "INSERT INTO imported_fields SELECT min(id), 'timezone', 'Asia/Tokyo'"
        conn.exec_driver_sql(f"{zone} FROM subscribers")
        assert sorted(zones_to_enrol(conn, "daily", "home")) == ["", "Asia/Tokyo"]
        assert enrol(conn, "daily", "home", NOW, NOW, zone="Asia/Tokyo") == 1
        assert zones_to_enrol(conn, "daily", "home") == ("",)
        assert enrol(conn, "daily", "home", NOW + HOUR, NOW, zone="") == 1
        assert zones_to_enrol(conn, "daily", "home") == ()

        assert due_parts(conn, "home", NOW - HOUR, ALL) == {}
        assert due_parts(conn, "home", NOW, ALL) == {1: ("Asia/Tokyo",)}
        later = NOW + 3 * HOUR
        for one, reached in (("", 0), ("Asia/Tokyo", 1)):
            _, planned = plan_course(conn, course, NOW, later, NOW, zone=one, since=NOW)
            assert planned == reached
        assert due_parts(conn, "home", NOW + HOUR, ALL) == {1: ("",)}
        assert plan_course(conn, course, NOW, later, later, since=NOW + 2 * HOUR)[1] == 0
        put = {"until": NOW + HOUR, "next_due_at": later}
        assert put_off(conn, "home", 1, "Asia/Tokyo", **put) == 0
        assert put_off(conn, "home", 1, "", **put) == 1
        assert next_parts(conn, "home", later, ALL) == {1, 2}
        assert next_parts(conn, "home", later, [1]) == {1}
