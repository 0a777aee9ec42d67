"""What issues draw on, and what is gone from the archive while an article is withdrawn."""

from datetime import timedelta

from partwork.model.correction import Correction, Withdrawal
from partwork.model.issue import Issue
from partwork.store.archive import published_parts
from partwork.store.corrections import ask_correction
from partwork.store.engine import read_only
from partwork.store.issues import save_draft
from partwork.store.sources import (
    drop_withdrawal,
    issues_drawing_on,
    issues_of_part,
    load_withdrawal,
    save_sources,
    save_withdrawal,
    withdrawal_behind,
    withdrawals_so_far,
)
from partwork.store.superseding import supersede
from tests.store.conftest import Town


def out(town: Town, words: str, *, part: str, number: int, articles: list[str]) -> Issue:
    """A part that is published and draws on these."""
    issue = town.draft(words, part=part, number=number)
    with town.engine.begin() as conn:
        save_sources(conn, issue.content_hash, articles)
        save_sources(conn, issue.content_hash, articles)
    town.plan(issue)
    return issue


def in_archive(town: Town) -> list[int]:
    with read_only(town.engine) as conn:
        return sorted(part.number for part in published_parts(conn, "daily"))


def test_it_is_known_what_an_issue_draws_on_and_where_that_was_never_noted(town: Town) -> None:
    one = out(town, "one", part="part0001", number=1, articles=["heap", "worms"])
    unknown = town.draft("two", part="part0002", number=2)

    with read_only(town.engine) as conn:
        assert issues_drawing_on(conn, "worms") == (one.content_hash,)
        assert issues_drawing_on(conn, "roses") == ()
        assert issues_of_part(conn, "part0001") == {one.content_hash: True}
        assert issues_of_part(conn, "part0002") == {unknown.content_hash: False}


def test_what_draws_on_a_withdrawn_article_is_in_no_list_until_that_is_undone(town: Town) -> None:
    one = out(town, "one", part="part0001", number=1, articles=["heap"])
    out(town, "two", part="part0002", number=2, articles=["worms"])
    said = Withdrawal("heap", "retracted", town.now, {"soil": 2, "seeds": 0})

    with town.engine.begin() as conn:
        save_withdrawal(conn, said)
        assert load_withdrawal(conn, "heap") == withdrawal_behind(conn, one.content_hash) == said
        assert withdrawals_so_far(conn) == (1, town.now)
    assert in_archive(town) == [2]

    with town.engine.begin() as conn:
        drop_withdrawal(conn, "heap")
        assert withdrawal_behind(conn, one.content_hash) is None
    assert in_archive(town) == [1, 2]


def test_said_again_a_withdrawal_has_the_last_words_and_the_first_day(town: Town) -> None:
    with town.engine.begin() as conn:
        save_withdrawal(conn, Withdrawal("heap", "first words", town.now))
        later = town.now + timedelta(days=1)
        save_withdrawal(conn, Withdrawal("heap", "last words", later, {"soil": 0}))

        assert load_withdrawal(conn, "heap") == Withdrawal(
            "heap", "last words", town.now, {"soil": 0}
        )


def test_a_correction_that_no_longer_draws_on_it_is_in_the_archive(town: Town) -> None:
    first = out(town, "one", part="part0001", number=1, articles=["heap"])
    revision = town.draft("without it", part="part0001", number=1)
    asked = Correction(
        "c1", "home", "part0001", first.content_hash, "why", town.now, wants_mail=False
    )
    with town.engine.begin() as conn:
        save_withdrawal(conn, Withdrawal("heap", "retracted", town.now))
        save_draft(conn, revision, town.now)
        ask_correction(conn, asked)
    assert in_archive(town) == []

    with town.engine.begin() as conn:
        assert supersede(conn, asked, revision, town.now + timedelta(days=3))

    assert in_archive(town) == [1]
    with read_only(town.engine) as conn:
        (part,) = published_parts(conn, "daily")
    assert part.updated_at - part.published_at == timedelta(days=3)
