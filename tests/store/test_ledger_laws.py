"""Lanes, readers and sweeps in any order: nobody is mailed twice, and nobody is lost.

Each run is one transaction that is rolled back, so that it starts from the same ledger.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from partwork.model.audience import Evidence, SuppressionReason
from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.store.audience import erase_subscriber, save_suppression
from partwork.store.claiming import claim, hold_again
from partwork.store.lanes import sweep
from partwork.store.ledger import load_deliveries, tally
from partwork.store.subscriptions import end_subscription
from tests.store.noting import note_attempt, note_doubt, note_reply, release

START = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LEASE = timedelta(minutes=5)
NAMES = ("ada", "bob", "eve", "ida", "ole")

# A delivery as one lane knows it; the lane may have lost it since.
Held = tuple[int, str]


class Post(RuleBasedStateMachine):
    """The wire beside the ledger: who may have a copy, and whose attempt may still be answered."""

    held = Bundle("held")

    def __init__(self, engine: Engine, readers: list[int], issue: str) -> None:
        super().__init__()
        self.conn = engine.connect()
        self.transaction = self.conn.begin()
        self.readers, self.issue = readers, issue
        self.now, self.lanes = START, 0
        self.may_have_it: set[int] = set()
        self.gone: set[int] = set()

    def teardown(self) -> None:
        self.transaction.rollback()
        self.conn.close()

    @rule(target=held, limit=st.integers(1, 4))
    def a_lane_claims(self, limit: int):
        self.lanes += 1
        lane = f"lane {self.lanes}"
        rows = claim(self.conn, self.issue, lane, self.now, LEASE, limit=limit)
        assert not {row.id for row in rows} & self.may_have_it
        assert not {row.subscriber for row in rows} & self.gone
        return multiple(*((row.id, row.subscriber, lane) for row in rows))

    @rule(one=held)
    def a_message_leaves(self, one):
        delivery, subscriber, lane = one
        if note_attempt(self.conn, delivery, lane, self.now):
            assert delivery not in self.may_have_it, "a second copy"
            assert subscriber not in self.gone, "mail to one who left"
            self.may_have_it.add(delivery)

    @rule(one=held, verdict=st.sampled_from([Verdict.ACCEPTED, Verdict.REFUSED]))
    def a_reply_ends_it(self, one, verdict: Verdict):
        delivery, _, lane = one
        note_reply(self.conn, delivery, lane, verdict, Reply(250, "done"), at=self.now)

    @rule(one=held, minutes=st.integers(0, 20))
    def a_reply_defers_it(self, one, minutes: int):
        delivery, _, lane = one
        again = self.now + timedelta(minutes=minutes)
        reply = Reply(451, "later")
        if note_reply(
            self.conn, delivery, lane, Verdict.DEFERRED, reply, at=self.now, next_try_at=again
        ):
            self.may_have_it.remove(delivery)

    @rule(one=held)
    def the_connection_is_lost_after_the_message(self, one):
        delivery, _, lane = one
        if note_doubt(self.conn, delivery, lane, "reset", self.now):
            assert delivery in self.may_have_it

    @rule(one=held)
    def the_connection_is_lost_before_the_message(self, one):
        delivery, _, lane = one
        if release(self.conn, delivery, lane):
            self.may_have_it.discard(delivery)

    @rule(one=held)
    def the_connection_is_lost_within_the_message(self, one):
        delivery, _, lane = one
        if hold_again(self.conn, [delivery], lane, self.now + LEASE):
            self.may_have_it.discard(delivery)

    @rule(minutes=st.integers(0, 8))
    def time_passes(self, minutes: int):
        self.now += timedelta(minutes=minutes)

    @rule()
    def the_sweeper_comes(self):
        sweep(self.conn, self.now)

    @rule(n=st.integers(0, len(NAMES) - 1), how=st.sampled_from(["left", "erased", "suppressed"]))
    def a_reader_goes(self, n: int, how: str):
        reader = self.readers[n]
        self.gone.add(reader)
        if how == "left":
            end_subscription(self.conn, reader, "daily", Evidence("link"), self.now)
        elif how == "erased":
            erase_subscriber(self.conn, reader)
        else:
            reason = SuppressionReason.COMPLAINT
            save_suppression(self.conn, f"hash of {NAMES[n]}", reason, self.now)

    @invariant()
    def nobody_is_lost(self):
        assert tally(self.conn, self.issue).planned == len(NAMES)

    @invariant()
    def whoever_may_have_a_copy_is_not_up_for_another(self):
        open_states = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
        rows = load_deliveries(self.conn, self.issue, open_states)
        assert not {row.id for row in rows} & self.may_have_it


def test_no_order_of_events_mails_anyone_twice_or_loses_anyone(town):
    readers = town.join(*NAMES)
    issue = town.draft()
    town.plan(issue)

    run_state_machine_as_test(
        lambda: Post(town.engine, readers, issue.content_hash),
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
