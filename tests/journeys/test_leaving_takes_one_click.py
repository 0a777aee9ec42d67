"""Promise 3: one click, no scanner can do it for anyone, no import or old backup undoes it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from partwork.actions.backup import backup
from partwork.actions.restore import restore
from partwork.actions.send import send
from partwork.actions.subscribers import erase, import_subscribers, story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import SubscriptionState
from partwork.settings import Settings
from partwork.web.app import create_app
from tests.conftest import NOW, Clock
from tests.web.conftest import Client

ADA = "ada@example.org"
BROWSER = {"user-agent": "a mail scanner"}


@pytest.fixture
def mail(press: Press, issue: str, clock: Clock) -> EmailMessage:
    """Ada's copy of the first part."""
    send(press, issue, clock=clock)
    (file,) = press.outbox.glob(f"{ADA}--*.eml")
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def links_of(mail: EmailMessage) -> set[str]:
    """The paths of every link in header, text and HTML that leads to us."""
    bodies = (mail.get_body((kind,)) for kind in ("plain", "html"))
    text = "\n".join([*map(str, mail.values()), *(b.get_content() for b in bodies if b)])
    found = re.findall(r"https?://127\.0\.0\.1:8000[^\s<>\"']*", text)
    return {urlsplit(url).path for url in found}


def state(press: Press) -> SubscriptionState:
    return story_of(press, ADA).subscriptions[0].state


def one_click(press: Press, mail: EmailMessage) -> int:
    path = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
    body = {"List-Unsubscribe": "One-Click"}
    return Client(create_app(press)).post(path, data=body).status_code


def test_one_click_is_enough_and_a_second_one_harms_nobody(
    press: Press, mail: EmailMessage
) -> None:
    assert [one_click(press, mail), one_click(press, mail)] == [200, 200]
    assert state(press) is SubscriptionState.ENDED


def test_whatever_a_scanner_opens_nobody_leaves(press: Press, mail: EmailMessage) -> None:
    client = Client(create_app(press))
    links = links_of(mail)

    answers = {
        client.request(method, path, headers=BROWSER).status_code
        for path in links
        for method in ("GET", "HEAD", "OPTIONS", "GET")
    }

    assert any(path.startswith("/u/") for path in links)
    assert answers <= {200, 405}
    assert state(press) is SubscriptionState.CONFIRMED


def test_no_import_brings_anybody_back(press: Press, mail: EmailMessage, tmp_path: Path) -> None:
    one_click(press, mail)
    file = tmp_path / "old list.csv"
    file.write_text("email,status\nAda@Example.ORG,subscribed\n")

    report = import_subscribers(press, file, "the-bench", note="an old list", now=NOW)
    erase(press, ADA, NOW)
    after_erasure = import_subscribers(press, file, "the-bench", note="an old list", now=NOW)

    assert (report.added, report.left_earlier) == (0, 1)
    assert (after_erasure.added, after_erasure.left_earlier) == (0, 1)


def test_no_old_backup_brings_anybody_back(
    press: Press, mail: EmailMessage, tmp_path: Path
) -> None:
    yesterday = backup(press, tmp_path / "yesterday.zip", NOW).file
    one_click(press, mail)
    press.engine.dispose()

    restore(Settings(home=press.settings.home), yesterday, NOW, replace=True)

    with assemble(Settings(home=press.settings.home)) as restored:
        assert state(restored) is SubscriptionState.ENDED
        assert one_click(restored, mail) == 200


def test_a_link_works_when_issue_newsletter_and_person_are_gone(
    press: Press, mail: EmailMessage, series: str
) -> None:
    erase(press, ADA, NOW)
    (press.library.newsletter_file("the-bench")).unlink()

    assert one_click(press, mail) == 200


def test_a_rotated_secret_still_opens_the_links_of_old_mails(
    press: Press, mail: EmailMessage
) -> None:
    old = press.secrets[0]
    settings = Settings(home=press.settings.home, secret=f"a new one,{old}")
    with assemble(settings) as rotated:
        assert one_click(rotated, mail) == 200
        assert state(rotated) is SubscriptionState.ENDED
