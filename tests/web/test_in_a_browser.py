"""The pages as a new subscriber meets them: on a phone and a desk, in light and dark."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from partwork.actions.sign_up import FILLED_IN
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.audience import SubscriptionState
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.subscribing.tokens import Departure, Pass, PassKind, pass_token, unsubscribe_token
from tests.web.test_serve import serving

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ALONE = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENS = {"phone": {"width": 375, "height": 740}, "desk": {"width": 1280, "height": 900}}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; CHROMIUM names another"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *ALONE])
        yield opened
        opened.close()


def opened(browser: Browser, screen: str, *, dark: bool, scripts: bool = False) -> Page:
    """A page of its own, which may ask nobody but us."""
    context = browser.new_context(
        viewport=SCREENS[screen],  # type: ignore[arg-type] # a dict as Playwright wants it
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def newest_link(press: Press, address: str, kind: str) -> str:
    """The link of that kind in the newest mail to the address, once it has come."""
    for _ in range(400):
        mails = sorted(press.outbox.glob(f"{address}--*.eml"), key=lambda f: f.stat().st_mtime_ns)
        for file in reversed(mails):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            text = mail.get_body(("plain",)).get_content()
            for line in text.splitlines():
                if f"/{kind}/" in line:
                    return line.strip("<> ")
        threading.Event().wait(0.05)
    raise AssertionError(f"no mail to {address} has a link to {kind}")


@pytest.fixture
def site(ada, press: Press, home: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the app on a real port; Ada has had one part of a series."""
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(ada.newsletter, "soil")
    issue = Issue("a1b2c3d4", 1, "Soil", "Soil", "A handful", editor, editor, "h", "t", "p", rule)
    now = datetime.now(UTC)
    with press.engine.begin() as connection:
        save_draft(connection, issue, now)
        plan_campaign(connection, issue, now, now)
    with serving(home, tmp_path / "log") as (url, _):
        yield url


@pytest.mark.parametrize(
    "look", [("phone", False), ("phone", True), ("desk", False), ("desk", True)]
)
def test_a_new_subscriber_finds_the_way_without_scripts(
    press: Press, site: str, browser: Browser, look: tuple[str, bool]
) -> None:
    address = "grace@example.org"
    screen, dark = look
    page = opened(browser, screen, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(site)
    page.get_by_label("Your e-mail address").fill(address)
    threading.Event().wait(FILLED_IN.total_seconds() + 0.5)  # as long as a person takes to type
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading").first.inner_text() == "Please look in your mailbox"

    page.goto(_here(newest_link(press, address, "confirm"), site))
    page.get_by_role("button", name="Yes, subscribe me").click()
    assert page.get_by_role("heading").first.inner_text() == "You are subscribed to The Bench"

    page.goto(_here(newest_link(press, address, "u"), site))  # the welcome has it
    page.get_by_role("button", name="Leave The Bench").click()
    assert "You have left The Bench" in page.content()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("heading").first.inner_text() == "You are back"

    page.goto(f"{site}/leave")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    page.goto(_here(newest_link(press, address, "preferences"), site))
    page.get_by_label("Pause").select_option("2")
    page.get_by_role("button", name="Save").click()
    assert "Your choice is kept" in page.content()
    page.get_by_label("I want to be erased").check()
    page.get_by_role("button", name="Erase me").click()
    assert page.get_by_role("heading").first.inner_text() == "You are forgotten"

    assert {url.split("/", 3)[2] for url in asked} == {site.removeprefix("http://")}
    assert page.context.cookies() == []


def _here(link: str, site: str) -> str:
    """A mailed link at the port that this test serves on."""
    return f"{site}/{link.split('/', 3)[3]}"


@pytest.fixture
def paths(press: Press, ada) -> dict[str, str]:
    """One path to each page."""
    now = datetime.now(UTC)
    held = Pass(ada.id, ada.newsletter, now)
    old = Pass(ada.id, ada.newsletter, now - timedelta(days=9))
    return {
        "newsletter": f"/newsletters/{ada.newsletter}",
        "archive": f"/newsletters/{ada.newsletter}/archive",
        "series": "/series/soil",
        "leave": "/leave",
        "leaving": f"/u/{unsubscribe_token(Departure(ada.id, ada.newsletter, 1), press.secrets)}",
        "confirmed": f"/confirm/{pass_token(PassKind.CONFIRM, held, press.secrets)}",
        "undone": f"/undo/{pass_token(PassKind.UNDO, held, press.secrets)}",
        "preferences": f"/preferences/{pass_token(PassKind.ACCESS, held, press.secrets)}",
        "run out": f"/preferences/{pass_token(PassKind.ACCESS, old, press.secrets)}",
        "not there": "/nowhere",
    }


def test_every_page_fits_the_narrowest_phone_and_large_letters(
    site: str, browser: Browser, paths: dict[str, str]
) -> None:
    page = opened(browser, "phone", dark=False, scripts=True)
    for width, letters in ((320, 100), (375, 200)):
        page.set_viewport_size({"width": width, "height": 640})
        for name, path in paths.items():
            page.goto(f"{site}{path}")
            page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} at {width} px, letters {letters} %: {wide} px"


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(site: str, browser: Browser, paths: dict[str, str], dark: bool) -> None:
    page = opened(browser, "phone", dark=dark, scripts=True)
    found: dict[str, Any] = {}
    for name, path in paths.items():
        page.goto(f"{site}{path}")
        violations = Axe().run(page).response["violations"]
        found |= {f"{name}: {v['id']}": v["nodes"][0]["html"][:200] for v in violations}

    assert found == {}


def test_whoever_follows_every_link_of_a_mail_changes_nothing(
    press: Press, site: str, browser: Browser, ada, paths: dict[str, str]
) -> None:
    """A mail scanner with a browser: it runs scripts, follows links, and fetches all twice."""
    page = opened(browser, "desk", dark=False, scripts=True)
    before = ada.state
    for _ in range(2):
        for path in paths.values():
            page.goto(f"{site}{path}")
            for link in page.get_by_role("link").all():
                target = link.get_attribute("href") or ""
                if target and ":" not in target:
                    page.request.get(link.evaluate("a => a.href"))
            page.request.head(f"{site}{path}")

    assert (before, ada.state) == (SubscriptionState.CONFIRMED, SubscriptionState.CONFIRMED)
    assert ada.departures == ()
