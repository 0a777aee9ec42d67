"""What holds for every page."""

import base64
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.rendering.templates import TemplateError
from partwork.store.campaigns import plan_campaign
from partwork.store.columns import metadata
from partwork.store.issues import save_draft
from partwork.web.app import create_app
from partwork.web.kept import LOOK_AFTER
from tests.conftest import wait_until

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGE = "<!doctype html><title>Soil</title><style>p { color: red }</style><p>A handful of söil.</p>"


@pytest.fixture
def draft(press: Press, newsletter: str) -> Issue:
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(newsletter, "soil")
    issue = Issue("a1b2c3d4", 1, "Soil", "Soil", "A handful", editor, editor, "h", "t", PAGE, rule)
    with press.engine.begin() as connection:
        save_draft(connection, issue, AT)
    return issue


def published(press: Press, issue: Issue) -> str:
    with press.engine.begin() as connection:
        plan_campaign(connection, issue, AT, AT)
    return f"/issues/{issue.name}"


def test_a_published_issue_is_served_as_it_was_stored(press: Press, client, draft: Issue) -> None:
    answer = client.get(published(press, draft))

    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.head(f"/issues/{draft.name}").status_code == 200


def test_a_draft_is_nobody_s_to_read(client, draft: Issue) -> None:
    assert client.get(f"/issues/{draft.name}").status_code == 404
    assert client.get(f"/parts/{draft.instalment}").status_code == 404


def test_a_part_keeps_its_address_when_it_is_mended_and_published_again(
    press: Press, client, draft: Issue
) -> None:
    published(press, draft)
    mended = replace(draft, page=PAGE.replace("</", " and mended</", 1))
    with press.engine.begin() as connection:
        save_draft(connection, mended, AT)
    before = client.get(f"/parts/{draft.instalment}").text
    with press.engine.begin() as connection:
        plan_campaign(connection, mended, AT + timedelta(days=1), AT)

    assert before == draft.page
    wait_until(
        lambda: client.get(f"/parts/{draft.instalment}").text == mended.page,
        within_seconds=LOOK_AFTER + 5,
    )
    assert client.get(f"/issues/{draft.name}").text == draft.page


@pytest.mark.parametrize(
    "path",
    ["/issues/none", "/issues/", "/issues/%25", "/issues/..%2f..%2f.env", "/docs", "/redoc",
     "/openapi.json", "/u/", "/issues/" + "x" * 3_000],
)  # fmt: skip
def test_what_is_not_there_gets_a_kind_page(client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.text


def test_the_start_of_an_issue_s_name_is_not_its_name(press: Press, client, draft: Issue) -> None:
    path = published(press, draft)

    assert client.get(path[:-1]).status_code == 404


def test_a_page_cannot_be_used_in_another_way(client, ada) -> None:
    answer = client.request("PUT", f"/u/{ada.token}")

    assert answer.status_code == 405
    assert "<h1>" in answer.text
    assert ada.departures == ()


def test_every_answer_is_locked_down(press: Press, client, ada, draft: Issue) -> None:
    issue = published(press, draft)
    for path in ("/healthz", "/nowhere", f"/u/{ada.token}", "/u/forged", issue):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "set-cookie" not in headers


def test_a_page_s_own_styles_are_allowed_and_no_others(
    press: Press, client, ada, draft: Issue
) -> None:
    for path in (f"/u/{ada.token}", "/nowhere", published(press, draft)):
        answer = client.get(path)
        (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = base64.b64encode(sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]


def test_a_page_asks_nobody_else_for_anything(client, ada) -> None:
    for path in (f"/u/{ada.token}", "/nowhere"):
        page = client.get(path).text
        assert not re.search(r"https?://|//[a-z]|<script|<link|<img|<iframe|@import|url\(", page)


def test_personal_pages_are_neither_cached_nor_listed(client, ada) -> None:
    headers = client.get(f"/u/{ada.token}").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_a_body_of_64_kb_is_taken_and_one_more_is_not(client, ada) -> None:
    assert client.post(f"/u/{ada.token}", content=b"x" * 65_537).status_code == 413
    assert ada.departures == ()
    assert client.post(f"/u/{ada.token}", content=b"x" * 65_536).status_code == 200


def test_a_body_without_a_length_is_cut_off_while_it_comes(client, ada) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000

    answer = client.post(f"/u/{ada.token}", content=endless())

    assert answer.status_code == 413
    assert "<h1>" in answer.text
    assert ada.departures == ()


def test_our_own_faults_get_a_kind_page_and_no_secret_in_the_log(
    press: Press, client, ada, caplog: pytest.LogCaptureFixture
) -> None:
    with press.engine.begin() as connection:
        metadata.drop_all(connection)

    answer = client.post(f"/u/{ada.token}", data={"leave": "yes"})

    assert answer.status_code == 500
    assert "our fault" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    logged = [r for r in caplog.records if r.name == "partwork.web" and r.levelno == logging.ERROR]
    assert len(logged) == 1
    assert ada.token not in caplog.text
    assert "POST /u/{token}" in caplog.text


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("web/base.html", "{% block main %}"),
        ("web/leaving.html", "{{ subscriber.address }}"),
        ("web/message.html", "{{ titel }}"),
    ],
)
def test_a_broken_page_is_told_at_the_start(press: Press, name: str, source: str) -> None:
    press.library.write(press.library.home / "templates" / name, source)

    with pytest.raises(TemplateError, match=f"templates/{name}"):
        create_app(press)
