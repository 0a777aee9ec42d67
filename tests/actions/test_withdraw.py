"""An article that may be used no more: what draws on it is held, its pages are taken down."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.archive import archive_of, series_shown
from partwork.actions.check import open_faults
from partwork.actions.compose import compose
from partwork.actions.ingest import ingest
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_article, load_series
from partwork.actions.publish import publish
from partwork.actions.read_issue import published_page, published_page_of
from partwork.actions.send import send
from partwork.actions.status import status_of
from partwork.actions.stop_link import stop
from partwork.actions.stopping import Stopped, cancel, pause, resume
from partwork.actions.uses import uses_of
from partwork.actions.withdraw import bring_back, consequences_of, withdraw
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.article import Rights
from partwork.model.correction import Withdrawal
from partwork.model.delivery import DeliveryState
from partwork.store.correction_schema import issue_sources
from partwork.store.engine import read_only
from partwork.store.schema import deliveries
from partwork.store.sources import save_sources
from partwork.subscribing.page_links import stop_key
from tests.actions.conftest import ARTICLES
from tests.actions.sending import ledger, published, subscribe
from tests.conftest import NOW

WHY = "The trial behind it was retracted."


@pytest.fixture
def source(press: Press, issue: str) -> str:
    """The article that the published part is made of."""
    (name,) = load_series(press, "compost").instalments[0].articles
    return name


def states(press: Press, article: str) -> list[str]:
    return [one.state for one in uses_of(press, article).uses]


def test_uses_tell_how_far_each_part_has_gone(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    first, second = (part.articles[0] for part in load_series(press, series).instalments[:2])
    assert states(press, first) == ["written"]

    subscribe(press, ["ada@example.org"])
    name = published(press, series)
    send(press, name, clock=lambda: NOW)

    (use,) = uses_of(press, first).uses
    assert (use.issue, use.state, use.sent, use.published_at) == (name, "published", 1, NOW)
    assert states(press, second) == ["approved"]
    assert uses_of(press, first).series == (series,)


def test_uses_of_an_issue_outlive_its_part_s_file(press: Press, source: str, issue: str) -> None:
    for file in press.library.instalment_files("compost"):
        file.unlink()

    assert issue in [one.issue for one in uses_of(press, source).uses]


def test_an_issue_from_before_its_sources_were_noted_is_known_by_its_file(
    press: Press, source: str, issue: str
) -> None:
    with press.engine.begin() as connection:
        connection.execute(issue_sources.delete())

    assert issue in [one.issue for one in uses_of(press, source).uses]


def test_an_article_that_nobody_knows_is_no_answer(press: Press) -> None:
    with pytest.raises(LibraryError, match="there is no article"):
        uses_of(press, "nothing")


def test_what_it_would_do_is_told_and_nothing_is_done(
    press: Press, source: str, issue: str
) -> None:
    would = consequences_of(press, source)

    assert would.pauses == (issue,)
    assert would.recomposes == ("compost",)
    assert load_article(press, source).withdrawn_on is None
    assert status_of(press, issue).stopped == ""


def test_what_is_being_sent_of_it_is_paused(press: Press, source: str, issue: str) -> None:
    withdraw(press, source, because=WHY, now=NOW)

    with pytest.raises(Stopped, match=f"{source}, which it draws on, was withdrawn"):
        send(press, issue, clock=lambda: NOW)


def test_unsent_parts_are_composed_without_it_for_an_editor_to_approve(
    press: Press, source: str, issue: str
) -> None:
    unsent = load_series(press, "compost").instalments[1].articles[0]
    done = withdraw(press, unsent, because=WHY, now=NOW)

    series = load_series(press, "compost")
    assert done.problems == []
    assert unsent not in series.articles
    assert all(unsent not in part.articles for part in series.instalments)
    assert publish(press, "compost", at_once=False, now=NOW).planned == ()
    with pytest.raises(NotApprovable, match="is not what was last previewed"):  # nobody saw it
        approve(press, "compost", None, reviewer="Ada", channel="cli", now=NOW)


def test_a_hand_edit_stays_and_is_held_while_it_cites_the_article(
    press: Press, source: str, issue: str
) -> None:
    unsent = load_series(press, "compost").instalments[1].articles[0]
    file = press.library.instalment_files("compost")[1]
    edited = re.sub(r"(?m)^subject: .*$", "subject: My own words", file.read_text())
    file.write_text(edited)

    done = withdraw(press, unsent, because=WHY, now=NOW)

    assert done.problems == []
    assert file.read_text() == edited
    assert any(file.name in line for line in done.kept)
    rules = {fault.rule for fault in open_faults(press, "compost", {2})}
    assert "withdrawn" in rules
    with pytest.raises(NotApprovable):
        approve(press, "compost", 2, reviewer="Ada", channel="cli", now=NOW)


def test_its_pages_are_gone_with_the_day_and_the_reason(
    press: Press, source: str, issue: str
) -> None:
    part = issue_named(press, issue).instalment
    assert len(archive_of(press, "the-bench").newest) == 1

    withdraw(press, source, because=WHY, now=NOW)

    for page in (published_page(press, issue), published_page_of(press, part)):
        assert isinstance(page, Withdrawal)
        assert (page.reason, page.at) == (WHY, NOW)
    assert archive_of(press, "the-bench").newest == ()
    with pytest.raises(LibraryError, match="can be read any more"):
        series_shown(press, "compost")


def test_it_can_be_brought_back(press: Press, source: str, issue: str) -> None:
    before = press.library.read(press.library.article_file(source))
    named = load_series(press, "compost").articles
    withdraw(press, source, because=WHY, now=NOW)
    withdraw(press, source, because=WHY, now=NOW)

    done = bring_back(press, source, NOW)
    sent = send(press, issue, clock=lambda: NOW)

    assert press.library.read(press.library.article_file(source)) == before
    assert load_series(press, "compost").articles == named
    assert isinstance(published_page(press, issue), str)
    assert (done.issues, done.problems) == ([issue], [])
    assert sent.sent == len(ledger(press, issue)) == 3
    with pytest.raises(LibraryError, match="is not withdrawn"):
        bring_back(press, source, NOW)


def test_what_a_person_paused_stays_paused_when_it_is_brought_back(
    press: Press, source: str, issue: str
) -> None:
    pause(press, issue, "a doubt of mine", NOW)
    withdraw(press, source, because=WHY, now=NOW)
    bring_back(press, source, NOW)

    assert "a doubt of mine" in status_of(press, issue).stopped


def test_nothing_composes_of_it_and_bringing_it_in_again_does_not_free_it(
    press: Press, source: str, articles: tuple[str, ...]
) -> None:
    withdraw(press, source, because=WHY, now=NOW)
    ingest(press, sorted(ARTICLES.glob("*.txt")), rights=Rights.LICENSED)

    assert load_article(press, source).withdrawn_on == NOW.date()
    with pytest.raises(LibraryError, match="was withdrawn on 2026-03-02; compose without it"):
        compose(
            press,
            "another",
            [source],
            title="",
            newsletter="",
            division=None,
            parts=None,
        )


def test_a_reason_is_for_readers(press: Press, source: str) -> None:
    with pytest.raises(LibraryError, match="say why"):
        withdraw(press, source, because=" ", now=NOW)

    with read_only(press.engine):
        assert load_article(press, source).withdrawn_on is None


def test_what_an_editor_stopped_by_their_link_meanwhile_does_not_go_on(
    press: Press, source: str, issue: str
) -> None:
    withdraw(press, source, because=WHY, now=NOW)
    key = stop_key(issue, NOW + timedelta(days=1), press.secrets)
    stop(press, issue, key, NOW)
    view = stop(press, issue, key, NOW)

    assert bring_back(press, source, NOW).issues == []
    assert "by the link in the notice" in view.stopped
    assert f"{source}, which it draws on, was withdrawn" in view.stopped
    with pytest.raises(Stopped):
        send(press, issue, clock=lambda: NOW)


def also_drawing_on(press: Press, issue: str, article: str) -> str:
    """Has the issue draw on another article too, as it does whose part cites two."""
    with press.engine.begin() as connection:
        save_sources(connection, issue_named(press, issue).content_hash, [article])
    return article


def test_what_draws_on_two_that_were_withdrawn_waits_for_both(
    press: Press, source: str, articles: tuple[str, ...], issue: str
) -> None:
    other = also_drawing_on(press, issue, next(name for name in articles if name != source))
    withdraw(press, source, because=WHY, now=NOW)
    withdraw(press, other, because=WHY, now=NOW)

    first = bring_back(press, source, NOW)
    unsent = publish(press, "", at_once=False, now=NOW).unsent
    with pytest.raises(Stopped, match=f"{other}, which it draws on, was withdrawn"):
        send(press, issue, clock=lambda: NOW)
    second = bring_back(press, other, NOW)

    assert (first.issues, unsent) == ([], ())
    assert f"{issue}: paused, for {other}, which it draws on, was withdrawn" in first.kept
    assert second.issues == [issue]
    assert send(press, issue, clock=lambda: NOW).sent == 3


@pytest.mark.parametrize("was_paused", [True, False])
def test_nobody_resumes_what_draws_on_a_withdrawn_article(
    press: Press, source: str, issue: str, was_paused: bool
) -> None:
    if was_paused:
        pause(press, issue, "a doubt of mine", NOW)
    withdraw(press, source, because=WHY, now=NOW)

    said = f"`partwork withdraw {source} --undo` .*, `partwork cancel {issue}` ends it"
    with pytest.raises(Stopped, match=said):
        resume(press, issue, NOW)
    bring_back(press, source, NOW)
    if was_paused:
        resume(press, issue, NOW)

    assert send(press, issue, clock=lambda: NOW).sent == 3


def test_who_pauses_what_a_withdrawal_paused_gives_no_reason_and_is_heeded(
    press: Press, source: str, issue: str
) -> None:
    withdraw(press, source, because=WHY, now=NOW)
    pause(press, issue, "", NOW)
    pause(press, issue, "", NOW)
    shown = status_of(press, issue).stopped

    assert f"(paused by hand; {source}, which it draws on, was withdrawn)" in shown
    assert bring_back(press, source, NOW).issues == []
    with pytest.raises(Stopped, match="paused by hand"):
        send(press, issue, clock=lambda: NOW)


def test_what_is_sent_again_after_a_withdrawal_does_not_leave(
    press: Press, source: str, issue: str
) -> None:
    send(press, issue, clock=lambda: NOW)
    withdraw(press, source, because=WHY, now=NOW)
    with press.engine.begin() as connection:  # as a doubt that an operator has sent again
        connection.execute(update(deliveries).values(state=DeliveryState.PENDING.value))

    assert publish(press, "", at_once=False, now=NOW).unsent == ()
    with pytest.raises(Stopped, match="was withdrawn"):
        send(press, issue, clock=lambda: NOW)
    assert "was withdrawn" in status_of(press, issue).stopped


def test_the_status_of_what_has_gone_out_whole_says_nothing_of_a_withdrawal(
    press: Press, source: str, issue: str
) -> None:
    send(press, issue, clock=lambda: NOW)
    withdraw(press, source, because=WHY, now=NOW)

    assert status_of(press, issue).stopped == ""


def test_what_is_cancelled_for_a_withdrawal_stays_so(press: Press, source: str, issue: str) -> None:
    withdraw(press, source, because=WHY, now=NOW)
    cancel(press, issue, "", NOW)

    assert bring_back(press, source, NOW).issues == []
    assert status_of(press, issue).stopped.startswith("is cancelled")
