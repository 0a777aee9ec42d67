"""The link in a notice opens a page; only its button stops the issue."""

from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.approve import approve
from partwork.actions.issue_named import issue_named
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.send import send
from partwork.actions.stopping import resume
from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.stops import load_stop
from partwork.subscribing.page_links import stop_key
from tests.actions.sending import published, subscribe


@pytest.fixture
def issue(press: Press) -> str:
    """An approved issue that is not published yet."""
    now = datetime.now(UTC)
    words = {"subject": "A <b>first</b> letter", "preheader": "What it is about."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text="Words.")
    preview(press, "greetings", None, now)
    (made,) = approve(press, "greetings", None, reviewer="Ada", channel="cli", now=now)
    return made.name


def address(press: Press, issue: str, days: int = 1) -> str:
    key = stop_key(issue, datetime.now(UTC) + timedelta(days=days), press.secrets)
    return f"/stop/{issue}?key={key}"


def is_stopped(press: Press, issue: str) -> bool:
    with read_only(press.engine) as connection:
        stop = load_stop(connection, issue_named(press, issue).content_hash)
    return bool(stop and stop.is_on)


def test_looking_stops_nothing_and_the_button_does(press: Press, client, issue: str) -> None:
    path = address(press, issue)

    page = client.get(path)
    client.head(path)
    assert page.status_code == 200
    assert "A &lt;b&gt;first&lt;/b&gt; letter" in page.text
    assert '<form method="post">' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert not is_stopped(press, issue)

    for _ in range(2):
        answer = client.post(path, data={"stop": "yes"})
        assert answer.status_code == 200
        assert "It is stopped" in answer.text
    assert is_stopped(press, issue)
    assert "It is stopped" in client.get(path).text

    resume(press, issue, datetime.now(UTC))
    assert "Stop this issue?" in client.get(path).text
    assert "readers have it already" not in client.get(path).text


def test_whoever_stops_it_is_told_for_whom_it_is_too_late(press: Press, client) -> None:
    words = {"subject": "A letter", "preheader": "What it is about."}
    begin_letter(press, "late", title="Late", newsletter="", **words, text="Words.")
    subscribe(press, ["ada@example.org", "bob@example.org"])
    issue = published(press, "late")
    send(press, issue, clock=lambda: datetime.now(UTC))
    path = address(press, issue)

    assert "cannot be called back; 2 of 2 readers have it already." in client.get(path).text
    stopped = client.post(path, data={"stop": "yes"}).text
    assert "; 2 of 2 readers have it already." in stopped


def test_without_our_key_nothing_is_stopped(press: Press, client, issue: str) -> None:
    good = address(press, issue)
    for path in (good[:-3], f"/stop/{issue}", good.replace(issue, "other", 1), "/stop/x?key=é"):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"stop": "yes"}).status_code == 404
    old = address(press, issue, days=-1)
    assert client.get(old).status_code == client.post(old, data={"stop": "yes"}).status_code == 410
    assert not is_stopped(press, issue)
