"""A server that is shared: what other people have on it is nothing of ours."""

from collections.abc import Iterator

import pytest

from partwork.orchestration.automations import install
from partwork.orchestration.launcher import RunningPrefect

pytestmark = pytest.mark.prefect

POOL = "theirs"


@pytest.fixture
def theirs(prefect: RunningPrefect) -> Iterator[str]:
    """A deployment in a pool of somebody's own, under a name that one of ours has."""
    prefect.api.post("/work_pools/", {"name": POOL, "type": "process"})
    flow = prefect.api.post("/flows/", {"name": "etl"})["id"]
    what = {"name": "ingest", "flow_id": flow, "entrypoint": "etl.py:etl", "work_pool_name": POOL}
    yield str(prefect.api.post("/deployments/", what)["id"])
    prefect.api.delete(f"/work_pools/{POOL}")
    prefect.api.delete(f"/flows/{flow}")


def test_their_runs_go_on_when_ours_were_left_over(prefect: RunningPrefect, theirs: str) -> None:
    running = {"state": {"type": "RUNNING"}}
    ours = prefect.api.get("/deployments/name/probe/probe")["id"]
    run, other = (
        prefect.api.post(f"/deployments/{deployment}/create_flow_run", running)["id"]
        for deployment in (ours, theirs)
    )

    prefect.end_left_over()

    ends = [prefect.api.get(f"/flow_runs/{one}")["state"]["type"] for one in (run, other)]
    assert ends == ["CRASHED", "RUNNING"]


def test_no_automation_of_ours_starts_what_is_theirs(prefect: RunningPrefect, theirs: str) -> None:
    install(prefect.api)

    found = prefect.api.post("/automations/filter", {"limit": 200})
    started = {action.get("deployment_id") for one in found for action in one["actions"]}
    assert prefect.api.get("/deployments/name/ingest/ingest")["id"] in started
    assert theirs not in started
