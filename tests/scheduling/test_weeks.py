"""The parts of a week go out together on the Monday after it, by the newsletter's own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.newsletter import Cadence, Weekday
from partwork.scheduling.cadence import UnknownZone
from partwork.scheduling.weeks import week_of

BERLIN = Cadence((Weekday.TUESDAY,), time(7, 30), "Europe/Berlin")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=7300)).map(lambda past: FIRST + past)
ZONES = ("UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe")
CADENCES = st.builds(
    Cadence,
    st.just((Weekday.FRIDAY,)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)


def test_a_week_is_due_on_the_monday_after_at_the_cadences_time() -> None:
    wednesday = datetime(2026, 3, 4, 12, tzinfo=UTC)

    week = week_of(BERLIN, wednesday)

    assert (week.year, week.number) == (2026, 10)
    assert week.due_at == datetime(2026, 3, 9, 6, 30, tzinfo=UTC)


def test_the_week_ends_at_midnight_where_the_newsletter_appears() -> None:
    late = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)  # Sunday 23:59 in Berlin

    weeks = [week_of(BERLIN, late), week_of(BERLIN, late + timedelta(minutes=1))]

    assert [week.number for week in weeks] == [10, 11]
    assert weeks[1].due_at - weeks[0].due_at == timedelta(weeks=1)


def test_what_comes_out_on_monday_before_the_mail_is_due_waits_for_the_next() -> None:
    early = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)

    assert week_of(BERLIN, early).due_at == datetime(2026, 3, 16, 6, 30, tzinfo=UTC)


def test_without_a_cadence_it_is_eight_o_clock_in_utc() -> None:
    assert week_of(None, datetime(2026, 3, 4, tzinfo=UTC)).due_at == datetime(
        2026, 3, 9, 8, tzinfo=UTC
    )


def test_the_last_days_of_december_may_be_of_the_first_week() -> None:
    week = week_of(None, datetime(2025, 12, 30, tzinfo=UTC))

    assert (week.year, week.number) == (2026, 1)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(UnknownZone, match="Atlantis"):
        week_of(Cadence((), time(8), "Atlantis"), datetime(2026, 3, 4, tzinfo=UTC))


def test_a_naive_datetime_is_in_no_week() -> None:
    with pytest.raises(ValueError, match="naive"):
        week_of(None, datetime(2026, 3, 4))  # noqa: DTZ001 it is what is refused


@given(CADENCES, INSTANTS)
def test_no_part_waits_for_longer_than_a_week_and_a_day(cadence: Cadence, at: datetime) -> None:
    week = week_of(cadence, at)

    local = week.due_at.astimezone(ZoneInfo(cadence.zone))
    assert timedelta() < week.due_at - at <= timedelta(days=8, hours=1)
    assert local.weekday() == 0


@given(CADENCES, INSTANTS, st.timedeltas(timedelta(), timedelta(days=30)))
def test_weeks_come_in_order(cadence: Cadence, at: datetime, later: timedelta) -> None:
    assert week_of(cadence, at) <= week_of(cadence, at + later)
