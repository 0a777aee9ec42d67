"""Feeds and the sitemap, as their readers take them apart."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from partwork.model.address import Mailbox
from partwork.model.archive import PublishedPart
from partwork.model.newsletter import Newsletter
from partwork.rendering.feeds import atom, json_feed, sitemap

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LETTER = Newsletter("bench", "The Bench", Mailbox("Bench", "b@example.org"), Mailbox("", ""))
PART = PublishedPart("soil", "a1b2c3d4", 1, "Soil", "A handful", AT, AT + timedelta(days=1))
SITE = "https://news.example.org/letters"
ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(xml: bytes) -> Element:
    return fromstring(xml)  # noqa: S314 our own XML


def test_an_atom_feed_has_what_the_standard_demands() -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    feed = parsed(atom(LETTER, [PART], SITE))
    entry = feed.find(f"{ATOM}entry")

    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}id") == f"{SITE}/newsletters/bench"
    assert feed.findtext(f"{ATOM}title") == "The Bench"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-03T09:00:00+00:00"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Bench"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{SITE}/newsletters/bench/atom.xml"
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == f"{SITE}/parts/a1b2c3d4"
    assert entry.findtext(f"{ATOM}published") == "2026-03-02T09:00:00+00:00"
    assert entry.findtext(f"{ATOM}summary") == "A handful"


def test_a_mended_part_is_the_same_entry() -> None:
    mended = replace(PART, title="Soil, mended", updated_at=AT + timedelta(days=9))
    ids = {
        parsed(atom(LETTER, [part], SITE)).findtext(f"{ATOM}entry/{ATOM}id")
        for part in (PART, mended)
    }

    assert len(ids) == 1


def test_a_json_feed_says_the_same() -> None:
    feed = json.loads(json_feed(LETTER, [PART], SITE))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["id"] == item["url"] == f"{SITE}/parts/a1b2c3d4"
    assert item["date_published"] == "2026-03-02T09:00:00+00:00"


def test_a_feed_without_a_part_is_a_feed() -> None:
    assert parsed(atom(LETTER, [], SITE)).find(f"{ATOM}entry") is None
    assert json.loads(json_feed(LETTER, [], SITE))["items"] == []


@pytest.mark.parametrize(
    "words", ["<b>&amp;]]></b>", "a\x00\x0bb\ud800", "\ue000address\ue001", "“…” 🙂"]
)
def test_no_title_breaks_a_feed(words: str) -> None:
    part, letter = replace(PART, title=words, preheader=words), replace(LETTER, name=words)

    title = parsed(atom(letter, [part], SITE)).findtext(f"{ATOM}entry/{ATOM}title")

    assert title == words.translate({0: None, 11: " ", 0xD800: None, 0xE000: None, 0xE001: None})
    assert json.loads(json_feed(letter, [part], SITE))["items"][0]["title"]


def test_a_sitemap_names_addresses_and_when_they_changed() -> None:
    urls = parsed(sitemap([(f"{SITE}/a?b=1&c=2", AT), (SITE, None)]))

    assert [[child.text for child in url] for url in urls] == [
        [f"{SITE}/a?b=1&c=2", "2026-03-02T09:00:00+00:00"],
        [SITE],
    ]
