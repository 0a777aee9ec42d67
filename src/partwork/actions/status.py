"""What waits, what is due, and what became of what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from partwork.actions.approval_state import said, standing_of
from partwork.actions.correct import corrections_waiting
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.missing import in_words
from partwork.actions.publish_course import is_closed
from partwork.actions.segments import count_readers
from partwork.actions.stopping import words_for
from partwork.actions.waiting import Waiting, said_of, waiting
from partwork.assembly import Press
from partwork.model.delivery import Tally
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.series import Mode
from partwork.scheduling.cadence import cadence_of, next_slot
from partwork.scheduling.weeks import week_of
from partwork.store.bundles import count_bundled, newest_bundles
from partwork.store.campaigns import campaigns_of
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, is_published, load_issue
from partwork.store.lanes import count_lanes
from partwork.store.ledger import tally
from partwork.store.records import by_domain, last_refusals
from partwork.store.reviews import rejection_of
from partwork.store.slots import load_missed
from partwork.store.stops import load_stop, stop_against

REFUSALS = 5  # as many as a person reads at a glance
BUNDLES = 5  # the same
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """One issue: `state` is draft, approved, rejected or published; `reviewers` are as claimed.

    `stopped` says since when and why nothing leaves (empty: it may).
    """

    name: str
    title: str
    state: str
    reviewers: tuple[str, ...]
    tally: Tally
    stopped: str


@dataclass(frozen=True, slots=True)
class SendingStatus(IssueStatus):
    """One issue, and how its sending stands.

    `lanes` are how many are at work, `refusals` what servers last refused, in their words.
    `domains` counts deliveries by recipients' domain and state, where it was asked for.
    """

    lanes: int
    refusals: tuple[str, ...]
    domains: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """One series: its issues by number, its readers, and when its next slot comes.

    The issues are what was published and, of parts that were not or are rendered anew, the
    current drafts. `problem` is why the series' files could not be read, in words (empty: they
    could); the readers are not known then. `review` says what waits for a reviewer, and what
    reviewers have said against parts; `corrections` says which parts are to be corrected; `notes`
    are what else somebody should know or decide.
    """

    slug: str
    title: str
    readers: int | None
    next_slot_at: datetime | None
    issues: tuple[IssueStatus, ...]
    problem: str = ""
    review: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def status(press: Press, now: datetime) -> tuple[SeriesStatus, ...]:
    """Every series of the home, by name, and after them what goes out once a week.

    That is of each newsletter some of whose readers want all parts of a week in one mail.
    """
    asked = waiting(press, now)
    series = (_series(press, slug, now, asked) for slug in press.library.series_slugs())
    weekly = (_weekly(press, slug, now) for slug in press.library.newsletter_slugs())
    return (*series, *filter(None, weekly))


def status_of_series(press: Press, slug: str, now: datetime) -> SeriesStatus:
    """One series, by its name. Raises LibraryError where there is none."""
    if slug not in press.library.series_slugs():
        load_series(press, slug)
    return _series(press, slug, now, waiting(press, now))


def status_of(
    press: Press, issue: str, now: datetime | None = None, *, domains: bool = False
) -> SendingStatus:
    """One issue, by its name or the start of it; without `now` as when it was last approved.

    Raises LibraryError.
    """
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        lanes = count_lanes(connection, found.content_hash)
        refused = last_refusals(connection, found.content_hash, REFUSALS)
        by_state = by_domain(connection, found.content_hash) if domains else {}
    shown = _issue(press, found, now)
    return SendingStatus(
        shown.name,
        shown.title,
        shown.state,
        shown.reviewers,
        shown.tally,
        shown.stopped,
        lanes,
        tuple(dict.fromkeys(f"{one.code} {one.words}" for one in refused)),
        {
            domain: {state.value: count for state, count in counts.items()}
            for domain, counts in by_state.items()
        },
    )


def _series(press: Press, slug: str, now: datetime, asked: Sequence[Waiting]) -> SeriesStatus:
    issues = _issues(press, slug, now)
    waits = tuple(one.words for one in asked if one.review.series == slug)
    try:
        series = load_series(press, slug)
        newsletter = load_newsletter(press, series.newsletter)
    except PartworkError as error:
        return SeriesStatus(slug, slug, None, None, issues, str(error), waits)
    cadence = cadence_of(newsletter, series)
    with read_only(press.engine) as connection:
        readers = count_readers(connection, newsletter, series, now)
        held = load_missed(connection, slug)
    due = next_slot(cadence, now) if cadence else None
    numbers = {part.id: part.number for part in series.instalments}
    against = tuple(
        f"part {numbers[part]} {said(objection)}"
        for part, objection in said_of(press, slug)
        if part in numbers
    )
    notes = []
    if held:
        notes.append(f"{in_words(held)}; `partwork missed {slug}` shows what can be done")
    if cadence and series.mode is Mode.COURSE and is_closed(series, cadence, now):
        notes.append(f"nobody new begins it: it was to be reviewed by {series.review_by}")
    return SeriesStatus(
        slug,
        series.title,
        readers,
        due,
        issues,
        review=(*waits, *against),
        corrections=corrections_waiting(press, slug),
        notes=tuple(notes),
    )


def _weekly(press: Press, newsletter: str, now: datetime) -> SeriesStatus | None:
    """The newest bundles of a newsletter; None where there was none and nobody wants any."""
    title = "All parts of a week in one mail"
    with read_only(press.engine) as connection:
        readers = count_bundled(connection, newsletter)
        bundles = newest_bundles(connection, newsletter, BUNDLES)
    if not readers and not bundles:
        return None
    issues = tuple(_issue(press, bundle, now) for bundle in bundles)
    try:
        due = week_of(load_newsletter(press, newsletter).cadence, now).due_at
    except PartworkError as error:
        return SeriesStatus(newsletter, title, None, None, issues, str(error))
    return SeriesStatus(newsletter, title, readers, due, issues)


def _issues(press: Press, series: str, now: datetime) -> tuple[IssueStatus, ...]:
    """Published issues and current drafts, by number, what was published first."""
    with read_only(press.engine) as connection:
        mailed = dict.fromkeys(c.content_hash for c in campaigns_of(connection, series))
        published = [load_issue(connection, content_hash) for content_hash in mailed]
        drafts = current_drafts(connection, series)
    shown = {i.content_hash: i for i in (*filter(None, published), *drafts)}
    in_order = sorted(shown.values(), key=lambda i: (i.number, i.content_hash not in mailed))
    return tuple(_issue(press, issue, now) for issue in in_order)


def _issue(press: Press, issue: Issue, now: datetime | None) -> IssueStatus:
    with read_only(press.engine) as connection:
        approvals = approvals_of(connection, issue.content_hash)
        published = is_published(connection, issue.content_hash)
        counted = tally(connection, issue.content_hash)
        said = load_stop(connection, issue.content_hash)
        stop = stop_against(connection, issue.content_hash)
        rejection = rejection_of(connection, issue.content_hash)
    if published:
        state = "published"
    elif rejection:
        state = "rejected"
    else:
        at = now or max((yes.approved_at for yes in approvals), default=_LONG_AGO)
        state = "approved" if standing_of(press, issue, at).approved_at else "draft"
    is_open = counted.pending or counted.deferred or counted.gathered
    # Of what has gone out whole it matters only what people said, not what it was made of.
    is_told = stop and (is_open or (said and said.is_on))
    stopped = words_for(issue.name, stop) if stop and is_told else ""
    reviewers = tuple(dict.fromkeys(approval.reviewer for approval in approvals))
    return IssueStatus(issue.name, issue.title, state, reviewers, counted, stopped)
