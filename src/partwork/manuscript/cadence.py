"""When something appears, as settings files have it: `[cadence]` and `skip`."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from partwork.manuscript.settings_table import YEARS, day_in, unknown_in
from partwork.model.newsletter import Cadence, Pause, Weekday
from partwork.model.zone import zone_named

FIELDS = ("days", "month_days", "every", "time", "zone", "starts_on")
LONGEST = timedelta(days=366)  # of a pause; who pauses for longer takes the cadence out
MOST = 1000  # weeks, months or days from one slot to the next

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_EVERY = re.compile(r"([1-9]\d{0,3}) (day|week|month)s?")
_SKIPPED = (
    'is a list of days and pauses, such as ["2026-12-25", "2027-07-01/2027-08-15"], '
    f"in the years {YEARS[0]} to {YEARS[-1]}, the later day behind, a year long at most"
)


def cadence_in(table: object, _text: str = "") -> tuple[Cadence | None, Sequence[str]]:
    """The cadence in a table, None where it is missing, and what is wrong with it."""
    if table is None:
        return None, ()
    if not isinstance(table, dict):
        return None, ["cadence is a table; write [cadence] and its fields below"]
    starts_on, wrong_day = day_in(table.get("starts_on"))
    days, at, zone = _days(table), _time(table.get("time")), table.get("zone")
    month_days, every = _month_days(table), _every(table.get("every"))
    problems = {
        "days": "" if days is not None else _DAYS,
        "month_days": _MONTH_DAYS if month_days is None else _BOTH if days and month_days else "",
        "time": "" if at else 'is a time of day in hours and minutes, such as "07:30"',
        "zone": _problem_of(zone),
        "starts_on": wrong_day,
        "every": "" if every else _EVERYS,
    }
    if every and not any(problems.values()):
        problems["every"] = _misfit(every, days, month_days, starts_on)
    found = [f"cadence.{name} {problem}" for name, problem in problems.items() if problem]
    found += [f"cadence.{problem}" for problem in unknown_in(table, FIELDS)]
    if found or not every or at is None:
        return None, found
    return Cadence(days or (), at, str(zone), starts_on, month_days or (), every[0]), ()


def pauses_in(value: object, _text: str = "") -> tuple[tuple[Pause, ...], Sequence[str]]:
    """The days and pauses of the field `skip`, and what is wrong with them."""
    written = [] if value is None else value if isinstance(value, list) else [None]
    pauses = [_pause(one) for one in written]
    found = tuple(pause for pause in pauses if pause)
    return found, [] if len(found) == len(written) else [f"skip {_SKIPPED}"]


def printed_pause(pause: Pause) -> str:
    """A pause as `pauses_in` reads it."""
    return f"{pause.first}" if pause.first == pause.last else f"{pause.first}/{pause.last}"


def printed_every(cadence: Cadence) -> str:
    """How often, as `cadence_in` reads it; "" where that goes without saying."""
    unit = "months" if cadence.month_days else "weeks" if cadence.days else "days"
    return "" if cadence.every == 1 and unit != "days" else f"{cadence.every} {unit}"


_DAYS = 'is a list of days, each once, such as ["tue", "fri"]'
_MONTH_DAYS = "is a list of days of the month, each once, 1 to 31, such as [1, 15]; 31 is the last"
_BOTH = "and days exclude each other; choose one"
_EVERYS = f'is a number up to {MOST} and days, weeks or months, such as "2 weeks"'


def _days(table: dict[str, object]) -> tuple[Weekday, ...] | None:
    """None: wrong, or missing where neither days of the month nor an interval stand for them."""
    if "days" not in table and ("month_days" in table or "every" in table):
        return ()
    value = table.get("days")
    words = value if isinstance(value, list) else []
    days = tuple(day for word in words for day in Weekday if word == day.value)
    return days if days and len(set(days)) == len(words) else None


def _month_days(table: dict[str, object]) -> tuple[int, ...] | None:
    if "month_days" not in table:
        return ()
    value = table["month_days"]
    listed = value if isinstance(value, list) else []
    days = tuple(d for d in listed if isinstance(d, int) and d is not True and 1 <= d <= 31)
    return tuple(sorted(days)) if days and len(set(days)) == len(listed) else None


def _time(value: object) -> time | None:
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    if isinstance(value, time) and not value.second and not value.microsecond:
        return value
    return None


def _problem_of(zone: object) -> str:
    if zone is None:
        return "is missing"
    if not isinstance(zone, str):
        return "is text; put it in quotes"
    if not zone.strip():
        return "is empty"
    return "" if zone_named(zone) else 'is a time zone such as "Europe/Berlin"'


def _every(value: object) -> tuple[int, str] | None:
    """How many of what; a missing one is one of whatever fits."""
    if value is None:
        return 1, ""
    parts = _EVERY.fullmatch(value) if isinstance(value, str) else None
    return (int(parts[1]), parts[2]) if parts and int(parts[1]) <= MOST else None


def _misfit(
    every: tuple[int, str],
    days: tuple[Weekday, ...] | None,
    month_days: tuple[int, ...] | None,
    starts_on: date | None,
) -> str:
    """Why what the fields say does not go together; "": it does."""
    number, unit = every
    fits = "month" if month_days else "week" if days else "day"
    if unit and unit != fits:
        what = {"month": "month_days", "week": "days", "day": "neither days nor month_days"}[unit]
        return f"counts {unit}s, which goes with {what}"
    if starts_on is None and (number > 1 or fits == "day"):
        return "needs starts_on, the day from which it counts"
    return ""


def _pause(written: object) -> Pause | None:
    if isinstance(written, date) and not isinstance(written, datetime):
        pause = Pause(written, written)
    elif isinstance(written, str):
        first, slash, last = (part.strip() for part in written.partition("/"))
        try:
            begins = date.fromisoformat(first)
            pause = Pause(begins, date.fromisoformat(last) if slash else begins)
        except ValueError:
            return None
    else:
        return None
    in_years = pause.first.year in YEARS and pause.last.year in YEARS
    return pause if in_years and timedelta() <= pause.last - pause.first <= LONGEST else None
