from datetime import date

import pytest

from partwork.reading.dates import date_in, published_in, without_dates

DAY = date(2023, 5, 4)


@pytest.mark.parametrize(
    "text",
    [
        "May 4, 2023",
        "May 4th 2023",
        "4 May 2023",
        "4th of May, 2023",
        "Thursday 4 May 2023 07:30 BST",
        "2023-05-04",
        "2023-05-04T10:22:00Z",
        "2023/05/04",
        "04.05.2023",
        "4-May-2023",
        "Published on May 4, 2023",
        "2023.05.04",
        "2023-05-04T23:30:00-05:00",
        "Thu, 04 May 2023 07:30:00 GMT",
        "Published: 4 May 2023 | Updated: 1 June 2024",
        "Updated June 1, 2024 · Published May 4, 2023",
        "May 4th, 2023, 7:30 pm · 6 min read",
        "Published May 4, 2023 by Ottoline Varga · This post may hold steam · 27 Comments",
        "7:30 pm, 4 May 2023",
        "7:30 PM EST, Thu May 4, 2023",
        "Thursday, the 4th of May 2023",
        "Published Thu, May 4 20237:30 PM ESTChanged today",
        "Ottoline VargaMay 4, 2023",
        "May 4, 2023 by Ottoline Varga Leave a Comment on The kettle of the house",
    ],
)
def test_a_line_with_a_date_says_when_the_text_was_published(text):
    assert published_in(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "am 4. Mai 2023",
        "le 4 mai 2023",
        "4 de mayo de 2023",
        "4 maggio 2023",
        "4 de maio de 2023",
        "4 mei 2023",
        "den 4 maj 2023",
        "2023年5月4日",
        "2023, May 4",
        "4th day, no: 4th of May 2023",
        "Sept. 4 20233; May 4, 2023",
    ],
)
def test_a_date_is_read_in_the_languages_of_europe(text):
    assert date_in(text) == DAY


@pytest.mark.parametrize(
    ("text", "month"),
    [("1er février 2023", 2), ("1. März 2023", 3), ("1 août 2023", 8), ("1 dicembre 2023", 12)],
)
def test_months_are_known_with_their_accents(text, month):
    assert date_in(text) == date(2023, month, 1)


@pytest.mark.parametrize(
    "text",
    [
        "3/4/2023",
        "May 42, 2023",
        "2023-13-01",
        "in 2023",
        "may 5",
        "2 days ago",
        "4 kettles 2023",
        "2023-05.04",
        "room 4 may20 2023",
        "",
    ],
)
def test_what_can_be_read_two_ways_or_not_at_all_is_no_date(text):
    assert date_in(text) is None


def test_a_slashed_date_is_read_where_one_number_cannot_be_a_month():
    assert date_in("22/10/2025") == date_in("10/22/2025") == date(2025, 10, 22)


@pytest.mark.parametrize(
    "line",
    [
        "May 4, 2023, was the day on which the kettle was bought.",
        "Updated May 4, 2023",
        "Joined: May 4, 2023",
        "Date of review: 4 May 2023",
        "Last updated: May 4, 2023",
        "Aktualisiert am 4. Mai 2023",
        "The storm of 4 May 2023 took the roof and the kettle with it",
    ],
)
def test_a_sentence_with_a_date_says_nothing_about_publication(line):
    assert published_in(line) is None


def test_a_date_that_can_be_read_two_ways_counts_only_where_another_form_decides_it():
    assert published_in("Published 03/04/2019") is None
    assert published_in("03/04/2019 (3 April 2019)") == date(2019, 4, 3)


@pytest.mark.parametrize(
    "line",
    [
        "Ottoline Varga | 4 May 2023",
        "Ottoline Varga on Thursday, May 4, 2023 at 7:30 pm",
        "Ottoline Varga 2023-05-04T10:22:00Z",
        "Ottoline Varga 03/04/2019",
    ],
)
def test_a_line_without_its_dates_has_a_bar_for_each(line):
    assert without_dates(line).replace("| |", "|") == "Ottoline Varga |"


def test_a_line_without_a_date_stays_as_it_is():
    assert without_dates("Ottoline Varga on Thursday, at 7:30") == (
        "Ottoline Varga on Thursday, at 7:30"
    )
