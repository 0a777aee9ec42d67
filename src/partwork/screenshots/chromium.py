"""Pictures of pages, taken by Chromium without a window, where there is one on the machine."""

import base64
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from partwork.screenshots.pipe import Message, Pipe

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_PATIENCE = 30.0  # seconds for one answer: a cold start on a busy machine took 9
TALLEST_PX = 16_000  # Chromium's own limit is 16,384 for one picture
_SCREEN = 800  # px, the height of the window; pages are shown whole
_PAGE = "https://page.invalid/"  # never asked for: the answer is given here (RFC 2606)
_ARGUMENTS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # what slips by us finds no host
)


class Scheme(StrEnum):
    """Light, dark as the page says, or the light page darkened by a program without asking it."""

    LIGHT = "light"
    DARK = "dark"
    FORCED = "forced-dark"


@dataclass(frozen=True, slots=True)
class View:
    """What a page is looked at on: how wide a screen, and in which light."""

    width_px: int
    scheme: Scheme = Scheme.LIGHT

    @property
    def name(self) -> str:
        """Such as `375-dark`."""
        return f"{self.width_px}-{self.scheme.value}"


Fetched = Callable[[str], bytes | None]
_NOTHING: Fetched = lambda _url: None  # noqa: E731 a default that says what it is


def found_chromium() -> Path | None:
    """Chromium, or a browser that is one inside, from the command path."""
    return next((Path(path) for name in _NAMES if (path := shutil.which(name))), None)


def is_cut_off(png: bytes) -> bool:
    """Whether a picture of a page ends before the page may have: it is as high as any can be."""
    return int.from_bytes(png[20:24]) >= TALLEST_PX  # the height in IHDR (PNG, 11.2.1)


class Camera:
    """Takes pictures of pages; made by `camera`."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._html, self._fetched = b"", _NOTHING
        self._is_shown = False
        pipe.heard = self._hear
        target = pipe.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = pipe.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])
        self._ask("Page.enable")
        self._ask("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self._ask("Emulation.setScriptExecutionDisabled", value=True)

    def picture(self, html: str, view: View, fetched: Fetched = _NOTHING) -> bytes:
        """The page from top to end as PNG, one pixel for each of CSS's.

        No script runs and nothing is loaded: `fetched` gives what stands at a URL, or None. What
        is below `TALLEST_PX` is left out, see `is_cut_off`. Raises NoPicture.
        """
        asked = Scheme.DARK if view.scheme is Scheme.DARK else Scheme.LIGHT
        scheme = {"name": "prefers-color-scheme", "value": asked.value}
        forced = view.scheme is Scheme.FORCED
        screen = {"width": view.width_px, "height": _SCREEN}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("Emulation.setAutoDarkModeOverride", enabled=forced)
        self._ask("Emulation.setDeviceMetricsOverride", **screen, deviceScaleFactor=1, mobile=False)
        self._show(html, fetched)
        whole = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        height = min(max(whole["height"], 1), TALLEST_PX)
        clip = {"x": 0, "y": 0, "width": view.width_px, "height": height, "scale": 1}
        shot = self._ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def _show(self, html: str, fetched: Fetched) -> None:
        self._html, self._fetched = html.encode(), fetched
        self._is_shown = False
        self._ask("Page.navigate", url=_PAGE)
        while not self._is_shown:
            self._pipe.next()

    def _hear(self, message: Message) -> None:
        """Answers what the page asks for, whenever it does: nothing goes out of here."""
        if message.get("method") == "Page.loadEventFired":
            self._is_shown = True
        elif message.get("method") == "Fetch.requestPaused":
            paused = message["params"]
            is_page = paused["request"]["url"] == _PAGE
            body = self._html if is_page else self._fetched(paused["request"]["url"])
            if body is None:
                self._answer("failRequest", paused, errorReason="Aborted")
                return
            html = [{"name": "Content-Type", "value": "text/html; charset=utf-8"}]
            self._answer(
                "fulfillRequest",
                paused,
                responseCode=200,
                responseHeaders=html if is_page else [],
                body=base64.b64encode(body).decode(),
            )

    def _answer(self, how: str, paused: Message, **parameters: object) -> None:
        request = {"requestId": paused["requestId"]}
        self._pipe.tell(f"Fetch.{how}", self._session, **request, **parameters)

    def _ask(self, method: str, **parameters: object) -> Message:
        return self._pipe.ask(method, self._session, **parameters)


@contextmanager
def camera(browser: Path) -> Iterator[Camera]:
    """A browser that takes pictures until the block ends. Raises NoPicture.

    Its profile is new and gone afterwards. Root has no sandbox in Chromium, so there is none then:
    what is shown are pages of our own making, without scripts.
    """
    with tempfile.TemporaryDirectory(prefix="partwork-", ignore_cleanup_errors=True) as profile:
        alone = ["--no-sandbox"] if os.geteuid() == 0 else []
        arguments = [*_ARGUMENTS, *alone, f"--user-data-dir={profile}"]
        pipe = Pipe(browser, arguments, _PATIENCE)
        try:
            yield Camera(pipe)
        finally:
            pipe.close()
