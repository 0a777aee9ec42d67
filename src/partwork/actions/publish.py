"""What is due and approved → a campaign, its audience planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.loading import load_newsletter, load_series
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.series import Cadence, Mode, Series
from partwork.scheduling.cadence import last_slot, next_slot
from partwork.store.campaigns import (
    enrol,
    last_campaign,
    plan_campaign,
    plan_course,
    unfinished_issues,
)
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, published_instalments
from partwork.store.leases import release_lease, take_lease

NOT_AFTER = timedelta(hours=6)  # a guess: a part that is later than this waits for its next slot
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Planned:
    """An issue that was made a campaign, the slot it is for, and how many it will reach."""

    issue: str
    due_at: datetime
    recipients: int


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What was planned; what waits, and for what, in words; issues with unsent deliveries."""

    planned: tuple[Planned, ...]
    waiting: tuple[str, ...]
    unsent: tuple[str, ...]


def publish(press: Press, series: str, *, at_once: bool, now: datetime) -> PublishReport:
    """Plans the next part of a series, or of all, if its slot has come and it is approved.

    `at_once` ignores the cadence and needs a series. What is mailed later are the approved
    draft's stored strings: nothing is rendered here. Safe to run twice, at once or elsewhere.
    """
    if at_once and not series:
        raise LibraryError("say which series to publish at once: partwork publish SERIES --now")
    planned: list[Planned] = []
    waiting: list[str] = []
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
    with read_only(press.engine) as connection:
        unsent = unfinished_issues(connection, now)
    return PublishReport(tuple(planned), tuple(waiting), unsent)


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
    drafts = _drafts(press, series)
    with read_only(press.engine) as connection:
        published = published_instalments(connection, series.slug)
    left = [draft for draft in drafts if draft.instalment not in published]
    if not left:
        state = "every part is published" if published else "nothing was previewed and approved"
        return [], [f"{series.slug}: {state}"]
    issue = left[0]
    if not at_once:
        slot = _due_slot(press, series, now)
        if isinstance(slot, str):
            return [], [f"{series.slug}: {slot}"]
    else:
        slot = now
    if reason := _not_approved(press, issue, slot):
        return [], [f"{series.slug}: {reason}"]
    with press.engine.begin() as connection:
        campaign, recipients = plan_campaign(connection, issue, slot, now)
    return [Planned(issue.name, campaign.due_at, recipients)], []


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


def _not_approved(press: Press, issue: Issue, slot: datetime) -> str:
    """Why a draft may not go into a slot: a part not approved in time takes the next one."""
    with read_only(press.engine) as connection:
        approvals = approvals_of(connection, issue.content_hash)
    if not approvals:
        return f"part {issue.number} waits for approval"
    if min(a.approved_at for a in approvals) > slot:
        return f"part {issue.number} was approved after its slot, and goes in the next one"
    return ""


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
    for issue in reversed(_drafts(press, series)):
        if reason := _not_approved(press, issue, now):
            waiting.append(f"{series.slug}: {reason}")
            continue
        with press.engine.begin() as connection:
            slot = last_slot(cadence, now, now - NOT_AFTER) or now
            campaign, recipients = plan_course(connection, issue, slot, following, now)
        if campaign and recipients:
            planned.append(Planned(issue.name, campaign.due_at, recipients))
    return planned, waiting


def _drafts(press: Press, series: Series) -> tuple[Issue, ...]:
    """The current drafts by number; a part whose file was taken away is not published."""
    there = {part.id for part in series.instalments}
    with read_only(press.engine) as connection:
        drafts = current_drafts(connection, series.slug)
    return tuple(draft for draft in drafts if draft.instalment in there)


def _cadence(press: Press, series: Series) -> Cadence | None:
    return series.cadence or load_newsletter(press, series.newsletter).cadence
