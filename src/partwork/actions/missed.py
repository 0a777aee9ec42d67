"""Missed parts: what each choice means for the dates, and the choice carried out."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.missed_dates import PartDates, part_dates
from partwork.actions.missing import held_for_missed, in_words
from partwork.actions.publish import gone_instalments, publishing, ready_issue
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.missed import Choice, Missed
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment, Mode, Series
from partwork.scheduling.cadence import cadence_of
from partwork.store.campaigns import plan_campaign
from partwork.store.engine import read_only
from partwork.store.slots import decide_missed, load_missed, save_look


@dataclass(frozen=True, slots=True)
class MissedSeries:
    """A series that waits for a decision: what was missed, in words, and the dates of its parts."""

    series: str
    why: str
    parts: tuple[PartDates, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a series: the issues that go out now, and the dates of what is left.

    A part that is left out has no date.
    """

    series: str
    choice: Choice
    issues: tuple[str, ...]
    dates: tuple[tuple[int, str, datetime | None], ...]


def missed(press: Press, series: str, now: datetime) -> tuple[MissedSeries, ...]:
    """Every series that waits for a decision, or one; as of the last look at what is due.

    Raises what loading a series raises where one is named, and LibraryError where it waits for
    nothing.
    """
    found = []
    if series:
        load_series(press, series)
    for slug in (series,) if series else press.library.series_slugs():
        with read_only(press.engine) as connection:
            held = load_missed(connection, slug)
        if not held:
            if series:
                raise LibraryError(f"{series}: no part has missed its slot; nothing is to decide")
            continue
        try:
            found.append(_shown(press, slug, held, now))
        except PartworkError as error:
            if series:
                raise
            found.append(MissedSeries(slug, f"{in_words(held)}; {error}", ()))
    return tuple(found)


def decide(press: Press, series: str, choice: Choice, now: datetime) -> Decided:
    """Carries out what a person decides about a series' missed parts, all of them at once.

    Raises LibraryError, and changes nothing, where none was missed, another run is publishing the
    series, somebody else decides meanwhile, or a part that is to go out now cannot.
    """
    found = load_series(press, series)
    with publishing(press, series, now) as is_ours:
        if not is_ours:
            raise LibraryError(f"{series}: another run is publishing it; try again in a minute")
        cadence = _cadence(press, found)
        gone = gone_instalments(press, series)
        left = [part for part in found.instalments if part.id not in gone]
        held_for_missed(press, found, cadence, left, now)  # and what has been missed since
        with read_only(press.engine) as connection:
            held = load_missed(connection, series)
        if not held:
            raise LibraryError(f"{series}: no part has missed its slot; nothing is to decide")
        dates = _shown(press, series, held, now).parts
        issues = _ready(press, found, held, left, now) if choice is Choice.NOW else ()
        with press.engine.connect() as connection, connection.begin() as transaction:
            for issue in issues:
                if not plan_campaign(connection, issue, now, now)[1]:
                    transaction.rollback()
                    raise LibraryError(f"{issue.name} waits for readers: there are none yet")
            if decide_missed(connection, series, choice, now) != len(held):
                transaction.rollback()
                raise LibraryError(f"{series}: somebody has decided just now; look again")
            save_look(connection, series, now)
    return Decided(
        series,
        choice,
        tuple(issue.name for issue in issues),
        tuple((one.number, one.title, getattr(one, choice.value)) for one in dates),
    )


def _shown(press: Press, slug: str, held: tuple[Missed, ...], now: datetime) -> MissedSeries:
    series = load_series(press, slug)
    gone = gone_instalments(press, slug)
    left = [part for part in series.instalments if part.id not in gone]
    return MissedSeries(slug, in_words(held), part_dates(_cadence(press, series), left, held, now))


def _ready(
    press: Press,
    series: Series,
    held: tuple[Missed, ...],
    left: list[Instalment],
    now: datetime,
) -> tuple[Issue, ...]:
    parts = {part.id: part for part in left}
    gone = gone_instalments(press, series.slug)
    issues = []
    for one in held:
        if one.instalment not in parts:
            continue  # its file is gone
        issue = ready_issue(press, series, parts[one.instalment], now, gone)
        if isinstance(issue, str):
            raise LibraryError(f"{series.slug}: {issue}")
        issues.append(issue)
    return tuple(issues)


def _cadence(press: Press, series: Series) -> Cadence:
    cadence = cadence_of(load_newsletter(press, series.newsletter), series)
    if cadence is None or series.mode is Mode.COURSE:
        raise LibraryError(f"{series.slug} has no days any more on which it appears for everyone")
    return cadence
