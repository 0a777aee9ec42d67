"""Segments: what is wrong with the one that a series names, and how many each reaches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.actions.loading import load_newsletter, meant_by
from partwork.assembly import Press
from partwork.manuscript.segments import line_of
from partwork.model.fault import Fault, Severity
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.model.series import Series
from partwork.store.campaigns import count_audience
from partwork.store.engine import read_only
from partwork.store.segments import count_reached

RULE = "segment"


@dataclass(frozen=True, slots=True)
class Reach:
    """How many readers a segment of a newsletter has now; `segment` is empty for all of them."""

    newsletter: str
    segment: str
    readers: int


def segments_of(press: Press, newsletter: str, now: datetime) -> tuple[Reach, ...]:
    """All readers of a newsletter, and those in each of its segments; of all where none is named.

    They are counted as a campaign is planned, but for what a series and its parts add: who skips
    it or has had the part. Raises LibraryError, ManuscriptError.
    """
    slugs = [newsletter] if newsletter else press.library.newsletter_slugs()
    newsletters = [load_newsletter(press, slug) for slug in slugs]
    with read_only(press.engine) as connection:
        return tuple(
            Reach(one.slug, segment.name if segment else "", count)
            for one in newsletters
            for segment in (None, *one.segments)
            for count in [count_reached(connection, one.slug, segment, now)]
        )


def count_readers(
    connection: Connection, newsletter: Newsletter, series: Series, now: datetime
) -> int:
    """How many readers a series reaches now, but for who skips it or has had its next part."""
    if not series.segment:
        return count_reached(connection, newsletter.slug, None, now)
    named = [segment for segment in newsletter.segments if segment.name == series.segment]
    return count_reached(connection, newsletter.slug, named[0], now) if named else 0


def readers_of(press: Press, issues: Sequence[Issue], now: datetime) -> tuple[int, ...]:
    """How many each issue would be sent to if it were published now."""
    with read_only(press.engine) as connection:
        return tuple(count_audience(connection, issue, now) for issue in issues)


def segment_faults(press: Press, newsletter: Newsletter, series: Series) -> Iterator[Fault]:
    """A segment that the newsletter does not define, or that asks for a series nobody knows."""
    library = press.library
    defined = {segment.name: segment for segment in newsletter.segments}
    file = library.newsletter_file(newsletter.slug)
    where = library.shown(file)
    if not series.segment:
        return
    if series.segment not in defined:
        toml = library.series_folder(series.slug) / "series.toml"
        meant = meant_by(series.segment, defined, "partwork subscribers segments")
        message = f"{where} defines no segment {series.segment!r}; {meant}"
        line = line_of("segment", library.read(toml))
        yield Fault(library.shown(toml), line, RULE, message)
        return
    for slug in sorted(set(defined[series.segment].series) - set(library.series_slugs())):
        message = f"the segment {series.segment} is for readers of {slug!r}, and no series has it"
        line = line_of("series", library.read(file), table=f"segments.{series.segment}")
        yield Fault(where, line, RULE, f"{message} for a name", Severity.NOTICE)
