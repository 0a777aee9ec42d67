"""What the public sees of a correction and of a withdrawal."""

import json
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from partwork.assembly import Press
from partwork.model.correction import Correction, Withdrawal
from partwork.store.corrections import ask_correction
from partwork.store.issues import save_draft
from partwork.store.sources import drop_withdrawal, save_sources, save_withdrawal
from partwork.store.superseding import supersede
from tests.conftest import wait_until
from tests.web.conftest import Client
from tests.web.test_reading import AT, DAY, PUBLIC, part, publish

REASON = "A <wrong> figure & its unit."


@pytest.fixture
def published(press: Press, newsletter: str) -> str:
    """A part that draws on an article, and another that does not; the newsletter's path."""
    first = part(newsletter, "soil", 1)
    publish(press, first, AT)
    publish(press, part(newsletter, "soil", 2), AT)
    with press.engine.begin() as connection:
        save_sources(connection, first.content_hash, ["the-heap"])
    return f"/newsletters/{newsletter}"


def said(press: Press) -> None:
    with press.engine.begin() as connection:
        save_withdrawal(connection, Withdrawal("the-heap", REASON, AT))


def test_feeds_and_sitemap_tell_when_a_part_was_corrected(
    press: Press, client: Client, newsletter: str, published: str
) -> None:
    first = part(newsletter, "soil", 1)
    revision = replace(first, title="Part 1, mended", page="mended")
    asked = Correction(
        "c1", "soil", first.instalment, first.content_hash, REASON, AT, wants_mail=False
    )
    with press.engine.begin() as connection:
        save_draft(connection, revision, AT)
        ask_correction(connection, asked)
        assert supersede(connection, asked, revision, AT + 5 * DAY)

    items = {
        item["id"]: item for item in json.loads(client.get(f"{published}/feed.json").text)["items"]
    }
    entry = items[f"{PUBLIC}/parts/{first.instalment}"]
    feed = fromstring(client.get(f"{published}/atom.xml").text)  # noqa: S314 our own XML

    assert entry["title"] == "Part 1, mended"
    assert entry["date_published"] == AT.isoformat()
    assert entry["date_modified"] == (AT + 5 * DAY).isoformat()
    assert feed.findtext("{*}updated") == (AT + 5 * DAY).isoformat()
    assert client.get(f"/issues/{first.name}").text == "mended"
    assert client.get(f"/parts/{first.instalment}").text == "mended"
    assert len(items) == 2


def test_pages_that_draw_on_a_withdrawn_article_are_gone_with_a_note(
    press: Press, client: Client, newsletter: str, published: str
) -> None:
    first = part(newsletter, "soil", 1)
    paths = (f"/issues/{first.name}", f"/parts/{first.instalment}")
    assert [client.get(path).status_code for path in paths] == [200, 200]

    said(press)
    wait_until(lambda: client.get(paths[0]).status_code == 410)
    answers = [client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [410, 410]
    for answer in answers:
        assert "2026-03-02" in answer.text
        assert "A &lt;wrong&gt; figure &amp; its unit." in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_lists_feeds_and_sitemap_leave_it_out_and_have_it_again(
    press: Press, client: Client, newsletter: str, published: str
) -> None:
    first = part(newsletter, "soil", 1)
    places = (f"{published}/archive", f"{published}/atom.xml", "/series/soil", "/sitemap.xml")
    said(press)

    assert not any(first.instalment in client.get(place).text for place in places)

    with press.engine.begin() as connection:
        drop_withdrawal(connection, "the-heap")
    wait_until(lambda: all(first.instalment in client.get(place).text for place in places))
