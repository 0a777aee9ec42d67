"""When a series appears: the slots of a cadence, from its zone's own rules.

Where the clocks go forward over a slot it falls on the first instant after the gap; where they
go back over one, on the first of its two. The machine's own time zone plays no part.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from partwork.model.errors import PartworkError
from partwork.model.newsletter import Cadence, Newsletter, Weekday
from partwork.model.series import Series
from partwork.model.zone import zone_named


class UnknownZone(PartworkError):
    """A cadence's time zone is none that IANA knows."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f"time zone {zone!r} is not known; write one such as Europe/Berlin")


class NoDays(PartworkError):
    """A cadence names no day, so it would never come round."""

    def __init__(self) -> None:
        super().__init__("a cadence without days has no slots; name at least one, such as mon")


def cadence_of(newsletter: Newsletter, series: Series) -> Cadence | None:
    """The series' own cadence, else the newsletter's, without the days that either skips."""
    cadence = series.cadence or newsletter.cadence
    skip = (*newsletter.skip, *series.skip)
    return cadence and replace(cadence, skip=(*cadence.skip, *skip))


def slots(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """Every slot later than `after`, ascending, as aware UTC datetimes; there is no last one.

    Two slots that one gap pushes to the same instant are one. Raises UnknownZone and NoDays,
    and ValueError for a naive `after`.
    """
    if after.utcoffset() is None:
        raise ValueError("a naive datetime names no instant: give it a time zone")
    if not (cadence.days or cadence.month_days or cadence.starts_on):
        raise NoDays
    return _slots(cadence, zone_of(cadence.zone), after.astimezone(UTC))


def next_slot(cadence: Cadence, now: datetime) -> datetime:
    """The first slot later than `now`."""
    return next(slots(cadence, after=now))


def last_slot(cadence: Cadence, now: datetime, since: datetime) -> datetime | None:
    """The latest slot that has come by `now` and is later than `since`; None if there is none."""
    earliest = max(since, _FIRST)
    if cadence.starts_on:
        # Two days early: no zone is further from UTC, and no gap is longer.
        start = datetime.combine(cadence.starts_on, time(), UTC) - timedelta(days=2)
        earliest = max(earliest, start)
    back = timedelta(days=9)  # a day of the week comes round in 7, and a gap may take one more
    while True:
        nearby = now - min(back, now - earliest)
        come = takewhile(lambda slot: slot <= now, slots(cadence, after=nearby))
        latest = max(come, default=None)
        if latest or nearby <= earliest:
            return latest
        back *= 8


def zone_of(name: str) -> ZoneInfo:
    """The time zone that IANA calls so. Raises UnknownZone."""
    zone = zone_named(name)
    if zone is None:
        raise UnknownZone(name)
    return zone


_FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # before there were any mails of ours
_WEEKDAYS = tuple(Weekday)  # Monday first, as `date.weekday` counts


def _slots(cadence: Cadence, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    # Two days early: a gap may push a slot of the local day before past `after`.
    first = after.astimezone(zone).date() - timedelta(days=2)
    if cadence.starts_on is not None:
        first = max(first, cadence.starts_on)
    previous = after
    for day in (first + timedelta(days=n) for n in count()):
        if _is_listed(day, cadence):
            slot = _instant(day, cadence, zone)
            if slot > previous:
                yield slot
                previous = slot


def _is_listed(day: date, cadence: Cadence) -> bool:
    if any(pause.first <= day <= pause.last for pause in cadence.skip):
        return False
    if cadence.month_days:
        last = monthrange(day.year, day.month)[1]
        is_day = any(min(listed, last) == day.day for listed in cadence.month_days)
    else:
        is_day = not cadence.days or _WEEKDAYS[day.weekday()] in cadence.days
    begun = cadence.starts_on or date.min
    return is_day and (_turn(day, cadence) - _turn(begun, cadence)) % cadence.every == 0


def _turn(day: date, cadence: Cadence) -> int:
    """The number of the day's month, week or day, whichever the cadence counts."""
    if cadence.month_days:
        return day.year * 12 + day.month
    return (day.toordinal() - 1) // 7 if cadence.days else day.toordinal()  # day 1 was a Monday


def _instant(day: date, cadence: Cadence, zone: ZoneInfo) -> datetime:
    """The first instant at which a clock in `zone` reads the cadence's time on `day`, or later."""
    wall = datetime.combine(day, cadence.at, tzinfo=None).replace(fold=0)
    slot = wall.replace(tzinfo=zone).astimezone(UTC)
    if _wall(slot, zone) == wall:
        return slot
    # In a gap, fold 1 reads the time with the offset after it and so lies before it (PEP 495);
    # the transition, on a whole second, is between the two.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    low, high = 0, int((slot - before).total_seconds()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _wall(before + timedelta(seconds=middle), zone) < wall:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in `zone` shows."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
