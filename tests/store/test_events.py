"""The inbox: written once, taken by one, judged once, and empty of people who are gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.store.audience import erase_subscriber
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.store.events import (
    Decided,
    Unjudged,
    count_unjudged,
    hold_unjudged,
    judge_again,
    judged_events_of,
    list_set_aside,
    put_back,
    save_decisions,
    save_events,
    set_aside,
    take_events,
)
from tests.store.conftest import Town

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BOUNCE = Feedback(
    Source.MAILBOX,
    FeedbackKind.BOUNCE,
    event="<report.1@mx.example.org>",
    recipient="ada@example.org",
    bounce_address="bounces+d1@example.org",
    relay_id="4Y8cKT2Zx7z3B",
    message_id="<1.abc@example.org>",
    status="5.1.1",
    words="550 5.1.1 ada@example.org: no such mailbox",
    at=NOW - MINUTE,
)


def told(engine: Engine, *keys: str, event: Feedback = BOUNCE, at: datetime = NOW) -> int:
    with engine.begin() as conn:
        return save_events(conn, dict.fromkeys(keys, event), at)


def taken(engine: Engine, at: datetime = NOW, limit: int = 10) -> tuple[Unjudged, ...]:
    with engine.begin() as conn:
        return take_events(conn, at, MINUTE, limit)


def judge(engine: Engine, some: Sequence[Unjudged], subscriber: int = 0) -> int:
    """Judges those that are not judged yet; how many that were."""
    with engine.begin() as conn:
        held = hold_unjudged(conn, [one.id for one in some])
        decided = [
            Decided(one, "hard bounce", "suppress", Certainty.ADDRESS, 7, subscriber)
            for one in held
        ]
        save_decisions(conn, decided, NOW)
    return len(held)


def everything_in(engine: Engine) -> str:
    with read_only(engine) as conn:
        return repr(conn.execute(select(events)).all())


def test_an_event_is_written_once_however_often_it_is_told(engine: Engine) -> None:
    assert told(engine, "a", "b") == 2
    assert told(engine, "b", "c") == 1
    assert told(engine, "a", "b", "c") == 0

    assert len(taken(engine)) == 3


def test_what_was_told_is_taken_as_it_was_told(engine: Engine) -> None:
    told(engine, "a")

    (one,) = taken(engine)

    assert (one.event, one.failures) == (BOUNCE, 0)


def test_what_no_database_holds_is_made_to_fit(engine: Engine) -> None:
    told(engine, "a", event=replace(BOUNCE, words="no\0thing \ud800 " + "x" * 9999))

    (one,) = taken(engine)

    assert one.event.words.startswith("no\N{REPLACEMENT CHARACTER}thing ? xxx")
    assert len(one.event.words) == 1000


def test_the_oldest_are_taken_first_and_by_nobody_else_before_the_lease_is_over(
    engine: Engine,
) -> None:
    told(engine, "late")
    told(engine, "early", event=replace(BOUNCE, status="4.2.2"), at=NOW - MINUTE)

    first, second = taken(engine, limit=1), taken(engine, limit=9)

    assert [one.event.status for one in (*first, *second)] == ["4.2.2", "5.1.1"]
    assert taken(engine) == ()
    assert set(taken(engine, at=NOW + MINUTE)) == {*first, *second}


def test_two_who_hold_one_event_judge_it_once(engine: Engine) -> None:
    told(engine, "a")
    first = taken(engine)
    second = taken(engine, at=NOW + MINUTE)  # the first took too long

    assert judge(engine, second) == 1
    assert judge(engine, first) == 0


def test_what_failed_comes_again_until_it_is_set_aside(engine: Engine) -> None:
    told(engine, "a", "b")
    one, other = taken(engine)
    with engine.begin() as conn:
        put_back(conn, one, NOW + MINUTE)
        set_aside(conn, other, "it cannot be read")
        assert count_unjudged(conn) == (1, 1)

    (again,) = taken(engine, at=NOW + MINUTE)

    assert (again.id, again.failures) == (one.id, 1)
    assert judge(engine, [again]) == 1
    with read_only(engine) as conn:
        assert count_unjudged(conn) == (0, 1)


def test_what_is_judged_is_neither_put_back_nor_set_aside(engine: Engine) -> None:
    told(engine, "a")
    (one,) = taken(engine)
    judge(engine, [one])

    with engine.begin() as conn:
        put_back(conn, one, NOW)
        set_aside(conn, one, "too late")

    assert taken(engine) == ()
    with read_only(engine) as conn:
        assert count_unjudged(conn) == (0, 0)


def test_a_judgement_stands_beside_the_event_as_it_was_told(town: Town) -> None:
    (ada,) = town.join("ada")
    told(town.engine, "a")
    judge(town.engine, taken(town.engine), ada)

    with read_only(town.engine) as conn:
        (found,) = judged_events_of(conn, ada)

    assert (found.event, found.judged_at) == (BOUNCE, NOW)
    assert (found.decided.rule, found.decided.certainty) == ("hard bounce", Certainty.ADDRESS)
    assert (found.decided.delivery, found.decided.subscriber) == (7, ada)


def test_of_an_event_about_nobody_no_address_is_kept(engine: Engine) -> None:
    told(engine, "a")

    judge(engine, taken(engine))

    assert "example.org" not in everything_in(engine)
    assert "5.1.1" in everything_in(engine)


@pytest.mark.parametrize("is_judged", [True, False])
def test_who_is_erased_is_in_no_event(town: Town, is_judged: bool) -> None:
    ada, bob = town.join("ada", "bob")
    for name, one in (("ada", ada), ("bob", bob)):
        to_them = f"{name.upper()}@example.org"
        told(town.engine, f"key {one}", event=replace(BOUNCE, recipient=to_them, words=to_them))
        if is_judged:
            judge(town.engine, taken(town.engine), one)

    with town.engine.begin() as conn:
        erase_subscriber(conn, ada)

    held = everything_in(town.engine)
    assert "ada" not in held.lower()
    assert "BOB@example.org" in held
    assert told(town.engine, f"key {ada}") == 0  # and it is known still


def test_what_was_set_aside_is_judged_again_on_asking_the_oldest_first(engine: Engine) -> None:
    told(engine, "a", "b", "c")
    for one in taken(engine):
        with engine.begin() as conn:
            set_aside(conn, one, "ValueError")
    with engine.begin() as conn:
        aside = list_set_aside(conn)
        assert judge_again(conn, NOW, 2) == 2

    assert [(one.kind, one.why) for one in aside] == [(FeedbackKind.BOUNCE, "ValueError")] * 3
    again = taken(engine)
    assert [one.id for one in again] == [one.id for one in aside[:2]]
    assert {one.failures for one in again} == {0}
    judge(engine, again)
    with engine.begin() as conn:
        assert judge_again(conn, NOW, 10) == 1
        assert judge_again(conn, NOW, 10) == 0
        assert list_set_aside(conn) == ()
