"""Sending: once to each, noted before and after, and what a crash leaves is in doubt."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.preview import preview
from partwork.actions.send import NotReadyToSend, issue_named, send, send_test
from partwork.actions.subscribers import erase
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence
from partwork.model.delivery import Tally
from partwork.model.errors import PartworkError
from partwork.settings import Settings
from partwork.store.claiming import claim
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.conftest import NOW, Clock
from tests.store.noting import note_attempt


def mails(press: Press) -> list[Path]:
    return sorted(press.outbox.glob("*.eml"))


def test_each_reader_gets_one_copy(press: Press, issue: str, clock: Clock) -> None:
    report = send(press, issue, clock=clock)

    assert report.tally == Tally(accepted=3)
    assert len(mails(press)) == 3


def test_a_second_run_sends_nobody_anything(press: Press, issue: str, clock: Clock) -> None:
    send(press, issue, clock=clock)
    before = [file.stat().st_mtime_ns for file in mails(press)]

    report = send(press, issue, clock=clock)

    assert report.sent == 0
    assert [file.stat().st_mtime_ns for file in mails(press)] == before


def test_a_mail_parses_without_defects_and_offers_to_leave(
    press: Press, issue: str, clock: Clock
) -> None:
    send(press, issue, clock=clock)

    for file in mails(press):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        parts = {part.get_content_type(): part for part in message.walk()}
        assert not any(part.defects for part in message.walk())
        assert {"text/plain", "text/html"} <= set(parts)
        assert message["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/u/")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["To"] in parts["text/html"].get_content()


def test_who_left_after_planning_gets_no_mail(press: Press, issue: str, clock: Clock) -> None:
    token = unsubscribe_token(Departure(1, "the-bench", 0), press.secrets)
    unsubscribe(press, token, Evidence("test"), now=NOW)

    report = send(press, issue, clock=clock)

    assert report.tally == Tally(accepted=2, left=1)
    assert len(mails(press)) == 2


def test_who_was_erased_gets_no_mail(press: Press, issue: str, clock: Clock) -> None:
    erase(press, "ada@example.org", NOW)

    send(press, issue, clock=clock)

    assert not [file for file in mails(press) if "ada" in file.name]


def test_an_attempt_without_reply_is_in_doubt_and_not_repeated(
    press: Press, issue: str, clock: Clock
) -> None:
    with press.engine.begin() as connection:
        rows = claim(
            connection,
            issue_named(press, issue).content_hash,
            "crashed lane",
            NOW,
            timedelta(minutes=1),
            limit=2,
        )
        note_attempt(connection, rows[0].id, "crashed lane", NOW)
    clock.at = NOW + timedelta(minutes=2)

    report = send(press, issue, clock=clock)

    assert report.tally == Tally(accepted=2, in_doubt=1)
    assert not [file for file in mails(press) if rows[0].recipient in file.read_text()]


def test_what_is_not_published_is_not_sent(press: Press, series: str, clock: Clock) -> None:
    (shown, *_) = preview(press, series, None, NOW)

    with pytest.raises(LibraryError, match="not published"):
        send(press, shown.issue.name, clock=clock)


def test_an_issue_is_found_by_the_start_of_its_name(press: Press, issue: str, clock: Clock) -> None:
    assert send(press, issue[:10], clock=clock).issue == issue


def test_an_unknown_issue_is_refused_in_words(press: Press, clock: Clock) -> None:
    with pytest.raises(LibraryError, match="partwork status"):
        send(press, "nothing-99", clock=clock)


def test_a_dry_run_leaves_the_ledger_as_it_is(press: Press, issue: str, clock: Clock) -> None:
    report = send(press, issue, clock=clock, dry_run=True)

    assert report.sent == 3
    assert report.tally == Tally(pending=3)
    assert mails(press) == []
    assert send(press, issue, clock=clock).tally == Tally(accepted=3)


def test_a_test_copy_stands_outside_the_ledger(press: Press, issue: str, clock: Clock) -> None:
    reply = send_test(press, issue, "editor@example.org", clock)

    assert reply.code == 250
    assert send(press, issue, clock=clock).tally == Tally(accepted=3)


@pytest.mark.parametrize("setting", ["public_url", "secret"])
def test_what_is_wrong_with_all_messages_refuses_nobody(
    press: Press, issue: str, setting: str
) -> None:
    bad = {"public_url": "https://m\u00fcller.example.org", "secret": ","}

    with pytest.raises(PartworkError):  # noqa: SIM117 either may refuse
        with assemble(Settings(home=press.settings.home, **{setting: bad[setting]})) as wrong:
            send(wrong, issue, clock=lambda: NOW)

    assert send(press, issue, clock=lambda: NOW).tally == Tally(accepted=3)


def test_what_goes_to_the_outbox_is_marked_as_a_demo(press: Press, series: str) -> None:
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().replace("demo = true", "demo = false"))
    (shown, *_) = preview(press, series, 1, NOW)

    send_test(press, shown.issue.name, "editor@example.org", lambda: NOW)

    (mail,) = mails(press)
    assert b"X-Partwork-Demo: yes" in mail.read_bytes()
    assert b"Subject: [Demo] " in mail.read_bytes()


def test_an_issue_approved_as_a_demo_never_goes_to_a_real_server(press: Press, issue: str) -> None:
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().replace("demo = true", "demo = false"))
    smtp = Settings(
        home=press.settings.home,
        smtp_url="smtp://mail.example.org",
        public_url="https://news.example.org",
    )

    with assemble(smtp) as by_smtp, pytest.raises(NotReadyToSend, match="demo"):
        send(by_smtp, issue, clock=lambda: NOW)


def test_a_dry_run_leaves_a_lease_that_has_run_out_as_it_is(press: Press, issue: str) -> None:
    with press.engine.begin() as connection:
        content_hash = issue_named(press, issue).content_hash
        rows = claim(connection, content_hash, "crashed", NOW, timedelta(minutes=1))
        note_attempt(connection, rows[0].id, "crashed", NOW)

    report = send(press, issue, clock=lambda: NOW + timedelta(hours=1), dry_run=True)

    assert report.tally == Tally(pending=3)


def test_smtp_is_refused_until_all_that_the_law_needs_is_set(
    press: Press, issue: str, clock: Clock
) -> None:
    smtp = Settings(home=press.settings.home, smtp_url="smtp://mail.example.org:587")

    with assemble(smtp) as by_smtp, pytest.raises(NotReadyToSend, match="demo"):
        send(by_smtp, issue, clock=clock)
