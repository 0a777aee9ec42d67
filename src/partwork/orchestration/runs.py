"""The run of Prefect's that this process is, and others that it asks for."""

import platform
from collections.abc import Mapping
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.utilities.urls import url_for

from partwork.actions.run_notices import RunState
from partwork.model.errors import PartworkError


class NoSuchRun(PartworkError):
    """Prefect's server does not know it, or knows it no more."""

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__(f"there is no run {run}; it may have been deleted")


def this_run() -> str:
    """What people know this run by; "" where it is none of Prefect's."""
    name = runtime.flow_run.name
    return f"the run {name} on {platform.node()}" if name else ""


def client_aside() -> SyncPrefectClient:
    """A client for another thread of a run: that of the run counts who uses it without a lock."""
    return get_client(sync_client=True, httpx_settings={})  # one with settings is not shared


def ask_for(flow: str, key: str, parameters: Mapping[str, object]) -> tuple[str, str]:
    """A run of the flow's deployment, by its id and the deployment's; nobody waits for its end.

    Asked for under the same key again, it is the same run.
    """
    run = run_deployment(
        f"{flow}/{flow}",
        parameters=dict(parameters),
        timeout=0,
        idempotency_key=key,
        as_subflow=False,
    )
    if not isinstance(run, FlowRun):  # it is a coroutine where somebody runs an event loop
        raise TypeError("runs are asked for where no event loop runs")
    return str(run.id), str(run.deployment_id)


def state_of_run(run: str) -> RunState:
    """How the run of that id stands. Raises NoSuchRun."""
    with get_client(sync_client=True) as client:
        try:
            found = client.read_flow_run(UUID(run))
        except ObjectNotFound:
            raise NoSuchRun(run) from None
        flow = client.read_flow(found.flow_id).name
    return RunState(
        id=run,
        flow=flow,
        name=found.name or "",
        state=found.state.name or "" if found.state else "",
        message=found.state.message or "" if found.state else "",
        parameters=found.parameters,
        url=url_for("flow-run", found.id) or "",
    )
