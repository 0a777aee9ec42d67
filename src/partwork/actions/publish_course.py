"""A course: each subscriber's next part when it is due to them, by their own clocks."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from partwork.actions.approval_state import standing_of
from partwork.actions.forewarning import A_DAY_AHEAD, Slot, foresee, tell_once
from partwork.actions.missing import NOT_AFTER
from partwork.actions.notices import Notice
from partwork.actions.planned import Outcome, Planned
from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment, Series
from partwork.model.zone import zone_named
from partwork.scheduling.cadence import last_slot, next_slot, zone_of
from partwork.store.campaigns import enrol, plan_course
from partwork.store.courses import (
    due_parts,
    next_parts,
    pass_over,
    put_off,
    zones_to_enrol,
)
from partwork.store.engine import read_only

# A part as it may be mailed in a slot; else why it may not, in words.
Ready = Callable[[Instalment, datetime], Issue | str]


def publish_course(
    press: Press, series: Series, cadence: Cadence, ready: Ready, now: datetime
) -> Outcome:
    """Plans the parts that are due to somebody; new readers start at part 1 in their next slot.

    A slot comes when a reader's own clocks show the cadence's time, if their time zone is known,
    else when those of its zone do. Whose part was not approved by then, or was missed for too
    long, gets it in their next slot, and all later ones behind it.
    """
    if is_closed(series, cadence, now):
        _tell_of_review(press, series, now)
    else:
        with press.engine.begin() as connection:
            for zone in zones_to_enrol(connection, series.newsletter, series.slug):
                first = next_slot(_of_reader(cadence, zone), now)
                enrol(connection, series.newsletter, series.slug, first, now, zone=zone)
    numbers = [part.number for part in series.instalments]
    _pass_over_gaps(press, series, numbers, now)
    with read_only(press.engine) as connection:
        due = due_parts(connection, series.slug, now, numbers)
        soon = next_parts(connection, series.slug, now + A_DAY_AHEAD, numbers)
    planned: list[Planned] = []
    waiting: list[str] = []
    # The last part first, so that nobody gets two in one tick.
    for part in reversed(series.instalments):
        if part.number in due:
            clocks = {zone: _of_reader(cadence, zone) for zone in due[part.number]}
            _put_off_overdue(press, series.slug, part.number, clocks, now)
            issue = ready(part, now)
            if isinstance(issue, str):
                waiting.append(f"{series.slug}: {issue}")
            else:
                planned += _plan(press, issue, clocks, now)
        elif part.number in soon:
            coming = Slot(series, part, cadence, next_slot(cadence, now))
            foresee(press, coming, partial(ready, part, coming.at), now)
    if not planned and not waiting:
        waiting.append(f"{series.slug}: next slot {next_slot(cadence, now):%Y-%m-%d %H:%M} UTC")
    return planned, waiting


def _pass_over_gaps(press: Press, series: Series, numbers: Sequence[int], now: datetime) -> None:
    """Nobody waits for a part whose file is gone: the next one there is comes in its place."""
    for missing in sorted(set(range(1, max(numbers, default=1))) - set(numbers)):
        then = min(number for number in numbers if number > missing)
        with press.engine.begin() as connection:
            readers = pass_over(connection, series.slug, missing, then, now)
        if readers:
            _tell_of_gap(press, series, missing, then, now)


def is_closed(series: Series, cadence: Cadence, now: datetime) -> bool:
    """Whether nobody begins the course any more, since its day of review is over."""
    today = now.astimezone(zone_of(cadence.zone)).date()
    return series.review_by is not None and today > series.review_by


def _plan(
    press: Press, issue: Issue, clocks: Mapping[str, Cadence], now: datetime
) -> list[Planned]:
    """The campaigns of a part for the slots of its readers' zones; of one slot it is one."""
    approved_at = standing_of(press, issue, now).approved_at
    since = max(approved_at or now, now - NOT_AFTER)
    reached: Counter[datetime] = Counter()
    for zone, own in clocks.items():
        slot, following = last_slot(own, now, now - NOT_AFTER) or now, next_slot(own, now)
        with press.engine.begin() as connection:
            _, recipients = plan_course(
                connection, issue, slot, following, now, since=since, zone=zone
            )
        reached[slot] += recipients
    return [Planned(issue.name, slot, count) for slot, count in reached.items() if count]


def _put_off_overdue(
    press: Press, series: str, number: int, clocks: Mapping[str, Cadence], now: datetime
) -> None:
    for zone, own in clocks.items():
        following = next_slot(own, now)
        with press.engine.begin() as connection:
            put_off(connection, series, number, zone, until=now - NOT_AFTER, next_due_at=following)


def _of_reader(cadence: Cadence, zone: str) -> Cadence:
    """The cadence by a reader's own clocks; of a zone that is not known (any more), as it is."""
    return replace(cadence, zone=zone) if zone and zone_named(zone) else cadence


def _tell_of_gap(press: Press, series: Series, missing: int, then: int, now: datetime) -> None:
    lines = (
        f"{series.title} has no part {missing} any more. Readers who were to have it go on with "
        f"part {then}.",
        f"If it should be there, put its file back into content/series/{series.slug}: who has not "
        f"come to part {missing} gets it then.",
    )
    subject = f"{series.slug} has no part {missing}: its readers go on with part {then}"
    notice = Notice(f"gap {series.slug} {missing}", subject, lines)
    tell_once(press, series.newsletter, notice, now)


def _tell_of_review(press: Press, series: Series, now: datetime) -> None:
    lines = (
        f"{series.title} was to be reviewed by {series.review_by}. Nobody new begins it any more; "
        "who is under way gets the parts that are left.",
        f"Read it again, then set another review_by in content/series/{series.slug}/series.toml, "
        "or take it out.",
    )
    subject = f"{series.slug} is to be reviewed: nobody new begins it"
    notice = Notice(f"review {series.slug} {series.review_by}", subject, lines)
    tell_once(press, series.newsletter, notice, now)
