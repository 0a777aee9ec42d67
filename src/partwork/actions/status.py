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
from partwork.store.campaigns import campaigns_of
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, is_published, load_issue
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
    """One series: its issues by number, its readers, and when its next slot comes.

    The issues are what was published and, of parts that were not or are rendered anew, the
    current drafts. `problem` is why the series' files could not be read, in words (empty: they
    could); the readers are not known then.
    """

    slug: str
    title: str
    readers: int | None
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
    issues = _issues(press, slug)
    try:
        series = load_series(press, slug)
        newsletter = load_newsletter(press, series.newsletter)
    except PartworkError as error:
        return SeriesStatus(slug, slug, None, None, issues, str(error))
    cadence = series.cadence or newsletter.cadence
    with read_only(press.engine) as connection:
        readers = count_confirmed(connection, newsletter.slug)
    due = next_slot(cadence, now) if cadence else None
    return SeriesStatus(slug, series.title, readers, due, issues)


def _issues(press: Press, series: str) -> tuple[IssueStatus, ...]:
    """Published issues and current drafts, by number, what was published first."""
    with read_only(press.engine) as connection:
        mailed = dict.fromkeys(c.content_hash for c in campaigns_of(connection, series))
        published = [load_issue(connection, content_hash) for content_hash in mailed]
        drafts = current_drafts(connection, series)
    shown = {i.content_hash: i for i in (*filter(None, published), *drafts)}
    in_order = sorted(shown.values(), key=lambda i: (i.number, i.content_hash not in mailed))
    return tuple(_issue(press, issue) for issue in in_order)


def _issue(press: Press, issue: Issue) -> IssueStatus:
    with read_only(press.engine) as connection:
        approvals = approvals_of(connection, issue.content_hash)
        published = is_published(connection, issue.content_hash)
        counted = tally(connection, issue.content_hash)
    state = "published" if published else "approved" if approvals else "draft"
    return IssueStatus(
        issue.name, issue.title, state, tuple(a.reviewer for a in approvals), counted
    )
