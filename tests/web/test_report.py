"""The cleaning report under its signed link."""

import base64
import logging
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from partwork.actions.ingest import ingest
from partwork.actions.report import report_url
from partwork.assembly import Press
from partwork.model.article import Rights
from partwork.rendering.templates import TemplateError
from partwork.subscribing.page_links import report_key
from partwork.web.app import create_app
from tests.actions.conftest import ARTICLES


@pytest.fixture
def slug(press: Press) -> str:
    (made,) = ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN).articles
    return made.cleaned.article.slug


@pytest.fixture
def link(press: Press, slug: str) -> str:
    return report_url(press, slug, datetime.now(UTC)).removeprefix(press.settings.public_url)


def test_the_link_opens_the_report(client, slug: str, link: str) -> None:
    answer = client.get(link)

    assert answer.status_code == 200
    assert f"partwork keep {slug} 1" in answer.text
    assert client.head(link).content == b""


def test_it_is_locked_down_like_every_page(client, link: str) -> None:
    answer = client.get(link)

    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "form-action 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|style=", answer.text)


def test_a_forged_link_gets_a_kind_page(press: Press, client, slug: str, link: str) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    forged = report_key(slug, until, ["somebody else's secret"])
    path = f"/articles/{slug}/report"

    for address in (
        path,
        f"{path}?key=",
        f"{path}?key={forged}",
        f"{path}?key={'x' * 3_000}",
        link[:-3],
        link.replace(slug, "another"),
        "/articles/..%2f..%2f.env/report?key=x",
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "<h1>" in answer.text
        assert slug not in answer.text


def test_a_link_that_has_run_out_says_how_to_get_another(press: Press, client, slug: str) -> None:
    key = report_key(slug, datetime.now(UTC) - timedelta(seconds=1), press.secrets)

    answer = client.get(f"/articles/{slug}/report?key={key}")

    assert answer.status_code == 410
    assert "<h1>This link has run out</h1>" in answer.text
    assert "--link" in answer.text


def test_an_article_that_is_gone_or_damaged_is_said_in_a_sentence(
    press: Press, client, slug: str, link: str
) -> None:
    press.library.article_file(slug).write_text("no front matter")
    damaged = client.get(link)
    press.library.article_file(slug).unlink()
    gone = client.get(link)

    assert (damaged.status_code, gone.status_code) == (404, 404)
    assert f"content/articles/{slug}.md" in damaged.text
    assert "<h1>This report cannot be shown</h1>" in gone.text
    assert "there is no article" in gone.text


def test_looking_changes_nothing_and_nothing_else_is_taken(press: Press, client, link: str) -> None:
    def files() -> dict[str, bytes]:
        content = press.library.home / "content"
        return {str(p): p.read_bytes() for p in content.rglob("*") if p.is_file()}

    before = files()

    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 405
    assert files() == before


def test_the_log_names_no_key(client, link: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "partwork.web")

    client.get(link)

    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name == "partwork.web"
    )
    assert "GET /articles/{slug}/report 200" in logged
    assert link.partition("key=")[2] not in caplog.text


@pytest.mark.parametrize(
    "source", ["", "{{ passage.titel }}", "{% for p in passages %}{{ p.colr }}{% endfor %}"]
)
def test_a_broken_template_is_told_at_the_start(press: Press, source: str) -> None:
    name = "web/cleaning-report.html"
    press.library.write(press.library.home / "templates" / name, source)

    with pytest.raises(TemplateError, match=f"templates/{name}"):
        create_app(press)
