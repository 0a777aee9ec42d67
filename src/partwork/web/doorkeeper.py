"""What holds for every request: its size, its headers, its line in the log, its worst end."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partwork.web.mailing import Visitors

MAX_BODY = 64 * 1024  # bytes; a one-click body has 26, a multipart one under 1,000
# SendGrid gathers events for half a minute or up to 768 kB, and loses for good what is never taken;
# SNS carries 256 kB, quoted as JSON within JSON.
MAX_POST = 1024 * 1024

_log = logging.getLogger("partwork.web")


class Doorkeeper:
    """ASGI middleware around the whole app.

    The log has one line a request with the route's template, so that no token and no address
    gets into it; an exception is logged by its type and place alone, since its words may hold
    either. Bodies over MAX_BODY, of webhooks over MAX_POST, are refused with 413, told by their
    length or while they come.
    `note` gets method and template, status and seconds of each request, `visitors` how many are
    under way; what is done after the answer is no part of it. `below` is the path under which a
    proxy serves the app; it may leave that on or take it off.
    """

    def __init__(
        self,
        app: ASGIApp,
        error_page: Callable[[int], Response],
        visitors: Visitors,
        below: str = "",
        note: Callable[[str, int, float], None] = lambda _route, _status, _seconds: None,
    ) -> None:
        self._app = app
        self._error_page = error_page
        self._visitors = visitors
        self._below = below
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets one request in; everything but HTTP passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._below
        self._visitors.came()
        began = time.monotonic()
        status, is_served = 0, False

        def served() -> None:
            nonlocal is_served
            if not is_served:
                is_served = True
                self._visitors.served()
                took = time.monotonic() - began
                self._note(_named(scope), status, took)
                _log.info("%s %d %.0f ms", _named(scope), status, 1000 * took)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _FOR_ALL.items():
                    headers.setdefault(name, value)
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                served()

        try:
            if _announced_bytes(scope) > (most := self._most_bytes(scope)):
                await self._error_page(413)(scope, receive, sending)
            else:
                await self._app(scope, _limited(receive, most), sending)
        except ClientDisconnect:
            _log.info("%s: the reader went away", _named(scope))
        except asyncio.CancelledError:  # the server ends, and has waited as long as it may
            if not status:
                await self._error_page(503)(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 the words of a traceback could hold a token
            place = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s: %s\n%s", _named(scope), type(error).__name__, place)
            if not status:
                await self._error_page(500)(scope, receive, sending)
        served()  # whoever went away before

    def _most_bytes(self, scope: Scope) -> int:
        path = scope["path"].removeprefix(self._below)
        return MAX_POST if path.startswith("/hooks/") else MAX_BODY


_FOR_ALL = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _named(scope: Scope) -> str:
    """Method and route, such as `POST /u/{token}`."""
    method = scope["method"] if scope["method"] in _METHODS else "other"
    return f"{method} {getattr(scope.get('route'), 'path', '(no such page)')}"


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _announced_bytes(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _limited(receive: Receive, most: int) -> Receive:
    """`receive`, but for a body that grows too large."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return receiving
