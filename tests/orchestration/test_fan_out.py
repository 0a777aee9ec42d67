"""A send is spread over lanes, each of which any machine may take."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.orchestration.fan_out import WORTH, further_lanes
from partwork.orchestration.launcher import RunFailed, RunningPrefect

ASK = """
import sys
from partwork.orchestration.fan_out import start_lanes

for round_ in sys.argv[1:]:
    print(start_lanes("spread-over-machines", 2, round_))
"""


@given(st.integers(0, 10**7), st.integers(0, 64))
def test_a_send_asks_for_as_many_lanes_as_are_worth_it(deliveries: int, most: int):
    further = further_lanes(deliveries, most)

    assert 0 <= further <= most
    assert not further or deliveries >= WORTH * (further + 1)  # its own is one too
    assert further == most or deliveries < WORTH * (further + 2)  # one more would not be worth it


@pytest.mark.prefect
def test_the_same_round_starts_its_lanes_once_and_a_new_one_again(prefect: RunningPrefect):
    told = subprocess.run(
        [sys.executable, "-c", ASK, "first", "first", "second"],
        env=dict(prefect.environment),
        cwd=prefect.home,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert told.split() == ["2", "2", "2"]
    query = {"flows": {"name": {"any_": ["send_lane"]}}}
    runs = prefect.api.post("/flow_runs/filter", query)
    asked = {run["idempotency_key"] for run in runs if "spread" in str(run["parameters"])}
    assert asked == {f"spread-over-machines-{n}-{r}" for n in (1, 2) for r in ("first", "second")}
    assert {run["work_queue_name"] for run in runs} == {"lanes"}


@pytest.mark.prefect
def test_a_lane_of_an_issue_that_is_not_there_says_so(prefect: RunningPrefect):
    with pytest.raises(RunFailed, match="no-such-issue"):
        prefect.trigger("send_lane", {"issue": "no-such-issue", "shard": 3})


def test_without_a_server_nothing_is_spread_and_nothing_fails(tmp_path):
    nowhere = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
    told = subprocess.run(
        [sys.executable, "-c", ASK, "round"],
        env={"PREFECT_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path), **nowhere},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stdout.split() == ["0"], told.stderr
