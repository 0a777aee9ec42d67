"""What Prefect's server does by itself for us, on a real one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from partwork.assembly import Press
from partwork.orchestration.automations import OURS, SILENT_SECONDS, TAGS, install
from partwork.orchestration.inbox_watch import InboxWatch, tell_inbox_changed
from partwork.orchestration.launcher import RunFailed, RunningPrefect
from tests.conftest import wait_until
from tests.orchestration.runs import begun, has_ended, held_back, state_of, waiting_issue
from tests.orchestration.test_events import told

pytestmark = pytest.mark.prefect

INSTALLED = {
    f"{OURS}runs that died are crashed",
    f"{OURS}mail when a run fails",
    f"{OURS}mail when a run dies",
    f"{OURS}mail when a part waits for approval",
    f"{OURS}ingest what is put into the inbox",
}
CALLING = {
    f"{OURS}call when a run fails",
    f"{OURS}call when a run dies",
    f"{OURS}call when a part waits for approval",
}


@dataclass
class Listener:
    """A web server at which somebody is called."""

    url: str
    heard: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(json.loads(body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Listener(f"http://127.0.0.1:{server.server_port}/hooks/s3cret", heard)
    server.shutdown()
    server.server_close()


def automations(prefect: RunningPrefect) -> dict[str, dict[str, Any]]:
    found = prefect.api.post("/automations/filter", {"limit": 200})
    return {one["name"]: one for one in found if one["name"].startswith(OURS)}


def test_deploying_puts_the_automations_in_place_and_again_changes_nothing(
    prefect: RunningPrefect,
) -> None:
    before = automations(prefect)
    assert set(before) == INSTALLED

    off = before[f"{OURS}mail when a run dies"]
    prefect.api.patch(f"/automations/{off['id']}", {"enabled": False})
    assert set(install(prefect.api)) == INSTALLED

    after = automations(prefect)
    assert {name: one["id"] for name, one in after.items()} == {
        name: one["id"] for name, one in before.items()
    }
    assert not after[off["name"]]["enabled"]
    prefect.api.patch(f"/automations/{off['id']}", {"enabled": True})


def test_every_deployment_of_ours_has_a_tag_by_which_it_is_watched(
    prefect: RunningPrefect,
) -> None:
    for one in prefect.api.post("/deployments/filter", {}):
        if not one["entrypoint"].startswith("flows/probe.py"):
            assert set(one["tags"]) & set(TAGS), one["entrypoint"]
            beats = one["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]
            assert beats == "30", one["entrypoint"]


def test_a_run_that_fails_is_told_to_who_is_called_and_to_who_is_mailed(
    prefect: RunningPrefect, listener: Listener
) -> None:
    assert set(install(prefect.api, listener.url)) == INSTALLED | CALLING
    try:
        with pytest.raises(RunFailed) as failed:
            prefect.trigger("send", {"issue": "heard-of-by-nobody"})

        wait_until(lambda: any(one["run"] == "send heard-of-by-nobody" for one in listener.heard))
    finally:
        assert set(install(prefect.api)) == INSTALLED
    # Prefect promises to call once or more often.
    said = next(one for one in listener.heard if one["run"] == "send heard-of-by-nobody")
    assert said["state"] == "Failed"
    assert said["text"].startswith("Partwork: a run fails: send heard-of-by-nobody ")
    assert failed.value.run_id in said["url"]
    mailing = {"flows": {"name": {"any_": ["notice"]}}, "sort": "START_TIME_DESC"}
    about = {"run": failed.value.run_id}

    def is_told() -> bool:
        runs = prefect.api.post("/flow_runs/filter", mailing)
        told = {run["state"]["message"] for run in runs if run["parameters"] == about}
        return told == {"no mail server is set: nobody was mailed"}

    wait_until(is_told)
    assert set(automations(prefect)) == INSTALLED
    assert "s3cret" not in json.dumps(prefect.api.post("/block_documents/filter", {}))


def test_a_run_whose_process_was_killed_unseen_is_crashed_once_it_is_silent(
    prefect: RunningPrefect, press: Press
) -> None:
    # given: the automation as it is, for one run alone and with the shortest silence there is
    issue = waiting_issue(press, series="killed-unseen")
    run = begun(prefect, press, "send", {"issue": issue}, state={"type": "PENDING"})
    ours = automations(prefect)[f"{OURS}runs that died are crashed"]
    assert ours["trigger"]["within"] == SILENT_SECONDS
    of_it = {"match": {"prefect.resource.id": f"prefect.flow-run.{run}"}, "within": 10}
    trigger = {name: value for name, value in ours["trigger"].items() if name != "id"} | of_it
    sooner = {"name": "of one run", "trigger": trigger, "actions": ours["actions"]}
    automation = prefect.api.post("/automations/", sooner)["id"]

    # when: what executes it is killed, and no worker is there to see it
    with held_back(press, issue):
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect.engine"],
            env={
                **prefect.environment,
                "PARTWORK_HOME": str(press.settings.home),
                "PREFECT__FLOW_RUN_ID": run,
                "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            },
            cwd=prefect.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        about = f"prefect.flow-run.{run}"
        wait_until(lambda: told(prefect, "prefect.flow-run.heartbeat", about))
        process.kill()
        process.wait()
        assert state_of(prefect, run)["type"] == "RUNNING"

        # then
        wait_until(lambda: has_ended(prefect, run))
    prefect.api.delete(f"/automations/{automation}")
    state = state_of(prefect, run)
    assert state["type"] == "CRASHED"
    assert state["message"] == f"Nothing was heard of this run for {SILENT_SECONDS} seconds."


def test_what_is_put_into_the_inbox_is_ingested(prefect: RunningPrefect, home: Path) -> None:
    tell_inbox_changed(prefect.api)

    asked = {"flows": {"name": {"any_": ["ingest"]}}}

    def has_come_to_its_end() -> bool:
        runs = prefect.api.post("/flow_runs/filter", asked)
        return any(
            "automation" in str(run["created_by"]).lower() and run["state"]["type"] == "COMPLETED"
            for run in runs
        )

    wait_until(has_come_to_its_end)


def test_the_watch_tells_once_that_files_have_come_and_rest(press: Press) -> None:
    told: list[int] = []
    inbox = press.library.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    watch = InboxWatch(press.library, lambda: told.append(1))
    watch.look()
    assert not told

    (inbox / "worms.txt").write_text("Worms")
    watch.look()
    assert not told, "somebody may still be writing"
    watch.look()
    watch.look()
    assert told == [1]

    (inbox / "worms.txt").unlink()
    watch.look()
    watch.look()
    assert told == [1], "what is taken away is nothing to ingest"


def test_without_a_server_the_command_says_what_to_set(press: Press) -> None:
    settings = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-m", "partwork", "automations"],
        env=settings | {"PARTWORK_HOME": str(press.settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "PREFECT_API_URL names no server" in done.stderr


def test_the_command_puts_them_in_place_on_the_server_that_is_named(
    prefect: RunningPrefect, home: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "partwork", "automations"],
        env=dict(prefect.environment),
        cwd=home / ".partwork",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, set(done.stdout.splitlines())) == (0, INSTALLED), done.stderr
