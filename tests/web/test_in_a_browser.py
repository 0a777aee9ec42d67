"""The pages as a new subscriber meets them: on a phone and a desk, in light and dark."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import select

from partwork.actions.approve import approve
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.sign_up import FILLED_IN
from partwork.assembly import Press, assemble
from partwork.model.audience import SubscriptionState
from partwork.settings import Settings
from partwork.store.columns import metadata
from partwork.store.engine import read_only
from partwork.subscribing.tokens import (
    form_token,
)
from tests.transport.conftest import Inbox, serve_inbox
from tests.web.conftest import ADDRESS, AT, VISITOR, Reader
from tests.web.test_serve import serving

__all__ = ["serve_inbox"]

PUBLIC = "https://news.example.org"  # where mails say that the app is
LETTER = "Take a handful of soil and press it. What stays a lump has clay in it."
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ALONE = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENS: dict[str, ViewportSize] = {
    "phone": {"width": 375, "height": 740},
    "desk": {"width": 1280, "height": 900},
}

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
        viewport=SCREENS[screen],
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(20_000)
    return context.new_page()


@dataclass(frozen=True)
class Mailboxes:
    """What a real mail server has taken, for everybody."""

    inbox: Inbox

    def of(self, address: str) -> list[EmailMessage]:
        """The mails of one person, newest first."""
        mails = [
            message_from_bytes(bytes(taken.original_content or b""), policy=policy.default)
            for taken in self.inbox.received
            if taken.rcpt_tos == [address]
        ]
        return mails[::-1]

    def newest_link(self, address: str, kind: str) -> str:
        """The link of that kind in the newest mail to the address, once it has come."""
        for _ in range(400):
            links = (link for mail in self.of(address) for link in links_in(mail))
            if found := next((link for link in links if f"/{kind}/" in link), ""):
                return found
            threading.Event().wait(0.05)
        raise AssertionError(f"no mail to {address} has a link to {kind}")


def links_in(mail: EmailMessage) -> list[str]:
    """Every address of a page in both bodies and in the header, each once."""
    bodies = (mail.get_body((kind,)) for kind in ("plain", "html"))
    places = [part.get_content() for part in bodies if part] + [str(v) for v in mail.values()]
    found = (re.findall(r"""https?://[^\s"'<>]+""", place) for place in places)
    return list(dict.fromkeys(unescape(link) for links in found for link in links))


@pytest.fixture
def mailboxes(serve_inbox: Callable[..., Inbox], home: Path) -> Mailboxes:
    """The home's mail server."""
    inbox = serve_inbox()
    (home / ".env").write_text(f"PARTWORK_SMTP_URL={inbox.url}\nPARTWORK_PUBLIC_URL={PUBLIC}\n")
    return Mailboxes(inbox)


@pytest.fixture
def site(ada, press: Press, home: Path, mailboxes: Mailboxes, tmp_path: Path) -> Iterator[str]:
    """The address of the app on a real port; Ada has had one part of a series."""
    with assemble(Settings(home=home)) as sending:
        begin_letter(sending, "soil", title="Soil", newsletter="", subject="Soil", text=LETTER)
        preview(sending, "soil", None, AT)
        approve(sending, "soil", None, reviewer="Eve", channel="cli", now=AT)
        for issue in publish(sending, "soil", at_once=True, now=AT).unsent:
            send(sending, issue, clock=lambda: datetime.now(UTC))
    with serving(home, tmp_path / "log") as (url, _):
        yield url


def walk(page: Page, mailboxes: Mailboxes, site: str) -> Iterator[str]:
    """A subscriber's life: what is the heading of each page, while the page is there."""

    def press_button(label: str) -> str:
        page.get_by_role("button", name=label).click()
        return heading()

    def heading() -> str:
        return page.get_by_role("heading").first.inner_text()

    def follow(kind: str) -> str:
        page.goto(here(mailboxes.newest_link(VISITOR, kind), site))
        return heading()

    page.goto(site)
    yield heading()
    page.get_by_label("Your e-mail address").fill("grace@example")
    yield press_button("Subscribe")
    page.get_by_label("Your e-mail address").fill(VISITOR)
    threading.Event().wait(FILLED_IN.total_seconds() + 0.5)  # as long as a person takes to type
    yield press_button("Subscribe")
    yield follow("confirm")
    yield press_button("Yes, subscribe me")
    yield follow("u")  # the welcome has it
    yield press_button("Leave The Bench")
    yield press_button("Undo")
    page.goto(f"{site}/leave")
    yield heading()
    page.get_by_label("Your e-mail address").fill(VISITOR)
    yield press_button("Send me the link")
    yield follow("preferences")
    page.get_by_label("Pause").select_option("2")
    page.get_by_role("button", name="Save").click()
    yield page.get_by_role("status").inner_text()
    page.get_by_label("I want to be erased").check()
    yield press_button("Erase me")


WALKED = [
    "The Bench",
    "The Bench",
    "Please look in your mailbox",
    "Subscribe to The Bench?",
    "You are subscribed to The Bench",
    "Leave The Bench?",
    "You have left The Bench",
    "You are back",
    "Leave, or change what you get",
    "Please look in your mailbox",
    "Your settings",
    "Saved.",
    "You are forgotten",
]


@pytest.mark.parametrize(
    "look", [("phone", False), ("phone", True), ("desk", False), ("desk", True)]
)
def test_a_new_subscriber_finds_the_way_without_scripts(
    mailboxes: Mailboxes, site: str, browser: Browser, look: tuple[str, bool]
) -> None:
    screen, dark = look
    page = opened(browser, screen, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    assert list(walk(page, mailboxes, site)) == WALKED
    assert {url.split("/", 3)[2] for url in asked} == {site.removeprefix("http://")}
    assert page.context.cookies() == []


def test_axe_finds_nothing_on_the_way_and_no_page_is_too_wide(
    mailboxes: Mailboxes, site: str, browser: Browser
) -> None:
    page = opened(browser, "phone", dark=False, scripts=True)

    assert [
        found for heading in walk(page, mailboxes, site) for found in faults(page, heading)
    ] == []


# What colours can change of what axe finds.
AT_NIGHT = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
BY_DAY = {"resultTypes": ["violations"]}


def faults(page: Page, name: str) -> Iterator[str]:
    """What axe finds on a phone at night and at a desk by day, and where a page is too wide."""
    page.evaluate(Axe().axe_script)
    for look, width, how in (("dark", 375, AT_NIGHT), ("light", 1200, BY_DAY)):
        page.emulate_media(color_scheme=look)  # type: ignore[arg-type] # one of its literals
        page.set_viewport_size({"width": width, "height": 800})
        for violation in page.evaluate("how => axe.run(how)", how)["violations"]:
            yield f"{name}, {look}: {violation['id']}: {violation['nodes'][0]['html'][:200]}"
    for width, letters in ((320, 100), (375, 200)):
        page.set_viewport_size({"width": width, "height": 640})
        page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{name}: {wide} px wide at {width} px, letters {letters} %"
    page.evaluate("document.documentElement.style.fontSize = ''")


def here(link: str, site: str) -> str:
    """A mailed link at the port that this test serves on."""
    return site + link.removeprefix(PUBLIC)


def is_ours(link: str) -> bool:
    return link.startswith(f"{PUBLIC}/")


@pytest.fixture
def mails(press: Press, mailboxes: Mailboxes, site: str, ada: Reader) -> list[EmailMessage]:
    """One of each kind that we send, by the ways they come about."""

    def post(path: str, **form: str) -> None:
        assert httpx.post(site + path, data=form).status_code == 200

    def newest(address: str, kind: str) -> str:
        return urlsplit(mailboxes.newest_link(address, kind)).path

    def sign_up(address: str) -> str:
        shown_at = datetime.now(UTC) - timedelta(seconds=30)
        token = form_token(ada.newsletter, shown_at, press.secrets)
        post(f"/newsletters/{ada.newsletter}", email=address, form=token)
        return newest(address, "confirm")

    sign_up("waiting@example.org")
    post(sign_up(VISITOR), confirm="yes")
    post(newest(VISITOR, "u"), leave="newsletter")
    newest(VISITOR, "undo")
    post("/leave", email=ADDRESS)
    post(newest(ADDRESS, "preferences"), do="move", email="new@example.org")
    newest("new@example.org", "move")
    people = (ADDRESS, VISITOR, "waiting@example.org", "new@example.org")
    return [mail for address in people for mail in mailboxes.of(address)]


def everything(press: Press) -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds, but for its notes to itself."""
    tables = (table for table in metadata.sorted_tables if table.name != "facts")
    with read_only(press.engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in tables
        }


def test_whoever_follows_every_link_of_every_mail_changes_nothing(
    press: Press, mails: list[EmailMessage], site: str, browser: Browser
) -> None:
    """A scanner asks for all, twice; then in a browser that runs scripts, and follows on."""
    links = {here(link, site) for mail in mails for link in links_in(mail) if is_ours(link)}
    kinds = {urlsplit(link).path.split("/")[1] for link in links}
    before = everything(press)

    ahead = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"}
    for headers in ({}, ahead):
        for link in links:
            # 410: the request to confirm of somebody who has left since.
            assert httpx.get(link, headers=headers).status_code in {200, 410}, link
            assert httpx.head(link, headers=headers).status_code in {200, 410}, link
    page = opened(browser, "desk", dark=False, scripts=True)
    for link in links:
        page.goto(link)
        for found in page.get_by_role("link").all():
            found.hover()
            target = found.evaluate("a => a.href")
            if target.startswith(site):
                assert page.request.get(target).ok

    assert kinds == {
        "confirm",
        "u",
        "undo",
        "preferences",
        "move",
        "issues",
        "newsletters",
        "leave",
    }
    assert everything(press) == before


def test_a_provider_s_one_click_leaves(mailboxes: Mailboxes, site: str, ada: Reader) -> None:
    """As Gmail does it: the header's address, its one field, multipart, and nothing else."""
    (mail,) = mailboxes.of(ADDRESS)
    (link,) = re.findall(r"<(https:[^>]+)>", mail["List-Unsubscribe"])
    name, value = mail["List-Unsubscribe-Post"].split("=")

    answer = httpx.post(here(link, site), files={name: (None, value)})

    assert (answer.status_code, answer.history, list(answer.cookies)) == (200, [], [])
    assert ada.state is SubscriptionState.ENDED
