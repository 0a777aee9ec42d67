"""Counted links of mails: whoever follows one is sent on at once; counts are written now and then.

The one GET that leaves anything behind: a number a day for each link of an issue. What it is told
by is the same in every reader's mail, and neither address nor browser is kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from partwork.actions.clicks import links_behind, save_clicks
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.store.clicks import Click
from partwork.subscribing.click_tokens import read_click_token
from partwork.subscribing.tokens import BadToken

KNOWN_ISSUES = 256  # whose links are kept in memory, some kB each: they lead on without a database


class Clicks:
    """What was counted since it was last written down. A process that is killed loses it."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._counts: Counter[Click] = Counter()
        self._lock = Lock()

    def add(self, click: Click) -> None:
        """One more; no database is asked."""
        with self._lock:
            self._counts[click] += 1

    def save(self) -> None:
        """Writes down what there is. Raises StoreError; nothing is lost then."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        try:
            save_clicks(self._press, taken)
        except BaseException:
            with self._lock:
                self._counts.update(taken)
            raise


def click_routes(press: Press, clicks: Clicks, error_page: Callable[[int], Response]) -> APIRouter:
    """The redirects, which work for ever, also where nothing is counted any more."""
    router = APIRouter()

    @lru_cache(maxsize=KNOWN_ISSUES)
    def links_of(issue: str) -> tuple[str, ...]:
        return links_behind(press, issue)

    @router.api_route("/l/{token}", methods=["GET", "HEAD"])
    def follow(token: str, request: Request) -> Response:
        """On to where the link of the issue goes; to nothing that does not stand in an issue."""
        try:
            issue, number = read_click_token(token, press.secrets)
            links = links_of(issue)
        except BadToken:
            return error_page(404)
        except LibraryError:
            return RedirectResponse("../", 302, _HEADERS)
        if not 1 <= number <= len(links):
            return error_page(404)
        if press.settings.count_clicks and is_a_visit(request.method, request.headers):
            clicks.add(Click(issue, number, datetime.now(UTC).date()))
        return RedirectResponse(links[number - 1], 302, _HEADERS)

    return router


def is_a_visit(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request looks like a browser that somebody has told to go there.

    Browsers ask for HTML, say Mozilla, and tell what they fetch ahead or inside of pages (Fetch
    Metadata; over plain http, and in old browsers, they tell nothing). `headers` are known by
    small letters. A program that does all that passes for one.
    """
    told = " ".join(headers.get(name, "") for name in _PURPOSES).lower()
    return (
        method == "GET"
        and not any(word in told for word in ("prefetch", "prerender", "preview"))
        and headers.get("sec-fetch-mode", "navigate") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
        and "text/html" in headers.get("accept", "")
        and bool(_BROWSER.match(headers.get("user-agent", "")))
    )


_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_BROWSER = re.compile(r"(?i)mozilla/(?!.*(?:(?<!cu)bot\b|crawl|spider|preview|scan))")
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
