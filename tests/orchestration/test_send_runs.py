"""What a person does to a run that sends, in the dashboard, is done to the issue."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from partwork.actions.issue_named import issue_named
from partwork.actions.send import send
from partwork.actions.send_runs import note_send_run, send_runs
from partwork.actions.stopping import resume
from partwork.actions.turns import Work, who_is_at
from partwork.assembly import Press
from partwork.model.delivery import DeliveryState
from partwork.model.stop import Stop, StopKind
from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.send_runs import heed_the_dashboard, heeding
from partwork.store.engine import read_only
from partwork.store.stops import load_stop
from tests.actions.sending import ledger
from tests.conftest import wait_until
from tests.orchestration.runs import (
    as_in,
    begun,
    has_ended,
    held_back,
    state_of,
    waiting_issue,
)

pytestmark = pytest.mark.prefect

CANCELLING = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
TAKEN_FOR_DEAD = {"state": {"type": "CRASHED", "name": "Crashed"}, "force": True}


def now() -> datetime:
    return datetime.now(UTC)


def stop_of(press: Press, issue: str) -> Stop | None:
    with read_only(press.engine) as connection:
        return load_stop(connection, issue_named(press, issue).content_hash)


def is_being_sent(press: Press, issue: str) -> bool:
    return who_is_at(press, Work.SENT, issue, now()) is not None


@pytest.fixture
def issue(press: Press) -> str:
    return waiting_issue(press)


@pytest.fixture
def held_up(press: Press, issue: str) -> Iterator[None]:
    with held_back(press, issue):
        yield


def test_to_cancel_a_run_pauses_its_issue_until_a_person_resumes_it(
    prefect: RunningPrefect, press: Press, issue: str, held_up: None
) -> None:
    run = begun(prefect, press, "send", {"issue": issue})
    wait_until(lambda: is_being_sent(press, issue))

    prefect.api.post(f"/flow_runs/{run}/set_state", CANCELLING)
    wait_until(lambda: has_ended(prefect, run))

    # Crashed, where Prefect has not heard from the run within the one second that it waits.
    assert state_of(prefect, run)["type"] in {"CANCELLED", "CRASHED"}
    with as_in(prefect):
        heed_the_dashboard(press)  # where the server was too busy to tell the run why it ends
    stop = stop_of(press, issue)
    assert stop is not None
    assert (stop.kind, stop.reason) == (
        StopKind.PAUSED,
        "its run was cancelled in the dashboard",
    )
    assert send_runs(press) == ()
    assert not is_being_sent(press, issue)
    with as_in(prefect):
        assert heed_the_dashboard(press) == 0
    resume(press, issue, now())
    with as_in(prefect):
        assert heed_the_dashboard(press) == 0
    assert stop_of(press, issue) != stop


def test_to_delete_a_run_pauses_its_issue_and_a_second_run_is_told_of_the_first(
    prefect: RunningPrefect, press: Press, issue: str, held_up: None
) -> None:
    first = begun(prefect, press, "send", {"issue": issue})
    wait_until(lambda: is_being_sent(press, issue))
    second = begun(prefect, press, "send", {"issue": issue})
    wait_until(lambda: has_ended(prefect, second))

    said = state_of(prefect, second)
    assert (said["type"], said["name"]) == ("COMPLETED", "Already running")
    assert f"{issue} is already being sent by the run send {issue} on " in said["message"]
    assert is_being_sent(press, issue)

    prefect.api.delete(f"/flow_runs/{first}")
    wait_until(lambda: stop_of(press, issue))

    stop = stop_of(press, issue)
    assert stop is not None
    assert (stop.kind, stop.reason) == (StopKind.PAUSED, "its run was deleted in the dashboard")
    assert {row.state for row in ledger(press, issue).values()} == {DeliveryState.PENDING}


@pytest.mark.parametrize(("how", "is_paused"), [("cancelled", True), ("deleted", True)])
def test_a_run_that_is_gone_before_it_could_look_pauses_its_issue_too(
    prefect: RunningPrefect, press: Press, issue: str, how: str, is_paused: bool
) -> None:
    next_year = {"scheduled_time": (now() + timedelta(days=365)).isoformat()}
    later = {"state": {"type": "SCHEDULED", "state_details": next_year}}
    run = begun(prefect, press, "send", {"issue": issue}, **later)
    deployment = prefect.api.get(f"/flow_runs/{run}")["deployment_id"]
    note_send_run(press, issue, run, deployment, now())
    with as_in(prefect):
        assert heed_the_dashboard(press) == 0

        if how == "cancelled":
            prefect.api.post(f"/flow_runs/{run}/set_state", CANCELLING)
        else:
            prefect.api.delete(f"/flow_runs/{run}")

        assert heed_the_dashboard(press) == is_paused
        resume(press, issue, now())
        assert heed_the_dashboard(press) == 0


def test_a_prefect_that_was_set_up_anew_pauses_nothing(
    prefect: RunningPrefect, press: Press, issue: str
) -> None:
    note_send_run(press, issue, str(uuid4()), str(uuid4()), now())

    with as_in(prefect):
        assert heed_the_dashboard(press) == 0

    assert stop_of(press, issue) is None
    assert send_runs(press) == ()


def test_what_is_wholly_sent_is_not_paused_for_a_run_that_is_deleted(
    prefect: RunningPrefect, press: Press, issue: str
) -> None:
    send(press, issue, clock=now)
    deployment = prefect.api.get("/deployments/name/send/send")["id"]
    note_send_run(press, issue, str(uuid4()), deployment, now())

    with as_in(prefect):
        assert heed_the_dashboard(press) == 0

    assert stop_of(press, issue) is None


@pytest.mark.parametrize(
    ("said", "is_paused"), [(None, False), (CANCELLING, True), (TAKEN_FOR_DEAD, False)]
)
def test_what_is_said_of_a_run_in_its_last_seconds_counts_unless_it_only_was_silent(
    prefect: RunningPrefect,
    press: Press,
    issue: str,
    said: dict[str, object] | None,
    is_paused: bool,
) -> None:
    run = begun(prefect, press, "send", {"issue": issue}, state={"type": "RUNNING"})
    deployment = prefect.api.get(f"/flow_runs/{run}")["deployment_id"]
    mine = note_send_run(press, issue, run, deployment, now())

    with as_in(prefect), heeding(press, mine):
        if said:
            prefect.api.post(f"/flow_runs/{run}/set_state", said)

    assert (stop_of(press, issue) is not None) == is_paused
    assert send_runs(press) == ()
    prefect.api.delete(f"/flow_runs/{run}")


def test_what_no_server_could_say_at_the_end_of_a_run_is_looked_up_later(
    press: Press, issue: str
) -> None:
    mine = note_send_run(press, issue, str(uuid4()), str(uuid4()), now())

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}), heeding(press, mine):
        pass

    assert send_runs(press) == (mine,)
