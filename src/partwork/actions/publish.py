"""What is due and approved → a campaign, its audience planned."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from partwork.actions.approved import approved_issue, published_elsewhere
from partwork.actions.bundles import bundle_weeks
from partwork.actions.correct import work_off_corrections
from partwork.actions.feedback import judge_meanwhile
from partwork.actions.folding import fold_old
from partwork.actions.forewarning import Slot, look_ahead, starts_at
from partwork.actions.guarding import Held
from partwork.actions.heartbeat import beat
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.missing import NOT_AFTER, held_for_missed, is_approved_in_part
from partwork.actions.planned import Outcome, Planned
from partwork.actions.publish_course import publish_course
from partwork.actions.stopping import why_stopped
from partwork.actions.stopping import words_for as stopped_words
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.delivery import Tally
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment, Mode, Series
from partwork.model.stop import StopKind
from partwork.scheduling.cadence import cadence_of, last_slot, next_slot
from partwork.store.campaigns import last_campaign, plan_campaign, unfinished_issues
from partwork.store.engine import read_only
from partwork.store.issues import load_issue, published_instalments
from partwork.store.lanes import sweep
from partwork.store.leases import release_lease, take_lease
from partwork.store.ledger import tally
from partwork.store.slots import decided_at, left_out, save_look
from partwork.store.stops import stop_against

LEASE = timedelta(minutes=5)
ON_ITS_WAY = timedelta(hours=1)  # greylisting takes minutes; a guess


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
    Deliveries that a crash left are freed. Where a part's slot was missed, nothing of its series
    goes out, at once neither, until somebody has decided. Safe to run twice, at once or elsewhere.
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
    if not series:
        beat(press)
    return PublishReport(tuple(planned), tuple(waiting), unsent, held)


def ready_issue(
    press: Press, series: Series, part: Instalment, slot: datetime, gone: Mapping[str, int]
) -> Issue | str:
    """The part as it may be mailed in a slot; else why it may not, in words.

    `gone` are the ids of parts that went out or were left out, with their numbers then.
    """
    issue = published_elsewhere(series, part, gone) or approved_issue(press, series, part, slot)
    if isinstance(issue, str):
        return issue
    stopped = why_stopped(press, issue)
    return f"part {part.number} {stopped}" if stopped else issue


def gone_instalments(press: Press, series: str) -> Mapping[str, int]:
    """The ids of a series' parts that do not come any more, with their numbers then.

    They went out, or somebody left them out when their slot was missed.
    """
    with read_only(press.engine) as connection:
        return {**left_out(connection, series), **published_instalments(connection, series)}


@contextmanager
def publishing(press: Press, series: str, now: datetime) -> Iterator[bool]:
    """Keeps other runs from publishing a series meanwhile; False: one does it already."""
    holder, name = press.new_id(), f"publish:{series}"
    with press.engine.begin() as connection:
        is_ours = take_lease(connection, name, holder, now, LEASE)
    try:
        yield is_ours
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, name, holder)


def _publish_one(press: Press, series: Series, at_once: bool, now: datetime) -> Outcome:
    with publishing(press, series.slug, now) as is_ours:
        if not is_ours:
            return [], [f"{series.slug}: another run is publishing it"]
        gone = gone_instalments(press, series.slug)
        if series.mode is Mode.COURSE and not at_once:
            return _publish_course(press, series, now)
        planned, why = _publish_next(press, series, gone, at_once, now)
        return ([planned], []) if planned else ([], [f"{series.slug}: {why}"])


def _publish_course(press: Press, series: Series, now: datetime) -> Outcome:
    """Course: each subscriber's next part when it is due to them; new ones start at part 1."""
    cadence = _cadence(press, series)
    if cadence is None:
        return [], [f"{series.slug}: a course needs a cadence; set one in its series.toml"]

    def ready(part: Instalment, slot: datetime) -> Issue | str:
        return ready_issue(press, series, part, slot, {})

    return publish_course(press, series, cadence, ready, now)


def _publish_next(
    press: Press, series: Series, gone: Mapping[str, int], at_once: bool, now: datetime
) -> tuple[Planned | None, str]:
    """Calendar: one part for everyone, the lowest numbered that does not come elsewise.

    Beside it why there is none, in words.
    """
    left = [part for part in series.instalments if part.id not in gone]
    if not left:
        return None, "every part is published" if series.instalments else "has no part yet"
    cadence = _cadence(press, series) if series.mode is Mode.CALENDAR else None
    if cadence and (held := held_for_missed(press, series, cadence, left, now)):
        return None, held
    if at_once:
        slot = _free_now(press, series, now)
    elif cadence:
        slot = _due_slot(press, series, cadence, now)
    else:
        slot = "has no cadence; set one, or publish by hand with --now"

    def ready(at: datetime) -> Issue | str:
        return ready_issue(press, series, left[0], at, gone)

    if isinstance(slot, str):
        if cadence and not at_once and (gone or is_approved_in_part(press, series)):
            coming = Slot(series, left[0], cadence, next_slot(cadence, now))
            look_ahead(press, coming, partial(ready, coming.at), now)
        _note_look(press, series, at_once, now)
        return None, slot
    issue = ready(slot)
    if isinstance(issue, str):
        _note_look(press, series, at_once, now)
        return None, issue
    if cadence and not at_once:
        starts = starts_at(press, Slot(series, left[0], cadence, slot), issue, now)
        if starts > now:
            told = "its editor was told that it will"
            return None, f"part {left[0].number} goes out at {starts:%H:%M} UTC; {told}"
    with press.engine.connect() as connection, connection.begin() as transaction:
        campaign, recipients = plan_campaign(connection, issue, slot, now)
        if not recipients:
            transaction.rollback()
    _note_look(press, series, at_once, now)
    if not recipients:
        return None, f"part {left[0].number} waits for readers: there are none yet"
    return Planned(issue.name, campaign.due_at, recipients), ""


def _note_look(press: Press, series: Series, at_once: bool, now: datetime) -> None:
    """A slot that has come was looked at: if its part did not go, it is for a reason of its own.

    Not as long as the part waits for its editor to have been told. Who publishes by hand looks at
    no slot, and so misses none.
    """
    if at_once:
        return
    with press.engine.begin() as connection:
        save_look(connection, series.slug, now)


def _free_now(press: Press, series: Series, now: datetime) -> datetime | str:
    """Now, unless the part before is still on its way: a double click publishes one part.

    What servers put off, or what waits for the mail of a week, is on its way for an hour.
    """
    with read_only(press.engine) as connection:
        last = last_campaign(connection, series.slug)
        issue = load_issue(connection, last.content_hash) if last else None
        stop = stop_against(connection, issue.content_hash) if issue else None
        standing = tally(connection, issue.content_hash) if issue else Tally()
    if last is None or issue is None or (stop and stop.kind is StopKind.CANCELLED):
        return now
    if standing.pending:
        if stop:
            return f"part {issue.number} {stopped_words(issue.name, stop)}"
        return f"part {issue.number} is not sent yet; `partwork send {issue.name}` does it"
    if (standing.deferred or standing.gathered) and now - last.due_at < ON_ITS_WAY:
        at = f"{last.due_at + ON_ITS_WAY:%H:%M} UTC"
        return f"part {issue.number} has just left, and not all have it yet; ask again after {at}"
    return now


def _due_slot(press: Press, series: Series, cadence: Cadence, now: datetime) -> datetime | str:
    """The slot that has come and is not used yet; else why there is none, in words."""
    with read_only(press.engine) as connection:
        last = last_campaign(connection, series.slug)
        decided = decided_at(connection, series.slug)
    if last and last.due_at > now:
        return (
            f"its last part went out in the slot of {last.due_at:%Y-%m-%d %H:%M} UTC, which is yet "
            "to come by this machine's clock; set the clock"
        )
    used = (last.due_at if last else None, decided)
    since = max([now - NOT_AFTER, *(at for at in used if at)])
    slot = last_slot(cadence, now, since)
    return slot or f"next slot {next_slot(cadence, now):%Y-%m-%d %H:%M} UTC"


def _cadence(press: Press, series: Series) -> Cadence | None:
    return cadence_of(load_newsletter(press, series.newsletter), series)
