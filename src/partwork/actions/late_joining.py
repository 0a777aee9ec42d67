"""What a newcomer is told of series that have begun: the next date, and the parts so far."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.publish import gone_instalments
from partwork.assembly import Press
from partwork.model.errors import PartworkError
from partwork.model.series import Mode, Series
from partwork.rendering.service import NextPart, PartSoFar, ServiceFields
from partwork.scheduling.cadence import cadence_of, next_slot, zone_of
from partwork.store.archive import published_parts
from partwork.store.engine import read_only
from partwork.store.slots import load_missed

MOST = 30  # parts so far of one series; of more the last ones, a guess at what a mail bears


def with_what_runs(
    press: Press, fields: ServiceFields, newsletter: str, now: datetime
) -> ServiceFields:
    """A welcome with the next part of each series that has begun and goes to everybody by its days.

    Links to the parts so far are in it where it is known at which address they are read.
    """
    coming: list[NextPart] = []
    so_far: list[PartSoFar] = []
    for series in _running(press, newsletter):
        with read_only(press.engine) as connection:
            published = published_parts(connection, newsletter, series.slug)
            is_held = bool(load_missed(connection, series.slug))
        gone = gone_instalments(press, series.slug)
        left = [part for part in series.instalments if part.id not in gone]
        cadence = cadence_of(load_newsletter(press, newsletter), series)
        if not published or not left or cadence is None:
            continue
        if not is_held:
            day = next_slot(cadence, now).astimezone(zone_of(cadence.zone)).date()
            coming.append(NextPart(series.title, left[0].number, day))
        if press.has_pages:
            base = press.pages_url
            so_far += [
                PartSoFar(f"{part.number}. {part.title}", f"{base}/parts/{part.instalment}")
                for part in sorted(published[:MOST], key=lambda part: part.number)
            ]
    return replace(fields, coming=tuple(coming), so_far=tuple(so_far))


def _running(press: Press, newsletter: str) -> Iterator[Series]:
    """The series of a newsletter that everybody gets on the same days; broken files are no news."""
    for slug in press.library.series_slugs():
        try:
            series = load_series(press, slug)
        except PartworkError:
            continue  # `partwork doctor` names it
        is_for_all = series.mode is Mode.CALENDAR and not series.segment
        if series.newsletter == newsletter and is_for_all:
            yield series
