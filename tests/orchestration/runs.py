"""What tests of flows share: runs in a home of the test's own, and an issue that waits there."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    temporary_settings,
)

from partwork.actions.issue_named import issue_named
from partwork.actions.letter import begin_letter
from partwork.assembly import Press
from partwork.orchestration.api import Api, PrefectRefused
from partwork.orchestration.launcher import RunningPrefect
from partwork.store.leases import release_lease, take_lease
from tests.actions.sending import published, subscribe
from tests.conftest import wait_until

ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def begun(
    prefect: RunningPrefect,
    press: Press,
    flow: str,
    parameters: dict[str, object],
    **also: object,
) -> str:
    """The id of a run of the flow that works in the press's home; it has not ended yet."""
    deployment = prefect.api.get(f"/deployments/name/{flow}/{flow}")
    environment = {"PARTWORK_HOME": str(press.settings.home)}
    body: dict[str, object] = {
        "parameters": parameters,
        "state": {"type": "SCHEDULED"},
        "job_variables": {"env": environment},
    }
    run: dict[str, Any] = prefect.api.post(
        f"/deployments/{deployment['id']}/create_flow_run", body | also
    )
    return str(run["id"])


def state_of(prefect: RunningPrefect, run: str) -> dict[str, Any]:
    found: dict[str, Any] = prefect.api.get(f"/flow_runs/{run}")["state"]
    return found


def has_ended(prefect: RunningPrefect, run: str) -> bool:
    return state_of(prefect, run)["type"] in ENDED


def question_of(api: Api, run: str, before: str = "") -> tuple[str, str]:
    """The key and the description of what the run waits for, once it asks something else."""
    details: dict[str, Any] = {}

    def asks() -> bool:
        state = api.get(f"/flow_runs/{run}")["state"]
        details.update(state["state_details"])
        if state["name"] != "Suspended" or details["pause_key"] == before:
            return False
        key = details["run_input_keyset"]["description"]
        with suppress(PrefectRefused):  # which Prefect keeps once the run is suspended
            details["said"] = api.get(f"/flow_runs/{run}/input/{key}")
        return "said" in details

    wait_until(asks, within_seconds=90)
    return details["pause_key"], details["said"]


@contextmanager
def as_in(prefect: RunningPrefect) -> Iterator[None]:
    """This process speaks to that server meanwhile, as a run does."""
    names = (PREFECT_API_URL, PREFECT_API_AUTH_STRING, PREFECT_CLIENT_CSRF_SUPPORT_ENABLED)
    with temporary_settings({name: prefect.environment[name.name] for name in names}):
        yield


@contextmanager
def held_back(press: Press, issue: str) -> Iterator[None]:
    """Lanes wait before their first message, as for another lane that sends to first readers."""
    name, now = f"canary:{issue_named(press, issue).content_hash}", datetime.now(UTC)
    with press.engine.begin() as connection:
        assert take_lease(connection, name, "the test", now, timedelta(hours=1))
    try:
        yield
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, name, "the test")


def waiting_issue(press: Press, *readers: str, series: str = "spring") -> str:
    """The name of a letter that is published, and that nobody has been sent yet."""
    words = {"subject": "Spring is here", "preheader": "What to bring on the first morning."}
    begin_letter(press, series, title="Spring", newsletter="", **words, text="Bring gloves.\n")
    subscribe(press, readers or ("ada@example.org",))
    return published(press, series)
