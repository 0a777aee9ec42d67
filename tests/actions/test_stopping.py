"""What a person stopped nothing else resumes; what replies forbid waits for a person."""

from collections import deque
from datetime import timedelta

import pytest

from partwork.actions.issue_named import issue_named
from partwork.actions.publish import publish
from partwork.actions.reconcile import accept_doubts, doubts_of, resend_doubts
from partwork.actions.send import send
from partwork.actions.status import status_of
from partwork.actions.stopping import Stopped, cancel, pause, resume
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.delivery import Tally
from partwork.model.stop import Stop, StopKind
from partwork.settings import Settings
from partwork.store.leases import take_lease
from partwork.store.stops import load_stop, save_hold
from tests.actions.sending import subscribe
from tests.conftest import NOW, Clock
from tests.transport.rough_server import DROP, RoughServer

MANY = tuple(f"reader-{n:03d}@example.org" for n in range(100))


@pytest.fixture
def smtp_settings(smtp_settings: Settings) -> Settings:
    return smtp_settings.model_copy(update={"canary_share": 20})


@pytest.fixture
def readers(press: Press) -> tuple[str, ...]:
    subscribe(press, MANY)
    return MANY


def test_a_pause_stops_a_lane_at_its_next_message(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    def stop(done: int, _of: int) -> None:
        if done >= 30:
            pause(by_smtp, issue, "a wrong link", NOW)

    report = send(by_smtp, issue, clock=clock, progress=stop)

    assert report.stopped == "paused: a wrong link"
    assert 30 <= report.tally.accepted <= 30 + 3 * server.at_once
    assert report.tally.planned == 100
    with pytest.raises(Stopped, match=r"paused since .*a wrong link.*partwork resume"):
        send(by_smtp, issue, clock=clock)
    assert issue not in publish(by_smtp, "", at_once=False, now=NOW + timedelta(days=1)).unsent


def test_a_lane_that_is_told_to_end_hears_the_replies_to_what_has_left(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    done: list[int] = []

    first = send(
        by_smtp,
        issue,
        clock=clock,
        progress=lambda count, _of: done.append(count),
        told_to_end=lambda: bool(done) and done[-1] >= 30,
    )
    standing = first.tally
    second = send(by_smtp, issue, clock=clock)

    assert "told to end" in first.stopped
    assert 30 <= standing.accepted <= 30 + 3 * server.at_once
    assert standing.in_doubt == 0
    assert standing.accepted + standing.pending == len(MANY)
    assert second.tally.accepted == len(MANY)
    assert second.sent == len(MANY) - standing.accepted


def test_who_stops_what_is_stopped_and_gives_no_reason_takes_none_back(
    press: Press, issue: str, clock: Clock
) -> None:
    pause(press, issue, "a wrong link", NOW)
    pause(press, issue, "", NOW)
    kept = status_of(press, issue).stopped
    pause(press, issue, "two wrong links", NOW)
    cancel(press, issue, "", NOW)

    assert "paused since 2026-03-02 09:00 UTC (a wrong link)" in kept
    assert "cancelled since 2026-03-02 09:00 UTC (two wrong links)" in (
        status_of(press, issue).stopped
    )


def test_the_next_part_waits_for_one_that_is_stopped_and_says_so(press: Press, issue: str) -> None:
    pause(press, issue, "a wrong link", NOW)

    (waits,) = publish(press, "compost", at_once=True, now=NOW).waiting

    assert "part 1 is paused since 2026-03-02 09:00 UTC (a wrong link)" in waits
    assert f"`partwork resume {issue}` goes on" in waits


def test_a_reason_ends_with_what_it_was_given_for(press: Press, issue: str) -> None:
    pause(press, issue, "a wrong link", NOW)
    resume(press, issue, NOW)
    pause(press, issue, "", NOW)

    assert "wrong link" not in status_of(press, issue).stopped


def test_what_is_resumed_reaches_each_reader_once(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    def stop(done: int, _of: int) -> None:
        if done >= 30:
            pause(by_smtp, issue, "", NOW)

    send(by_smtp, issue, clock=clock, progress=stop)
    resume(by_smtp, issue, NOW)

    assert publish(by_smtp, "", at_once=False, now=NOW).unsent == (issue,)
    assert send(by_smtp, issue, clock=clock).tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


def test_a_cancelled_issue_is_over_for_good_and_the_next_part_may_follow(
    by_smtp: Press, series: str, issue: str, server: RoughServer, clock: Clock
) -> None:
    cancel(by_smtp, issue, "withdrawn", NOW)

    for again in (pause, cancel):
        with pytest.raises(Stopped, match="cancelled"):
            again(by_smtp, issue, "", NOW)
    with pytest.raises(Stopped, match="cancelled"):
        resume(by_smtp, issue, NOW)
    with pytest.raises(Stopped, match="nothing more of it is sent"):
        send(by_smtp, issue, clock=clock)
    assert not server.got
    assert publish(by_smtp, series, at_once=True, now=NOW).planned


def test_only_what_was_stopped_is_resumed(by_smtp: Press, issue: str) -> None:
    with pytest.raises(LibraryError, match="neither paused nor held"):
        resume(by_smtp, issue, NOW)


def test_the_first_readers_decide_about_the_others(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    for reader in MANY[10:15]:
        server.answers[f"RCPT {reader}"] = deque(["550 5.2.2 mailbox full"])

    held = send(by_smtp, issue, clock=clock)

    assert held.tally == Tally(accepted=held.tally.accepted, refused=5, pending=held.tally.pending)
    assert held.tally.accepted <= 15
    assert held.stopped.startswith("held: 5 of the first")
    shown = status_of(by_smtp, issue, domains=True)
    assert "is held since" in shown.stopped
    assert shown.refusals == ("550 5.2.2 mailbox full",)
    assert shown.domains["example.org"]["refused"] == 5
    resume(by_smtp, issue, NOW)
    assert send(by_smtp, issue, clock=clock).tally == Tally(accepted=95, refused=5)


def test_the_first_readers_decide_also_where_it_was_paused_before_anything_was_sent(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    pause(by_smtp, issue, "a typo?", NOW)
    resume(by_smtp, issue, NOW)
    for reader in MANY[:5]:
        server.answers[f"RCPT {reader}"] = deque(["550 5.2.2 mailbox full"])

    held = send(by_smtp, issue, clock=clock)

    assert held.canary.startswith("5 of the first ")
    assert held.stopped.startswith("held: 5 of the first")
    assert held.tally.accepted <= 15


def test_the_first_readers_who_are_left_go_first_after_a_pause_in_their_midst(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    def stop(done: int, _of: int) -> None:
        if done >= 5:
            pause(by_smtp, issue, "", NOW)

    first = send(by_smtp, issue, clock=clock, progress=stop).tally.accepted
    resume(by_smtp, issue, NOW)
    second = send(by_smtp, issue, clock=clock)

    assert 5 <= first < 20
    assert second.canary.startswith(f"0 of the first {20 - first} answered were refused")
    assert second.tally == Tally(accepted=100)


def test_who_resumes_what_its_first_readers_held_has_seen_their_refusals(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    for reader in MANY[:5]:
        server.answers[f"RCPT {reader}"] = deque(["550 5.2.2 mailbox full"])
    held = send(by_smtp, issue, clock=clock)
    resume(by_smtp, issue, NOW)

    again = send(by_smtp, issue, clock=clock)

    assert held.stopped.startswith("held: ")
    assert again.stopped == ""
    assert again.tally == Tally(accepted=95, refused=5)


def test_a_process_that_is_told_to_end_does_not_wait_for_another_s_first_readers(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    canary = f"canary:{issue_named(by_smtp, issue).content_hash}"
    with by_smtp.engine.begin() as connection:
        assert take_lease(connection, canary, "another lane", NOW, timedelta(minutes=10))

    report = send(by_smtp, issue, clock=clock, told_to_end=lambda: True)

    assert "told to end" in report.stopped
    assert not server.got


def test_the_canary_says_what_it_does_not_know(by_smtp: Press, issue: str, clock: Clock) -> None:
    first = send(by_smtp, issue, clock=clock)

    assert first.tally == Tally(accepted=100)
    assert first.canary == (
        "0 of the first 20 answered were refused; bounces and complaints: feedback not connected"
    )
    assert send(by_smtp, issue, clock=clock).canary == ""


def test_a_hold_changes_nothing_of_what_a_person_said(by_smtp: Press, issue: str) -> None:
    paused = pause(by_smtp, issue, "my word", NOW)

    with by_smtp.engine.begin() as connection:
        held = Stop(StopKind.HELD, "5 were refused", NOW)
        assert not save_hold(
            connection, paused.content_hash, held, load_stop(connection, paused.content_hash)
        )

    assert "is paused since" in status_of(by_smtp, issue).stopped


def test_an_operator_decides_what_is_in_doubt(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f". {MANY[40]}"] = deque([DROP])
    server.answers[f". {MANY[60]}"] = deque([DROP])
    send(by_smtp, issue, clock=clock)

    name, doubts = doubts_of(by_smtp, issue)

    assert name == issue
    assert [doubt.recipient for doubt in doubts] == [MANY[40], MANY[60]]
    assert all("lost" in doubt.words for doubt in doubts)
    assert resend_doubts(by_smtp, issue, NOW) == 2
    assert send(by_smtp, issue, clock=clock).tally == Tally(accepted=100)
    assert doubts_of(by_smtp, issue)[1] == ()
    assert server.got[MANY[40]] == 2


def test_what_is_taken_for_sent_is_not_sent_again(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f". {MANY[40]}"] = deque([DROP])
    send(by_smtp, issue, clock=clock)

    assert accept_doubts(by_smtp, issue, NOW) == 1
    assert send(by_smtp, issue, clock=clock).tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)
