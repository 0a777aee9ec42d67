"""Mails to one person: their words, their one link, and nothing that acts."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partwork.model.issue import MERGE_OPEN
from partwork.rendering.inline import RESERVED, one_line, safe_url
from partwork.rendering.legible import TEXT, legibility
from partwork.rendering.seen import seen_of
from partwork.rendering.service import (
    Mail,
    NextPart,
    PartSoFar,
    ServiceFields,
    ServiceKind,
    service_mail,
)
from partwork.rendering.service_words import SERVICE_WORDS
from partwork.rendering.words import WORDS

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

LINK = "https://news.example.org/c/abc?key=1&more=2"
FIELDS = ServiceFields(
    "ada@example.org", LINK, timedelta(hours=23), part="The burr", number=3, series="Sharp enough"
)


def mail_of(desk: Desk, kind: ServiceKind, language: str = "en", **changes: Any) -> Mail:
    newsletter = replace(desk.newsletter, language=language)
    return service_mail(kind, newsletter, replace(FIELDS, **changes), desk.templates)


@pytest.mark.parametrize("language", sorted(SERVICE_WORDS))
@pytest.mark.parametrize("kind", ServiceKind)
def test_each_kind_has_its_link_its_reason_and_the_sender_s_address(
    desk: Desk, kind: ServiceKind, language: str
) -> None:
    mail = mail_of(desk, kind, language)
    seen = seen_of(mail.html)

    (button, *_) = seen.links
    assert button.url == LINK
    assert f"{button.words}:\n<{LINK}>" in mail.text
    assert "\n" not in mail.subject
    for words in ("ada@example.org", "23", "12 Mill Lane, Box 40"):
        assert words in seen.words
        assert words in " ".join(mail.text.split())
    assert f'<html lang="{language}"' in mail.html
    assert [title.level for title in seen.titles] == [1]
    assert MERGE_OPEN not in mail.html + mail.text


@pytest.mark.parametrize("kind", ServiceKind)
def test_it_can_be_read_in_light_and_dark_and_stays_small(desk: Desk, kind: ServiceKind) -> None:
    mail = mail_of(desk, kind)

    for dark in (False, True):
        assert legibility(mail.html, dark=dark).lowest >= TEXT
    assert len(mail.html.encode()) < 20_000


@pytest.mark.parametrize(
    ("lasts", "told"),
    [
        (timedelta(hours=1), "good for an hour."),
        (timedelta(hours=24), "good for 24 hours."),
        (timedelta(days=7), "good for 7 days."),
        (timedelta(days=2, hours=1), "good for 49 hours."),
    ],
)
def test_it_says_how_long_the_link_is_good(desk: Desk, lasts: timedelta, told: str) -> None:
    assert told in mail_of(desk, ServiceKind.CONFIRM, lasts=lasts).text


def test_of_a_link_that_is_good_for_ever_it_says_nothing(desk: Desk) -> None:
    assert "good for" not in mail_of(desk, ServiceKind.CONFIRM, lasts=timedelta()).text


def test_a_language_that_is_not_ours_gets_english_words_and_says_so(desk: Desk) -> None:
    mail = mail_of(desk, ServiceKind.CONFIRM, "fi")

    assert '<html lang="en"' in mail.html
    assert "Confirm the subscription" in mail.text


def test_what_comes_from_outside_is_shown_and_does_nothing(desk: Desk, reader: Any) -> None:
    hostile = "<script>{{ x }}</script>\r\nBcc: eve@example.org %(why)s \ue000address\ue001"
    newsletter = replace(desk.newsletter, name=hostile)
    fields = replace(FIELDS, series=hostile, part=hostile)

    mail = service_mail(ServiceKind.REVIEW, newsletter, fields, desk.templates)

    assert not reader.values(mail.html, "//script")
    assert "{{ x }}" in mail.text
    assert not re.search("[\r\n\ue000\ue001]", mail.subject)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "/c/abc", "https://"])
def test_a_mail_about_no_link_is_not_made(desk: Desk, url: str) -> None:
    with pytest.raises(ValueError, match="about a link"):
        mail_of(desk, ServiceKind.CONFIRM, url=url)


def test_all_languages_say_the_same_things() -> None:
    assert SERVICE_WORDS.keys() <= WORDS.keys()
    said = {
        language: {kind: set(words) for kind, words in kinds.items()}
        for language, kinds in SERVICE_WORDS.items()
    }
    assert all(kinds == said["en"] for kinds in said.values())


@given(address=st.text(min_size=1, max_size=60), query=st.text(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_has_their_own_address_and_link_in_what_all_share(
    desk: Desk, reader: Any, address: str, query: str
) -> None:
    fields = {"address": address, "url": f"https://news.example.org/c?{query}"}
    usual = mail_of(desk, ServiceKind.GOODBYE).html

    mail = mail_of(desk, ServiceKind.GOODBYE, **fields)

    seen = seen_of(mail.html)
    assert seen.links[0].url == safe_url(fields["url"])
    assert " ".join(one_line(address).split()) in " ".join(seen.words.split())
    assert len(reader.values(mail.html, "//*")) == len(reader.values(usual, "//*"))
    assert not set(mail.html) & RESERVED


@pytest.mark.parametrize("filter_", ["upper", "truncate(40, true, '')", "replace('address', 'x')"])
def test_a_template_may_change_the_words_that_hold_an_address(desk: Desk, filter_: str) -> None:
    source = desk.templates["email/service.mjml"]
    changed = source.replace("{{ mail.text }}", f"{{{{ mail.text|{filter_} }}}}")
    assert changed != source
    templates = {**desk.templates, "email/service.mjml": changed}
    fields = replace(FIELDS, address="a.rather.long.name@example.org")

    mail = service_mail(ServiceKind.CONFIRM, desk.newsletter, fields, templates)

    assert not set(mail.html) & RESERVED
    assert ("A.RATHER.LONG.NAME@EXAMPLE.ORG" in mail.html) == (filter_ == "upper")


def test_a_welcome_tells_of_the_next_part_and_links_to_those_so_far(desk: Desk) -> None:
    coming = (NextPart("Sharp <enough>", 3, date(2026, 3, 3)),)
    so_far = (
        PartSoFar("1. The edge", "https://news.example.org/parts/part0001"),
        PartSoFar("2. The stone", "https://news.example.org/parts/part0002"),
    )

    mail = mail_of(desk, ServiceKind.WELCOME, coming=coming, so_far=so_far)
    german = mail_of(desk, ServiceKind.WELCOME, "de", coming=coming)

    seen = seen_of(mail.html)
    urls = [link.url for link in seen.links]
    assert urls[:3] == [LINK, so_far[0].url, so_far[1].url]
    assert "Part 3 of “Sharp <enough>” comes on 3 March 2026." in seen.words
    assert "Part 3 of “Sharp <enough>” comes on 3 March 2026." in " ".join(mail.text.split())
    assert f"2. The stone\n<{so_far[1].url}>" in mail.text
    assert "kommt am 3. März 2026." in " ".join(german.text.split())
    assert "\n\n\n\n" not in mail.text


def test_a_welcome_where_nothing_has_begun_says_nothing_of_parts(desk: Desk) -> None:
    mail = mail_of(desk, ServiceKind.WELCOME)

    assert "so far" not in mail.html + mail.text
