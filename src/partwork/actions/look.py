"""A draft as it will be mailed, for whoever an editor gives the link to before it is approved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.clicks import as_mailed
from partwork.actions.loading import load_newsletter
from partwork.actions.pictures import cut_off, pictures_of
from partwork.actions.preview import text_as_mailed
from partwork.actions.report import LINK_LASTS
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.issue import Issue
from partwork.rendering.finding import Check
from partwork.rendering.preflight import preflight
from partwork.screenshots.chromium import View
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts
from partwork.subscribing.page_links import check_draft_key, draft_key


@dataclass(frozen=True, slots=True)
class Look:
    """The stored draft, its text for a sample reader, what preflight says, and its pictures.

    The mail goes on below the pictures that are `cut_off`.
    """

    issue: Issue
    text: str
    checks: tuple[Check, ...]
    views: tuple[View, ...]
    cut_off: frozenset[View] = frozenset()


def look_urls(press: Press, issues: Iterable[Issue], now: datetime) -> Mapping[int, str]:
    """The signed address of the look at each issue's mail by its number, good for `LINK_LASTS`.

    None where nobody knows the pages' address: they would lead nowhere. The mail about
    a correction has none: it is the part's with the erratum before it.
    """
    if not press.has_pages:
        return {}
    return {i.number: _url(press, i, now) for i in issues if not i.is_correction_mail}


def picture_urls(press: Press, issue: Issue, now: datetime) -> Mapping[str, str]:
    """The signed addresses of the pictures there are of the issue's mail, by the names of views."""
    if not press.has_pages:
        return {}
    base, _, key = _url(press, issue, now).partition("?")
    return {view.name: f"{base}/{view.name}.png?{key}" for view, _ in pictures_of(press, issue)}


def look_behind(press: Press, series: str, part: str, key: str, now: datetime) -> Look:
    """The look at the current draft of the part with that id: what an approval would be of.

    Raises BadToken or LinkHasRunOut before anything is read, then LibraryError.
    """
    issue = _draft_behind(press, series, part, key, now)
    newsletter = load_newsletter(press, issue.audience.newsletter)
    views = tuple(view for view, _ in pictures_of(press, issue))
    text = text_as_mailed(press, issue)
    checks = preflight(issue, newsletter, mailed=as_mailed(press, issue, newsletter).html)
    return Look(issue, text, checks, views, cut_off(press, issue))


def picture_behind(
    press: Press, series: str, part: str, view: str, *, key: str, now: datetime
) -> bytes:
    """One picture of that draft, PNG, by the name of its view. Raises as `look_behind` does."""
    issue = _draft_behind(press, series, part, key, now)
    for taken, file in pictures_of(press, issue):
        if taken.name == view:
            return press.library.read_raw(file)
    raise LibraryError(f"there is no picture {view} of this draft; preview {series} again")


def _draft_behind(press: Press, series: str, part: str, key: str, now: datetime) -> Issue:
    check_draft_key(series, part, key, now, press.secrets)
    with read_only(press.engine) as connection:
        drafts = [d for d in current_drafts(connection, series) if d.instalment == part]
    if not drafts:
        raise LibraryError(f"no such part of {series} was rendered; preview {series} again")
    return drafts[0]


def _url(press: Press, issue: Issue, now: datetime) -> str:
    series, part = issue.audience.series, issue.instalment
    key = draft_key(series, part, now + LINK_LASTS, press.secrets)
    return f"{press.pages_url}/drafts/{series}/{part}/mail?key={key}"
