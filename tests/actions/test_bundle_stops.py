"""A mail with all parts of a week stops with any of its parts, and loses nobody by it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from partwork.actions.approve import approve
from partwork.actions.ingest import ingest
from partwork.actions.issue_named import issue_named
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.status import status_of
from partwork.actions.stopping import Stopped, cancel, pause, resume
from partwork.actions.withdraw import bring_back, consequences_of, withdraw
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.article import Rights
from partwork.model.correction import Withdrawal
from partwork.model.delivery import Tally
from partwork.settings import Settings
from partwork.store.audience import load_subscriber
from partwork.store.sources import save_sources, save_withdrawal
from partwork.store.subscriptions import bundle_subscription
from tests.actions.conftest import ARTICLES
from tests.actions.sending import subscribe
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

READERS = tuple(f"reader-{n:02d}@example.org" for n in range(40))
# A week is over on Sunday; its mail goes out on Monday at eight, UTC, where there is no cadence.
SUNDAY = NOW + timedelta(days=6)
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
TICK = timedelta(minutes=15)
# For what is nothing to the database.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def press(home: Path, server: RoughServer, database_url: str) -> Iterator[Press]:
    """A home whose readers all want a week in one mail, on either database, with a mail server."""
    settings = Settings(home=home, smtp_url=server.url, database_url=database_url, canary_share=0)
    with assemble(settings) as assembled:
        subscribe(assembled, READERS)
        with assembled.engine.begin() as connection:
            for reader in READERS:
                person = load_subscriber(connection, reader)
                assert person
                assert bundle_subscription(connection, person.id, "the-bench", is_bundled=True)
        yield assembled


def issued(press: Press, series: str) -> str:
    """A part of a series of its own, published; the name of the issue."""
    words = f"What there is to say of {series}."
    title = series.title()
    begin_letter(
        press, series, title=title, newsletter="", subject=title, preheader=words, text=words
    )
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Eve", channel="cli", now=NOW)
    return publish(press, series, at_once=True, now=NOW).planned[0].issue


@pytest.fixture
def soil(press: Press) -> str:
    return issued(press, "soil")


@pytest.fixture
def seed(press: Press) -> str:
    return issued(press, "seed")


@pytest.fixture
def bundle(press: Press, soil: str, seed: str) -> str:
    """The mail of the week with both parts, planned for all readers."""
    (planned,) = publish(press, "", at_once=False, now=MONDAY).planned
    return planned.issue


def tick(press: Press, at: datetime) -> None:
    for issue in publish(press, "", at_once=False, now=at).unsent:
        send(press, issue, clock=lambda: at)


def subject(server: RoughServer, reader: str) -> str:
    mail = message_from_bytes(server.contents[reader], policy=policy.default)
    return str(mail["Subject"]).removeprefix("[Demo] ")


def after(done: int, act: Callable[[], object]) -> Callable[[int, int], None]:
    """Does it once that many are answered."""
    waiting = [act]

    def progress(count: int, _of: int) -> None:
        if count >= done and waiting:
            waiting.pop()()

    return progress


def test_a_bundle_ends_at_its_next_message_once_a_part_is_paused(
    press: Press, server: RoughServer, bundle: str, seed: str
) -> None:
    server.late["."] = 0.05  # else PostgreSQL, asked every fifth of a second, is asked too late
    stop = after(5, lambda: pause(press, seed, "a wrong dose", MONDAY))

    report = send(press, bundle, clock=lambda: MONDAY, progress=stop)

    assert report.stopped == f"{seed}, one of its parts, is paused: a wrong dose"
    assert 5 <= report.tally.accepted < len(READERS)
    assert report.tally.accepted + report.tally.pending == len(READERS)
    assert f"waits: {seed}, one of its parts, is paused" in status_of(press, bundle).stopped
    assert publish(press, "", at_once=False, now=MONDAY + TICK).unsent == ()
    with pytest.raises(Stopped, match=f"waits: {seed}, .*`partwork resume {seed}` goes on"):
        send(press, bundle, clock=lambda: MONDAY)

    server.late.clear()
    resume(press, seed, MONDAY)
    tick(press, MONDAY + TICK)

    assert status_of(press, bundle).tally == Tally(accepted=len(READERS))
    assert server.got == dict.fromkeys(READERS, 1)


def test_once_a_part_is_cancelled_who_has_no_bundle_yet_gets_the_other_parts(
    press: Press, server: RoughServer, bundle: str, seed: str, soil: str
) -> None:
    server.late["."] = 0.05
    stop = after(5, lambda: cancel(press, seed, "withdrawn", MONDAY))

    report = send(press, bundle, clock=lambda: MONDAY, progress=stop)
    server.late.clear()
    tick(press, MONDAY + TICK)

    assert report.stopped == f"{seed}, one of its parts, is cancelled: withdrawn"
    assert server.got == dict.fromkeys(READERS, 1)
    had = [subject(server, reader) for reader in READERS]
    assert set(had) == {"The Bench: Seed · Soil", "Soil"}
    assert status_of(press, bundle).tally == Tally(accepted=had.count("The Bench: Seed · Soil"))
    assert status_of(press, soil).tally.accepted == had.count("Soil")
    assert status_of(press, seed).tally.accepted == 0


def test_what_was_put_off_goes_without_the_part_that_was_cancelled_meanwhile(
    press: Press, server: RoughServer, bundle: str, seed: str
) -> None:
    late = READERS[1]
    server.answers[f". {late}"].append("451 4.7.1 greylisted")
    server.late[f". {late}"] = 0.1
    # The reply that puts it off comes when the part is cancelled already.
    stop = after(1, lambda: cancel(press, seed, "withdrawn", MONDAY))
    send(press, bundle, clock=lambda: MONDAY, progress=stop)

    for count in range(1, 4):
        tick(press, MONDAY + count * TICK)

    assert server.got == dict.fromkeys(READERS, 1)
    assert subject(server, late) == "Soil"


@ON_SQLITE
def test_to_resume_a_bundle_does_not_let_go_what_keeps_a_part(
    press: Press, bundle: str, seed: str
) -> None:
    pause(press, seed, "a wrong dose", MONDAY)
    with pytest.raises(Stopped, match=f"`partwork resume {seed}` goes on"):
        resume(press, bundle, MONDAY)
    pause(press, bundle, "both are wrong", MONDAY)

    resume(press, bundle, MONDAY)
    with pytest.raises(Stopped, match=f"{seed}, one of its parts, is paused"):
        send(press, bundle, clock=lambda: MONDAY)
    resume(press, seed, MONDAY)
    with pytest.raises(LibraryError, match="neither paused nor held"):
        resume(press, bundle, MONDAY)


@ON_SQLITE
def test_a_bundle_stops_for_an_article_that_a_part_draws_on_and_goes_on_with_it(
    press: Press, bundle: str, seed: str
) -> None:
    (article,) = ingest(press, [ARTICLES / "starting-a-heap.txt"], rights=Rights.OWN).articles
    worms = article.cleaned.article.slug
    with press.engine.begin() as connection:
        save_sources(connection, issue_named(press, seed).content_hash, [worms])

    would = consequences_of(press, worms).pauses
    withdraw(press, worms, because="It was retracted.", now=MONDAY)
    with pytest.raises(Stopped, match=f"waits: {seed}, .*`partwork withdraw {worms} --undo`"):
        send(press, bundle, clock=lambda: MONDAY)

    assert would == (seed,)
    assert bring_back(press, worms, MONDAY).issues == [seed]
    assert send(press, bundle, clock=lambda: MONDAY).sent == len(READERS)


@ON_SQLITE
def test_a_part_that_is_cancelled_for_its_article_gives_the_others_free(
    press: Press, server: RoughServer, bundle: str, seed: str
) -> None:
    with press.engine.begin() as connection:
        save_sources(connection, issue_named(press, seed).content_hash, ["worms"])
        save_withdrawal(connection, Withdrawal("worms", "retracted", MONDAY))
    pause(press, bundle, "what is this?", MONDAY)
    with pytest.raises(Stopped, match="withdraw worms --undo"):
        resume(press, bundle, MONDAY)

    cancel(press, seed, "", MONDAY)
    tick(press, MONDAY + TICK)
    waiting = dict(server.got)
    resume(press, bundle, MONDAY)
    tick(press, MONDAY + TICK)

    assert waiting == {}
    assert {subject(server, reader) for reader in READERS} == {"Soil"}
