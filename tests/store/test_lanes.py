"""What a lane leaves behind, by what can be known of how it ended."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from partwork.model.delivery import DeliveryState
from partwork.store.claiming import claim
from partwork.store.lanes import close_lane, count_lanes, open_lane, renew, sweep
from partwork.store.ledger import load_deliveries
from partwork.store.sending_schema import lanes
from partwork.store.workers import Worker, this_worker
from tests.store.noting import note_attempt, note_reply

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LEASE = timedelta(minutes=10)
PENDING, DOUBT, CLAIMED = DeliveryState.PENDING, DeliveryState.IN_DOUBT, DeliveryState.CLAIMED
TELL = "from partwork.store.workers import this_worker; print(this_worker().process, flush=True)"


@pytest.fixture
def planned(town) -> str:
    town.join("ada", "bob", "eve")
    issue = town.draft()
    town.plan(issue)
    return issue.content_hash


def lane_of(engine, planned: str, worker: Worker) -> None:
    """A lane that claimed all three and has let the first one go."""
    with engine.begin() as conn:
        open_lane(conn, "lane", planned, worker, NOW)
        first, *_ = claim(conn, planned, "lane", NOW, LEASE)
        note_attempt(conn, first.id, "lane", NOW)


def swept(engine, planned: str, at: datetime) -> list[DeliveryState]:
    with engine.begin() as conn:
        sweep(conn, at)
        return [row.state for row in load_deliveries(conn, planned)]


@pytest.fixture
def gone() -> Worker:
    """A process of this machine that has ended."""
    told = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)
    return replace(this_worker(), process=told.stdout.strip())


def test_a_killed_lane_is_freed_at_once(engine, planned, gone) -> None:
    lane_of(engine, planned, gone)

    assert swept(engine, planned, NOW) == [DOUBT, PENDING, PENDING]
    with engine.begin() as conn:
        assert count_lanes(conn, planned) == 0


def test_a_lane_at_work_keeps_what_it_has(engine, planned) -> None:
    lane_of(engine, planned, this_worker())

    assert swept(engine, planned, NOW) == [DeliveryState.ATTEMPTED, CLAIMED, CLAIMED]
    with engine.begin() as conn:
        renew(conn, "lane", NOW + 2 * LEASE)
    assert swept(engine, planned, NOW + LEASE)[1:] == [CLAIMED, CLAIMED]
    assert swept(engine, planned, NOW + 2 * LEASE) == [DOUBT, PENDING, PENDING]


def test_of_a_lane_elsewhere_only_the_end_of_its_lease_tells(engine, planned, gone) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("its file is on one machine")
    lane_of(engine, planned, replace(gone, machine="another", boot="another"))

    assert swept(engine, planned, NOW + timedelta(minutes=1))[1:] == [CLAIMED, CLAIMED]
    assert swept(engine, planned, NOW + LEASE) == [DOUBT, PENDING, PENDING]


def test_after_a_loss_of_power_all_that_a_lane_held_is_in_doubt(engine, planned) -> None:
    lane_of(engine, planned, this_worker())
    with engine.begin() as conn:
        conn.execute(update(lanes).values(ledger_boot="before the power went"))

    assert swept(engine, planned, NOW) == [DOUBT, DOUBT, DOUBT]


def test_a_reply_that_was_recorded_is_no_doubt(engine, planned) -> None:
    from partwork.model.delivery import Reply, Verdict

    lane_of(engine, planned, this_worker())
    with engine.begin() as conn:
        first, *_ = load_deliveries(conn, planned)
        note_reply(conn, first.id, "lane", Verdict.ACCEPTED, Reply(250, "ok"), at=NOW)
        conn.execute(update(lanes).values(ledger_boot="before the power went"))

    assert swept(engine, planned, NOW) == [DeliveryState.ACCEPTED, DOUBT, DOUBT]


def test_a_lane_that_holds_something_is_not_forgotten(engine, planned) -> None:
    lane_of(engine, planned, this_worker())

    with engine.begin() as conn:
        close_lane(conn, "lane")
        assert count_lanes(conn, planned) == 1
    swept(engine, planned, NOW + LEASE)
    with engine.begin() as conn:
        close_lane(conn, "lane")
        assert count_lanes(conn, planned) == 0


def test_a_process_is_seen_dead_once_it_is(gone) -> None:
    here = this_worker()
    alive = subprocess.Popen(
        [sys.executable, "-c", f"{TELL}; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = alive.stdout.readline().strip()
    running = replace(here, process=told)

    assert not here.sees_dead(here)
    assert not here.sees_dead(running)
    alive.communicate("\n")
    assert here.sees_dead(running)
    assert here.sees_dead(gone)


def test_what_cannot_be_seen_is_not_taken_for_dead(gone) -> None:
    here = this_worker()
    _, _, numbers = gone.process.partition(":")

    assert not here.sees_dead(replace(gone, machine="another"))
    assert not here.sees_dead(replace(gone, process=f"another space:{numbers}"))
    assert not replace(here, boot="").sees_dead(gone)
    assert here.sees_dead(replace(here, boot="the one before"))
