"""Stored drafts under signed links: what a reviewer reads, on a phone too, before saying yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.approval_state import state_of
from partwork.actions.media import with_pictures_served
from partwork.actions.preview import approvable_of, sample_fields
from partwork.assembly import Press
from partwork.delivering.segments import filled
from partwork.library import LibraryError
from partwork.manuscript.as_html import html_of
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.store.corrections import mail_drafts
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts, load_issue
from partwork.store.reviews import shown_with
from partwork.subscribing.page_links import draft_to_read, read_key, waiting_key


@dataclass(frozen=True, slots=True)
class LinkedPart:
    """A draft that a page links to: `key` opens it, `state` says how far it is approved."""

    number: int
    subject: str
    state: str
    key: str


@dataclass(frozen=True, slots=True)
class DraftToRead:
    """A stored draft: its text for a sample reader, and what was shown when it was asked about.

    `words` is how many it has, None where it was never asked about, and `claims` HTML of ours.
    `is_current` is false where the part's file says something else by now. `parts` are the current
    drafts of the series, this part among them.
    """

    issue: Issue
    text: str
    words: int | None
    claims: str
    state: str
    is_current: bool
    parts: tuple[LinkedPart, ...]


def read_url(press: Press, content_hash: str, until: datetime) -> str:
    """The signed address of a stored draft; "" where no pages are known."""
    if not press.has_pages:
        return ""
    return f"{press.pages_url}/read/{read_key(content_hash, until, press.secrets)}"


def waiting_url(press: Press, until: datetime) -> str:
    """The signed address of the list of all that waits; "" where no pages are known."""
    if not press.has_pages:
        return ""
    return f"{press.pages_url}/waiting/{waiting_key(until, press.secrets)}"


def draft_behind(press: Press, key: str, now: datetime) -> DraftToRead:
    """The draft that a signed link leads to. Nothing is stored or changed.

    Raises BadToken or LinkHasRunOut before anything is read, then LibraryError.
    """
    issue, until = _issue_behind(press, key, now)
    with read_only(press.engine) as connection:
        shown = shown_with(connection, issue.content_hash)
        slug = issue.audience.series
        drafts = (*current_drafts(connection, slug), *mail_drafts(connection, slug))
    return DraftToRead(
        issue,
        filled(issue.text, sample_fields(press, issue), html=False),
        shown.words if shown else None,
        html_of(shown.claims) if shown else "",
        state_of(press, issue, now),
        _is_current(press, issue),
        linked_parts(press, drafts, until, now),
    )


def mail_behind(press: Press, key: str, now: datetime) -> str:
    """The HTML mail of that draft, filled in for a sample reader. Raises as `draft_behind` does."""
    issue, _ = _issue_behind(press, key, now)
    html = with_pictures_served(press, issue.html)
    return filled(html, sample_fields(press, issue), html=True)


def linked_parts(
    press: Press, issues: Sequence[Issue], until: datetime, now: datetime
) -> tuple[LinkedPart, ...]:
    """What a page says of these drafts; links are good for as long as the page's own."""
    return tuple(
        LinkedPart(
            issue.number,
            issue.subject,
            state_of(press, issue, now),
            read_key(issue.content_hash, until, press.secrets),
        )
        for issue in issues
    )


def _is_current(press: Press, issue: Issue) -> bool:
    """Whether the part's file still gives these words; rendered to compare them alone."""
    try:
        _, rendered = approvable_of(press, issue.audience.series, None)
    except PartworkError:  # a file that was saved by halves: nobody can tell yet
        return True
    return issue.content_hash in {one.content_hash for one in rendered}


def _issue_behind(press: Press, key: str, now: datetime) -> tuple[Issue, datetime]:
    content_hash, until = draft_to_read(key, now, press.secrets)
    with read_only(press.engine) as connection:
        issue = load_issue(connection, content_hash)
    if issue is None:
        raise LibraryError("this draft is not stored here any more; run the flow review again")
    return issue, until
