"""Slots come when the readers' clocks say so, in every zone and over every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from partwork.model.newsletter import Cadence, Weekday
from partwork.scheduling.cadence import NoDays, UnknownZone, last_slot, next_slot, slots

ZONES = sorted(available_timezones())
EVERY_DAY = tuple(Weekday)
DAY = timedelta(days=1)
MIDNIGHT = time(0, 0)


def berlin(*days: Weekday, at: time = time(7, 30), starts_on: date | None = None) -> Cadence:
    return Cadence(days, at, "Europe/Berlin", starts_on)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def is_slot_of(slot: datetime, asked: datetime, zone: ZoneInfo) -> bool:
    """The first instant at which the zone's clocks read `asked`, or jump over it."""
    reads_it_first = wall(slot, zone) == asked and slot.astimezone(zone).fold == 0
    jumps_over_it = wall(slot - timedelta(seconds=1), zone) < asked < wall(slot, zone)
    return reads_it_first or jumps_over_it


def test_slots_come_on_the_listed_days_at_the_local_time():
    cadence = berlin(Weekday.TUESDAY, Weekday.FRIDAY)

    found = list(islice(slots(cadence, after=utc(2026, 1, 5)), 3))

    assert found == [utc(2026, 1, 6, 6, 30), utc(2026, 1, 9, 6, 30), utc(2026, 1, 13, 6, 30)]


def test_summer_time_moves_the_instant_and_not_the_local_time():
    cadence = berlin(Weekday.TUESDAY)

    assert next_slot(cadence, utc(2026, 7, 1)) == utc(2026, 7, 7, 5, 30)


def test_a_slot_in_the_gap_comes_on_the_first_instant_after_it():
    cadence = berlin(*EVERY_DAY, at=time(2, 30))

    # On 29 March 2026 Berlin's clocks go from 2:00 to 3:00, at 1:00 UTC.
    assert next_slot(cadence, utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1)


def test_a_slot_in_the_fold_comes_the_first_time_and_only_once():
    cadence = berlin(*EVERY_DAY, at=time(2, 30))

    # On 25 October 2026 Berlin's clocks read 2:30 at 0:30 and again at 1:30 UTC.
    found = list(islice(slots(cadence, after=utc(2026, 10, 24, 12)), 2))

    assert found == [utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]


def test_a_day_that_a_zone_left_out_has_its_slot_where_the_next_day_begins():
    # Samoa crossed the date line: 30 December 2011, a Friday, did not take place there.
    cadence = Cadence((Weekday.FRIDAY,), time(7, 30), "Pacific/Apia")

    assert next_slot(cadence, utc(2011, 12, 29)) == utc(2011, 12, 30, 10)


def test_two_days_that_one_gap_pushes_together_have_one_slot():
    cadence = Cadence((Weekday.FRIDAY, Weekday.SATURDAY), MIDNIGHT, "Pacific/Apia")

    found = list(islice(slots(cadence, after=utc(2011, 12, 29)), 2))

    assert found == [utc(2011, 12, 30, 10), utc(2012, 1, 5, 10)]


def test_nothing_comes_before_the_local_day_a_cadence_starts_on():
    cadence = berlin(*EVERY_DAY, at=MIDNIGHT, starts_on=date(2026, 6, 2))

    # Midnight of 2 June is still 1 June in UTC.
    assert next_slot(cadence, utc(2026, 5, 1)) == utc(2026, 6, 1, 22)


def test_after_means_after():
    cadence = berlin(Weekday.TUESDAY)
    slot = next_slot(cadence, utc(2026, 1, 1))

    assert next_slot(cadence, slot) == slot + timedelta(weeks=1)
    assert next_slot(cadence, slot - timedelta(microseconds=1)) == slot


def test_the_last_slot_is_the_latest_of_those_that_were_missed():
    cadence = berlin(Weekday.TUESDAY, Weekday.FRIDAY)
    now = utc(2026, 1, 14)

    assert last_slot(cadence, now, since=utc(2020, 1, 1)) == utc(2026, 1, 13, 6, 30)
    assert last_slot(cadence, utc(2026, 1, 13, 6, 30), utc(2026, 1, 13)) == utc(2026, 1, 13, 6, 30)


def test_a_slot_that_was_used_is_not_due_again():
    cadence = berlin(Weekday.TUESDAY)

    assert last_slot(cadence, utc(2026, 1, 15), since=utc(2026, 1, 13, 6, 30)) is None


def test_there_is_no_last_slot_before_the_start():
    cadence = berlin(*EVERY_DAY, starts_on=date(2026, 6, 2))

    assert last_slot(cadence, utc(2026, 6, 1), since=datetime.min.replace(tzinfo=UTC)) is None


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "America", "../UTC", "/etc/passwd", "UTC\0"])
def test_a_zone_that_does_not_exist_is_named(zone: str):
    with pytest.raises(UnknownZone) as error:
        next_slot(Cadence(EVERY_DAY, time(7, 30), zone), utc(2026, 1, 1))

    assert error.value.zone == zone


def test_a_cadence_without_days_is_refused_at_once():
    with pytest.raises(NoDays):
        slots(berlin(), after=utc(2026, 1, 1))


def test_a_naive_instant_is_refused_at_once():
    naive = utc(2026, 1, 1).replace(tzinfo=None)

    with pytest.raises(ValueError, match="naive"):
        slots(berlin(Weekday.MONDAY), after=naive)


@st.composite
def changes_of_clocks(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a UTC day in which its offset changes."""
    name, year = draw(st.sampled_from(ZONES)), draw(st.integers(1970, 2036))
    zone = ZoneInfo(name)
    days = [utc(year, 1, 1) + n * DAY for n in range(367)]
    changes = [
        one
        for one, other in pairwise(days)
        if one.astimezone(zone).utcoffset() != other.astimezone(zone).utcoffset()
    ]
    assume(changes)
    return name, draw(st.sampled_from(changes))


TIMES = st.one_of(
    st.times(),
    # Most clocks change in these hours.
    st.builds(time, st.integers(0, 3), st.integers(0, 59), st.integers(0, 59)),
)


@given(changes_of_clocks(), TIMES, st.sets(st.sampled_from(Weekday), min_size=1))
def test_each_listed_day_has_one_slot_whatever_the_clocks_do(
    change: tuple[str, datetime], at: time, listed: set[Weekday]
):
    name, day = change
    zone = ZoneInfo(name)
    cadence = Cadence(tuple(sorted(listed)), at, name)
    start, end = day - 9 * DAY, day + 9 * DAY

    found = list(takewhile(lambda s: s <= end, slots(cadence, after=start)))

    assert all(one < other for one, other in pairwise(found))
    assert all(start < slot and slot.tzinfo is UTC for slot in found)
    local_days = [(day + n * DAY).date() for n in range(-7, 8)]
    asked = [datetime.combine(d, at) for d in local_days if EVERY_DAY[d.weekday()] in listed]
    for reading in asked:
        assert sum(is_slot_of(slot, reading, zone) for slot in found) == 1
    inner = [s for s in found if asked and asked[0] <= wall(s, zone) <= asked[-1]]
    assert all(any(is_slot_of(slot, reading, zone) for reading in asked) for slot in inner)


@given(changes_of_clocks(), TIMES, st.sets(st.sampled_from(Weekday), min_size=1))
def test_the_next_slot_is_the_last_one_as_soon_as_it_has_come(
    change: tuple[str, datetime], at: time, listed: set[Weekday]
):
    name, now = change
    cadence = Cadence(tuple(sorted(listed)), at, name)

    slot = next_slot(cadence, now)

    assert last_slot(cadence, slot, since=now) == slot
    assert last_slot(cadence, slot - timedelta(microseconds=1), since=now) is None
