"""When the parts of a series come by each choice about those that were missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from partwork.model.missed import Missed
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment
from partwork.scheduling.cadence import slots, zone_of
from partwork.scheduling.missed import dates_of

SHOWN = 10  # parts whose dates are shown, beside those that were missed


@dataclass(frozen=True, slots=True)
class PartDates:
    """When a part was to come, and when it comes by each choice; None: it is left out."""

    number: int
    title: str
    was: datetime
    now: datetime
    skip: datetime | None
    shift: datetime


def part_dates(
    cadence: Cadence, left: Sequence[Instalment], held: Sequence[Missed], now: datetime
) -> tuple[PartDates, ...]:
    """The dates of what was missed, and of the next parts behind it; `left` are not out yet.

    What was missed and has no file any more is passed over.
    """
    parts = {part.id: part for part in left}
    missed = [one for one in held if one.instalment in parts]
    known = [parts[one.instalment] for one in missed]
    shown = [*known, *[part for part in left if part not in known][:SHOWN]]
    coming = slots(cadence, after=now)
    dates = dates_of([one.due_at for one in missed], coming, len(shown), now)
    return tuple(
        PartDates(part.number, part.title, one.was, one.now, one.skip, one.shift)
        for part, one in zip(shown, dates, strict=False)  # a cadence may end before the parts do
    )


def dates_in_words(
    dates: Sequence[PartDates], cadence: Cadence, now: datetime
) -> tuple[tuple[str, ...], ...]:
    """A table of them with its headings, by the clocks of the cadence's zone."""

    def words(at: datetime | None) -> str:
        if at is None:
            return "left out"
        if at == now:
            return "at once"
        local = at.astimezone(zone_of(cadence.zone))
        return f"{local:%a} {local.day} {local:%b %H:%M}"

    rows = ((str(d.number), *map(words, (d.was, d.now, d.skip, d.shift))) for d in dates)
    return (("part", "was to come", "now", "skip", "shift"), *rows)
