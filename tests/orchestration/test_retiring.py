"""Deployments that prefect.yaml has no more, on a real server."""

from pathlib import Path

import pytest

from partwork.orchestration.environment import POOL
from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.retiring import OUR_STEP, retire

pytestmark = pytest.mark.prefect


def deployed(prefect: RunningPrefect, name: str, steps: list[dict[str, object]]) -> str:
    flow = prefect.api.post("/flows/", {"name": name})["id"]
    what = {
        "name": name,
        "flow_id": flow,
        "entrypoint": f"flows/{name}.py:{name}",
        "work_pool_name": POOL,
        "pull_steps": steps,
    }
    return str(prefect.api.post("/deployments/", what)["id"])


def names(prefect: RunningPrefect) -> set[str]:
    return {one["name"] for one in prefect.api.post("/deployments/filter", {})}


def test_what_the_file_has_no_more_is_taken_away_and_what_is_somebody_s_own_stays(
    prefect: RunningPrefect,
) -> None:
    before = names(prefect)
    deployed(prefect, "dropped", [{OUR_STEP: {}}])
    own = deployed(prefect, "somebodys-own", [{"prefect.deployments.steps.run_shell_script": {}}])
    try:
        assert retire(prefect.api, prefect.home) == ("dropped",)
        assert names(prefect) == before | {"somebodys-own"}
    finally:
        prefect.api.delete(f"/deployments/{own}")
    assert "publish" in before


@pytest.mark.parametrize("written", [None, "deployments: [", "deployments: 7", "[]"])
def test_nothing_is_taken_where_the_file_cannot_be_read(
    prefect: RunningPrefect, tmp_path: Path, written: str | None
) -> None:
    before = names(prefect)
    if written is not None:
        (tmp_path / "prefect.yaml").write_text(written)

    assert retire(prefect.api, tmp_path) == ()
    assert names(prefect) == before
