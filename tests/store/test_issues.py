"""Issues never change; drafts say which of them is current; approvals name a hash."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from partwork.model.issue import Approval
from partwork.store.engine import read_only
from partwork.store.issues import (
    approvals_of,
    current_drafts,
    drop_drafts,
    find_issues,
    is_published,
    load_issue,
    published_instalments,
    published_issue,
    save_approval,
    save_draft,
)
from partwork.store.schema import approvals, issues

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)


def test_an_issue_comes_back_as_it_was_saved(town):
    issue = town.draft("Ümlaut, “quotes”, \ue000address\ue001 and 🙂")

    with read_only(town.engine) as conn:
        assert load_issue(conn, issue.content_hash) == issue
        assert load_issue(conn, "no such hash") is None


def test_a_part_has_one_current_draft_and_its_earlier_ones_stay(town):
    first, second = town.draft("first"), town.draft("second")

    with read_only(town.engine) as conn:
        assert current_drafts(conn, "home") == (second,)
        assert load_issue(conn, first.content_hash) == first


def test_words_that_come_back_are_the_same_issue_again(town):
    first = town.draft("first")
    town.draft("second")

    town.draft("first")

    with read_only(town.engine) as conn:
        assert current_drafts(conn, "home") == (first,)


def test_drafts_come_in_the_order_of_the_parts(town):
    third = town.draft("three", part="aaaaaaaa", number=3)
    first = town.draft("one", part="bbbbbbbb", number=1)

    with read_only(town.engine) as conn:
        assert current_drafts(conn, "home") == (first, third)
        assert current_drafts(conn, "garden") == ()


def test_a_part_made_anew_in_the_same_words_has_its_draft(town):
    old = town.draft("one", part="aaaaaaaa")

    town.draft("one", part="bbbbbbbb")

    with town.engine.begin() as conn:
        drop_drafts(conn, "home", keep={"bbbbbbbb"})
        assert current_drafts(conn, "home") == (replace(old, instalment="bbbbbbbb"),)


def test_drafts_of_parts_that_are_gone_are_dropped_and_their_issues_stay(town):
    kept = town.draft("one", part="aaaaaaaa", number=1)
    gone = town.draft("two", part="bbbbbbbb", number=2)
    with town.engine.begin() as conn:
        drop_drafts(conn, "garden", keep=())
        assert len(current_drafts(conn, "home")) == 2

        drop_drafts(conn, "home", keep=[kept.instalment])

        assert current_drafts(conn, "home") == (kept,)
        assert load_issue(conn, gone.content_hash) == gone
        drop_drafts(conn, "home", keep=())
        assert current_drafts(conn, "home") == ()


def test_an_issue_is_found_by_its_name_or_the_start_of_it(town):
    one = town.draft("one", part="aaaaaaaa", number=1)
    two = town.draft("two", part="bbbbbbbb", number=2)

    with read_only(town.engine) as conn:
        assert find_issues(conn, one.name) == (one,)
        assert find_issues(conn, "home-02") == (two,)
        assert find_issues(conn, "home-") == (one, two)


@pytest.mark.parametrize("name", ["", "garden", "%", "home_01", "home-01-%", "ome", "'"])
def test_nothing_is_found_by_what_is_no_start_of_a_name(town, name: str):
    town.draft("one")

    with read_only(town.engine) as conn:
        assert find_issues(conn, name) == ()


@pytest.mark.parametrize(
    "change", [update(issues).values(html="<p>other</p>"), delete(issues)], ids=["update", "delete"]
)
def test_an_issue_is_never_changed(town, change):
    issue = town.draft("one")

    with town.engine.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
        conn.execute(change)

    with read_only(town.engine) as conn:
        assert load_issue(conn, issue.content_hash) == issue


def test_postgresql_does_not_empty_the_table_of_issues_either(town):
    if town.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    town.draft("one")

    with town.engine.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
        conn.execute(text("TRUNCATE issues CASCADE"))


def test_an_approval_is_recorded_once_for_each_reviewer(town):
    issue = town.draft("one")
    yes = Approval(issue.content_hash, "ada", "cli", NOW, "run 1")
    later = Approval(issue.content_hash, "bob", "dashboard", NOW + timedelta(hours=1))
    with town.engine.begin() as conn:
        assert save_approval(conn, later)
        assert save_approval(conn, yes)
        assert not save_approval(conn, replace(yes, approved_at=NOW + timedelta(days=1)))

        assert approvals_of(conn, issue.content_hash) == (yes, later)


def test_other_words_have_no_approval(town):
    first = town.draft("first")
    with town.engine.begin() as conn:
        save_approval(conn, Approval(first.content_hash, "ada", "cli", NOW))

    second = town.draft("second")

    with read_only(town.engine) as conn:
        assert approvals_of(conn, second.content_hash) == ()


def test_what_was_never_saved_cannot_be_approved(town):
    with town.engine.connect() as conn, pytest.raises(IntegrityError):
        save_approval(conn, Approval("no such hash", "ada", "cli", NOW))


def test_an_approval_is_never_taken_back_in_silence(town):
    issue = town.draft("one")
    with town.engine.begin() as conn:
        save_approval(conn, Approval(issue.content_hash, "ada", "cli", NOW))

    with town.engine.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
        conn.execute(delete(approvals))


def test_an_issue_is_published_once_it_has_a_campaign(town):
    issue = town.draft("one", part="aaaaaaaa", number=4)
    with read_only(town.engine) as conn:
        assert not is_published(conn, issue.content_hash)
        assert published_issue(conn, issue.name) is None
        assert published_instalments(conn, "home") == {}

    town.plan(issue)

    with read_only(town.engine) as conn:
        assert is_published(conn, issue.content_hash)
        assert published_issue(conn, issue.name) == issue
        assert published_issue(conn, issue.name[:-1]) is None
        assert published_instalments(conn, "home") == {"aaaaaaaa": 4}
        assert published_instalments(conn, "garden") == {}


def test_saving_a_draft_again_does_not_touch_the_issue(town):
    issue = town.draft("one")
    town.plan(issue)

    with town.engine.begin() as conn:
        save_draft(conn, replace(issue, title="Another title"), NOW)

    with read_only(town.engine) as conn:
        assert load_issue(conn, issue.content_hash).title == "A part"
