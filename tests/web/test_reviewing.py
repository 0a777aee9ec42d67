"""What a reviewer reads under a signed link, on a phone too; reading changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from partwork.actions.approve import approve, object_to, reviewer_of
from partwork.actions.loading import load_newsletter
from partwork.actions.preview import preview
from partwork.actions.reviewing import Question, ask
from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.model.review import No
from partwork.store.columns import metadata
from partwork.store.engine import read_only
from partwork.subscribing.page_links import draft_key, read_key, waiting_key
from tests.actions.reviewed import SERIES, edit, letter
from tests.web.conftest import Client

HOSTILE = r"Bring 12 gloves. \<script>alert(1)\</script>"


@pytest.fixture
def question(press: Press) -> Question:
    letter(press, HOSTILE, "Bring spades.")
    asked = ask(press, SERIES, None, run_id="run", asked_before=0, now=datetime.now(UTC))
    assert isinstance(asked, Question)
    return asked


@pytest.fixture
def issue(question: Question) -> Issue:
    return question.parts[0].issue


def link(press: Press, issue: Issue, days: int = 1) -> str:
    until = datetime.now(UTC) + timedelta(days=days)
    return f"/read/{read_key(issue.content_hash, until, press.secrets)}"


def waiting_link(press: Press, days: int = 1) -> str:
    return f"/waiting/{waiting_key(datetime.now(UTC) + timedelta(days=days), press.secrets)}"


def rows(press: Press) -> dict[str, int]:
    with read_only(press.engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_the_page_has_text_claims_state_and_the_other_parts(
    press: Press, client: Client, issue: Issue
) -> None:
    answer = client.get(link(press, issue))

    assert answer.status_code == 200
    assert "<h1>Greetings &lt;1&gt;</h1>" in answer.text
    assert "Bring 12 gloves." in answer.text
    assert "Claims, and what their sources say" in answer.text
    assert "figure" in answer.text
    assert "Part 1 waits for approval." in answer.text
    assert "2. Greetings &lt;2&gt;" in answer.text
    assert "<script>" not in answer.text


def test_nobody_keeps_lists_or_refers_to_it(press: Press, client: Client, issue: Issue) -> None:
    for path in (link(press, issue), f"{link(press, issue)}/mail", waiting_link(press)):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src ")
        assert client.head(path).content == b""
    for private in ("read", "waiting"):
        assert f"Disallow: /{private}/" in client.get("/robots.txt").text


def test_the_mail_is_the_stored_one_whatever_the_file_says_by_now(
    press: Press, client: Client, issue: Issue
) -> None:
    edit(press, 1, "12 gloves", "13 forks")

    mail = client.get(f"{link(press, issue)}/mail")

    assert "12 gloves" in mail.text
    assert "13 forks" not in mail.text
    assert "<script>" not in mail.text
    assert "other words since" not in client.get(link(press, issue)).text
    preview(press, SERIES, None, datetime.now(UTC))
    assert "other words since" in client.get(link(press, issue)).text
    assert "12 gloves" in client.get(f"{link(press, issue)}/mail").text


def test_reading_changes_nothing_and_nothing_can_be_posted(
    press: Press, client: Client, issue: Issue
) -> None:
    before = rows(press)
    for path in (link(press, issue), f"{link(press, issue)}/mail", waiting_link(press)):
        assert client.get(path).status_code == 200
        assert client.post(path, data={"decision": "approve"}).status_code == 405

    assert rows(press) == before


def test_a_link_that_is_not_ours_or_is_old_opens_a_kind_page(
    press: Press, client: Client, issue: Issue
) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    good = link(press, issue).removeprefix("/read/")
    forged = (
        read_key(issue.content_hash, until, ["somebody else's secret"]),
        waiting_key(until, press.secrets),
        draft_key(SERIES, issue.instalment, until, press.secrets),
        good[:-1],
        "x" * 3_000,
        "<script>",
    )
    for key in forged:
        for path in (f"/read/{key}", f"/read/{key}/mail"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "<h1>This link opens no draft</h1>" in answer.text
    assert client.get(f"/waiting/{good}").status_code == 404
    for path in (link(press, issue, days=-1), waiting_link(press, days=-1)):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "<h1>This link has run out</h1>" in answer.text


def test_what_waits_is_listed_with_links_until_it_is_decided(
    press: Press, client: Client, question: Question
) -> None:
    page = client.get(waiting_link(press)).text
    assert page.count('href="../read/') == 2
    assert "<h2>greetings</h2>" in page

    now = datetime.now(UTC)
    approve(press, SERIES, 1, reviewer="Ada <b>", channel="cli", now=now)
    assert client.get(waiting_link(press)).text.count('href="../read/') == 1
    first, second = (part.issue for part in question.parts)
    assert "is approved by Ada &lt;b&gt; as editor" in client.get(link(press, first)).text
    who = reviewer_of(load_newsletter(press, "the-bench"), "Eve", "", "dashboard")
    with press.engine.begin() as connection:
        object_to(connection, [second], who, No.REJECTED, "<i>No</i>", now=now)
    assert "Nothing does." in client.get(waiting_link(press)).text
    assert "(“&lt;i&gt;No&lt;/i&gt;”)" in client.get(link(press, second)).text


def test_a_newsletter_saved_by_halves_keeps_nobody_from_reading(
    press: Press, client: Client, issue: Issue
) -> None:
    press.library.newsletter_file("the-bench").write_text("name = [")

    assert client.get(link(press, issue)).status_code == 200
    assert client.get(waiting_link(press)).status_code == 200
