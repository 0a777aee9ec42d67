"""Counted links: whoever follows one gets there, and only what looks like a person is counted."""

import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import sync_playwright

from partwork.actions.approve import approve
from partwork.actions.clicks import links_behind
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.stopping import cancel
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.store.clicks import Click, load_clicks
from partwork.store.engine import StoreError, read_only
from partwork.store.event_schema import clicks as clicks_table
from partwork.subscribing.click_tokens import click_token
from partwork.web.app import create_app
from partwork.web.clicks import Clicks, is_a_visit
from tests.web.conftest import ADDRESS, AT, Client, Reader
from tests.web.test_hostile import hostile_tokens
from tests.web.test_in_a_browser import ALONE, CHROMIUM, QUIET
from tests.web.test_serve import serving

TARGET = "https://worms.example.org/how?to=1&keep=them"
OTHER = "https://worms.example.org/é"
LETTER = f"Ask [the worms]({TARGET}) about [clay]({OTHER})."
FIREFOX = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}
NAVIGATING = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class Letter:
    """A letter that has left for Ada with counted links."""

    def __init__(self, press: Press, content_hash: str, name: str) -> None:
        self.press, self.content_hash, self.name = press, content_hash, name

    def path(self, url: str) -> str:
        """Of the redirect to that link."""
        number = links_behind(self.press, self.content_hash[:16]).index(url) + 1
        return f"/l/{click_token(self.content_hash, number, self.press.secrets)}"

    def counts(self) -> dict[str, int]:
        """By link how often it was followed, of those that were."""
        links = links_behind(self.press, self.content_hash[:16])
        with read_only(self.press.engine) as connection:
            found = load_clicks(connection, self.content_hash)
        sums = {links[number - 1]: sum(by_day.values()) for number, by_day in found.items()}
        return {url: count for url, count in sums.items() if count}

    def rows(self) -> int:
        with read_only(self.press.engine) as connection:
            query = clicks_table.select().where(clicks_table.c.count > 0)
            return len(connection.execute(query).all())


@contextmanager
def written(home: Path, text: str) -> Iterator[Letter]:
    """A letter of these words has left."""
    (home / ".env").write_text("PARTWORK_COUNT_CLICKS=yes\n")
    with assemble(Settings(home=home)) as press:
        begin_letter(press, "soil", title="Soil", newsletter="", subject="Soil", text=text)
        (shown,) = preview(press, "soil", None, AT)
        approve(press, "soil", None, reviewer="Eve", channel="cli", now=AT)
        (planned,) = publish(press, "soil", at_once=True, now=AT).planned
        send(press, planned.issue, clock=lambda: datetime.now(UTC))
        yield Letter(press, shown.issue.content_hash, planned.issue)


@pytest.fixture
def letter(ada: Reader, home: Path) -> Iterator[Letter]:
    with written(home, LETTER) as sent:
        yield sent


@contextmanager
def served(home: Path, log: Path) -> Iterator[str]:
    """The app on a real port; at the end it is told to stop, and what it counted is there."""
    with serving(home, log) as (url, process):
        yield url
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_the_mail_s_link_leads_to_where_it_would_have_gone(letter: Letter, home: Path) -> None:
    client = Client(create_app(letter.press))
    (mail,) = letter.press.outbox.glob(f"{ADDRESS}--*.eml")
    mailed = mail.read_bytes().replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
    (path, _) = (f"/l/{token}" for token in re.findall(r'href="[^"]+/l/([^"]+)"', mailed))

    answer = client.get(path)

    assert path == letter.path(TARGET)
    assert (answer.status_code, answer.headers["Location"]) == (302, TARGET)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert client.get(letter.path(OTHER)).headers["Location"] == OTHER.replace("é", "%C3%A9")
    assert client.head(path).headers["Location"] == TARGET


def test_two_hits_on_a_day_are_one_row_with_2_and_scanners_are_none(
    letter: Letter, home: Path, tmp_path: Path
) -> None:
    before = datetime.now(UTC).date()
    with served(home, tmp_path / "log") as url:
        link = url + letter.path(TARGET)
        for headers in (FIREFOX, FIREFOX | NAVIGATING):
            assert httpx.get(link, headers=headers).headers["Location"] == TARGET
        assert httpx.head(link, headers=FIREFOX).headers["Location"] == TARGET
        ahead = FIREFOX | {"Sec-Purpose": "prefetch;prerender"}
        assert httpx.get(link, headers=ahead).headers["Location"] == TARGET
        assert httpx.get(link).headers["Location"] == TARGET  # a program that says it is one

    assert letter.counts() == {TARGET: 2}
    if before == datetime.now(UTC).date():  # not over midnight
        assert letter.rows() == 1


def test_nothing_of_who_followed_is_written_down(
    letter: Letter, home: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with served(home, log) as url:
        httpx.get(url + letter.path(TARGET), headers=FIREFOX)

    assert "GET /l/{token} 302" in log.read_text()
    for personal in ("Firefox", letter.path(TARGET), "127.0.0.1 -", "worms"):
        assert personal not in log.read_text()
    assert {column.name for column in clicks_table.columns} == {
        "content_hash",
        "link",
        "day",
        "count",
    }


def test_what_is_no_link_of_ours_leads_nowhere_and_counts_nothing(
    letter: Letter, ada: Reader, home: Path, tmp_path: Path
) -> None:
    good, secrets = letter.path(TARGET), letter.press.secrets
    forged = [
        f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}",
        f"{good}x",
        f"/l/{click_token(letter.content_hash, 1, ['another secret'])}",
        f"/l/{click_token(letter.content_hash, 60_000, secrets)}",
        f"/l/{click_token(letter.content_hash, 0, secrets)}",
        f"{good}?url=https://evil.example.org",
    ]

    with served(home, tmp_path / "log") as url:
        for path in forged[:-1]:
            answer = httpx.get(url + path, headers=FIREFOX)
            assert answer.status_code == 404, path
            assert "<h1>" in answer.text
        assert httpx.get(url + forged[-1]).headers["Location"] == TARGET
    client = Client(create_app(letter.press))
    for token in hostile_tokens(letter.press, ada, "u"):
        if "%" not in token and token.isascii() and "/" not in token:
            assert client.get(f"/l/{token}").status_code == 404

    assert letter.counts() == {}


def test_switched_off_old_links_lead_on_and_count_nothing(
    letter: Letter, home: Path, tmp_path: Path
) -> None:
    (home / ".env").write_text("")
    with served(home, tmp_path / "log") as url:
        answer = httpx.get(url + letter.path(TARGET), headers=FIREFOX)

    assert answer.headers["Location"] == TARGET
    assert letter.counts() == {}


def test_links_of_a_cancelled_issue_lead_on(letter: Letter) -> None:
    cancel(letter.press, letter.name, "a mistake", AT)

    answer = Client(create_app(letter.press)).get(letter.path(TARGET))

    assert answer.headers["Location"] == TARGET


def test_a_link_of_an_issue_that_a_restore_has_lost_leads_to_the_front_page(
    letter: Letter,
) -> None:
    token = click_token("0" * 64, 1, letter.press.secrets)

    answer = Client(create_app(letter.press)).get(f"/l/{token}")

    assert (answer.status_code, answer.headers["Location"]) == (302, "../")


@contextmanager
def no_database(letter: Letter, home: Path) -> Iterator[None]:
    """Where the file was, nothing can be opened."""
    file = home / ".partwork" / "partwork.sqlite"
    letter.press.engine.dispose()
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        aside.rename(file)


def test_links_that_were_followed_lately_lead_on_while_the_database_is_away(
    letter: Letter, home: Path
) -> None:
    known, new = Client(create_app(letter.press)), Client(create_app(letter.press))
    path, other = letter.path(TARGET), letter.path(OTHER)
    known.get(other)

    with no_database(letter, home):
        led_on = known.request("GET", path, headers=FIREFOX)
        asked_for_patience = new.get(path)

    assert led_on.headers["Location"] == TARGET
    assert asked_for_patience.status_code == 503
    assert new.get(path).headers["Location"] == TARGET


def test_what_cannot_be_written_down_waits_and_counts_once(letter: Letter, home: Path) -> None:
    clicks = Clicks(letter.press)
    link = Click(letter.content_hash[:16], 1, AT.date())
    (first, *_) = links_behind(letter.press, letter.content_hash[:16])
    clicks.add(link)

    with no_database(letter, home), pytest.raises(StoreError):
        clicks.save()
    clicks.add(link)
    for _ in range(2):
        clicks.save()

    assert letter.counts() == {first: 2}


class _There(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        links = ""
        if "?" in self.path:
            link = self.path.partition("?")[2]
            links = f"<img src={link}><iframe src={link}></iframe><link rel=prefetch href={link}>"
        self.wfile.write(f"<title>There</title>{links}".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's name
        pass


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_a_browser_that_is_sent_there_is_counted_and_what_a_page_loads_is_not(
    ada: Reader, home: Path, tmp_path: Path
) -> None:
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), _There) as there,
        sync_playwright() as playwright,
        written(home, f"Go [there](http://127.0.0.1:{there.server_port}/).") as letter,
    ):
        Thread(target=there.serve_forever, daemon=True).start()
        target = f"http://127.0.0.1:{there.server_port}/"
        with served(home, tmp_path / "log") as url:
            link = url + letter.path(target)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *ALONE])
            page = browser.new_page()
            page.goto(link)
            assert (page.url, page.title()) == (target, "There")
            page.goto(f"{target}?{link}", wait_until="networkidle")
            browser.close()
        there.shutdown()

        asked = (tmp_path / "log").read_text().count("GET /l/{token} 302")
        assert asked > 2
        assert letter.counts() == {target: 1}


def test_the_sign_up_page_says_so_where_clicks_are_counted(letter: Letter, press: Press) -> None:
    path = "/newsletters/the-bench"
    counting, plain = (Client(create_app(one)).get(path).text for one in (letter.press, press))

    assert "counts how often each is followed" in counting
    assert "We do not follow what you open or click" not in counting
    assert "We do not follow what you open or click" in plain


def test_robots_are_asked_not_to_follow(letter: Letter) -> None:
    assert "Disallow: /l/" in Client(create_app(letter.press)).get("/robots.txt").text


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({}, True),
        (NAVIGATING, True),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Purpose": "prefetch"}, False),
        ({"Purpose": "prefetch"}, False),
        ({"X-Purpose": "preview"}, False),
        ({"X-Moz": "prefetch"}, False),
        ({"Accept": "*/*"}, False),
        ({"User-Agent": ""}, False),
        ({"User-Agent": "curl/8.5.0"}, False),
        ({"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, False),
        ({"User-Agent": "Mozilla/5.0 (X11) AppleWebKit/537.36 BingPreview/1.0b"}, False),
        ({"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36"}, True),
    ],
)
def test_a_visit_is_what_a_browser_does_when_somebody_tells_it_to(
    told: Mapping[str, str], counts: bool
) -> None:
    headers = httpx.Headers(FIREFOX | told)

    assert is_a_visit("GET", headers) is counts
    assert not is_a_visit("HEAD", headers)
