"""What waits, what is due, and what became of what was sent."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.send import issue_named
from partwork.assembly import Press
from partwork.model.delivery import Tally
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.scheduling.cadence import next_slot
from partwork.store.audience import count_confirmed
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, is_published
from partwork.store.ledger import tally


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """One issue: `state` is draft, approved or published; `reviewers` are as claimed."""

    name: str
    title: str
    state: str
    reviewers: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """One series: its current issues by number, its readers, and when its next slot comes.

    `problem` is why it could not be read, in words (empty: it could).
    """

    slug: str
    title: str
    readers: int
    next_slot_at: datetime | None
    issues: tuple[IssueStatus, ...]
    problem: str = ""


def status(press: Press, now: datetime) -> tuple[SeriesStatus, ...]:
    """Every series of the home, by name."""
    return tuple(_series(press, slug, now) for slug in press.library.series_slugs())


def status_of(press: Press, issue: str) -> IssueStatus:
    """One issue, by its name or the start of it. Raises LibraryError."""
    return _issue(press, issue_named(press, issue))


def _series(press: Press, slug: str, now: datetime) -> SeriesStatus:
    try:
        series = load_series(press, slug)
        newsletter = load_newsletter(press, series.newsletter)
    except PartworkError as error:
        return SeriesStatus(slug, slug, 0, None, (), str(error))
    cadence = series.cadence or newsletter.cadence
    with read_only(press.engine) as connection:
        drafts = current_drafts(connection, slug)
        readers = count_confirmed(connection, newsletter.slug)
    return SeriesStatus(
        slug,
        series.title,
        readers,
        next_slot(cadence, now) if cadence else None,
        tuple(_issue(press, draft) for draft in drafts),
    )


def _issue(press: Press, issue: Issue) -> IssueStatus:
    with read_only(press.engine) as connection:
        approvals = approvals_of(connection, issue.content_hash)
        published = is_published(connection, issue.content_hash)
        counted = tally(connection, issue.content_hash)
    state = "published" if published else "approved" if approvals else "draft"
    return IssueStatus(
        issue.name, issue.title, state, tuple(a.reviewer for a in approvals), counted
    )
