"""Clicks are counted where that is wished: what is mailed then, what stays, what is reported."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from partwork.actions.approve import approve
from partwork.actions.check import check
from partwork.actions.clicks import as_mailed, links_behind, save_clicks
from partwork.actions.issue_named import issue_named
from partwork.actions.issue_report import issue_report, issue_report_csv, issue_report_html
from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_newsletter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send, send_test
from partwork.assembly import Press, assemble
from partwork.model.issue import Issue
from partwork.model.issue_report import LinkClicks
from partwork.orchestration.issue_report import page
from partwork.rendering.counted_links import web_links
from partwork.rendering.issue_report import report_data
from partwork.settings import Settings
from partwork.store.clicks import Click
from partwork.subscribing.click_tokens import read_click_token
from tests.actions.sending import subscribe
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

SITE = "https://news.example.org"
SOIL, WORMS = "https://soil.example.org/clay?a=1&b=2", "https://worms.example.org/"
LETTER = f"""Press a handful of soil: [what stays a lump]({SOIL}) has clay in it.

Ask [the worms]({WORMS}), [the shop]({SITE}/shop), or <https://sand.example.org/>; then
[the lump]({SOIL}) once more."""
READERS = ("ada@example.org", "grace@example.org")
DAY = NOW.date()


@pytest.fixture
def counting(press: Press, server: RoughServer) -> Iterator[Press]:
    """The press of the home that counts clicks and sends to a mail server."""
    given = Settings(
        home=press.settings.home, smtp_url=server.url, public_url=SITE, count_clicks=True
    )
    with assemble(given) as assembled:
        yield assembled


@pytest.fixture
def letter(counting: Press) -> str:
    """A published letter with links, which nobody has yet."""
    subscribe(counting, READERS)
    begin_letter(counting, "soil", title="Soil", newsletter="", subject="Soil", text=LETTER)
    preview(counting, "soil", None, NOW)
    approve(counting, "soil", None, reviewer="Eve", channel="cli", now=NOW)
    return publish(counting, "soil", at_once=True, now=NOW).planned[0].issue


def got(server: RoughServer, reader: str) -> tuple[str, str]:
    """The HTML and the text that came to a reader."""
    mail = message_from_bytes(server.contents[reader], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    parts = [mail.get_body((kind,)) for kind in ("html", "plain")]
    html, text = (part.get_content().replace("\r\n", "\n") for part in parts if part)
    return html, text


def without(press: Press) -> Press:
    """The same with clicks no longer counted."""
    return replace(press, settings=press.settings.model_copy(update={"count_clicks": False}))


def followed(press: Press, issue: Issue, url: str, times: int, on: date = DAY) -> None:
    number = web_links(issue.html).index(url) + 1
    save_clicks(press, {Click(issue.content_hash[:16], number, on): times})


def test_what_is_mailed_has_redirects_for_its_own_web_links_and_the_text_has_none(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    send(counting, letter, clock=clock)

    issue = issue_named(counting, letter)
    html, text = got(server, READERS[0])
    behind = {
        links_behind(counting, read_click_token(token, counting.secrets)[0])[
            read_click_token(token, counting.secrets)[1] - 1
        ]
        for token in re.findall(rf'href="{SITE}/l/([^"]+)"', html)
    }
    assert behind == {SOIL, WORMS}
    assert SOIL not in html.replace("&amp;", "&")
    assert f'href="{SITE}/shop"' in html
    assert 'href="https://sand.example.org/"' in html  # its words are its address
    assert SOIL in text
    assert "/l/" not in text
    assert issue.text.split("\n")[0] in text


def test_all_readers_have_the_same_redirects(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    send(counting, letter, clock=clock)

    found = [re.findall(r"/l/[^\"]+", got(server, reader)[0]) for reader in READERS]
    assert found[0] == found[1]
    assert len(set(found[0])) == 2


def test_the_approved_issue_stays_as_it_is_and_gives_its_name_to_the_mail(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    before = issue_named(counting, letter)

    send(counting, letter, clock=clock)

    after = issue_named(counting, letter)
    mail = message_from_bytes(server.contents[READERS[0]], policy=policy.default)
    assert after == before
    assert after.content_hash == before.content_hash
    assert after.html.count(f'href="{WORMS}"') == 1
    assert str(mail["Feedback-ID"]).startswith(after.content_hash[:8])
    assert mail.get_boundary() == f"=_partwork_{after.content_hash[:16]}"


def test_without_the_setting_nothing_is_rewritten_and_nothing_reported(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    send(without(counting), letter, clock=clock)

    html, _ = got(server, READERS[0])
    assert f'href="{WORMS}"' in html
    assert "/l/" not in html
    report = issue_report(counting, letter, NOW)
    assert report.clicks == ()
    assert report_data(report)["clicks"] == []
    assert "Which links" not in issue_report_html(counting, report)
    assert "Clicks" not in page(report)


def test_the_report_tells_clicks_by_link_also_of_those_that_nobody_followed(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    send(counting, letter, clock=clock)
    issue = issue_named(counting, letter)
    number = {url: n for n, url in enumerate(web_links(issue.html), start=1)}
    followed(counting, issue, WORMS, 2)
    followed(counting, issue, WORMS, 1, date(2026, 3, 4))

    report = issue_report(without(counting), letter, NOW)

    days = ((DAY, 2), (date(2026, 3, 4), 1))
    assert report.clicks == (
        LinkClicks(number[WORMS], WORMS, days),
        LinkClicks(number[SOIL], SOIL),
    )
    assert report_data(report)["clicks"] == [
        {
            "link": number[WORMS],
            "url": WORMS,
            "count": 3,
            "days": {"2026-03-02": 2, "2026-03-04": 1},
        },
        {"link": number[SOIL], "url": SOIL, "count": 0, "days": {}},
    ]
    rows = list(csv.reader(io.StringIO(issue_report_csv(report))))
    assert ["link", WORMS, "clicks", "3", ""] in rows
    assert ["link", SOIL, "clicks", "0", ""] in rows
    html = issue_report_html(counting, report)
    assert "3 clicks on 2 links" in html
    assert WORMS in html
    assert f'href="{WORMS}"' not in html
    assert "Clicks by link" in page(report)


def test_a_test_copy_has_redirects_and_counts_only_once_the_issue_is_sent(
    counting: Press, letter: str, server: RoughServer, clock: Clock
) -> None:
    issue = issue_named(counting, letter)
    send_test(counting, letter, "eve@example.org", clock)
    followed(counting, issue, WORMS, 5)

    assert "/l/" in got(server, "eve@example.org")[0]
    assert issue_report(counting, letter, NOW).clicks == ()
    send(counting, letter, clock=clock)
    followed(counting, issue, WORMS, 1)
    assert [one.count for one in issue_report(counting, letter, NOW).clicks] == [1, 0]


def test_a_dry_run_begins_no_counting(counting: Press, letter: str, clock: Clock) -> None:
    send(counting, letter, clock=clock, dry_run=True)

    assert issue_report(counting, letter, NOW).clicks == ()


def test_the_imprint_and_the_privacy_notice_go_where_they_go(counting: Press, letter: str) -> None:
    issue = issue_named(counting, letter)
    newsletter = load_newsletter(counting, issue.audience.newsletter)
    legal = f'href="{newsletter.imprint_url}"'

    assert legal in issue.html
    assert legal in as_mailed(counting, issue, newsletter).html
    other = replace(newsletter, imprint_url="", privacy_url="")
    assert legal not in as_mailed(counting, issue, other).html


def test_what_preflight_measures_is_what_leaves(counting: Press, letter: str) -> None:
    """Redirects are longer than these links: with them Gmail would cut the mail off."""
    links = " ".join(f"[w{n}](http://a.bc/{n})" for n in range(1300))
    begin_letter(counting, "long", title="Long", newsletter="", subject="Long", text=links)

    def said(press: Press) -> str:
        (shown,) = preview(press, "long", None, NOW)
        (size,) = (one for one in shown.checks if one.name == "Size")
        told = [f.message for f in check(press, []) if f.rule == "size" and "long" in f.file]
        assert told == [finding.message for finding in size.findings]
        return size.measured

    newsletter = load_newsletter(counting, "the-bench")
    issue = preview(counting, "long", None, NOW)[0].issue
    mailed = as_mailed(counting, issue, newsletter).html
    assert said(without(counting)).startswith(f"{len(issue.html.encode()) / 1000:.0f} of")
    assert said(counting).startswith(f"{len(mailed.encode()) / 1000:.0f} of")
    assert len(mailed) > len(issue.html)
