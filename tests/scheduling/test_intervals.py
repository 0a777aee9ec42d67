"""Slots on days of the month, every so often, and not on days that are skipped."""

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile

from hypothesis import given
from hypothesis import strategies as st

from partwork.model.address import Mailbox
from partwork.model.newsletter import Cadence, Newsletter, Pause, Weekday
from partwork.model.series import Series
from partwork.scheduling.cadence import cadence_of, last_slot, slots

NOON = time(12)
NEW_YEAR = datetime(2028, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
PAUSES = st.builds(
    lambda day, length: Pause(day, day + timedelta(length)), DAYS, st.integers(0, 40)
)
CADENCES = st.builds(
    lambda listed, monthly, every, starts_on, skip: Cadence(
        () if monthly else tuple(sorted(listed)),
        NOON,
        "UTC",
        starts_on,
        tuple(sorted(monthly)),
        every,
        tuple(skip),
    ),
    st.sets(st.sampled_from(Weekday)),
    st.sets(st.integers(1, 31), max_size=3),
    st.integers(1, 5),
    DAYS,
    st.lists(PAUSES, max_size=4),
)


def days(cadence: Cadence, count: int, after: datetime = NEW_YEAR) -> list[date]:
    return [slot.date() for slot in islice(slots(cadence, after), count)]


def on(*listed: int, every: int = 1, starts_on: date | None = None) -> Cadence:
    return Cadence((), NOON, "UTC", starts_on, listed, every)


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    assert days(on(31), 4) == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_two_days_that_a_month_ends_on_are_one_slot() -> None:
    found = days(on(30, 31), 3, datetime(2027, 2, 1, tzinfo=UTC))

    assert found == [date(2027, 2, 28), date(2027, 3, 30), date(2027, 3, 31)]


def test_a_leap_day_comes_round_on_the_last_of_february() -> None:
    yearly = on(29, every=12, starts_on=date(2028, 2, 29))

    assert days(yearly, 5) == [
        date(2028, 2, 29),
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    ]


def test_every_second_week_counts_from_the_week_it_starts_in() -> None:
    cadence = Cadence((Weekday.MONDAY, Weekday.SUNDAY), NOON, "UTC", date(2028, 1, 5), every=2)

    # 5 January 2028 is a Wednesday: its week's Monday is before the start, its Sunday is not.
    assert days(cadence, 3) == [date(2028, 1, 9), date(2028, 1, 17), date(2028, 1, 23)]


def test_every_tenth_day_knows_no_weeks() -> None:
    cadence = Cadence((), NOON, "UTC", date(2028, 2, 20), every=10)

    assert days(cadence, 3) == [date(2028, 2, 20), date(2028, 3, 1), date(2028, 3, 11)]


def test_the_last_slot_is_found_however_long_ago_it_was() -> None:
    yearly = on(1, every=12, starts_on=date(2027, 3, 1))

    found = last_slot(yearly, NEW_YEAR, since=datetime(2000, 1, 1, tzinfo=UTC))

    assert found == datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_a_series_keeps_its_newsletter_s_holidays_and_its_own() -> None:
    daily = Cadence(tuple(Weekday), NOON, "UTC")
    holidays = Pause(date(2028, 1, 1), date(2028, 1, 3))
    own = Pause(date(2028, 1, 5), date(2028, 1, 5))
    editor = Mailbox("", "editor@example.org")
    newsletter = Newsletter("bench", "The Bench", editor, editor, cadence=daily, skip=(holidays,))

    found = cadence_of(newsletter, Series("soil", "bench", "Soil", skip=(own,)))

    assert found is not None
    assert days(found, 3) == [date(2028, 1, 4), date(2028, 1, 6), date(2028, 1, 7)]
    assert cadence_of(replace(newsletter, cadence=None), Series("soil", "bench", "Soil")) is None


@given(CADENCES)
def test_a_slot_is_on_each_day_that_is_listed_and_on_no_other(cadence: Cadence) -> None:
    start = date(2026, 1, 1)
    every = [start + timedelta(n) for n in range(1500)]

    found = takewhile(
        lambda slot: slot.date() <= every[-1],
        slots(cadence, datetime(2025, 12, 31, tzinfo=UTC)),
    )

    assert [slot.date() for slot in found] == [day for day in every if is_listed(day, cadence)]


def is_listed(day: date, cadence: Cadence) -> bool:
    """The same told otherwise: by the months and weeks that lie between."""
    begun = cadence.starts_on
    assert begun is not None
    if day < begun or any(pause.first <= day <= pause.last for pause in cadence.skip):
        return False
    if cadence.month_days:
        months = (day.year - begun.year) * 12 + day.month - begun.month
        ends = monthrange(day.year, day.month)[1] == day.day
        is_day = day.day in cadence.month_days or (ends and max(cadence.month_days) > day.day)
        return is_day and months % cadence.every == 0
    if cadence.days:
        monday, first = (one - timedelta(one.weekday()) for one in (day, begun))
        is_day = list(Weekday)[day.weekday()] in cadence.days
        return is_day and (monday - first).days // 7 % cadence.every == 0
    return (day - begun).days % cadence.every == 0


@given(CADENCES, st.integers(0, 700))
def test_the_last_slot_is_the_one_before_the_next(cadence: Cadence, passed: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    now = begin + timedelta(passed)

    come = list(takewhile(lambda slot: slot <= now, slots(cadence, begin)))

    assert last_slot(cadence, now, since=begin) == (come[-1] if come else None)
    assert all(one < other for one, other in pairwise(come))
