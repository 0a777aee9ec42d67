"""A lane on a real server that misbehaves: each reader once, and the ledger says the truth."""

import os
import subprocess
import sys
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.actions.departing import suppress
from partwork.actions.send import send
from partwork.actions.stopping import Stopped, resume
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble, keys_of
from partwork.model.audience import SuppressionReason
from partwork.model.delivery import DeliveryState, Tally
from partwork.settings import Settings
from partwork.store.audience import is_suppressed, load_subscriber, move_subscriber
from tests.actions.sending import doubted, ledger, published, subscribe
from tests.conftest import NOW, Clock, wait_until
from tests.transport.rough_server import DROP, RoughServer

MANY = tuple(f"reader-{n:02d}@example.org" for n in range(70))


@pytest.fixture
def readers(press: Press) -> tuple[str, ...]:
    subscribe(press, MANY)
    return MANY


def is_on_the_list(press: Press, address: str) -> bool:
    with press.engine.connect() as connection:
        return is_suppressed(connection, keys_of(address, press.hash_key).suppression_key)


def test_each_reader_gets_one_copy_over_several_connections(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    shown: list[tuple[int, int]] = []

    report = send(by_smtp, issue, clock=clock, progress=lambda *done: shown.append(done))

    assert report.tally == Tally(accepted=70)
    assert (report.sent, report.stopped) == (70, "")
    assert server.got == dict.fromkeys(MANY, 1)
    assert server.at_once > 1
    assert all(f"To: {to}\r\n".encode() in server.contents[to] for to in MANY)
    assert shown == sorted(set(shown))
    assert shown[-1] == (70, 70)


def test_a_sender_who_is_refused_holds_the_issue_and_costs_nobody_anything(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers["MAIL"] = deque(["250 OK"] * 10 + ["550 5.7.1 blocked"] * 60)

    held = send(by_smtp, issue, clock=clock)
    server.answers.clear()
    with pytest.raises(Stopped, match=r"held since .*550 5\.7\.1 blocked.*partwork resume"):
        send(by_smtp, issue, clock=clock)
    resume(by_smtp, issue, NOW)
    again = send(by_smtp, issue, clock=clock)

    assert "550 5.7.1 blocked" in held.stopped
    assert held.tally == Tally(accepted=10, pending=60)
    assert again.tally == Tally(accepted=70)
    assert server.got == dict.fromkeys(MANY, 1)
    assert not any(is_on_the_list(by_smtp, reader) for reader in MANY)
    assert {row.attempts for row in ledger(by_smtp, issue).values()} == {1}


def test_an_address_that_is_no_good_is_never_written_to_again(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {MANY[3]}"] = deque(["550 5.1.1 no such mailbox"])
    server.answers[f"RCPT {MANY[4]}"] = deque(["550 5.2.2 mailbox full"])

    report = send(by_smtp, issue, clock=clock)

    assert report.tally == Tally(accepted=68, refused=2)
    assert is_on_the_list(by_smtp, MANY[3])
    assert not is_on_the_list(by_smtp, MANY[4])


def test_too_many_refusals_at_the_start_hold_the_issue(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    for reader in MANY:
        server.answers[f"RCPT {reader}"] = deque(["550 5.2.2 mailbox full"])

    report = send(by_smtp, issue, clock=clock)

    assert "of the first 5" in report.stopped
    assert report.tally == Tally(refused=5, pending=65)


def test_a_relay_that_asks_for_less_gets_the_message_later(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f". {MANY[5]}"] = deque(
        ["454 Throttling failure: Maximum sending rate exceeded."]
    )

    report = send(by_smtp, issue, clock=clock)

    assert report.tally == Tally(accepted=70)
    assert server.got == dict.fromkeys(MANY, 1)
    assert ledger(by_smtp, issue)[MANY[5]].attempts == 1


def test_what_the_relay_calls_a_message_is_kept_with_its_delivery(
    home: Path, series: str, server: RoughServer, database_url: str, clock: Clock
) -> None:
    postfix, amazon = "ABC123", "0102018f2a3b4c5d-0a1b2c3d-4e5f-6789-abcd-ef0123456789-000000"
    server.answers[f". {MANY[1]}"] = deque([f"250 2.0.0 Ok: queued as {postfix}"])
    server.answers[f". {MANY[2]}"] = deque([f"250 Ok {amazon}"])
    server.answers[f". {MANY[3]}"] = deque([f"452 4.2.2 mailbox full, not queued as {postfix}"])
    settings = Settings(home=home, database_url=database_url, smtp_url=server.url)

    with assemble(settings) as by_smtp:
        subscribe(by_smtp, MANY[:4])
        report = send(by_smtp, published(by_smtp, series), clock=clock)
        told = [story_of(by_smtp, reader).deliveries for reader in MANY[:4]]

    assert report.tally == Tally(accepted=3, deferred=1)
    assert [one.relay_id for (one,) in told] == ["", postfix, amazon, ""]


def test_what_is_put_off_before_the_message_left_was_an_attempt(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f"RCPT {MANY[5]}"] = deque(["450 4.7.1 greylisted"])

    report = send(by_smtp, issue, clock=clock)

    assert report.tally == Tally(accepted=69, deferred=1)
    assert ledger(by_smtp, issue)[MANY[5]].attempts == 1


def test_who_may_have_got_it_is_in_doubt_and_not_written_to_again(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    server.answers[f". {MANY[5]}"] = deque([DROP])

    first = send(by_smtp, issue, clock=clock)
    second = send(by_smtp, issue, clock=clock)

    assert first.tally == second.tally == Tally(accepted=69, in_doubt=1)
    assert ledger(by_smtp, issue)[MANY[5]].state is DeliveryState.IN_DOUBT
    assert server.got == dict.fromkeys(MANY, 1)


def test_who_is_suppressed_while_the_lane_runs_gets_nothing(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    gone = MANY[40]

    def take_off(_done: int, _of: int) -> None:
        if not is_on_the_list(by_smtp, gone):
            suppress(by_smtp, gone, SuppressionReason.COMPLAINT, NOW)

    report = send(by_smtp, issue, clock=clock, progress=take_off)

    assert report.tally == Tally(accepted=69, left=1)
    assert gone not in server.got


def test_an_interrupted_lane_leaves_the_rest_free(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    def interrupt(done: int, _of: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(by_smtp, issue, clock=clock, progress=interrupt)
    report = send(by_smtp, issue, clock=clock)

    under_way = report.tally.pending
    assert under_way <= 1
    assert report.tally == Tally(accepted=70 - under_way, pending=under_way)
    assert all(copies == 1 for copies in server.got.values())


def test_who_moves_while_a_lane_has_their_message_made_is_mailed_at_the_new_address_alone(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    old, new = MANY[40], "elsewhere@example.org"

    def move(done: int, _of: int) -> None:
        if done == 5:
            keys = keys_of(new, by_smtp.hash_key)
            with by_smtp.engine.begin() as connection:
                person = load_subscriber(connection, old)
                assert person
                assert move_subscriber(
                    connection,
                    person.id,
                    new,
                    address_key=keys.address_key,
                    suppression_key=keys.suppression_key,
                )

    report = send(by_smtp, issue, clock=clock, progress=move)

    assert report.tally == Tally(accepted=70)
    assert (server.got[old], server.got[new]) == (0, 1)
    assert ledger(by_smtp, issue)[new].state is DeliveryState.ACCEPTED


@pytest.mark.parametrize("got", [1, 35, 60])
def test_a_killed_lane_leaves_at_most_one_a_connection_in_doubt(
    by_smtp: Press, issue: str, server: RoughServer, clock: Clock, got: int
) -> None:
    environment = os.environ | {
        "PARTWORK_HOME": str(by_smtp.settings.home),
        "PARTWORK_SMTP_URL": server.url,
    }
    command = [sys.executable, "-m", "partwork", "send", issue]
    sender = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: server.got.total() >= got or sender.poll() is not None, every_seconds=0.0005)
    sender.kill()
    sender.wait()
    connections = server.at_once

    clock.at = datetime.now(UTC) + timedelta(hours=1)
    report = send(by_smtp, issue, clock=clock)

    in_doubt = len(doubted(by_smtp, issue, MANY, server.got))
    assert in_doubt <= connections
    assert report.tally == Tally(accepted=len(MANY) - in_doubt, in_doubt=in_doubt)
