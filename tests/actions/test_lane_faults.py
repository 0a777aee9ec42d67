"""What befalls a lane from its own side: the ledger's disk, other writers, clocks, other lanes."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import event

from partwork.actions.send import SendReport, send
from partwork.assembly import Press, Progress, assemble
from partwork.model.delivery import Tally
from partwork.settings import Settings
from tests.actions.sending import subscribe
from tests.actions.test_relaying import relay, relayed
from tests.conftest import NOW, Clock
from tests.store.recording import recorded_files
from tests.transport.rough_server import RoughServer

MANY = tuple(f"reader-{n:03d}@example.org" for n in range(100))


@pytest.fixture
def settings(smtp_settings: Settings) -> Settings:
    return smtp_settings.model_copy(update={"canary_share": 0})


@pytest.fixture
def readers(press: Press) -> tuple[str, ...]:
    subscribe(press, MANY)
    return MANY


def test_a_full_disk_is_waited_for(settings: Settings, issue: str, server: RoughServer) -> None:
    with recorded_files() as files, assemble(settings) as press:
        filled: list[int] = []

        def fill(done: int, _of: int) -> None:
            if done >= 20 * (len(filled) + 1) and len(filled) < 2:
                filled.append(done)
                files.refused = 1

        report = send(press, issue, clock=lambda: NOW, progress=fill)

    assert files.refused == 0
    assert report.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


def backing_up(settings: Settings, other: ThreadPoolExecutor, begun: Event) -> Progress:
    """Has another lock the ledger for a second, once the lane has sent to twenty readers."""

    def lock() -> None:
        with sqlite3.connect(settings.state / "partwork.sqlite", isolation_level=None) as conn:
            conn.execute("BEGIN EXCLUSIVE")
            begun.set()
            Event().wait(1)  # as long as it takes: nothing can be seen to wait for
            conn.execute("ROLLBACK")
        conn.close()

    def back_up(done: int, _of: int) -> None:
        if done >= 20 and not begun.is_set():
            other.submit(lock)
            begun.wait()

    return back_up


def test_a_pace_that_cannot_be_read_for_a_while_is_waited_for(
    press: Press, issue: str, server: RoughServer
) -> None:
    day = datetime.now(UTC).date()
    plan = f"warm_up = {{ starts_on = {day}, messages = 1000, days = 2 }}"  # a slot at a time
    with relayed(press, relay(server.url, plan), canary_share=0) as by_relay:
        event.listen(by_relay.engine, "connect", hurried)
        with ThreadPoolExecutor(1) as other:
            begun = Event()
            back_up = backing_up(by_relay.settings, other, begun)
            report = send(by_relay, issue, clock=lambda: NOW, progress=back_up)

    assert begun.is_set()
    assert report.stopped == ""
    assert report.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


def hurried(connection: sqlite3.Connection, _record: object) -> None:
    """Has whoever finds the file locked say so at once, and not after ten seconds."""
    connection.execute("PRAGMA busy_timeout = 20")


def test_a_backup_that_locks_the_ledger_is_waited_for(
    settings: Settings, issue: str, server: RoughServer
) -> None:
    with assemble(settings) as press, ThreadPoolExecutor(1) as other:
        begun = Event()
        back_up = backing_up(settings, other, begun)
        report = send(press, issue, clock=lambda: NOW, progress=back_up)

    assert begun.is_set()
    assert report.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


def test_a_clock_that_jumps_an_hour_ends_nobodys_claim(
    settings: Settings, issue: str, server: RoughServer, clock: Clock
) -> None:
    def jump(done: int, _of: int) -> None:
        clock.at = NOW + timedelta(hours=1 if done < 50 else -1)

    with assemble(settings) as press:
        report = send(press, issue, clock=clock, progress=jump)

    assert report.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


def test_a_machine_whose_clock_is_an_hour_ahead_writes_to_nobody_twice(
    settings: Settings, issue: str, server: RoughServer
) -> None:
    ahead = NOW + timedelta(hours=1)
    others: list[Tally] = []
    with assemble(settings) as press, assemble(settings) as elsewhere:

        def join_in(done: int, _of: int) -> None:
            if done >= 30 and not others:
                others.append(Tally())
                others.append(send(elsewhere, issue, clock=lambda: ahead).tally)

        report = send(press, issue, clock=lambda: NOW, progress=join_in)

    assert others[1].accepted > 30
    assert report.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)


@pytest.mark.parametrize("canary_share", [0, 5])
def test_two_people_who_start_the_same_send_reach_each_reader_once(
    settings: Settings, issue: str, server: RoughServer, canary_share: float
) -> None:
    both = settings.model_copy(update={"canary_share": canary_share})

    def start(_person: int) -> SendReport:
        with assemble(both) as press:
            return send(press, issue, clock=lambda: datetime.now(UTC))

    with ThreadPoolExecutor(2) as people:
        reports = list(people.map(start, range(2)))

    with assemble(both) as press:
        last = send(press, issue, clock=lambda: datetime.now(UTC))
    assert [report.stopped for report in reports] == ["", ""]
    assert sum(report.sent for report in reports) == 100
    assert last.tally == Tally(accepted=100)
    assert server.got == dict.fromkeys(MANY, 1)
