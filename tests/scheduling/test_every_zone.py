"""Every gap and every fold that the database of time zones knows, up to 2037."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from partwork.model.newsletter import Cadence, Weekday
from partwork.scheduling.cadence import slots

BEGIN, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
STEP = timedelta(days=14)  # shorter than rules stay: the clocks of Ramadan take 30 days
SECOND = timedelta(seconds=1)
INSTANTS = [BEGIN + n * STEP for n in range((END - BEGIN) // STEP)]


def offsets(zone: ZoneInfo) -> tuple[timedelta, ...]:
    return tuple(instant.astimezone(zone).utcoffset() or timedelta() for instant in INSTANTS)


def changes() -> list[tuple[str, datetime, timedelta, timedelta]]:
    """Each zone's changes of clocks: the first second after it, the offsets before and after.

    Of zones whose clocks went alike over those weeks one stands for all.
    """
    zones = {offsets(ZoneInfo(name)): name for name in sorted(available_timezones())}
    alike = {
        (number, *at_steps[max(number - 1, 0) : number + 3]): name
        for at_steps, name in zones.items()
        for number, (before, after) in enumerate(pairwise(at_steps))
        if before != after
    }
    found = []
    for (number, *_), name in alike.items():
        before = zones_offset(name, number)
        first = _first(name, INSTANTS[number], before)
        found.append((name, first, before, zones_offset(name, number + 1)))
    return found


def zones_offset(name: str, number: int) -> timedelta:
    return INSTANTS[number].astimezone(ZoneInfo(name)).utcoffset() or timedelta()


def _first(name: str, low: datetime, before: timedelta) -> datetime:
    zone, high = ZoneInfo(name), low + STEP
    while high - low > SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def test_a_slot_in_any_gap_or_fold_comes_once_and_at_its_first_instant() -> None:
    found = changes()
    assert len(found) > 4_000
    for name, instant, before, after in found:
        shift = after - before
        # What a clock would show, had it gone on as before, halfway into the gap or the fold.
        within = (instant + before + shift / 2).replace(tzinfo=None, microsecond=0)
        expected = instant if shift > timedelta() else instant + shift / 2
        cadence = Cadence(tuple(Weekday), within.time(), name)
        near = slots(cadence, after=expected.replace(microsecond=0) - timedelta(hours=20))

        coming = [next(near), next(near)]

        slot = min(coming, key=lambda one: abs(one - expected))
        assert abs(slot - expected) <= SECOND, (name, instant)
        assert coming[1] - coming[0] >= timedelta(hours=3), (name, instant)
