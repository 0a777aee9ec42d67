"""Slots are handed out once, whoever asks, and at the pace that holds."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from partwork.store.pacing import (
    ONE_MOMENT,
    RECOVERY,
    SLOWEST,
    Reserved,
    clock_of,
    prune_paces,
    reserve,
    slow_down,
)

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
USUAL = timedelta(milliseconds=100)
DOMAIN = "main big.example.org"


def ask(
    engine: Engine, count: int = 1, at: datetime = NOW, name: str = "main", **how: object
) -> Reserved:
    with engine.begin() as conn:
        return reserve(conn, name, USUAL, count, at, **how)


def slow(engine: Engine, at: datetime = NOW) -> Reserved:
    with engine.begin() as conn:
        return slow_down(conn, DOMAIN, USUAL, at)


def test_each_slot_is_handed_out_once_and_in_its_time(engine: Engine) -> None:
    given = [ask(engine, count) for count in (3, 1, 2)]

    firsts = [one.wait for one in given]
    assert firsts == [timedelta(0), 3 * USUAL, 4 * USUAL]
    assert [one.count for one in given] == [3, 1, 2]


def test_unused_time_does_not_pile_up(engine: Engine) -> None:
    ask(engine, 3)
    later = NOW + timedelta(hours=1)

    assert ask(engine, 5, later) == Reserved(timedelta(0), USUAL, 5)
    assert ask(engine, 1, later).wait == 5 * USUAL


def test_a_clock_that_was_set_back_holds_nobody_up(engine: Engine) -> None:
    slow(engine)
    ask(engine, 20)
    before = NOW - timedelta(hours=1)

    assert ask(engine, 1, before).wait == timedelta(0)
    assert ask(engine, 1, before).wait == USUAL
    assert ask(engine, 1, before, DOMAIN) == Reserved(timedelta(0), USUAL, 1)


def test_a_slot_that_is_too_far_is_not_reserved(engine: Engine) -> None:
    ask(engine, 20)

    far = ask(engine, 1, within=timedelta(seconds=1))

    assert (far.count, far.wait) == (0, 20 * USUAL)
    assert ask(engine).wait == 20 * USUAL


def test_relays_do_not_wait_for_each_other(engine: Engine) -> None:
    ask(engine, 20)

    assert ask(engine, name="other").wait == timedelta(0)


def test_many_lanes_together_keep_the_rate(engine: Engine) -> None:
    given: list[Reserved] = []

    def lane() -> None:
        given.extend(ask(engine, 2) for _ in range(10))

    lanes = [threading.Thread(target=lane) for _ in range(3)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()

    slots = sorted(one.wait + n * one.apart for one in given for n in range(one.count))
    assert slots == [n * USUAL for n in range(60)]


def test_of_a_day_no_more_than_its_share_is_handed_out(engine: Engine) -> None:
    given = [ask(engine, 3, share=5) for _ in range(3)]

    assert [one.count for one in given] == [3, 2, 0]
    assert [one.is_spent for one in given] == [False, False, True]
    assert ask(engine, 3, NOW + timedelta(days=1), share=5).count == 3


def test_a_domain_that_wants_less_gets_half_and_slowly_more_again(engine: Engine) -> None:
    slow(engine)
    moments = [NOW + RECOVERY * part for part in (0, 0.5, 0.75, 1, 2)]
    apart = [ask(engine, 1, at, DOMAIN).apart for at in moments]

    assert apart[0] == 2 * USUAL
    assert all(later <= earlier for earlier, later in pairwise(apart))
    assert apart[-2:] == [USUAL, USUAL]
    assert ask(engine).apart == USUAL


def test_the_many_replies_of_one_moment_slow_a_domain_once(engine: Engine) -> None:
    for _ in range(5):
        slow(engine, NOW + ONE_MOMENT / 2)
    assert ask(engine, 1, NOW + ONE_MOMENT / 2, DOMAIN).apart == 2 * USUAL

    for n in range(40):
        slow(engine, NOW + ONE_MOMENT * (n + 2))
    assert ask(engine, 1, NOW + ONE_MOMENT * 41, DOMAIN).apart == SLOWEST


def test_a_domain_that_was_slowed_is_not_asked_at_once(engine: Engine) -> None:
    ahead = slow(engine)

    assert (ahead.count, ahead.wait) == (0, 2 * USUAL)
    assert ask(engine, 1, NOW, DOMAIN).wait == 2 * USUAL


def test_what_is_as_usual_again_is_forgotten(engine: Engine) -> None:
    slow(engine)
    ask(engine)

    with engine.begin() as conn:
        assert prune_paces(conn, NOW + timedelta(hours=1)) == 0
        assert prune_paces(conn, NOW + timedelta(days=2)) == 2


def test_all_lanes_go_by_the_databases_clock(engine: Engine) -> None:
    with engine.begin() as conn:
        now = clock_of(conn)

    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("usual", [timedelta(0), timedelta(hours=2)])
def test_any_usual_rate_can_be_slowed(engine: Engine, usual: timedelta) -> None:
    with engine.begin() as conn:
        slowed = slow_down(conn, DOMAIN, usual, NOW)

    assert slowed.apart >= usual
