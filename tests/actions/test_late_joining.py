"""Who joins a series that has begun learns when the next part comes, and what went before."""

from dataclasses import replace
from datetime import date

import pytest

from partwork.actions.late_joining import with_what_runs
from partwork.assembly import Press
from partwork.rendering.service import NextPart, ServiceFields
from partwork.settings import Settings
from tests.actions.appearing import change_settings, letters
from tests.actions.sending import published
from tests.conftest import NOW

FIELDS = ServiceFields("late@example.org", "https://news.example.org/u/token")
TITLE = "Letters"


@pytest.fixture
def series(press: Press) -> str:
    """A series of two letters."""
    return letters(press)


@pytest.fixture
def issue(press: Press, series: str, readers: tuple[str, ...]) -> str:
    """The first part is published."""
    return published(press, series)


def with_address(press: Press) -> Press:
    public = "https://news.example.org"
    return replace(press, settings=Settings(home=press.settings.home, public_url=public))


def test_the_next_date_and_the_parts_so_far(press: Press, issue: str) -> None:
    told = with_what_runs(with_address(press), FIELDS, "the-bench", NOW)

    assert told.coming == (NextPart(TITLE, 2, date(2026, 3, 3)),)
    (first,) = told.so_far
    assert first.title.startswith("1. ")
    assert first.url.startswith("https://news.example.org/parts/")


def test_without_a_public_address_there_are_no_links(press: Press, issue: str) -> None:
    told = with_what_runs(press, FIELDS, "the-bench", NOW)

    assert len(told.coming) == 1
    assert told.so_far == ()


def test_of_what_has_not_begun_or_is_a_course_nothing_is_told(press: Press, series: str) -> None:
    assert with_what_runs(press, FIELDS, "the-bench", NOW) == FIELDS

    change_settings(press, series, mode='"course"')
    assert with_what_runs(press, FIELDS, "the-bench", NOW) == FIELDS


def test_a_series_whose_file_is_broken_keeps_no_welcome_back(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    published(press, series)
    change_settings(press, series, mode='"weekly"')

    assert with_what_runs(press, FIELDS, "the-bench", NOW) == FIELDS
