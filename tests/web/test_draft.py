"""A draft under its signed link."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.actions.compose import compose
from partwork.actions.drafts import draft_urls
from partwork.actions.ingest import ingest
from partwork.actions.loading import load_parts
from partwork.assembly import Press
from partwork.model.article import Rights
from partwork.model.series import Division, Instalment
from partwork.settings import Settings
from partwork.subscribing.page_links import draft_key
from tests.actions.conftest import ARTICLES


@pytest.fixture
def part(press: Press) -> Instalment:
    ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN)
    report = compose(
        press,
        "heaps",
        (),
        title="",
        newsletter="",
        division=Division.THEME,
        parts=None,
    )
    return report.series.instalments[0]


@pytest.fixture
def file(press: Press, part: Instalment) -> Path:
    return load_parts(press, "heaps")[0][1]


@pytest.fixture
def link(press: Press, part: Instalment) -> str:
    (url,) = draft_urls(reachable(press), "heaps", [part], datetime.now(UTC)).values()
    return url.removeprefix("https://news.example.org")


def reachable(press: Press) -> Press:
    settings = Settings(home=press.settings.home, public_url="https://news.example.org")
    return replace(press, settings=settings)


def test_without_a_public_address_there_are_no_links(press: Press, part: Instalment) -> None:
    assert draft_urls(press, "heaps", [part], datetime.now(UTC)) == {}


def test_the_link_opens_the_part_as_it_is_now(client, file: Path, link: str) -> None:
    file.write_text(f"{file.read_text()}\n## A word of mine\n\nHeaps like company.\n")

    answer = client.get(link)

    assert answer.status_code == 200
    assert "Heaps like company." in answer.text
    assert "[@" not in answer.text
    assert client.head(link).content == b""


def test_it_still_opens_it_under_another_number_and_title(client, file: Path, link: str) -> None:
    file.write_text(file.read_text().replace("number: 1", "number: 7"))
    file.rename(file.with_name("07-otherwise.md"))

    assert client.get(link).status_code == 200


def test_nobody_keeps_or_lists_it(client, link: str) -> None:
    headers = client.get(link).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_a_link_that_is_not_ours_opens_nothing(
    press: Press, client, part: Instalment, link: str
) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    forged = draft_key("heaps", part.id, until, ["somebody else's secret"])

    for address in (
        f"/drafts/heaps/{part.id}",
        f"/drafts/heaps/{part.id}?key={forged}",
        f"/drafts/heaps/{part.id}?key={'x' * 3_000}",
        link.replace(part.id, "aaaaaaaa"),
        link.replace("heaps", "other", 1),
        "/drafts/..%2f..%2f.env/x?key=x",
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "<h1>This link opens no draft</h1>" in answer.text or "no such page" in answer.text


def test_a_link_that_has_run_out_says_how_to_get_another(
    press: Press, client, part: Instalment
) -> None:
    key = draft_key("heaps", part.id, datetime.now(UTC) - timedelta(seconds=1), press.secrets)

    answer = client.get(f"/drafts/heaps/{part.id}?key={key}")

    assert answer.status_code == 410
    assert "the flow check leaves one for each part" in answer.text


def test_a_part_that_is_gone_or_damaged_is_said_in_a_sentence(
    client, file: Path, link: str
) -> None:
    file.write_text(file.read_text().replace("number: 1", "number: [1"))
    damaged = client.get(link)
    file.unlink()
    gone = client.get(link)

    assert (damaged.status_code, gone.status_code) == (404, 404)
    assert f"{file.name}, line 3" in damaged.text
    assert "heaps has no such part any more" in gone.text


def test_the_log_names_no_key(client, link: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "partwork.web")

    client.get(link)

    assert "GET /drafts/{series}/{part} 200" in caplog.text
    assert link.partition("key=")[2] not in "".join(
        record.getMessage() for record in caplog.records if record.name == "partwork.web"
    )
