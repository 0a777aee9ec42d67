"""What comes to a bad end holds an issue, whoever finds it; a person alone lets it go on."""

import logging
from collections import deque
from collections.abc import Collection, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import event

from partwork.actions.feedback import Judged, judge, judge_all, take_in
from partwork.actions.guarding import OFTEN, Held, Rounds, guard_issue
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_newsletter
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.status import status_of
from partwork.actions.stopping import pause, resume
from partwork.assembly import Press, assemble
from partwork.model.delivery import DeliveryState, Tally
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from tests.actions.sending import ledger, published, subscribe
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

MANY = tuple(f"reader-{n:03d}@example.org" for n in range(100))
HOUR = timedelta(hours=1)


@pytest.fixture
def smtp_settings(home: Path, server: RoughServer, database_url: str) -> Settings:
    """A home that sends by SMTP and listens to a service's webhooks, on either database."""
    return Settings(
        home=home,
        database_url=database_url,
        smtp_url=server.url,
        canary_share=20,
        postmark_logins="postmark:a-long-password-of-our-own",
    )


@pytest.fixture
def post(smtp_settings: Settings) -> Iterator[Press]:
    with assemble(smtp_settings) as press:
        yield press


@pytest.fixture
def issue(post: Press, series: str) -> str:
    subscribe(post, MANY)
    return published(post, series)


def told(
    press: Press, issue: str, readers: Collection[str], kind: FeedbackKind, name: str = "1"
) -> list[Feedback]:
    """What a service tells of these readers' mails."""
    content_hash = issue_named(press, issue).content_hash
    rows = ledger(press, issue)
    return [
        Feedback(
            Source.POSTMARK,
            kind,
            name,
            to,
            message_id=f"<{rows[to].id}.{content_hash[:24]}@example.org>",
            status="5.2.2" if kind is FeedbackKind.BOUNCE else "",
        )
        for to in readers
    ]


def come_back(
    press: Press, issue: str, readers: Collection[str], clock: Clock, name: str = "1"
) -> tuple[Held, ...]:
    """Has these readers' mails bounce; what is held for it."""
    take_in(press, told(press, issue, readers, FeedbackKind.BOUNCE, name), now=clock())
    return judge_all(press, clock).held


def editor_of(press: Press) -> str:
    newsletter = load_newsletter(press, "the-bench")
    return newsletter.reply_to.address or newsletter.sender.address


def test_what_bounces_too_often_holds_the_issue(post: Press, issue: str, clock: Clock) -> None:
    assert send(post, issue, clock=clock).held == ()

    assert come_back(post, issue, MANY[:5], clock) == ()
    (held,) = come_back(post, issue, MANY[5:6], clock)

    assert held.issue == issue
    assert held.why == (
        "campaign of 2026-03-02 09:00 UTC: 6 of 100 accepted bounced, more than 5 %"
    )
    assert held.why in status_of(post, issue).stopped


def test_the_domain_and_the_source_that_bounce_are_named(
    post: Press, issue: str, clock: Clock
) -> None:
    send(post, issue, clock=clock)

    (held,) = come_back(post, issue, MANY[:20], clock)

    assert held.why == (
        "campaign of 2026-03-02 09:00 UTC: 20 of 100 accepted bounced, more than 5 %; "
        "recipients' domain example.org: 20 of 100 accepted bounced, more than 5 %; "
        "sign-up source import: asked at the fair: 20 of 100 accepted bounced, more than 5 %"
    )


def test_what_is_reported_as_spam_too_often_holds_it(post: Press, issue: str, clock: Clock) -> None:
    send(post, issue, clock=clock)

    take_in(post, told(post, issue, MANY[:2], FeedbackKind.COMPLAINT), now=NOW)
    assert judge_all(post, clock).held == ()
    take_in(post, told(post, issue, MANY[2:3], FeedbackKind.COMPLAINT), now=NOW)

    (held,) = judge_all(post, clock).held
    assert "3 of 100 accepted were reported as spam, more than 0.3 %" in held.why


@pytest.mark.parametrize(
    "share", [{"bounced_share": 100.0}, {"bounced_share": 40.0}, {"bounced_share": 6.0}]
)
def test_an_operator_says_how_much_is_borne(
    post: Press, smtp_settings: Settings, issue: str, clock: Clock, share: dict[str, float]
) -> None:
    send(post, issue, clock=clock)

    with assemble(smtp_settings.model_copy(update=share)) as lenient:
        assert come_back(lenient, issue, MANY[:6], clock) == ()


def test_made_up_mail_holds_nothing(post: Press, issue: str, clock: Clock) -> None:
    send(post, issue, clock=clock)
    forged = [
        Feedback(Source.MAILBOX, one.kind, f"<{n}@x>", one.recipient, message_id=one.message_id)
        for n, one in enumerate(told(post, issue, MANY[:50], FeedbackKind.BOUNCE))
    ]

    take_in(post, forged, now=NOW)

    assert judge_all(post, clock) == Judged(judged=50)
    assert status_of(post, issue).stopped == ""


def test_a_mailbox_that_is_closed_to_strangers_may_be_believed(
    post: Press, smtp_settings: Settings, issue: str, clock: Clock
) -> None:
    send(post, issue, clock=clock)
    by_mail = [
        Feedback(Source.MAILBOX, one.kind, f"<{n}@x>", one.recipient, message_id=one.message_id)
        for n, one in enumerate(told(post, issue, MANY[:6], FeedbackKind.BOUNCE))
    ]

    with assemble(smtp_settings.model_copy(update={"trust_message_id": True})) as trusting:
        take_in(trusting, by_mail, now=NOW)

        assert [held.issue for held in judge_all(trusting, clock).held] == [issue]


def test_what_a_person_resumed_is_held_again_only_for_what_is_new(
    post: Press, issue: str, clock: Clock
) -> None:
    send(post, issue, clock=clock)
    come_back(post, issue, MANY[:6], clock)
    clock.at = NOW + HOUR
    resume(post, issue, clock())
    hash_ = issue_named(post, issue).content_hash

    clock.at = NOW + 2 * HOUR
    assert guard_issue(post, hash_, clock()) == ()
    assert come_back(post, issue, MANY[10:15], clock) == ()
    (held,) = come_back(post, issue, MANY[15:16], clock)

    assert "6 of 100 accepted bounced" in held.why
    assert come_back(post, issue, MANY[16:20], clock) == ()  # it is held already


def test_who_resumes_it_while_the_guard_looks_has_the_last_word(
    post: Press, issue: str, clock: Clock
) -> None:
    send(post, issue, clock=clock)
    said: list[str] = []

    @event.listens_for(post.engine, "after_cursor_execute")
    def meanwhile(_conn, _cursor, statement: str, *_more: object) -> None:
        if "JOIN events" in statement and not said:  # the guard has just counted
            said.append(statement)
            pause(post, issue, "my word", clock())
            resume(post, issue, clock())

    assert come_back(post, issue, MANY[:20], clock) == ()

    assert said
    assert status_of(post, issue).stopped == ""
    clock.at = NOW + HOUR
    assert come_back(post, issue, MANY[20:40], clock)  # what is told after it counts


def test_what_a_person_paused_stays_paused(post: Press, issue: str, clock: Clock) -> None:
    send(post, issue, clock=clock)
    pause(post, issue, "my word", NOW)

    assert come_back(post, issue, MANY[:20], clock) == ()
    assert "is paused since" in status_of(post, issue).stopped


def test_the_editor_is_mailed_once_why_it_is_held(
    post: Press, issue: str, server: RoughServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for reader in MANY[10:15]:
        server.answers[f"RCPT {reader}"] = deque(["550 5.2.2 <b>mailbox</b> full"])
    caplog.set_level(logging.WARNING)

    report = send(post, issue, clock=clock)

    assert [held.issue for held in report.held] == [issue]
    assert server.got[editor_of(post)] == 1
    mail = message_from_bytes(server.contents[editor_of(post)], policy=policy.default)
    assert mail["Subject"] == f"[Demo] {issue} is held"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert f"partwork resume {issue}" in body
        assert ("&lt;b&gt;mailbox" in body) is (kind == "html")
    assert f"{issue} is held" in caplog.text
    assert "mailbox" not in caplog.text


def test_an_editor_who_cannot_be_mailed_stops_nothing(
    post: Press, issue: str, server: RoughServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    send(post, issue, clock=clock)
    server.answers[f"RCPT {editor_of(post)}"] = deque(["550 5.1.1 no such editor"])
    take_in(post, told(post, issue, MANY[:6], FeedbackKind.BOUNCE), now=NOW)

    report = publish(post, "", at_once=False, now=NOW)

    assert [held.issue for held in report.held] == [issue]
    assert "nobody could be mailed" in caplog.text
    assert editor_of(post) not in caplog.text


def test_the_first_readers_bounces_are_told_and_hold_the_others(
    post: Press, issue: str, clock: Clock
) -> None:
    def bounce(done: int, _of: int) -> None:
        if done >= 20 and not status_of(post, issue).stopped:
            accepted = [
                to for to, row in ledger(post, issue).items() if row.state is DeliveryState.ACCEPTED
            ]
            take_in(post, told(post, issue, accepted[:6], FeedbackKind.BOUNCE), now=NOW)
            judge(post, now=NOW)  # by somebody whom the guard did not follow

    report = send(post, issue, clock=clock, progress=bounce)

    assert report.tally == Tally(accepted=20, pending=80)
    assert "6 of 20 accepted bounced" in report.stopped
    assert report.canary == (
        "0 of the first 20 answered were refused; so far 6 bounced and 0 were reported as spam"
    )


def test_a_sending_begins_with_a_look(post: Press, issue: str, clock: Clock) -> None:
    send(post, issue, clock=clock)
    take_in(post, told(post, issue, MANY[:6], FeedbackKind.BOUNCE), now=NOW)
    judge(post, now=NOW)  # and who judged was killed before the guard looked

    assert "6 of 100 accepted bounced" in send(post, issue, clock=clock).stopped


def test_a_long_run_looks_while_it_sends(
    post: Press, smtp_settings: Settings, series: str, server: RoughServer, clock: Clock
) -> None:
    readers = [f"reader-{n:04d}@example.org" for n in range(OFTEN + 200)]
    subscribe(post, readers)
    issue = published(post, series)
    has_come_back = False

    def bounce(done: int, _of: int) -> None:
        nonlocal has_come_back
        if done >= 100 and not has_come_back:
            has_come_back = True
            accepted = [
                to for to, row in ledger(post, issue).items() if row.state is DeliveryState.ACCEPTED
            ]
            take_in(post, told(post, issue, accepted[:60], FeedbackKind.BOUNCE), now=NOW)
            judge(post, now=NOW)
        status_of(post, issue)  # about what a look costs: however slow the machine, one is due

    with assemble(smtp_settings.model_copy(update={"canary_share": 0})) as at_once:
        report = send(at_once, issue, clock=clock, progress=bounce)

    assert "accepted bounced" in report.stopped
    assert OFTEN <= report.tally.accepted < len(readers)
    assert report.tally.pending == len(readers) - report.tally.accepted


def test_a_round_is_due_after_many_answers_unless_a_look_takes_long() -> None:
    rounds = Rounds()
    assert not rounds.is_due(OFTEN - 1)
    assert rounds.is_due(1)

    rounds.note(seconds=0)
    assert not rounds.is_due(0)
    assert rounds.is_due(OFTEN)

    rounds.note(seconds=10)
    assert not rounds.is_due(OFTEN)
