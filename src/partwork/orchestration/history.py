"""What Prefect remembers of our runs, asked for and removed by way of its client.

Runs in our work pool alone: the server may be others' too.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from httpx import HTTPError, InvalidURL  # Prefect's client speaks by it
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from partwork.actions.pruning import Pruned
from partwork.model.errors import PartworkError
from partwork.orchestration.environment import POOL
from partwork.orchestration.launcher import ENDED

RUNS = "runs in Prefect, with their logs and reports"
AT_ONCE = 50  # runs that are asked for together
IN_ALL = 2000  # runs a call: in a day there are 240 of the ticks, and a call takes minutes at most


class PrefectAway(PartworkError):
    """Prefect's server cannot be asked."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Prefect's server does not do its part ({why}); its old runs stay. Look at "
            "PREFECT_API_URL, and whether it runs"
        )


def forget_runs(before: datetime, *, dry_run: bool = False) -> int | None:
    """Removes runs that ended before then, with their artifacts; the server removes their logs.

    How many; the oldest of them may be left to the next call. None: no server is set. What is
    scheduled, runs or waits for a person has not ended. Raises PrefectAway.
    """
    if not get_current_settings().api.url:
        return None
    with _client() as client:
        if dry_run:
            return client.count_flow_runs(flow_run_filter=_ended(before), work_pool_filter=_OURS)
        gone = 0
        for _ in range(IN_ALL // AT_ONCE):
            if not (runs := _some(client, before)):
                break
            gone += _forget(client, runs)
        return gone


def with_runs(pruned: Pruned, now: datetime, days: int) -> Pruned:
    """The same with the runs that ended so many days ago; where Prefect is away, a note says so."""
    try:
        count = forget_runs(now - timedelta(days=days), dry_run=pruned.is_dry_run)
    except PrefectAway as away:
        return replace(pruned, notes=(*pruned.notes, str(away)))
    return pruned if count is None else replace(pruned, counts={**pruned.counts, RUNS: count})


@contextmanager
def _client() -> Iterator[SyncPrefectClient]:
    try:
        with get_client(sync_client=True) as client:
            yield client
    except (HTTPError, InvalidURL) as error:
        raise PrefectAway(type(error).__name__) from None


def _some(client: SyncPrefectClient, before: datetime) -> list[FlowRun]:
    return client.read_flow_runs(
        flow_run_filter=_ended(before), work_pool_filter=_OURS, limit=AT_ONCE
    )


def _forget(client: SyncPrefectClient, runs: list[FlowRun]) -> int:
    """Artifacts first: of a run that is gone nobody could tell which were its own."""
    of_them = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id for run in runs]))
    while artifacts := client.read_artifacts(artifact_filter=of_them, limit=AT_ONCE):
        for artifact in artifacts:
            with suppress(ObjectNotFound):  # another was quicker
                client.delete_artifact(artifact.id)
    gone = 0
    for run in runs:
        with suppress(ObjectNotFound):
            client.delete_flow_run(run.id)
            gone += 1
    return gone


def _ended(before: datetime) -> FlowRunFilter:
    states = FlowRunFilterStateType(any_=[StateType(state) for state in sorted(ENDED)])
    return FlowRunFilter(
        state=FlowRunFilterState(type=states),
        end_time=FlowRunFilterEndTime.model_validate({"before_": before}),
    )


_OURS = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
