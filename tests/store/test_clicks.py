"""Clicks are sums by issue, link and day."""

from datetime import date, timedelta

from sqlalchemy import func, select

from partwork.store.clicks import Click, add_clicks, begin_counting, html_of, load_clicks
from partwork.store.engine import read_only
from partwork.store.event_schema import clicks

DAY = date(2026, 3, 3)
LATER = DAY + timedelta(days=1)


def clicks_of(town, issue):
    with read_only(town.engine) as conn:
        rows = conn.execute(select(func.count()).select_from(clicks)).scalar_one()
        return load_clicks(conn, issue.content_hash), rows


def begin(town, issue, *links):
    with town.engine.begin() as conn:
        begin_counting(conn, issue.content_hash, links, DAY)


def add(town, counts):
    with town.engine.begin() as conn:
        add_clicks(conn, counts)


def test_two_on_a_day_are_one_row_with_2_and_those_of_another_day_another(town):
    issue = town.draft()
    begin(town, issue, 1, 2)
    known = issue.content_hash[:16]

    add(town, {Click(known, 1, DAY): 1})
    add(town, {Click(known, 1, DAY): 1, Click(known, 1, LATER): 5})

    assert clicks_of(town, issue) == ({1: {DAY: 2, LATER: 5}, 2: {}}, 3)


def test_what_was_not_sent_with_redirects_counts_nothing(town):
    issue, other = town.draft(), town.draft("other words", part="part0002")
    begin(town, issue, 1)

    add(town, {Click(issue.content_hash[:16], 2, DAY): 1, Click("f" * 16, 1, DAY): 1})
    add(town, {Click(other.content_hash[:16], 1, DAY): 1})
    add(town, {})

    assert clicks_of(town, issue) == ({1: {}}, 1)
    assert clicks_of(town, other) == ({}, 1)


def test_counting_begins_once(town):
    issue = town.draft()
    begin(town, issue, 1)
    add(town, {Click(issue.content_hash[:16], 1, DAY): 3})

    begin(town, issue, 1)
    begin(town, issue, 1, 2)

    assert clicks_of(town, issue) == ({1: {DAY: 3}}, 1)


def test_an_issue_is_found_by_the_first_digits_of_its_hash(town):
    first, second = town.draft(), town.draft("other words", part="part0002")

    with read_only(town.engine) as conn:
        assert html_of(conn, first.content_hash[:16]) == first.html
        assert html_of(conn, second.content_hash[:16]) == second.html
        assert html_of(conn, "0" * 16) is None
