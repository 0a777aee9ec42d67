"""What Prefect remembers of old runs goes; what has not ended, and what is others', stays."""

import subprocess
import sys

import pytest

from partwork.orchestration.launcher import RunningPrefect
from tests.conftest import wait_until

pytestmark = pytest.mark.prefect

# All that has ended by tomorrow, as a process that Prefect's settings were given to.
FORGET = """
import sys
from datetime import UTC, datetime, timedelta
from partwork.orchestration.history import forget_runs

at = datetime.now(UTC) + timedelta(days=float(sys.argv[1]))
print(forget_runs(at, dry_run=len(sys.argv) > 2))
"""


def forgotten(prefect: RunningPrefect, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FORGET, *arguments],
        capture_output=True,
        text=True,
        env=dict(prefect.environment),
        check=True,
    )
    return done.stdout.strip()


def runs(prefect: RunningPrefect, **given: object) -> list[dict]:
    return prefect.api.post("/flow_runs/filter", {"flow_runs": given})


def logs(prefect: RunningPrefect, run_id: str) -> list[dict]:
    return prefect.api.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run_id]}}})


def test_old_runs_go_with_logs_and_reports_and_no_others(prefect: RunningPrefect) -> None:
    ours = prefect.trigger("prune", {"dry_run": True}).id
    of_us = {"id": {"any_": [ours]}}
    query = {"flow_runs": of_us}
    assert len(prefect.api.post("/artifacts/filter", query)) == 1
    wait_until(lambda: logs(prefect, ours))
    flow = prefect.api.post("/flows/", {"name": "somebody else's"})["id"]
    ended = {"type": "COMPLETED", "name": "Completed"}
    theirs = prefect.api.post("/flow_runs/", {"flow_id": flow, "state": ended})["id"]
    scheduled = {
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "flows": {"name": {"any_": ["prune"]}},  # the ticks of others may run meanwhile
    }
    wait_until(lambda: prefect.api.post("/flow_runs/filter", scheduled))
    to_come = prefect.api.post("/flow_runs/filter", scheduled)

    assert forgotten(prefect, "-1") == "0"
    would = int(forgotten(prefect, "1", "dry run"))
    assert would >= 1
    assert runs(prefect, **of_us)
    assert int(forgotten(prefect, "1")) >= would

    assert not runs(prefect, **of_us)
    assert not prefect.api.post("/artifacts/filter", {"artifacts": {"flow_run_id": of_us["id"]}})
    wait_until(lambda: not logs(prefect, ours))
    assert runs(prefect, id={"any_": [theirs]})
    assert len(runs(prefect, id={"any_": [run["id"] for run in to_come]})) == len(to_come)


def test_the_flow_says_what_was_too_old(prefect: RunningPrefect) -> None:
    result = prefect.trigger("prune", {})

    assert result.name == "prune"
    assert result.message == "nothing was too old"
    (report,) = prefect.api.post("/artifacts/filter", {"flow_runs": {"id": {"any_": [result.id]}}})
    assert "What was removed" in report["data"]


def test_without_a_server_nothing_is_asked(prefect: RunningPrefect) -> None:
    settings = dict(prefect.environment)
    del settings["PREFECT_API_URL"]
    done = subprocess.run(
        [sys.executable, "-c", FORGET, "1"],
        capture_output=True,
        text=True,
        env=settings,
        check=True,
    )

    assert done.stdout.strip() == "None"
