"""What is too old goes, a few rows at a time; what is not stays, and so do judgements."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from partwork.model.audience import Evidence, SubscriptionState
from partwork.model.feedback import Certainty, Feedback
from partwork.store.audience import load_subscriber_by_id
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.store.events import (
    Decided,
    count_unjudged,
    judged_events_of,
    save_decisions,
    save_events,
    set_aside,
    take_events,
)
from partwork.store.ledger import tally
from partwork.store.pruning import (
    AT_ONCE,
    Old,
    count_old,
    old_folded,
    old_pending,
    old_set_aside,
    old_words,
    remove_old,
    years_before,
)
from partwork.store.records import records_of
from partwork.store.schema import subscriptions
from partwork.store.sending_schema import folded
from partwork.store.subscriptions import (
    ask_for_subscription,
    confirm_subscription,
    load_subscriptions,
)
from tests.store.conftest import Town
from tests.store.test_events import BOUNCE
from tests.store.test_folding import NOW, fold_all, issue, readers  # noqa: F401 fixtures

DAY = timedelta(days=1)


def judged(engine: Engine, subscriber: int, *bounces: Feedback) -> None:
    """They came and were judged at `NOW`."""
    with engine.begin() as conn:
        save_events(conn, {f"{n}": one for n, one in enumerate(bounces)}, NOW)
        taken = take_events(conn, NOW, DAY, len(bounces))
        decided = [
            Decided(one.id, "hard bounce", "suppress", Certainty.BOUNCE_ADDRESS, 7, subscriber)
            for one in taken
        ]
        save_decisions(conn, decided, NOW)


def count_rows(engine: Engine, table: object) -> int:
    with read_only(engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def test_of_an_old_event_the_words_go_and_the_judgement_stays(town: Town) -> None:
    (ada,) = town.join("ada")
    judged(town.engine, ada, BOUNCE)

    assert remove_old(town.engine, old_words(NOW + DAY)) == 1

    with read_only(town.engine) as conn:
        (kept,) = judged_events_of(conn, ada)
        assert "ada@example.org" not in repr(conn.execute(select(events)).all())
    emptied = dict.fromkeys(("event", "recipient", "bounce_address"), "")
    emptied |= dict.fromkeys(("relay_id", "message_id", "words"), "")
    assert kept.event == replace(BOUNCE, **emptied)
    assert (kept.decided.rule, kept.decided.delivery, kept.judged_at) == ("hard bounce", 7, NOW)
    assert remove_old(town.engine, old_words(NOW + DAY)) == 0


def test_what_is_told_again_after_its_words_went_is_still_known(town: Town) -> None:
    judged(town.engine, town.join("ada")[0], BOUNCE)
    remove_old(town.engine, old_words(NOW + DAY))

    with town.engine.begin() as conn:
        assert save_events(conn, {"0": BOUNCE}, NOW + DAY) == 0


def test_a_young_event_and_one_that_waits_keep_their_words(town: Town) -> None:
    judged(town.engine, town.join("ada")[0], BOUNCE)
    with town.engine.begin() as conn:
        save_events(conn, {"waits": BOUNCE}, NOW - 365 * DAY)

    assert remove_old(town.engine, old_words(NOW)) == 0
    assert remove_old(town.engine, old_set_aside(NOW)) == 0


def test_an_event_that_could_never_be_judged_goes_in_the_end(engine: Engine) -> None:
    with engine.begin() as conn:
        save_events(conn, {"a": BOUNCE, "b": BOUNCE}, NOW)
        (failed, _) = take_events(conn, NOW, DAY, 2)
        set_aside(conn, failed, "ValueError")

    assert remove_old(engine, old_set_aside(NOW)) == 0
    assert remove_old(engine, old_set_aside(NOW + DAY)) == 1
    with read_only(engine) as conn:
        assert count_unjudged(conn) == (1, 0)


def test_who_got_which_issue_is_forgotten_after_years_and_the_counts_stay(
    town: Town,
    readers,  # noqa: F811 pytest's way
    issue,  # noqa: F811 pytest's way
) -> None:
    ada, _, eve = readers
    fold_all(town.engine)
    before = years_before(NOW + 3 * 366 * DAY, 3)

    assert remove_old(town.engine, old_folded(NOW)) == 0
    assert count_old(town.engine, old_folded(before)) == 2
    assert remove_old(town.engine, old_folded(before)) == 2

    with read_only(town.engine) as conn:
        assert records_of(conn, ada) == ()
        assert len(records_of(conn, eve)) == 1  # refused: it says why
        counted = tally(conn, issue.content_hash)
    assert (counted.accepted, counted.refused) == (2, 1)
    assert count_rows(town.engine, folded) == 0


def test_a_sign_up_in_vain_goes_and_what_its_owner_has_stays(town: Town) -> None:
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        ask_for_subscription(conn, ada, "weekly", Evidence("form"), NOW)
        ask_for_subscription(conn, ada, "monthly", Evidence("form"), NOW + DAY)

    assert remove_old(town.engine, old_pending(NOW)) == 0
    assert remove_old(town.engine, old_pending(NOW + DAY)) == 1

    with read_only(town.engine) as conn:
        held = {one.newsletter: one.state for one in load_subscriptions(conn, ada)}
        assert load_subscriber_by_id(conn, ada)
    assert held == {"daily": SubscriptionState.CONFIRMED, "monthly": SubscriptionState.PENDING}


def test_a_sign_up_that_was_asked_for_again_waits_from_then_on(town: Town) -> None:
    (ada,) = town.join("ada")
    for days in (0, 29):
        with town.engine.begin() as conn:
            ask_for_subscription(conn, ada, "weekly", Evidence("form"), NOW + days * DAY)

    assert remove_old(town.engine, old_pending(NOW + 28 * DAY)) == 0
    assert remove_old(town.engine, old_pending(NOW + 30 * DAY)) == 1


def test_what_is_confirmed_since_it_was_found_old_stays(town: Town) -> None:
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        ask_for_subscription(conn, ada, "weekly", Evidence("form"), NOW)
    old = old_pending(NOW + DAY)
    with town.engine.begin() as conn:
        confirm_subscription(conn, ada, "weekly", Evidence("link"), linked_at=NOW, at=NOW)

    assert remove_old(town.engine, old) == 0


def many_events(engine: Engine, count: int) -> Old:
    with engine.begin() as conn:
        save_events(conn, {f"{n:05d}": BOUNCE for n in range(count)}, NOW)
        conn.execute(update(events).values(next_try_at=None, set_aside="ValueError"))
    return old_set_aside(NOW + DAY)


def test_more_than_fit_into_one_transaction_all_go(engine: Engine) -> None:
    old = many_events(engine, 2 * AT_ONCE + 1)

    assert count_old(engine, old) == 2 * AT_ONCE + 1
    assert remove_old(engine, old) == 2 * AT_ONCE + 1
    assert count_rows(engine, events) == 0


def test_what_another_is_at_is_left_to_the_next_run(engine: Engine) -> None:
    old = many_events(engine, 3)
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    gone: list[int] = []
    pruning = threading.Thread(target=lambda: gone.append(remove_old(engine, old)), daemon=True)
    with engine.begin() as conn:
        conn.execute(select(events.c.id).order_by(events.c.id).limit(1).with_for_update())
        pruning.start()
        pruning.join(30)
        assert gone == [2]

    assert remove_old(engine, old) == 1


def test_two_at_once_remove_each_row_once(engine: Engine) -> None:
    old = many_events(engine, 4 * AT_ONCE)
    gone: list[int] = []
    both = [threading.Thread(target=lambda: gone.append(remove_old(engine, old))) for _ in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join(60)

    assert sum(gone) == 4 * AT_ONCE
    assert len(gone) == 2
    assert count_rows(engine, events) == 0


def test_somebody_who_leaves_meanwhile_does_not_wait_for_the_end(engine: Engine) -> None:
    town = Town(engine)
    (ada,) = town.join("ada")
    old = many_events(engine, 20 * AT_ONCE)
    left_with: list[int] = []
    pruning = threading.Thread(target=remove_old, args=(engine, old))
    pruning.start()
    while count_rows(engine, events) == 20 * AT_ONCE:
        assert pruning.is_alive()

    town.leave(ada)
    left_with.append(count_rows(engine, events))
    pruning.join(60)

    assert left_with[0] > 0
    assert count_rows(engine, events) == 0
    with read_only(engine) as conn:
        (state,) = conn.execute(select(subscriptions.c.state)).scalars()
    assert state == SubscriptionState.ENDED
