"""When the parts of a week go out together, for readers who want them in one mail."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from partwork.model.newsletter import Cadence, Weekday
from partwork.scheduling.cadence import next_slot, zone_of

# Of a newsletter without a cadence of its own: a guess at when mail of no hurry is welcome.
_OTHERWISE = Cadence(days=(Weekday.MONDAY,), at=time(8), zone="UTC")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A calendar week (ISO 8601, 4.3.2.2), and when the mail with its parts is due."""

    year: int
    number: int
    due_at: datetime


def week_of(cadence: Cadence | None, at: datetime) -> Week:
    """The week in which `at` falls where the newsletter appears.

    Its mail is due on the Monday after it, at the cadence's time of day. Raises UnknownZone, and
    ValueError for a naive `at`.
    """
    if at.utcoffset() is None:
        raise ValueError("a naive datetime names no instant: give it a time zone")
    kept = cadence or _OTHERWISE
    day = at.astimezone(zone_of(kept.zone)).date()
    monday = day + timedelta(days=7 - day.weekday())
    mondays = Cadence((Weekday.MONDAY,), kept.at, kept.zone, starts_on=monday)
    year, number, _ = day.isocalendar()
    return Week(year, number, next_slot(mondays, at.astimezone(UTC)))
