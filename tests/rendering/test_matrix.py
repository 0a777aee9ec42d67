"""Every kind of content makes a mail that is whole, and whose text part says the same."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from itertools import pairwise
from typing import Any

import pytest
from lxml.html import HtmlElement, fromstring

from partwork.delivering.message import message_bytes
from partwork.model.address import Mailbox
from partwork.model.delivery import Envelope
from partwork.model.issue import MERGE_OPEN, Issue, MergeField
from partwork.rendering.issue import WHOLE_BYTES
from tests.rendering.conftest import ARTICLES, NEWSLETTER, PART, SERIES, TEMPLATES, words_in
from tests.rendering.matrix import PARTS_URL, Sample, samples

Reader = Any  # a fixture of conftest.py

SAMPLES: Mapping[str, Sample] = samples(
    PART,
    SERIES,
    NEWSLETTER,
    {
        file.relative_to(TEMPLATES).as_posix(): file.read_text(encoding="utf-8")
        for file in TEMPLATES.rglob("*.*")
    },
)
READER = "ada@example.org"
LINES = "//h1 | //h2 | //h3 | //p | //li | //cite | //th | //td[not(*)] | //pre"


@pytest.fixture(scope="module", params=SAMPLES.keys())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def issue(name: str) -> Issue:
    return SAMPLES[name].issue(ARTICLES)


@pytest.fixture(scope="module")
def mail(issue: Issue) -> HtmlElement:
    return fromstring(issue.html)


def test_the_headline_is_one_and_headings_skip_no_level(mail: HtmlElement) -> None:
    levels = [int(h.tag[1]) for h in mail.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_screen_reader_meets_no_layout_and_no_picture_without_words(mail: HtmlElement) -> None:
    assert not mail.xpath("//table[not(@role='presentation')][not(.//th)]")
    assert not mail.xpath("//img[not(@alt) or not(@width) or not(@height)]")
    assert not mail.xpath("//a[not(normalize-space())]")
    (article,) = mail.xpath("//*[@role='article']")
    assert {"lang", "dir", "aria-label"} <= set(article.attrib)


def test_what_is_read_is_written_again_in_the_text_part(issue: Issue) -> None:
    mail = fromstring(issue.html)
    for unseen in mail.xpath("//style | //*[@aria-hidden='true']"):
        unseen.drop_tree()
    told = letters_in(re.sub(r"<[a-z]+:[^>]*>", " ", issue.text))
    place = found = shown = 0
    for line in mail.xpath(LINES):
        letters = letters_in(" ".join(line.itertext()))
        shown += len(letters)
        if (at := told.find(letters, place)) >= 0:
            place, found = at + len(letters), found + len(letters)

    assert found >= 0.95 * shown


def test_every_link_of_the_mail_stands_in_the_text_part(issue: Issue, reader: Reader) -> None:
    links = [url for url in reader.links(issue.html) if not url.startswith("mailto:")]

    told = re.findall(f"<((?:https://|{MERGE_OPEN})[^<>]*)>", issue.text)
    assert Counter(told) == Counter(links)  # rspamd counts an odd number against a mail


def test_gmail_shows_all_of_it(issue: Issue, name: str) -> None:
    size_bytes = len(issue.html.encode())

    assert size_bytes <= WHOLE_BYTES
    if name == "one long article":
        assert size_bytes < 60_000


def test_only_what_is_too_long_is_cut_and_says_where_the_rest_is(issue: Issue, name: str) -> None:
    is_cut = "Read the rest of this part online" in issue.html

    assert is_cut == (name == "too long for Gmail")
    assert is_cut == ("Read the rest of this part online" in issue.text)
    assert "Read the rest" not in issue.page


def test_parts_before_are_linked_and_no_others(issue: Issue, reader: Reader) -> None:
    links = [url for url in reader.links(issue.html) if url.startswith(PARTS_URL)]

    assert links == [f"{PARTS_URL}/kn1fe001"] * 2  # last time; the list of parts
    assert issue.text.count(f"<{PARTS_URL}/kn1fe001>") == 2
    assert PARTS_URL + "/kn1fe003" not in issue.html + issue.text


def test_the_message_holds_long_links_whole(issue: Issue) -> None:
    leave = "https://letters.example.org/u/" + "x" * 270
    fields = {
        MergeField.ADDRESS: READER,
        MergeField.UNSUBSCRIBE_URL: leave,
        MergeField.PAGE_URL: "https://letters.example.org/issues/sharp-enough-02-0a1b2c3d",
    }

    raw = message_bytes(
        issue,
        NEWSLETTER,
        Envelope("letters@example.org", READER),
        to=Mailbox("", READER),
        fields=fields,
        message_id="<1.0a1b@example.org>",
        date=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        demo=False,
    )

    message = message_from_bytes(raw)
    assert "".join(str(message["List-Unsubscribe"]).split()) == f"<{leave}>"
    assert not message.defects
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())
    assert f"<{leave}>" in text
    assert f'href="{leave}"' in html


def letters_in(text: str) -> str:
    """Its words without the spaces, for Japanese is wrapped within words."""
    return "".join(words_in(text))
