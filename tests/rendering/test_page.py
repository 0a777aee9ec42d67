"""The web version of a part: how it is found and shown elsewhere, and what it keeps to itself."""

from dataclasses import replace
from typing import Any

import pytest

from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN
from partwork.rendering.fields import Site
from partwork.rendering.issue import rendered

# Fixtures of conftest.py; their classes cannot be imported from there.
Desk = Any
Reader = Any

PARTS = "https://news.example.org/parts"


def page_of(desk: Desk, parts_url: str = PARTS, **changes: Any) -> str:
    now = desk.with_(**changes)
    made = rendered(
        now.part, now.series, now.newsletter, now.articles, now.templates, site=Site(parts_url)
    ).issue
    return made.page


def test_it_names_its_own_address_and_what_others_show_of_it(desk: Desk, reader: Reader) -> None:
    page = page_of(desk)

    assert reader.values(page, "//link[@rel='canonical']/@href") == [f"{PARTS}/{desk.part.id}"]
    shown = dict(
        zip(
            reader.values(page, "//meta[@property]/@property"),
            reader.values(page, "//meta[@property]/@content"),
            strict=True,
        )
    )
    assert shown == {
        "og:type": "article",
        "og:title": desk.part.title,
        "og:description": desk.part.preheader,
        "og:site_name": desk.newsletter.name,
        "og:url": f"{PARTS}/{desk.part.id}",
    }


def test_without_a_public_address_it_claims_none(desk: Desk, reader: Reader) -> None:
    page = page_of(desk, "")

    assert not reader.values(page, "//link[@rel='canonical']/@href")
    assert "og:url" not in page
    assert PARTS not in page


def test_it_leads_back_to_parts_that_are_out_and_to_no_other(desk: Desk, reader: Reader) -> None:
    inside = [url for url in reader.links(page_of(desk)) if url.startswith(PARTS)]

    assert set(inside) == {f"{PARTS}/kn1fe001"}


def test_it_has_no_place_for_anything_personal(desk: Desk) -> None:
    page = page_of(desk)

    assert MERGE_OPEN not in page
    assert MERGE_CLOSE not in page
    assert "<img" not in page
    assert "http-equiv" not in page


@pytest.mark.parametrize(("language", "direction"), [("de-CH", "ltr"), ("ar", "rtl")])
def test_it_says_its_language_and_direction(
    desk: Desk, reader: Reader, language: str, direction: str
) -> None:
    page = page_of(desk, series=replace(desk.series, language=language))

    assert reader.values(page, "/html/@lang") == [language]
    assert reader.values(page, "/html/@dir") == [direction]


def test_help_stands_above_the_text_where_a_part_needs_it(desk: Desk, reader: Reader) -> None:
    newsletter = replace(desk.newsletter, crisis_notice="Help is at 000, day and night.")
    part = replace(desk.part, preheader="What to do when somebody speaks of suicide.")
    parts = tuple(part if p.id == part.id else p for p in desk.series.instalments)
    page = page_of(
        desk, newsletter=newsletter, part=part, series=replace(desk.series, instalments=parts)
    )

    assert page.count("Help is at 000") == 1
    assert page.index("Help is at 000") < page.index('class="lead"')
