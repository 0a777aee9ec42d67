"""Every page beside a subscriber's way, judged by axe."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from partwork.actions.approve import approve
from partwork.actions.compose import compose
from partwork.actions.ingest import ingest
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.report import report_url
from partwork.actions.reviewing import Question, ask
from partwork.assembly import Press
from partwork.model.article import Rights
from partwork.model.series import Division
from partwork.rendering.issue_report_page import issue_report_page
from partwork.store.subscriptions import bundle_subscription
from partwork.subscribing.page_links import draft_key, read_key, stop_key, waiting_key
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    move_token,
    pass_token,
    unsubscribe_token,
)
from tests.actions.conftest import ARTICLES
from tests.actions.reviewed import letter
from tests.rendering.test_issue_report import REPORT
from tests.rendering.test_report_page import TEMPLATES
from tests.web.conftest import AT, Reader
from tests.web.test_in_a_browser import browser, faults, opened, pytestmark
from tests.web.test_serve import serving

__all__ = ["browser", "pytestmark"]

EVERYTHING = """What stays a lump has clay in it. [Ask the worms](https://worms.example.org).

## What to bring

- A spade
- A bucket

> Dig twice, plant once.

| Soil | Water |
|---|---|
| Clay | little |
| Sand | much |

```
sieve --mesh 5
```
"""
NEXT_MONDAY = AT + timedelta(days=7)


@pytest.fixture
def published(press: Press, ada: Reader) -> Mapping[str, str]:
    """A letter, a part that was composed, and the mail that has both: pages of what is out."""
    with press.engine.begin() as connection:
        bundle_subscription(connection, ada.id, ada.newsletter, is_bundled=True)
    (made,) = ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN).articles
    named = {"title": "", "newsletter": ""}
    compose(press, "heaps", (), **named, division=Division.THEME, parts=None)
    begin_letter(press, "soil", title="Soil", newsletter="", subject="Soil", text=EVERYTHING)
    pages = {"cleaning report": report_url(press, made.cleaned.article.slug, datetime.now(UTC))}
    for series in ("heaps", "soil"):
        (shown, *_) = preview(press, series, None, AT)
        approve(press, series, None, reviewer="Eve", channel="cli", now=AT)
        publish(press, series, at_once=True, now=AT)
        pages[f"issue of {series}"] = f"/issues/{shown.issue.name}"
        pages[f"part of {series}"] = f"/parts/{shown.issue.instalment}"
    (bundle,) = publish(press, "", at_once=False, now=NEXT_MONDAY).planned
    until = datetime.now(UTC) + timedelta(days=1)
    key = stop_key(bundle.issue, until, press.secrets)
    pages |= {"bundle": f"/issues/{bundle.issue}", "stop": f"/stop/{bundle.issue}?key={key}"}
    return {name: at.removeprefix(press.settings.public_url) for name, at in pages.items()}


@pytest.fixture
def for_editors(press: Press) -> Mapping[str, str]:
    """Pages behind links that editors get."""
    letter(press, "Bring 12 gloves.", "Bring spades.")
    now = datetime.now(UTC)
    asked = ask(press, "greetings", None, run_id="run", asked_before=0, now=now)
    assert isinstance(asked, Question)
    issue, until, secrets = asked.parts[0].issue, now + timedelta(days=1), press.secrets
    draft = f"/drafts/greetings/{issue.instalment}"
    key = draft_key("greetings", issue.instalment, until, secrets)
    return {
        "read": f"/read/{read_key(issue.content_hash, until, secrets)}",
        "waiting": f"/waiting/{waiting_key(until, secrets)}",
        "draft": f"{draft}?key={key}",
        "look at a draft": f"{draft}/mail?key={key}",
    }


@pytest.fixture
def for_readers(press: Press, ada: Reader) -> Mapping[str, str]:
    """Pages that all may see, and such as are behind Ada's links."""
    now, secrets, slug = datetime.now(UTC), press.secrets, ada.newsletter

    def link(kind: PassKind, at: datetime, who: int = ada.id) -> str:
        return pass_token(kind, Pass(who, slug, at), secrets)

    return {
        "front": "/",
        "archive": f"/newsletters/{slug}/archive",
        "series": "/series/soil",
        "sign up": f"/newsletters/{slug}",
        "leaving one of several": f"/u/{unsubscribe_token(Departure(ada.id, slug, 1), secrets)}",
        "leave": "/leave",
        "settings": f"/preferences/{link(PassKind.ACCESS, now)}",
        "confirmed": f"/confirm/{link(PassKind.CONFIRM, now)}",
        "ended since": f"/confirm/{link(PassKind.CONFIRM, now, 999)}",
        "undone": f"/undo/{link(PassKind.UNDO, now)}",
        "moving": f"/move/{move_token(ada.id, 'new@example.org', now, secrets)}",
        "run out": f"/preferences/{link(PassKind.ACCESS, now - timedelta(days=9))}",
        "not there": "/nowhere",
    }


@pytest.fixture
def paths(
    published: Mapping[str, str], for_editors: Mapping[str, str], for_readers: Mapping[str, str]
) -> Mapping[str, str]:
    """Where each page is."""
    return {**for_readers, **published, **for_editors}


@pytest.fixture
def site(paths: Mapping[str, str], ada: Reader, home: Path, tmp_path: Path) -> Iterator[str]:
    """The app on a real port, with two newsletters and all of these pages."""
    press = ada.press
    file = press.library.newsletter_file(ada.newsletter)
    other = press.library.read(file).replace("The Bench", "The Plane")
    press.library.write(press.library.newsletter_file("the-plane"), other)
    with serving(home, tmp_path / "log") as (url, _):
        yield url


def pressed(page: Page, label: str, field: str = "", words: str = "") -> None:
    """Fills in a field, presses the button, and waits for the page that follows."""
    if field:
        page.get_by_label(field).fill(words)
    with page.expect_navigation():
        page.get_by_role("button", name=label, exact=True).click()


def after_a_form(page: Page, site: str, paths: Mapping[str, str]) -> Iterator[str]:
    """What was done, each while the page that follows is there."""
    page.goto(site + paths["leave"])
    pressed(page, "Send me the link", "Your e-mail address", "grace@example")
    yield "leave: no address"
    page.goto(site + paths["settings"])
    pressed(page, "Change the address", "New e-mail address", "grace@example")
    yield "settings: no address"
    pressed(page, "Erase me")
    yield "settings: not sure"
    pressed(page, "Save")
    yield "settings: saved"
    page.goto(site + paths["stop"])
    pressed(page, "Stop it")
    yield "stopped"
    page.goto(site + paths["leaving one of several"])
    pressed(page, "Leave everything")
    yield "left"
    page.goto(site + paths["leaving one of several"])
    yield "has left"
    for number in range(30):  # what PARTWORK_MAILS_PER_NETWORK allows
        httpx.post(f"{site}/leave", data={"email": f"reader{number}@example.org"})
    page.goto(site + paths["leave"])
    pressed(page, "Send me the link", "Your e-mail address", "grace@example.org")
    yield "too many"


STATUSES = {"ended since": 410, "run out": 410, "not there": 404}
TITLES = {
    "leave: no address": "Leave, or change what you get",
    "stopped": "It is stopped",
    "left": "You have left everything",
    "has left": "You have left The Bench",
    "too many": "Too many at once",
}


def test_axe_finds_nothing_and_no_page_is_too_wide(
    site: str, paths: Mapping[str, str], browser: Browser
) -> None:
    page = opened(browser, "phone", dark=False, scripts=True)
    found: list[str] = []
    for name, path in paths.items():
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == STATUSES.get(name, 200), name
        found.extend(faults(page, name))
    for name in after_a_form(page, site, paths):
        assert page.title() == TITLES.get(name, "Your settings")
        found.extend(faults(page, name))
    page.goto("about:blank")  # a file, which has no policy for its styles
    page.set_content(issue_report_page(REPORT, TEMPLATES))
    found.extend(faults(page, "report on an issue"))

    assert found == []
