"""Deployments that prefect.yaml has no more, on a real server."""

import json
from pathlib import Path

import pytest

from partwork.orchestration.environment import POOL
from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.retiring import DEPLOYED, retire

pytestmark = pytest.mark.prefect


def deployed(prefect: RunningPrefect, name: str) -> str:
    """Deploys as `prefect deploy FILE --name NAME` does in the home: with the file's steps."""
    (publish,) = (
        one for one in prefect.api.post("/deployments/filter", {}) if one["name"] == "publish"
    )
    flow = prefect.api.post("/flows/", {"name": name})["id"]
    what = {
        "name": name,
        "flow_id": flow,
        "entrypoint": f"flows/{name}.py:{name}",
        "work_pool_name": POOL,
        "pull_steps": publish["pull_steps"],
    }
    return str(prefect.api.post("/deployments/", what)["id"])


def names(prefect: RunningPrefect) -> set[str]:
    return {one["name"] for one in prefect.api.post("/deployments/filter", {})}


def test_what_the_file_has_no_more_is_taken_away_and_what_is_somebody_s_own_stays(
    prefect: RunningPrefect,
) -> None:
    before = names(prefect)
    deployed(prefect, "dropped")
    own = deployed(prefect, "somebodys-own")
    note = prefect.home / DEPLOYED
    noted = json.loads(note.read_text())
    note.write_text(json.dumps([*noted, ["flows/dropped.py:dropped", "dropped"]]))
    try:
        assert retire(prefect.api, prefect.home) == ("dropped",)
        assert names(prefect) == before | {"somebodys-own"}
        assert json.loads(note.read_text()) == noted
        assert retire(prefect.api, prefect.home) == ()
    finally:
        prefect.api.delete(f"/deployments/{own}")
    assert "publish" in before


@pytest.mark.parametrize("note", ["", "[", "7", "[[1]]", '["flows"]'])
def test_a_note_that_cannot_be_read_is_written_anew(prefect: RunningPrefect, note: str) -> None:
    file, before = prefect.home / DEPLOYED, names(prefect)
    good = file.read_text()
    file.write_text(note)

    assert retire(prefect.api, prefect.home) == ()
    assert file.read_text() == good
    assert names(prefect) == before


@pytest.mark.parametrize("written", [None, "deployments: [", "deployments: 7", "[]"])
def test_nothing_is_taken_where_the_file_cannot_be_read(
    prefect: RunningPrefect, tmp_path: Path, written: str | None
) -> None:
    before = names(prefect)
    if written is not None:
        (tmp_path / "prefect.yaml").write_text(written)

    assert retire(prefect.api, tmp_path) == ()
    assert names(prefect) == before
