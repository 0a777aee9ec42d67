"""What a server refuses at send time: noted with the ledger, and judged like what comes later."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from partwork.actions.feedback import judge_all, refusal, take_in
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.subscribers import erase, story_of
from partwork.assembly import Press, assemble
from partwork.delivering.replies import PAUSES
from partwork.model.delivery import DeliveryState, Reply, Stage
from partwork.model.feedback import FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.store.events import count_unjudged
from partwork.store.schema import deliveries
from tests.actions.returned import suppressed
from tests.actions.sending import ledger, published, subscribe
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

ADA, GRACE, MARY = READERS = ("ada@example.org", "grace@example.org", "mary@example.org")


@pytest.fixture
def post(home: Path, server: RoughServer, database_url: str) -> Iterator[Press]:
    """A home on either database whose mails go to that server."""
    settings = Settings(home=home, database_url=database_url, smtp_url=server.url, canary_share=0)
    with assemble(settings) as press:
        yield press


@pytest.fixture
def issue(post: Press, series: str) -> str:
    subscribe(post, READERS)
    return published(post, series)


def count_events(press: Press) -> int:
    with read_only(press.engine) as connection:
        return len(connection.execute(events.select()).all())


@pytest.mark.parametrize("command", ["RCPT", "."])
def test_an_address_that_is_no_good_is_suppressed_by_the_end_of_the_run(
    post: Press, issue: str, server: RoughServer, clock: Clock, command: str
) -> None:
    server.answers[f"{command} {ADA}"] = deque(["550 5.1.1 no such mailbox"])

    send(post, issue, clock=clock)

    assert set(suppressed(post)) == {ADA}
    (came_back,) = story_of(post, ADA).came_back
    assert came_back.delivery == ledger(post, issue)[ADA].id
    assert (came_back.rule, came_back.outcome) == ("hard bounce", "suppress")
    assert came_back.reason.endswith("(smtp, by Message-ID): 550 5.1.1 no such mailbox")


def test_another_refusal_is_judged_too_and_suppresses_nobody(
    post: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f". {ADA}"] = deque(["550 5.2.2 mailbox full"])
    server.answers[f". {GRACE}"] = deque(["550 no such mailbox"])
    server.answers[f". {MARY}"] = deque(["554 5.6.0 not this content"])

    send(post, issue, clock=clock)

    rules = [[one.rule for one in story_of(post, reader).came_back] for reader in READERS]
    assert rules == [["soft bounce"], ["soft bounce"], ["our fault"]]
    assert suppressed(post) == {}


def test_what_is_put_off_or_accepted_is_in_the_ledger_alone(
    post: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {ADA}"] = deque(["450 4.2.1 later"])

    report = send(post, issue, clock=clock)

    assert (report.tally.accepted, report.tally.deferred) == (2, 1)
    assert count_events(post) == 0


def test_what_was_put_off_too_long_has_bounced(
    post: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {ADA}"] = deque(["450 4.2.2 mailbox full"])
    with post.engine.begin() as connection:
        tried = {"attempts": len(PAUSES)}
        connection.execute(update(deliveries).where(deliveries.c.recipient == ADA).values(tried))

    send(post, issue, clock=clock)

    assert ledger(post, issue)[ADA].state is DeliveryState.REFUSED
    (came_back,) = story_of(post, ADA).came_back
    assert came_back.rule == "soft bounce"


def test_ledger_and_inbox_have_it_together_or_not_at_all(
    post: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {ADA}"] = deque(["550 5.1.1 no such mailbox"])
    refusing, letting = _refusing_events(post)
    with post.engine.begin() as connection:
        connection.execute(text(refusing))

    with pytest.raises(Exception, match="refus"):
        send(post, issue, clock=clock)

    assert ledger(post, issue)[ADA].state is not DeliveryState.REFUSED
    with post.engine.begin() as connection:
        connection.execute(text(letting))


def _refusing_events(press: Press) -> tuple[str, str]:
    if press.engine.dialect.name == "sqlite":
        return (
            "CREATE TRIGGER refusing BEFORE INSERT ON events"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END",
            "DROP TRIGGER refusing",
        )
    return (
        "ALTER TABLE events ADD CONSTRAINT refusing CHECK (source <> 'smtp')",
        "ALTER TABLE events DROP CONSTRAINT refusing",
    )


def test_who_was_refused_is_suppressed_before_anything_else_is_planned(
    post: Press, series: str, issue: str, server: RoughServer, clock: Clock
) -> None:
    send(post, issue, clock=clock)
    told = refusal("delivery of a lane that was killed", ADA, Reply(550, "5.1.1 none"), NOW)
    take_in(post, [told], now=NOW)

    (planned,) = publish(post, series, at_once=True, now=NOW).planned

    assert set(suppressed(post)) == {ADA}
    assert set(ledger(post, planned.issue)) == {GRACE, MARY}


def test_what_is_refused_here_for_want_of_a_message_is_nobodys_word(
    post: Press, series: str, clock: Clock
) -> None:
    subscribe(post, (ADA, GRACE))
    issue = published(post, series)
    with post.engine.begin() as connection:
        unfit = {"recipient": "no address"}
        connection.execute(update(deliveries).where(deliveries.c.recipient == ADA).values(unfit))

    assert send(post, issue, clock=clock).tally.refused == 1
    assert count_events(post) == 0


def test_who_was_erased_meanwhile_leaves_no_address_behind(
    post: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {ADA}"] = deque([f"550 5.1.1 <{ADA}> no such mailbox"])

    def forget(done: int, _of: int) -> None:
        if done == 1:
            erase(post, ADA, NOW)

    send(post, issue, clock=clock, progress=forget)
    judge_all(post, clock)

    with read_only(post.engine) as connection:
        rows = connection.execute(events.select()).all()
        assert count_unjudged(connection) == (0, 0)
    assert ADA not in str(rows)


_CODES = st.sampled_from(["", "5.1.1", "5.2.2", "4.2.2", "5.0.0", "4.0.0"])


@given(st.sampled_from([450, 452, 550, 554]), _CODES, _CODES)
def test_a_refusals_code_is_never_of_another_class_than_the_reply(
    code: int, first: str, within: str
) -> None:
    told = refusal("one", ADA, Reply(code, f"{first} so it is (#{within})", Stage.RCPT), NOW)

    assert (told.source, told.kind) == (Source.SMTP, FeedbackKind.BOUNCE)
    assert not told.status or told.status[0] == str(code)[0]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("5.1.1 no such mailbox", "5.1.1"),
        ("no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("5.0.0 callout said: 550 5.1.1 unknown", "5.1.1"),
        ("4.4.7 contradicts itself", ""),
        ("no", ""),
    ],
)
def test_a_refusals_code_is_the_replys_or_one_among_its_words(words: str, status: str) -> None:
    assert refusal("one", ADA, Reply(550, words, Stage.RCPT), NOW).status == status
