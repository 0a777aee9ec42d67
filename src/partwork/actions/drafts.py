"""A part as it would be read on the web, for whoever an editor gives the link to."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from partwork.actions.loading import load_series
from partwork.actions.media import with_pictures_served
from partwork.actions.preview import drafts_of
from partwork.actions.report import LINK_LASTS
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.series import Instalment
from partwork.subscribing.page_links import check_draft_key, draft_key


def draft_urls(
    press: Press, series: str, parts: Iterable[Instalment], now: datetime
) -> Mapping[int, str]:
    """The signed address of each part's draft by its number, good for `LINK_LASTS`.

    None where nobody knows the pages' address: they would lead nowhere.
    """
    if not press.has_pages:
        return {}
    until = now + LINK_LASTS
    base = f"{press.pages_url}/drafts/{series}"
    return {
        part.number: f"{base}/{part.id}?key={draft_key(series, part.id, until, press.secrets)}"
        for part in parts
    }


def draft_behind(press: Press, series: str, part: str, key: str, now: datetime) -> str:
    """The page of the part with that id, as its file is now; nothing is stored.

    Raises BadToken or LinkHasRunOut before anything is read, then LibraryError, ManuscriptError
    or TemplateError.
    """
    check_draft_key(series, part, key, now, press.secrets)
    found = [one.number for one in load_series(press, series).instalments if one.id == part]
    if not found:
        raise LibraryError(f"{series} has no such part any more")
    _, (issue,) = drafts_of(press, series, found[0])
    return with_pictures_served(press, issue.page)
