"""Who moves to another address while a lane has their message for the old one made."""

from datetime import timedelta

import pytest

from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.store.audience import move_subscriber
from partwork.store.claiming import claim, note_attempts
from partwork.store.ledger import load_deliveries
from tests.store.conftest import Town
from tests.store.noting import note_attempt, note_reply

LEASE = timedelta(minutes=10)
NEW = {"address_key": "new@example.org", "suppression_key": "hash of new"}


@pytest.mark.parametrize("are_wanted", [True, False])
def test_what_was_claimed_for_the_old_address_may_not_leave_and_goes_to_the_new(
    town: Town, are_wanted: bool
) -> None:
    (ada,) = town.join("ada")
    issue = town.draft()
    town.plan(issue)

    with town.engine.begin() as conn:
        (row,) = claim(conn, issue.content_hash, "lane", town.now, LEASE)
        assert move_subscriber(conn, ada, "new@example.org", **NEW)
        assert not note_attempts(conn, [row.id], "lane", town.now, are_wanted=are_wanted)
        (again,) = claim(conn, issue.content_hash, "lane 2", town.now, LEASE)

    assert (row.recipient, again.recipient) == ("ada@example.org", "new@example.org")
    assert (again.id, again.attempts) == (row.id, 0)


@pytest.mark.parametrize("state", [DeliveryState.ATTEMPTED, DeliveryState.ACCEPTED])
def test_the_ledger_goes_on_to_say_where_a_message_went(town: Town, state: DeliveryState) -> None:
    (ada,) = town.join("ada")
    issue = town.draft()
    town.plan(issue)

    with town.engine.begin() as conn:
        (row,) = claim(conn, issue.content_hash, "lane", town.now, LEASE)
        note_attempt(conn, row.id, "lane", town.now)
        if state is DeliveryState.ACCEPTED:
            note_reply(conn, row.id, "lane", Verdict.ACCEPTED, Reply(250, "ok"), at=town.now)
        assert move_subscriber(conn, ada, "new@example.org", **NEW)
        (kept,) = load_deliveries(conn, issue.content_hash)

    assert (kept.recipient, kept.state) == ("ada@example.org", state)


def test_what_was_put_off_goes_to_the_new_address_in_its_time(town: Town) -> None:
    (ada,) = town.join("ada")
    issue = town.draft()
    town.plan(issue)
    later = town.now + LEASE

    with town.engine.begin() as conn:
        (row,) = claim(conn, issue.content_hash, "lane", town.now, LEASE)
        note_attempt(conn, row.id, "lane", town.now)
        reply = Reply(451, "later")
        note_reply(conn, row.id, "lane", Verdict.DEFERRED, reply, at=town.now, next_try_at=later)
        assert move_subscriber(conn, ada, "new@example.org", **NEW)

        assert claim(conn, issue.content_hash, "lane", town.now, LEASE) == ()
        (again,) = claim(conn, issue.content_hash, "lane", later, LEASE)

    assert (again.recipient, again.attempts) == ("new@example.org", 1)
