"""What comes back, from the inbox to what follows: judged once, and only on evidence."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from partwork.actions.answering import answer_requests
from partwork.actions.departing import unsuppress
from partwork.actions.feedback import Judged, judge, take_in
from partwork.actions.folding import fold_old
from partwork.actions.subscribers import erase, story_of
from partwork.assembly import Press, assemble
from partwork.delivering.bounces import MailKind, SentMail, bounce_address
from partwork.model.audience import (
    Act,
    Evidence,
    ServiceRequest,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.audience import load_subscriber, move_subscriber
from partwork.store.consents import record_consent
from partwork.store.engine import read_only
from partwork.store.event_schema import IS_UNJUDGED, events
from partwork.store.events import count_unjudged
from partwork.store.notes_schema import positions
from partwork.store.replaying import replay
from partwork.store.schema import service_messages, suppressions
from partwork.store.segments import count_reached
from tests.actions.returned import (
    DAY,
    MAILBOX_FULL,
    PATTERN,
    bounce_often,
    mailed,
    send,
    suppressed,
    tell,
)
from tests.actions.sending import subscribe
from tests.conftest import NOW
from tests.transport.conftest import Inbox, serve_inbox

__all__ = ["serve_inbox"]

ADA, GRACE, MARY = READERS = ("ada@example.org", "grace@example.org", "mary@example.org")
HOUR = timedelta(hours=1)


@pytest.fixture
def post(home: Path, database_url: str) -> Iterator[Press]:
    """The press of a home with three readers whose mails have bounce addresses."""
    with assemble(Settings(home=home, database_url=database_url, bounce_address=PATTERN)) as press:
        subscribe(press, READERS, NOW - DAY)
        yield press


def reached(press: Press, now=NOW) -> int:
    with read_only(press.engine) as connection:
        return count_reached(connection, "the-bench", None, now)


def state_of(press: Press, reader: str) -> SubscriptionState:
    return story_of(press, reader).subscriptions[0].state


def test_a_hard_bounce_suppresses_the_reader_and_nobody_else(post: Press) -> None:
    mail = send(post)[ADA]

    done = tell(post, mail.bounce("5.1.1"))

    assert done == Judged(judged=1, suppressed=1)
    assert suppressed(post) == {ADA: SuppressionReason.HARD_BOUNCE}
    assert set(send(post)) == {GRACE, MARY}


def test_the_list_has_it_also_after_an_old_backup(post: Press) -> None:
    tell(post, send(post)[ADA].bounce("5.1.1"))
    with post.engine.begin() as connection:
        connection.execute(suppressions.delete())
        connection.execute(positions.delete())

    replay(post.engine, post.suppression_log)

    assert suppressed(post) == {ADA: SuppressionReason.HARD_BOUNCE}


def test_what_is_told_twice_is_judged_once(post: Press) -> None:
    bounce = send(post)[ADA].bounce(MAILBOX_FULL)

    assert take_in(post, [bounce, bounce], now=NOW) == 1
    assert take_in(post, [replace(bounce, recipient=ADA.upper())], now=NOW) == 0
    assert judge(post, now=NOW).judged == 1
    assert take_in(post, [bounce], now=NOW + HOUR) == 0
    assert judge(post, now=NOW + HOUR) == Judged()


def test_an_event_without_a_key_is_not_taken_for_another(post: Press) -> None:
    bounce = send(post)[ADA].bounce()

    with pytest.raises(ValueError, match="no key"):
        take_in(post, [bounce, replace(bounce, event="")], now=NOW)

    assert judge(post, now=NOW) == Judged()


@pytest.mark.parametrize(
    ("named_by", "certainty"),
    [("bounce_address", "bounce address"), ("relay_id", "relay's id"), ("recipient", "address")],
)
def test_the_surest_of_what_a_report_names_is_on_record(
    post: Press, named_by: str, certainty: str
) -> None:
    mail = send(post)[ADA]
    told = {"bounce_address": mail.came_to, "relay_id": mail.relay_id, "recipient": ADA}
    known = {"recipient": ADA, named_by: told[named_by]}

    tell(post, mailed(FeedbackKind.BOUNCE, status=MAILBOX_FULL, **known))

    (came_back,) = story_of(post, ADA).came_back
    assert came_back.reason == f"bounced; a few such days are borne (mailbox, by {certainty}): " + (
        MAILBOX_FULL
    )
    assert came_back.delivery == (0 if named_by == "recipient" else mail.delivery)


def test_a_message_id_names_the_mail_and_proves_nothing(post: Press) -> None:
    mail = send(post)[ADA]
    named = {"recipient": ADA, "message_id": mail.message_id, "status": "5.1.1"}

    tell(post, mailed(FeedbackKind.BOUNCE, **named))

    (came_back,) = story_of(post, ADA).came_back
    assert (came_back.rule, came_back.delivery) == ("soft bounce", mail.delivery)
    assert suppressed(post) == {}


def test_a_relay_that_uses_a_name_again_is_understood(post: Press) -> None:
    old, new = send(post, NOW - HOUR), send(post)

    named = {"recipient": ADA, "relay_id": new[ADA].relay_id, "status": "5.1.1"}
    tell(post, mailed(FeedbackKind.BOUNCE, **named))

    assert old[ADA].relay_id == new[ADA].relay_id
    assert story_of(post, ADA).came_back[0].delivery == new[ADA].delivery


def test_a_mail_of_long_ago_is_known_in_the_folded_ledger(post: Press) -> None:
    mail = send(post)[ADA]
    later = NOW + 100 * DAY
    fold_old(post, later)

    done = tell(post, mail.bounce("5.1.1"), now=later)

    assert done.suppressed == 1
    assert story_of(post, ADA).came_back[0].delivery == mail.delivery


def test_forged_evidence_suppresses_nobody_and_unsubscribes_nobody(post: Press) -> None:
    mails = send(post)
    ada, grace = mails[ADA], mails[GRACE]
    proof = grace.came_to.partition("@")[0][-16:]
    forged = ada.came_to.replace(ada.came_to.partition("@")[0][-16:], proof)
    kinds = (FeedbackKind.BOUNCE, FeedbackKind.COMPLAINT, FeedbackKind.UNSUBSCRIBE)
    named = [
        {"recipient": ADA},
        {"recipient": ADA, "message_id": ada.message_id},
        {"recipient": ADA, "relay_id": grace.relay_id},
        {"recipient": "", "relay_id": ada.relay_id},
        {"recipient": ADA, "relay_id": ada.relay_id, "bounce_address": forged},
        {"recipient": ADA, "bounce_address": "bounces+aaaaaaaaaaaaaaaaaaaaaaaaa@example.org"},
        {"recipient": ADA, "bounce_address": PATTERN, "message_id": "<1.0@example.org>"},
        {"recipient": "no address", "relay_id": "' OR 1=1 --"},
    ]

    done = tell(post, *(mailed(kind, status="5.1.1", **one) for kind in kinds for one in named))

    assert (done.judged, done.suppressed, done.left, done.set_aside) == (24, 0, 0, 0)
    assert suppressed(post) == {}
    assert [state_of(post, one) for one in READERS] == [SubscriptionState.CONFIRMED] * 3


def test_a_complaint_suppresses_at_once(post: Press) -> None:
    mail = send(post)[ADA]

    tell(post, mail.told(FeedbackKind.COMPLAINT, feedback_type="abuse"))

    assert suppressed(post) == {ADA: SuppressionReason.COMPLAINT}


def test_a_wish_to_leave_ends_the_subscription_without_a_farewell(post: Press) -> None:
    mail = send(post)[ADA]

    done = tell(post, mail.told(FeedbackKind.UNSUBSCRIBE))

    assert (done.left, state_of(post, ADA)) == (1, SubscriptionState.ENDED)
    assert story_of(post, ADA).consents[-1].act is Act.ENDED
    assert answer_requests(post, lambda: NOW) == 0
    assert suppressed(post) == {}


def test_a_service_that_knows_a_reader_by_the_address_alone_ends_all_that_they_hold(
    post: Press,
) -> None:
    send(post)

    done = tell(post, Feedback(Source.SES, FeedbackKind.UNSUBSCRIBE, "1", recipient=ADA))

    assert (done.left, state_of(post, ADA)) == (1, SubscriptionState.ENDED)


def test_of_a_report_about_nobody_no_address_is_kept(post: Press) -> None:
    told = mailed(FeedbackKind.BOUNCE, recipient="eve@example.org", words="eve@example.org is full")

    assert tell(post, told).judged == 1

    with post.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM events")).all()
    assert "eve@" not in repr(row)


def test_who_was_erased_is_nobody_to_a_late_report(post: Press) -> None:
    mail = send(post)[ADA]
    take_in(post, [mail.bounce(words=f"{ADA} is gone")], now=NOW)
    erase(post, ADA, NOW)

    tell(post, mail.bounce("5.1.1", words=f"{ADA} is gone"))

    with post.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM events")).all()
    assert len(rows) == 2
    assert ADA not in repr(rows)


def test_what_left_before_an_address_was_confirmed_anew_harms_nobody_now(post: Press) -> None:
    mail = send(post)[ADA]
    with post.engine.begin() as connection:
        ada = load_subscriber(connection, ADA)
        record_consent(
            connection, ada.id, "the-bench", Act.CONFIRMED, Evidence("page"), at=NOW + HOUR
        )

    tell(post, mail.bounce("5.1.1"), now=NOW + DAY)

    assert suppressed(post) == {}
    assert story_of(post, ADA).came_back[0].rule == "old"


def test_what_left_for_an_old_address_harms_nobody_at_the_new_one(post: Press) -> None:
    mail = send(post)[ADA]
    with post.engine.begin() as connection:
        ada = load_subscriber(connection, ADA)
        new = "new@example.org"
        move_subscriber(connection, ada.id, new, address_key=new, suppression_key="hash of new")
        moved = Evidence("change of address")
        record_consent(connection, ada.id, "the-bench", Act.CONFIRMED, moved, at=NOW + HOUR)

    tell(post, mail.bounce("5.1.1"), now=NOW + DAY)

    assert suppressed(post) == {}
    assert story_of(post, new).came_back[0].rule == "old"


def test_a_suppression_that_was_lifted_begins_a_new_record(post: Press) -> None:
    mail = send(post)[ADA]
    tell(post, mail.bounce("5.1.1"))
    unsuppress(post, ADA, "she   wrote to us", NOW + HOUR)

    done = tell(post, mail.bounce("5.1.1"), now=NOW + 2 * HOUR)

    assert (done.judged, done.suppressed) == (1, 0)
    assert story_of(post, ADA).lifted == "she wrote to us"
    tell(post, send(post, NOW + DAY)[ADA].bounce("5.1.1"), now=NOW + DAY)
    assert suppressed(post) == {ADA: SuppressionReason.HARD_BOUNCE}


def test_on_the_fifth_bad_day_a_reader_is_asked_once_and_left_out(post: Press) -> None:
    assert bounce_often(post, ADA, range(5)) == 1

    now = NOW + 4 * DAY
    assert reached(post, now) == 2
    assert set(send(post, now)) == {GRACE, MARY}
    assert answer_requests(post, lambda: now) == 1
    (probe,) = post.outbox.rglob("ada@*.eml")
    assert b"Does this reach you?" in probe.read_bytes()
    assert b"Auto-Submitted: auto-generated" in probe.read_bytes()
    assert answer_requests(post, lambda: now + HOUR) == 0
    assert reached(post, now + 7 * DAY) == 2
    assert reached(post, now + 9 * DAY) == 3  # nothing came back: it has arrived


def probe_of(post: Press) -> str:
    """The bounce address of the only probe."""
    with post.engine.connect() as connection:
        query = service_messages.select().where(service_messages.c.kind == ServiceRequest.PROBE)
        (row,) = connection.execute(query).all()
    return bounce_address(PATTERN, SentMail(MailKind.SERVICE, row.id), post.secrets)


@pytest.mark.parametrize("days", [1, 5])
def test_a_probe_that_comes_back_suppresses_however_late(post: Press, days: int) -> None:
    bounce_often(post, ADA, range(5))
    left_at = NOW + 4 * DAY + HOUR
    came_to = probe_of(post)
    answer_requests(post, lambda: left_at)
    told = {"recipient": ADA, "bounce_address": came_to, "status": MAILBOX_FULL}
    answer_requests(post, lambda: left_at + days * DAY)  # what was answered is pruned after a day

    done = tell(post, mailed(FeedbackKind.BOUNCE, **told), now=left_at + days * DAY)

    assert done.suppressed == 1
    assert suppressed(post) == {ADA: SuppressionReason.PROBE}


@pytest.fixture
def inbox(serve_inbox) -> Inbox:
    """A mail server on this machine."""
    started: Inbox = serve_inbox()
    return started


@pytest.fixture
def by_smtp(home: Path, inbox: Inbox) -> Iterator[Press]:
    """The press of a home whose mails go to that server, with a reader who is due a probe."""
    settings = Settings(home=home, smtp_url=inbox.url, bounce_address=PATTERN)
    with assemble(settings) as press:
        subscribe(press, [ADA], NOW - DAY)
        bounce_often(press, ADA, range(5))
        yield press


def test_a_probe_that_a_server_refuses_has_come_back(by_smtp: Press, inbox: Inbox) -> None:
    inbox.refusals[ADA] = "552 5.2.2 mailbox full"
    now = NOW + 4 * DAY + HOUR

    assert answer_requests(by_smtp, lambda: now) == 0
    assert judge(by_smtp, now=now).suppressed == 1

    assert suppressed(by_smtp) == {ADA: SuppressionReason.PROBE}
    assert "552 5.2.2 mailbox full" in story_of(by_smtp, ADA).came_back[-1].reason


def test_a_probe_that_a_server_puts_off_leaves_later(by_smtp: Press, inbox: Inbox) -> None:
    inbox.refusals[ADA] = "452 4.2.2 mailbox full"
    now = NOW + 4 * DAY + HOUR
    answer_requests(by_smtp, lambda: now)
    inbox.refusals.clear()

    assert answer_requests(by_smtp, lambda: now + HOUR) == 1

    (probe,) = inbox.received
    told = {"recipient": ADA, "bounce_address": probe.mail_from, "status": MAILBOX_FULL}
    tell(by_smtp, mailed(FeedbackKind.BOUNCE, **told), now=now + DAY)
    assert suppressed(by_smtp) == {ADA: SuppressionReason.PROBE}


def test_a_mail_that_arrives_before_the_probe_leaves_makes_it_needless(post: Press) -> None:
    bounce_often(post, ADA, range(4))
    mail = send(post, NOW + 4 * DAY)[ADA]
    tell(post, mail.bounce(MAILBOX_FULL), now=NOW + 4 * DAY)

    at = NOW + 4 * DAY + HOUR
    tell(post, Feedback(Source.SES, FeedbackKind.DELIVERED, "1", ADA, at=at), now=NOW + 5 * DAY)

    assert answer_requests(post, lambda: NOW + 5 * DAY) == 0
    assert reached(post, NOW + 5 * DAY) == 3


def test_who_confirms_anew_is_not_left_out_any_more(post: Press) -> None:
    bounce_often(post, ADA, range(5))
    now = NOW + 4 * DAY + HOUR
    with post.engine.begin() as connection:
        ada = load_subscriber(connection, ADA)
        record_consent(connection, ada.id, "the-bench", Act.CONFIRMED, Evidence("page"), at=now)

    assert reached(post, now) == 3
    assert answer_requests(post, lambda: now) == 0


def test_a_reader_who_is_gone_is_not_probed(post: Press) -> None:
    bounce_often(post, ADA, range(5))
    now = NOW + 4 * DAY
    erase(post, ADA, now)

    assert answer_requests(post, lambda: now) == 0


def refuse(press: Press, reader: str) -> Callable[[], None]:
    """Has the database refuse to suppress that reader; call what it gives to let it."""
    with press.engine.begin() as connection:
        hashed = connection.execute(
            text("SELECT suppression_key FROM subscribers WHERE address = :reader"),
            {"reader": reader},
        ).scalar_one()
        if press.engine.dialect.name == "sqlite":
            refusing = (
                "CREATE TRIGGER refusing BEFORE INSERT ON suppressions WHEN"
                f" new.suppression_key = '{hashed}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
            letting = "DROP TRIGGER refusing"
        else:
            refusing = (
                "ALTER TABLE suppressions ADD CONSTRAINT refusing"
                f" CHECK (suppression_key <> '{hashed}')"
            )
            letting = "ALTER TABLE suppressions DROP CONSTRAINT refusing"
        connection.execute(text(refusing))

    def let() -> None:
        with press.engine.begin() as connection:
            connection.execute(text(letting))

    return let


def test_an_event_that_cannot_be_judged_stops_no_other_and_is_set_aside_in_the_end(
    post: Press, caplog: pytest.LogCaptureFixture
) -> None:
    mails = send(post)
    refuse(post, GRACE)

    done = tell(post, *(mails[one].bounce("5.1.1") for one in READERS))

    assert done == Judged(judged=2, suppressed=2, put_back=1, waiting=1)
    assert set(suppressed(post)) == {ADA, MARY}
    later = [judge(post, now=NOW + n * HOUR) for n in range(1, 6)]
    assert [one.set_aside for one in later] == [0, 0, 0, 1, 0]
    assert later[-1] == Judged()
    with read_only(post.engine) as connection:
        assert count_unjudged(connection) == (0, 1)
        aside = connection.execute(select(events.c.set_aside).where(IS_UNJUDGED)).scalar_one()
    assert re.fullmatch(r"[A-Za-z]+ in \w+, line \d+ of \w+\.py", aside), aside
    assert [record.name for record in caplog.records].count("partwork.feedback") == 5
    assert GRACE not in caplog.text


def test_an_event_that_can_be_judged_again_is(post: Press) -> None:
    mails = send(post)
    let = refuse(post, GRACE)
    tell(post, mails[GRACE].bounce("5.1.1"))
    let()

    assert judge(post, now=NOW + HOUR) == Judged(judged=1, suppressed=1)


def test_events_shuffled_and_doubled_come_to_the_same(post: Press) -> None:
    """Each reader gets five mails on five days, of which all sorts of things are told."""
    days = range(5)
    mails = [send(post, NOW + day * DAY) for day in days]
    told = [
        *(mail[ADA].bounce(MAILBOX_FULL) for mail in mails),
        *(mail[GRACE].bounce(MAILBOX_FULL) for mail in mails[:4]),
        mails[4][GRACE].told(FeedbackKind.DELIVERED),
        mails[0][MARY].told(FeedbackKind.COMPLAINT, feedback_type="abuse"),
        mails[1][MARY].told(FeedbackKind.AUTO_REPLY),
        mails[2][MARY].told(FeedbackKind.UNSUBSCRIBE),
        mails[3][MARY].told(FeedbackKind.DELAY),
    ]
    again = [replace(event, event=f"{event.event} again") for event in told]
    events = [*told, *told, *again]
    random.Random(7).shuffle(events)  # noqa: S311 the same order each time

    now = NOW + 5 * DAY
    done = [tell(post, *events[start : start + 7], now=now) for start in range(0, 42, 7)]

    assert sum(one.judged for one in done) == 28
    assert suppressed(post) == {MARY: SuppressionReason.COMPLAINT}
    assert state_of(post, MARY) is SubscriptionState.ENDED
    assert reached(post, now) == 1  # Grace
    assert answer_requests(post, lambda: now) == 1  # Ada's probe


def test_a_story_tells_what_came_back(post: Press) -> None:
    tell(post, send(post)[ADA].bounce("5.1.1", words="550 5.1.1 no such user"))

    story = story_of(post, ADA)

    assert (story.is_suppressed, story.why_suppressed) == (True, SuppressionReason.HARD_BOUNCE)
    (came_back,) = story.came_back
    assert came_back.outcome == "suppress"
    assert came_back.reason.endswith("(mailbox, by bounce address): 550 5.1.1 no such user")
