"""A hold is told outside once, whichever process came upon it and whichever tells."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from partwork.actions.feedback import take_in
from partwork.actions.stopping import resume
from partwork.actions.untold import take_untold
from partwork.assembly import Press, assemble
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.model.stop import Stop, StopKind
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.issues import find_issues
from partwork.store.stops import load_stop, save_hold
from partwork.web.hooks import judging_of
from tests.actions.returned import Sent, send
from tests.actions.sending import subscribe
from tests.conftest import NOW

READERS = [f"reader-{n}@example.org" for n in range(6)]
WEEK = timedelta(days=7)
WHY = "6 of 6 accepted bounced"


@pytest.fixture
def post(home: Path, database_url: str) -> Iterator[Press]:
    """The press of a home with six readers."""
    with assemble(Settings(home=home, database_url=database_url)) as press:
        subscribe(press, READERS)
        yield press


def name_of(press: Press, mails: dict[str, Sent]) -> str:
    """The issue of these mails."""
    (found,) = {sent.message_id.partition(".")[2].partition("@")[0] for sent in mails.values()}
    with read_only(press.engine) as connection:
        issues = find_issues(connection, "home")
    return next(issue.name for issue in issues if issue.content_hash.startswith(found))


def held(press: Press, issue: str, at: datetime = NOW) -> None:
    with press.engine.begin() as connection:
        (found,) = find_issues(connection, issue)
        seen = load_stop(connection, found.content_hash)
        assert save_hold(connection, found.content_hash, Stop(StopKind.HELD, WHY, at), seen)


def test_what_the_web_app_holds_is_taken_once_by_whoever_looks_next(post: Press) -> None:
    mails = send(post)
    issue = name_of(post, mails)
    told = [
        Feedback(Source.SENDGRID, FeedbackKind.BOUNCE, "1", to, relay_id=mails[to].relay_id)
        for to in READERS
    ]
    take_in(post, told, now=NOW)
    assert take_untold(post, NOW) == ()
    asyncio.run(judging_of(post)())
    now = held_at(post, issue)

    (taken,) = take_untold(post, now)

    assert (taken.issue, taken.newsletter) == (issue, "the-bench")
    assert "bounced" in taken.why
    assert take_untold(post, now) == ()


def held_at(press: Press, issue: str) -> datetime:
    """When the web app, which has a clock of its own, held it."""
    with read_only(press.engine) as connection:
        (found,) = find_issues(connection, issue)
        stop = load_stop(connection, found.content_hash)
    assert stop
    return stop.at


def test_of_many_who_look_at_once_by_clocks_that_disagree_one_takes_it(post: Press) -> None:
    issue = name_of(post, send(post))
    held(post, issue)
    together, looking = Barrier(4), range(4)

    def look(number: int) -> int:
        together.wait()
        return len(take_untold(post, NOW - number * timedelta(minutes=1)))

    with ThreadPoolExecutor(len(looking)) as pool:
        assert sum(pool.map(look, looking)) == 1


def test_what_is_held_again_after_a_person_resumed_it_is_told_again(post: Press) -> None:
    issue = name_of(post, send(post))
    held(post, issue)
    assert len(take_untold(post, NOW)) == 1
    resume(post, issue, now=NOW)
    assert take_untold(post, NOW) == ()

    held(post, issue, NOW + timedelta(hours=1))

    assert [one.issue for one in take_untold(post, NOW)] == [issue]


def test_what_a_person_stopped_or_what_is_old_is_no_news(post: Press) -> None:
    issue = name_of(post, send(post))
    held(post, issue)

    assert take_untold(post, NOW + WEEK) == ()
    resume(post, issue, now=NOW)
    assert take_untold(post, NOW) == ()
