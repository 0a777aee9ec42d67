"""Public pages, rendered once for each state of what is published."""

import hashlib
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from partwork.store.engine import StoreError

LOOK_AFTER = 0.1  # seconds; by so much later a reader may see what was published
MAX_AGE = 60.0  # seconds that a page is kept in any case, since `state` may not know everything
MAX_BYTES = 32 * 1024 * 1024  # of kept pages: some thousand


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, what it was made of, when (of `clock`), and when its content became what it is."""

    body: bytes
    headers: Mapping[str, str]
    etag: str
    state: Hashable
    made_at: float
    modified_at: datetime


class Kept:
    """Answers with pages that everyone gets alike, from memory as long as they are true.

    `state` tells what they are made of: while it stays the same, so do they. It is asked at most
    once in LOOK_AFTER seconds, and not believed to have changed while the database is away.
    `clock` gives seconds and never goes back.
    """

    def __init__(
        self, state: Callable[[], Hashable], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._state, self._clock = state, clock
        self._seen: Hashable = None
        self._look_at = float("-inf")
        self._looking = Lock()
        self._pages: dict[str, _Page] = {}
        self._changing = Lock()

    async def answer(self, request: Request, make: Callable[[], Response]) -> Response:
        """The page at the request's path, made by `make` unless it is there; 304 for who has it.

        A page of another status than 200 is made each time. Raises as `make`.
        """
        path = request.scope["path"]
        page = self._fresh(path) if self._clock() < self._look_at else None
        if page is None:
            made = await run_in_threadpool(self._looked_for, path, make)
            if isinstance(made, Response):
                return made
            page = made
        if _is_known(page, request.headers):
            return Response(None, 304, {k: page.headers[k] for k in _OF_304})
        return Response(page.body, 200, page.headers)

    def _fresh(self, path: str) -> _Page | None:
        page = self._pages.get(path)
        if page and page.state == self._seen and self._clock() < page.made_at + MAX_AGE:
            return page
        return None

    def _looked_for(self, path: str, make: Callable[[], Response]) -> _Page | Response:
        self._look()
        return self._fresh(path) or self._made(path, make)

    def _look(self) -> None:
        """Learns the state, if it is time; while one request does, the others go on."""
        if self._clock() < self._look_at or not self._looking.acquire(blocking=False):
            return
        try:
            with suppress(StoreError):
                self._seen = self._state()
        finally:
            self._look_at = self._clock() + LOOK_AFTER
            self._looking.release()

    def _made(self, path: str, make: Callable[[], Response]) -> _Page | Response:
        state, made_at = self._seen, self._clock()  # as of before: what changes meanwhile is seen
        response = make()
        if response.status_code != 200:
            return response
        body = bytes(response.body)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        before = self._pages.get(path)
        since = before.modified_at if before and before.etag == etag else datetime.now(UTC)
        headers = dict(response.headers) | {
            # Browsers and proxies ask again after a minute, and get it anew only if it changed.
            "cache-control": "public, max-age=60",
            "etag": etag,
            "last-modified": format_datetime(since, usegmt=True),
        }
        page = _Page(body, headers, etag, state, made_at, since.replace(microsecond=0))
        with self._changing:
            self._pages.pop(path, None)  # the oldest stand first
            self._pages[path] = page
            while sum(len(kept.body) for kept in self._pages.values()) > MAX_BYTES:
                del self._pages[next(iter(self._pages))]
        return page


# What a 304 repeats (RFC 9110, 15.4.5).
_OF_304 = ("cache-control", "etag", "last-modified")


def _is_known(page: _Page, headers: Mapping[str, str]) -> bool:
    """Whether who asks has the page as it is (RFC 9110, 13.1.2 and 13.1.3)."""
    if (tags := headers.get("if-none-match")) is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(known & {page.etag, "*"})
    try:
        return parsedate_to_datetime(headers.get("if-modified-since", "")) >= page.modified_at
    except (TypeError, ValueError, OverflowError):  # no date, or one without a zone
        return False
