"""A correction takes the place of a part's text: one copy for each reader over all its wordings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
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
from sqlalchemy import Connection, Engine

from partwork.model.address import Mailbox
from partwork.model.audience import Evidence
from partwork.model.correction import Correction
from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.model.issue import AudienceRule, Issue
from partwork.model.stop import Stop, StopKind
from partwork.store.bundles import end_waiting, gatherings, plan_bundle, readers_of
from partwork.store.campaigns import last_campaign, plan_campaign, unfinished_issues
from partwork.store.claiming import claim
from partwork.store.corrections import (
    ask_correction,
    drop_correction,
    errata_of,
    newest_wording,
    revision_of,
    unsettled_corrections,
    waiting_correction,
)
from partwork.store.engine import read_only
from partwork.store.issues import published_instalments, published_issue_of, save_draft, save_issue
from partwork.store.lanes import sweep
from partwork.store.ledger import load_deliveries, tally
from partwork.store.records import settle_doubts
from partwork.store.stops import load_stop, save_stop
from partwork.store.subscriptions import bundle_subscription, end_subscription
from partwork.store.superseding import (
    carry_over,
    former_wordings,
    is_open,
    plan_mail,
    supersede,
)
from tests.store.conftest import Town
from tests.store.noting import note_attempt, note_doubt, note_reply, release

START = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LEASE = timedelta(minutes=5)
NAMES = ("ada", "bob", "eve", "ida")
PART = "part0001"

Held = tuple[int, int, str]  # a delivery, its reader, and the lane that claimed it


def worded(words: str) -> Issue:
    """The same part in other words."""
    return Issue(
        instalment=PART,
        number=1,
        title="A part",
        subject=f"Subject: {words}",
        preheader="And more",
        sender=Mailbox("The Editor", "editor@news.example.org"),
        reply_to=Mailbox("", "reply@news.example.org"),
        html=f"<p>{words}</p>",
        text=words,
        page=f"<p>{words}</p>",
        audience=AudienceRule("daily", "home"),
    )


def the_mail(revision: Issue) -> Issue:
    return replace(revision, instalment="", subject=f"Correction: {revision.subject}")


def asked(conn: Connection, corrects: Issue, revision: Issue, now: datetime) -> Correction:
    """A correction with a mail, which waits."""
    mail = the_mail(revision)
    save_draft(conn, revision, now)
    save_issue(conn, mail, now)
    said = Correction(
        f"of {revision.text}",
        "home",
        PART,
        corrects.content_hash,
        "a wrong figure",
        now,
        True,
        mail.content_hash,
    )
    ask_correction(conn, said)
    return said


def take_effect(conn: Connection, corrects: Issue, revision: Issue, now: datetime) -> Correction:
    """A correction asked for and in effect, with what is unsent carried over."""
    said = asked(conn, corrects, revision, now)
    assert supersede(conn, said, revision, now)
    for former in former_wordings(conn, revision.content_hash):
        carry_over(conn, former, revision, now)
    return next(c for c in unsettled_corrections(conn) if c.id == said.id)


class Post(RuleBasedStateMachine):
    """The wire beside the ledger: who may have a copy of the part, in whatever words."""

    held = Bundle("held")

    def __init__(self, engine: Engine, first: Issue) -> None:
        super().__init__()
        self.conn = engine.connect()
        self.transaction = self.conn.begin()
        self.wordings = [first]
        self.corrections: list[Correction] = []
        self.now, self.lanes = START, 0
        self.may_have_it: set[int] = set()
        self.has_mail: set[tuple[str, int]] = set()

    def teardown(self) -> None:
        self.transaction.rollback()
        self.conn.close()

    @rule(target=held, limit=st.integers(1, 3), back=st.integers(0, 2))
    def a_lane_claims_of_a_wording(self, limit: int, back: int):
        self.lanes += 1
        lane = f"lane {self.lanes}"
        issue = self.wordings[-1 - min(back, len(self.wordings) - 1)]
        rows = claim(self.conn, issue.content_hash, lane, self.now, LEASE, limit=limit)
        return multiple(*((row.id, row.subscriber, lane) for row in rows))

    @rule(one=held)
    def a_message_leaves(self, one: Held):
        delivery, subscriber, lane = one
        if note_attempt(self.conn, delivery, lane, self.now):
            assert subscriber not in self.may_have_it, "a second copy"
            self.may_have_it.add(subscriber)

    @rule(one=held, verdict=st.sampled_from([Verdict.ACCEPTED, Verdict.REFUSED]))
    def a_reply_ends_it(self, one: Held, verdict: Verdict):
        delivery, _, lane = one
        note_reply(self.conn, delivery, lane, verdict, Reply(250, "done"), at=self.now)

    @rule(one=held)
    def a_reply_defers_it(self, one: Held):
        delivery, subscriber, lane = one
        reply = Reply(451, "later")
        if note_reply(
            self.conn, delivery, lane, Verdict.DEFERRED, reply, at=self.now, next_try_at=self.now
        ):
            self.may_have_it.remove(subscriber)

    @rule(one=held)
    def the_connection_is_lost_after_the_message(self, one: Held):
        delivery, _, lane = one
        note_doubt(self.conn, delivery, lane, "reset", self.now)

    @rule(one=held)
    def the_connection_is_lost_before_the_message(self, one: Held):
        delivery, subscriber, lane = one
        if release(self.conn, delivery, lane):
            self.may_have_it.discard(subscriber)

    @rule(minutes=st.integers(0, 8))
    def time_passes_and_the_sweeper_comes(self, minutes: int):
        self.now += timedelta(minutes=minutes)
        sweep(self.conn, self.now)

    @rule()
    def a_correction_takes_effect(self):
        before = self.wordings[-1]
        revision = worded(f"wording {len(self.wordings)}")
        self.corrections.append(take_effect(self.conn, before, revision, self.now))
        self.wordings.append(revision)

    @rule()
    def a_tick_comes(self):
        revision = self.wordings[-1]
        for former in former_wordings(self.conn, revision.content_hash):
            carry_over(self.conn, former, revision, self.now)
        for correction, of in zip(self.corrections, self.wordings[1:], strict=True):
            if correction is self.corrections[-1]:
                plan_mail(self.conn, correction, the_mail(of), self.now)

    @rule(back=st.integers(0, 2))
    def a_wording_is_planned_again(self, back: int):
        issue = self.wordings[-1 - min(back, len(self.wordings) - 1)]
        plan_campaign(self.conn, issue, self.now + timedelta(days=7), self.now)

    @invariant()
    def each_reader_has_one_delivery_of_the_part(self):
        rows = [
            row.subscriber
            for issue in self.wordings
            for row in load_deliveries(self.conn, issue.content_hash)
        ]
        assert len(rows) == len(set(rows)) == len(NAMES)
        counted = sum(tally(self.conn, issue.content_hash).planned for issue in self.wordings)
        assert counted == len(NAMES)

    @invariant()
    def the_mail_about_it_goes_once_and_only_to_who_may_have_a_former_text(self):
        for revision in self.wordings[1:]:
            rows = load_deliveries(self.conn, the_mail(revision).content_hash)
            people = [row.subscriber for row in rows]
            assert len(people) == len(set(people))
            assert set(people) <= self.may_have_it


def test_no_order_of_events_gives_anyone_two_wordings_of_a_part_or_none(town: Town) -> None:
    town.join(*NAMES)
    first = worded("wording 0")
    with town.engine.begin() as conn:
        save_draft(conn, first, START)
        plan_campaign(conn, first, START, START)

    run_state_machine_as_test(
        lambda: Post(town.engine, first),
        settings=settings(
            max_examples=5,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )


@pytest.fixture
def first(town: Town) -> Issue:
    """A part published for four readers: ada has it, bob is in doubt, eve is put off."""
    town.join(*NAMES)
    issue = worded("first")
    with town.engine.begin() as conn:
        save_draft(conn, issue, START)
        plan_campaign(conn, issue, START, START)
        ada, bob, eve = claim(conn, issue.content_hash, "lane", START, LEASE, limit=3)
        for one in (ada, bob, eve):
            note_attempt(conn, one.id, "lane", START)
        note_reply(conn, ada.id, "lane", Verdict.ACCEPTED, Reply(250, "ok"), at=START)
        note_doubt(conn, bob.id, "lane", "reset", START)
        note_reply(
            conn,
            eve.id,
            "lane",
            Verdict.DEFERRED,
            Reply(451, "later"),
            at=START,
            next_try_at=START + LEASE,
        )
    return issue


def test_what_has_not_arrived_gets_the_revision_and_what_may_have_stays(
    town: Town, first: Issue
) -> None:
    revision = worded("second")

    with town.engine.begin() as conn:
        take_effect(conn, first, revision, START)

    assert town.recipients(first) == ["ada", "bob"]
    assert sorted(town.recipients(revision)) == ["eve", "ida"]
    assert town.recipients(revision, DeliveryState.DEFERRED) == ["eve"]


def test_a_claim_taken_before_the_correction_may_not_leave(town: Town, first: Issue) -> None:
    with town.engine.begin() as conn:
        (ida,) = claim(conn, first.content_hash, "late", START, LEASE)
        take_effect(conn, first, worded("second"), START)

        assert not note_attempt(conn, ida.id, "late", START)
        assert unfinished_issues(conn, START) == (worded("second").name,)


def test_the_part_is_the_revision_s_from_then_on(town: Town, first: Issue) -> None:
    revision = worded("second")
    with town.engine.begin() as conn:
        take_effect(conn, first, revision, START + LEASE)

    with read_only(town.engine) as conn:
        shown = published_issue_of(conn, PART)
        slot = last_campaign(conn, "home")

        assert shown == revision
        assert newest_wording(conn, PART) == revision.content_hash
        assert revision_of(conn, first.content_hash) == revision.content_hash
        assert slot is not None
        assert slot.due_at == START  # the cadence goes on as if nothing had been


def test_a_pause_holds_for_the_revision_and_a_cancelled_part_does_not_go_on(
    town: Town, first: Issue
) -> None:
    second, third = worded("second"), worded("third")
    with town.engine.begin() as conn:
        save_stop(conn, first.content_hash, Stop(StopKind.PAUSED, "a wrong dose", START))
        take_effect(conn, first, second, START)
        paused = load_stop(conn, second.content_hash)
        save_stop(conn, second.content_hash, Stop(StopKind.CANCELLED, "withdrawn", START))
        take_effect(conn, second, third, START)

    assert paused is not None
    assert (paused.kind, paused.reason) == (StopKind.PAUSED, "a wrong dose")
    assert sorted(town.recipients(second)) == ["eve", "ida"]
    assert town.recipients(third) == []


def test_the_mail_goes_to_who_has_a_former_text_and_is_still_there(
    town: Town, first: Issue
) -> None:
    revision = worded("second")
    with town.engine.begin() as conn:
        said = take_effect(conn, first, revision, START)
        assert plan_mail(conn, said, the_mail(revision), START) == 1
        settle_doubts(conn, first.content_hash, is_to_resend=False, why="seen", now=START)
        assert plan_mail(conn, said, the_mail(revision), START) == 1
        assert plan_mail(conn, said, the_mail(revision), START) == 0

    assert town.recipients(the_mail(revision)) == ["ada", "bob"]
    with read_only(town.engine) as conn:
        assert published_instalments(conn, "home") == {PART: 1}


def test_a_mail_with_a_text_that_is_corrected_again_does_not_go_on(
    town: Town, first: Issue
) -> None:
    second, third = worded("second"), worded("third")
    with town.engine.begin() as conn:
        said = take_effect(conn, first, second, START)
        plan_mail(conn, said, the_mail(second), START)
        again = take_effect(conn, second, third, START)
        plan_mail(conn, again, the_mail(third), START)

        assert unfinished_issues(conn, START) == (third.name, the_mail(third).name)

    assert town.recipients(the_mail(third)) == ["ada"]


def test_who_has_left_gets_no_mail_about_it(town: Town, first: Issue) -> None:
    revision = worded("second")
    with town.engine.begin() as conn:
        said = take_effect(conn, first, revision, START)
        (ada,) = (row.subscriber for row in load_deliveries(conn, first.content_hash)[:1])
        end_subscription(conn, ada, "daily", Evidence("link"), START)

        assert plan_mail(conn, said, the_mail(revision), START) == 0


def test_a_doubt_that_is_sent_again_goes_on_in_the_revision(town: Town, first: Issue) -> None:
    revision = worded("second")
    with town.engine.begin() as conn:
        take_effect(conn, first, revision, START)
        assert is_open(conn, first.content_hash)
        settle_doubts(conn, first.content_hash, is_to_resend=True, why="asked", now=START)
        carry_over(conn, first.content_hash, revision, START)
        assert not is_open(conn, first.content_hash)

    assert sorted(town.recipients(revision)) == ["bob", "eve", "ida"]


def test_a_correction_that_waits_is_replaced_or_dropped_and_takes_effect_once(
    town: Town, first: Issue
) -> None:
    with town.engine.begin() as conn:
        asked(conn, first, worded("second"), START)
        said = asked(conn, first, worded("third"), START)

        assert [e.reason for e in errata_of(conn, [PART])[PART]] == ["a wrong figure"]
        assert supersede(conn, said, worded("third"), START)
        assert not supersede(conn, said, worded("third"), START)
        assert waiting_correction(conn, PART) is None
        assert not drop_correction(conn, PART)


def test_what_was_in_doubt_of_the_first_does_not_go_on_past_a_cancelled_revision(
    town: Town, first: Issue
) -> None:
    second, third = worded("second"), worded("third")
    with town.engine.begin() as conn:
        take_effect(conn, first, second, START)
        save_stop(conn, second.content_hash, Stop(StopKind.CANCELLED, "withdrawn", START))
        settle_doubts(conn, first.content_hash, is_to_resend=True, why="asked", now=START)
        take_effect(conn, second, third, START)

        assert unfinished_issues(conn, START) == ()

    assert town.recipients(third) == []


@pytest.fixture
def bundle(town: Town) -> Issue:
    """The mail of a week with the part and another; Ada's is under way, Bob's is not begun."""
    people = town.join("ada", "bob")
    with town.engine.begin() as conn:
        for person in people:
            assert bundle_subscription(conn, person, "daily", is_bundled=True)
    parts = (worded("first"), replace(worded("another"), instalment="part0002", number=2))
    for part in parts:
        with town.engine.begin() as conn:
            save_draft(conn, part, START)
        town.plan(part, START)
    made = replace(worded("both"), instalment="", audience=AudienceRule("daily", ""))
    with town.engine.begin() as conn:
        (readers,) = readers_of(conn, gatherings(conn))
        plan_bundle(conn, made, parts, readers, due_at=START, now=START)
        end_waiting(conn, readers, ())
        (ada,) = claim(conn, made.content_hash, "lane", START, LEASE, limit=1)
        assert note_attempt(conn, ada.id, "lane", START)
    return made


def the_row(conn: Connection, bundle: Issue) -> int:
    (row,) = load_deliveries(conn, bundle.content_hash)
    return row.id


@pytest.mark.parametrize("end", ["put off", "sent again after a doubt"])
def test_what_a_bundle_had_sent_and_is_to_be_sent_again_follows_the_correction(
    town: Town, bundle: Issue, end: str
) -> None:
    first, revision = worded("first"), worded("second")
    with town.engine.begin() as conn:
        take_effect(conn, first, revision, START)
        row = the_row(conn, bundle)
        assert is_open(conn, first.content_hash)
        if end == "put off":
            later = Reply(451, "later")
            note_reply(
                conn, row, "lane", Verdict.DEFERRED, later, at=START, next_try_at=START + LEASE
            )
        else:
            note_doubt(conn, row, "lane", "reset", START)
            assert is_open(conn, first.content_hash)
            settle_doubts(conn, bundle.content_hash, is_to_resend=True, why="asked", now=START)
        assert is_open(conn, first.content_hash)
        carry_over(conn, first.content_hash, revision, START)

        assert not is_open(conn, first.content_hash)
        assert tally(conn, bundle.content_hash).planned == 0

    assert town.recipients(revision, DeliveryState.GATHERED) == ["ada", "bob"]


def test_what_a_bundle_had_sent_and_was_taken_settles_the_correction(
    town: Town, bundle: Issue
) -> None:
    first, revision = worded("first"), worded("second")
    with town.engine.begin() as conn:
        take_effect(conn, first, revision, START)
        row = the_row(conn, bundle)
        note_reply(conn, row, "lane", Verdict.ACCEPTED, Reply(250, "ok"), at=START)
        assert not is_open(conn, first.content_hash)

    assert town.recipients(first, DeliveryState.BUNDLED) == ["ada"]
    assert town.recipients(revision, DeliveryState.GATHERED) == ["bob"]


def test_a_bundle_that_is_paused_keeps_a_correction_open_until_it_is_resumed(
    town: Town, bundle: Issue
) -> None:
    first, revision = worded("first"), worded("second")
    with town.engine.begin() as conn:
        save_stop(conn, bundle.content_hash, Stop(StopKind.PAUSED, "wait", START))
        take_effect(conn, first, revision, START)
        assert is_open(conn, first.content_hash)
        save_stop(conn, bundle.content_hash, Stop(StopKind.RESUMED, "", START))
        carry_over(conn, first.content_hash, revision, START)

    assert town.recipients(revision, DeliveryState.GATHERED) == ["bob"]
    with town.engine.begin() as conn:
        save_stop(conn, bundle.content_hash, Stop(StopKind.CANCELLED, "", START))
        assert is_open(conn, first.content_hash)  # Ada's may have arrived
