"""Which parts should have gone out in slots that nobody looked at, and when they come instead."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice


@dataclass(frozen=True, slots=True)
class Dates:
    """When a part was to come, and when it comes by each choice; None: it is left out."""

    was: datetime
    now: datetime
    skip: datetime | None
    shift: datetime


def missed_of(
    slots: Iterable[datetime], approved_at: Sequence[datetime | None]
) -> Iterator[tuple[datetime, int]]:
    """Each slot in which a part would have gone, with the part's place in `approved_at`.

    The parts are in their order; a slot takes the first that is left, if that was approved by
    then. A slot whose part was not (None: never) took none, and none behind it.
    """
    place = 0
    for slot in slots:
        if place == len(approved_at):
            return
        approved = approved_at[place]
        if approved is not None and approved <= slot:
            yield slot, place
            place += 1


def dates_of(
    missed: Sequence[datetime], coming: Iterator[datetime], parts: int, now: datetime
) -> tuple[Dates, ...]:
    """The dates of the parts that are left, of which the first should have come at `missed`.

    `coming` are the slots from now on.
    """
    ahead = list(islice(coming, parts))
    on_time = chain(missed, ahead)
    later = iter(ahead)
    found = []
    for number, shifted in enumerate(ahead):
        is_missed = number < len(missed)
        kept = None if is_missed else next(later)
        found.append(Dates(next(on_time), kept or now, kept, shifted))
    return tuple(found)
