"""Pictures of the pages as a new subscriber walks through them, for the documents.

    python benchmarks/page_pictures.py [--to docs/pictures] [--all]

serves a temporary home with a newsletter that has begun, and has Chromium (CHROMIUM names it, else
the one on the PATH) sign up, confirm, choose, leave and come back, with scripts off. The documents
show them on a phone; `--all` takes each page at two widths, light and dark. Needs the `dev` extra.
"""

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import product
from pathlib import Path
from typing import Any, Literal

import requests
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from partwork.actions.init import init_home, wishes_from
from partwork.actions.sign_up import FILLED_IN
from partwork.assembly import Press, assemble
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.packaged import packaged_home
from partwork.settings import Settings
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft

NEWSLETTER = "quiet-hour"  # the packaged sample
PARTS = (
    ("Why we wake at three", "What the body is doing then, and what it is not"),
    ("The hour before bed", "Small things that tell a body it is night"),
    ("Getting up again", "When lying there is the worse half of the night"),
)
WIDTHS = {"phone": 375, "screen": 1200}
SCHEMES: dict[str, Literal["light", "dark"]] = {"": "light", "-dark": "dark"}
HEIGHT = 740
COLOURS = 64  # of a picture's palette; text on paper has few
# What the documents show, in the order of the walk.
TOLD = {
    "sign-up-phone",
    "mailbox-phone",
    "confirm-phone",
    "settings-phone",
    "left-phone",
    "back-phone-dark",
}


def main() -> None:
    """Walks as often as there are looks, takes the pictures and prints where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--all", action="store_true", help="those too that no document shows")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        begun(Path(folder) / "home") as press,
        served(press),
        chromium() as browser,
    ):
        for (width_name, width), (suffix, scheme) in product(WIDTHS.items(), SCHEMES.items()):
            reader = f"reader-{width_name}{suffix}@example.org"
            for name, page in walk(browser, press, reader, width, scheme):
                picture = f"{name}-{width_name}{suffix}"
                if asked.all or picture in TOLD:
                    print(take(page, asked.to / f"{picture}.png", whole=asked.all))


@contextmanager
def begun(home: Path) -> Iterator[Press]:
    """A press whose newsletter has published the first parts of a series."""
    init_home(home, wishes_from("The Quiet Hour", "", "", "", None))
    newsletters = home / "content" / "newsletters"
    shutil.rmtree(newsletters)
    shutil.copytree(packaged_home() / "content" / "newsletters", newsletters)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    editor = Mailbox("The Quiet Hour", "letters@example.org")
    rule = AudienceRule(NEWSLETTER, "bad-nights")
    series = home / "content" / "series" / "bad-nights" / "series.toml"
    series.parent.mkdir(parents=True)
    series.write_text(f'newsletter = "{NEWSLETTER}"\ntitle = "Bad nights"\n')
    with assemble(Settings(home=home, public_url=f"http://127.0.0.1:{port}")) as press:
        for number, (title, preheader) in enumerate(PARTS, start=1):
            at = datetime.now(UTC) - timedelta(days=3 * (len(PARTS) - number))
            issue = Issue(
                f"part000{number}",
                number,
                title,
                title,
                preheader,
                editor,
                editor,
                "",
                "",
                "",
                rule,
            )
            with press.engine.begin() as connection:
                save_draft(connection, issue, at)
                plan_campaign(connection, issue, at, at)
        yield press


@contextmanager
def served(press: Press) -> Iterator[None]:
    """While `partwork web` serves it."""
    given = press.settings
    environment = {"PARTWORK_HOME": str(given.home), "PARTWORK_PUBLIC_URL": given.public_url}
    port = given.public_url.rpartition(":")[2]
    process = subprocess.Popen(  # noqa: S603 our own program, at a port of our choice
        [sys.executable, "-m", "partwork", "web", "--port", port],
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not _answers(given.public_url):
            if process.poll() is not None or time.monotonic() > until:
                sys.exit("partwork web does not answer")
            threading.Event().wait(0.1)
        yield
    finally:
        process.terminate()
        process.communicate()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser that talks to nobody but us."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    flags = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def walk(
    browser: Browser, press: Press, reader: str, width: int, scheme: Literal["light", "dark"]
) -> Iterator[tuple[str, Page]]:
    """Each page of a subscriber's life, with its name."""
    look: dict[str, Any] = {"width": width, "height": HEIGHT}
    context = browser.new_context(
        viewport=look, color_scheme=scheme, java_script_enabled=False, device_scale_factor=2
    )
    page, site = context.new_page(), press.settings.public_url
    page.goto(f"{site}/newsletters/{NEWSLETTER}")
    yield "sign-up", page
    page.get_by_label("Your e-mail address").fill("reader at example.org")
    page.locator("form").evaluate("form => form.noValidate = true")
    _press(page, "Subscribe")
    yield "sign-up-wrong", page
    page.get_by_label("Your e-mail address").fill(reader)
    threading.Event().wait(FILLED_IN.total_seconds() + 1)
    _press(page, "Subscribe")
    yield "mailbox", page
    page.goto(link(press, reader, "confirm"))
    yield "confirm", page
    _press(page, "Yes, subscribe me")
    yield "confirmed", page
    page.goto(f"{site}/leave")
    yield "leave", page
    page.get_by_label("Your e-mail address").fill(reader)
    _press(page, "Send me the link")
    page.goto(link(press, reader, "preferences"))
    yield "settings", page
    page.goto(link(press, reader, "u"))
    yield "leaving", page
    _press(page, "Leave The Quiet Hour")
    yield "left", page
    page.goto(link(press, reader, "undo"))
    yield "undo", page
    _press(page, "Get The Quiet Hour again")
    yield "back", page
    page.goto(f"{site}/newsletters/{NEWSLETTER}/archive")
    yield "archive", page
    page.goto(f"{site}/series/bad-nights")
    yield "series", page
    page.goto(f"{site}/confirm/forged")
    yield "forged", page
    context.close()


def _press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).click()


def link(press: Press, reader: str, kind: str) -> str:
    """The newest link of that kind that was mailed to the reader, once it has come."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        mails = sorted(press.outbox.glob(f"{reader}--*.eml"), key=lambda f: f.stat().st_mtime_ns)
        for file in reversed(mails):
            body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(["plain"])
            for line in (body.get_content() if body else "").splitlines():
                if f"/{kind}/" in line:
                    return line.strip("<> ")
        threading.Event().wait(0.1)
    sys.exit(f"no mail to {reader} has a link to {kind}")


def take(page: Page, to: Path, *, whole: bool) -> Path:
    """A picture of what is on the screen, or of the whole page."""
    drawn = Image.open(io.BytesIO(page.screenshot(full_page=whole)))
    drawn.convert("RGB").quantize(COLOURS).save(to, optimize=True)
    return to


if __name__ == "__main__":
    main()
