"""What is due and approved → a campaign, its audience planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.approved import approved_issue, published_elsewhere
from partwork.actions.bundles import bundle_weeks
from partwork.actions.correct import work_off_corrections
from partwork.actions.feedback import judge_meanwhile
from partwork.actions.folding import fold_old
from partwork.actions.guarding import Held
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.planned import Planned
from partwork.actions.stopping import words_for as stopped_words
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.newsletter import Cadence
from partwork.model.series import Mode, Series
from partwork.model.stop import StopKind
from partwork.scheduling.cadence import last_slot, next_slot
from partwork.store.campaigns import (
    enrol,
    last_campaign,
    plan_campaign,
    plan_course,
    unfinished_issues,
)
from partwork.store.engine import read_only
from partwork.store.issues import load_issue, published_instalments
from partwork.store.lanes import sweep
from partwork.store.leases import release_lease, take_lease
from partwork.store.ledger import tally
from partwork.store.stops import load_stop

NOT_AFTER = timedelta(hours=6)  # a guess: a part that is later than this waits for its next slot
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What was planned; what waits, and for what, in words; issues with unsent deliveries.

    `held` are issues that were held for what had come back.
    """

    planned: tuple[Planned, ...]
    waiting: tuple[str, ...]
    unsent: tuple[str, ...]
    held: tuple[Held, ...] = ()


def publish(press: Press, series: str, *, at_once: bool, now: datetime) -> PublishReport:
    """Plans the next part of a series, or of all, if its slot has come and it is approved.

    `at_once` ignores the cadence and needs a series. What is mailed later are the approved
    draft's stored strings; a part whose file says something else by now waits. Readers who want all
    parts of a week in one mail are planned for that when it is over, whatever series is named.
    What has come back is judged before, so that nobody is planned for who is suppressed by it.
    Corrections that are approved take effect, whatever their slot.
    Deliveries that a crash left are freed. Safe to run twice, at once or elsewhere.
    """
    if at_once and not series:
        raise LibraryError("say which series to publish at once: partwork publish SERIES --now")
    held = judge_meanwhile(press, lambda: now).held
    planned, waiting = work_off_corrections(press, series, now)
    for slug in (series,) if series else press.library.series_slugs():
        try:
            outcome = _publish_one(press, load_series(press, slug), at_once, now)
        except PartworkError as error:
            if series:
                raise
            waiting.append(f"{slug}: {error}")
            continue
        planned += outcome[0]
        waiting += outcome[1]
    bundled = bundle_weeks(press, now)
    planned += bundled[0]
    waiting += bundled[1]
    with press.engine.begin() as connection:
        sweep(connection, now)
        unsent = unfinished_issues(connection, now)
    fold_old(press, now)
    return PublishReport(tuple(planned), tuple(waiting), unsent, held)


def _publish_one(
    press: Press, series: Series, at_once: bool, now: datetime
) -> tuple[list[Planned], list[str]]:
    holder = press.new_id()
    name = f"publish:{series.slug}"
    with press.engine.begin() as connection:
        if not take_lease(connection, name, holder, now, LEASE):
            return [], [f"{series.slug}: another run is publishing it"]
    try:
        if series.mode is Mode.COURSE and not at_once:
            return _publish_course(press, series, now)
        return _publish_next(press, series, at_once, now)
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, name, holder)


def _publish_next(
    press: Press, series: Series, at_once: bool, now: datetime
) -> tuple[list[Planned], list[str]]:
    """Calendar: one part for everyone, the lowest numbered that is not published."""
    with read_only(press.engine) as connection:
        published = published_instalments(connection, series.slug)
    left = [part for part in series.instalments if part.id not in published]
    if not left:
        state = "every part is published" if series.instalments else "has no part yet"
        return [], [f"{series.slug}: {state}"]
    part = left[0]
    slot = (_free_now if at_once else _due_slot)(press, series, now)
    if isinstance(slot, str):
        return [], [f"{series.slug}: {slot}"]
    issue = published_elsewhere(series, part, published) or approved_issue(
        press, series, part, slot
    )
    if isinstance(issue, str):
        return [], [f"{series.slug}: {issue}"]
    with press.engine.connect() as connection, connection.begin() as transaction:
        campaign, recipients = plan_campaign(connection, issue, slot, now)
        if not recipients:
            transaction.rollback()
            return [], [f"{series.slug}: part {part.number} waits for readers: there are none yet"]
    return [Planned(issue.name, campaign.due_at, recipients)], []


def _free_now(press: Press, series: Series, now: datetime) -> datetime | str:
    """Now, unless the part before is still on its way: a double click publishes one part."""
    with read_only(press.engine) as connection:
        last = last_campaign(connection, series.slug)
        issue = load_issue(connection, last.content_hash) if last else None
        stop = load_stop(connection, issue.content_hash) if issue else None
        pending = tally(connection, issue.content_hash).pending if issue else 0
    if issue and pending and not (stop and stop.kind is StopKind.CANCELLED):
        if stop and stop.is_on:
            return f"part {issue.number} {stopped_words(issue.name, stop)}"
        return f"part {issue.number} is not sent yet; `partwork send {issue.name}` does it"
    return now


def _due_slot(press: Press, series: Series, now: datetime) -> datetime | str:
    """The slot that has come and is not used yet; else why there is none, in words."""
    cadence = _cadence(press, series)
    if cadence is None:
        return "has no cadence; set one, or publish by hand with --now"
    with read_only(press.engine) as connection:
        last = last_campaign(connection, series.slug)
    since = max(now - NOT_AFTER, last.due_at) if last else now - NOT_AFTER
    slot = last_slot(cadence, now, since)
    return slot or f"next slot {next_slot(cadence, now):%Y-%m-%d %H:%M} UTC"


def _publish_course(press: Press, series: Series, now: datetime) -> tuple[list[Planned], list[str]]:
    """Course: each subscriber's next part when it is due to them; new ones start at part 1."""
    cadence = _cadence(press, series)
    if cadence is None:
        return [], [f"{series.slug}: a course needs a cadence; set one in its series.toml"]
    following = next_slot(cadence, now)
    planned: list[Planned] = []
    waiting: list[str] = []
    with press.engine.begin() as connection:
        enrol(connection, series.newsletter, series.slug, following, now)
    # The last part first, so that nobody gets two in one tick.
    for part in reversed(series.instalments):
        issue = approved_issue(press, series, part, now)
        if isinstance(issue, str):
            waiting.append(f"{series.slug}: {issue}")
            continue
        with press.engine.begin() as connection:
            slot = last_slot(cadence, now, now - NOT_AFTER) or now
            campaign, recipients = plan_course(connection, issue, slot, following, now)
        if campaign and recipients:
            planned.append(Planned(issue.name, campaign.due_at, recipients))
    return planned, waiting


def _cadence(press: Press, series: Series) -> Cadence | None:
    return series.cadence or load_newsletter(press, series.newsletter).cadence
