"""Prefect on this machine for one home: server, deployments and worker, until the context ends."""

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from partwork.model.errors import PartworkError
from partwork.orchestration.api import Api, PrefectRefused
from partwork.orchestration.automations import install
from partwork.orchestration.children import Child, stop_all
from partwork.orchestration.environment import (
    LOOPBACK,
    clean_environment,
    prefect_settings,
    prefect_state,
)

POOL = "partwork"
# A first start also makes the database: 18 s on two idle cores; a busy machine takes longer.
SERVER_LIMIT_SECONDS = 120
DEPLOY_LIMIT_SECONDS = 120
STOP_LIMIT_SECONDS = 10
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})

Progress = Callable[[str], None]


class PrefectDown(PartworkError):
    """One of Prefect's processes did not do its work; `log` holds everything it said."""

    def __init__(self, what: str, last_words: str, log: Path) -> None:
        self.what, self.last_words, self.log = what, last_words, log
        said = f": {last_words}" if last_words else ""
        super().__init__(f"{what}{said} (all of it is in {log})")


class PortTaken(PartworkError):
    """Something else listens on the port that was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(f"port {port} of {LOOPBACK} is in use; stop what uses it or name another")


class HomeInUse(PartworkError):
    """Another launcher runs this home's Prefect: two servers would work on one database."""

    def __init__(self, home: Path) -> None:
        self.home = home
        super().__init__(f"another `partwork` runs Prefect for {home}; stop that one first")


class NotWritable(PartworkError):
    """Prefect has no place to keep its things."""

    def __init__(self, error: OSError) -> None:
        self.folder = error.filename
        why = (error.strerror or "error").lower()
        super().__init__(f"{error.filename}: cannot be made ({why}); make the home writable")


class RunFailed(PartworkError):
    """A flow run that did not complete; `message` is the run's own, on one line."""

    def __init__(self, flow: str, run_id: str, message: str) -> None:
        self.flow, self.run_id, self.message = flow, run_id, message
        super().__init__(f"{flow}: {message}")


@dataclass(frozen=True, slots=True)
class FlowRunResult:
    """A flow run that has completed. `state` is the name of its state as the dashboard shows it."""

    id: str
    name: str
    state: str
    message: str


@dataclass(slots=True)
class RunningPrefect:
    """A server that is up, and what can be done with it."""

    home: Path
    port: int
    log: Path
    environment: Mapping[str, str]
    api: Api
    children: list[Child]

    @property
    def dashboard(self) -> str:
        """The dashboard's address."""
        return f"http://{LOOPBACK}:{self.port}"

    def deploy(self, notify_url: str = "") -> None:
        """Deploys everything in the home's prefect.yaml; makes the work pool on the first time.

        The automations are put in place with it; `notify_url` is what they call. Raises
        PrefectDown with what Prefect says of a broken prefect.yaml or flow.
        """
        try:
            self.api.post("/work_pools/", {"name": POOL, "type": "process"})
        except PrefectRefused as refusal:
            if refusal.status != 409:  # it is there already
                raise
        deploying = self._start("prefect", "--no-prompt", "deploy", "--all", goes_to=self.home)
        status = deploying.ended(DEPLOY_LIMIT_SECONDS)
        deploying.stop(within=0)
        self.children.remove(deploying)
        if status != 0:
            raise PrefectDown("deploying failed", deploying.last_words(), self.log)
        install(self.api, notify_url)

    def worker(self) -> None:
        """Starts a worker, once what an earlier end left behind is put in order.

        Runs that nobody works on any more end as crashed. Ticks that were missed are dropped:
        the next one works off whatever is due.
        """
        for run in self._runs({"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}):
            gone = {"type": "CRASHED", "message": "Partwork was stopped while this ran."}
            self.api.post(f"/flow_runs/{run['id']}/set_state", {"state": gone, "force": True})
        now = datetime.now(UTC)
        for run in self._runs({"type": {"any_": ["SCHEDULED"]}}):
            due_at = run["next_scheduled_start_time"] or run["expected_start_time"]
            if run["auto_scheduled"] and datetime.fromisoformat(due_at) < now:
                self.api.delete(f"/flow_runs/{run['id']}")
        self._start("prefect", "worker", "start", "--pool", POOL, "--type", "process")

    def trigger(
        self, name: str, parameters: Mapping[str, object], progress: Progress = lambda _state: None
    ) -> FlowRunResult:
        """Runs the deployment `name`/default and waits for its end; `progress` hears each state.

        Raises RunFailed, or PrefectDown when the worker or server ends meanwhile.
        """
        deployment = self.api.get(f"/deployments/name/{name}/default")
        body = {
            "parameters": dict(parameters),
            "state": {"type": "SCHEDULED"},
            "idempotency_key": str(uuid4()),  # so that a second try makes no second run
        }
        run = self.api.post(f"/deployments/{deployment['id']}/create_flow_run", body)
        return self._end_of(name, run["id"], progress)

    def settle(self, name: str, progress: Progress = lambda _state: None) -> list[FlowRunResult]:
        """Waits for the runs of the flow `name` that were asked for and have not ended.

        A schedule's coming runs are not waited for.
        """
        under_way = {"not_any_": sorted(ENDED)}
        runs = self._runs({"type": under_way}, {"name": {"any_": [name]}})
        asked_for = [run["id"] for run in runs if not run["auto_scheduled"]]
        return [self._end_of(name, run_id, progress) for run_id in asked_for]

    def watch(self) -> None:
        """Waits for ever. Raises PrefectDown as soon as one of the children has ended."""
        while True:
            self._demand_alive(within=1)

    def _runs(
        self, state: Mapping[str, object], flow: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        query = {"flow_runs": {"state": state}, "limit": 200} | ({"flows": flow} if flow else {})
        found: list[dict[str, Any]] = self.api.post("/flow_runs/filter", query)
        return found

    def _end_of(self, flow: str, run_id: str, progress: Progress) -> FlowRunResult:
        seen = ""
        while True:
            run = self.api.get(f"/flow_runs/{run_id}")
            state = run["state"]
            if state["name"] != seen:
                seen = state["name"]
                progress(seen)
            if state["type"] in ENDED:
                break
            self._demand_alive(within=0.2)
        message = _one_line(state["message"] or "")
        if state["type"] != "COMPLETED":
            raise RunFailed(flow, run_id, message or f"ended as {state['name'].lower()}")
        return FlowRunResult(run_id, run["name"], state["name"], message)

    def _demand_alive(self, within: float) -> None:
        """Waits `within` seconds. Raises PrefectDown if a child has ended by then."""
        for child in reversed(self.children):
            if child.ended(within) is not None:
                raise PrefectDown(f"`{child.name}` stopped", child.last_words(), self.log)
            within = 0

    def _start(self, *arguments: str, goes_to: Path | None = None) -> Child:
        child = Child(
            arguments,
            environment=self.environment,
            folder=prefect_state(self.home),
            log=self.log,
            goes_to=goes_to,
        )
        self.children.append(child)
        return child


@contextmanager
def running_prefect(
    home: Path,
    *,
    log: Path,
    port: int | None = None,
    base: Mapping[str, str] | None = None,
) -> Iterator[RunningPrefect]:
    """A Prefect server for a home, on a port of the loopback address (None: any free one).

    Children get `base` (the environment of this process, if it is not given) without what is
    Prefect's in it. All of them end with the context, within 10 seconds, also on SIGTERM; when
    this process is killed, at once. Raises NotWritable, HomeInUse, PortTaken, or PrefectDown after
    120 seconds.
    """
    home = home.absolute()
    state = prefect_state(home)
    try:
        state.mkdir(parents=True, exist_ok=True)
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(error) from None
    with _only_launcher(home, state / "lock"), _ended_by_sigterm():
        port = free_port(port)
        settings = prefect_settings(home, port)
        environment = clean_environment(os.environ if base is None else base, **settings)
        prefect = RunningPrefect(home, port, log, environment, Api(port), [])
        try:
            prefect._start("prefect", "server", "start")
            _await_health(prefect)
            yield prefect
        finally:
            stop_all(prefect.children, STOP_LIMIT_SECONDS)


def free_port(asked: int | None) -> int:
    """A port of the loopback address that is free now: the one asked for, else any.

    Raises PortTaken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, asked or 0))
        except OSError:
            raise PortTaken(asked or 0) from None
        found: int = probe.getsockname()[1]
        return found


def _await_health(prefect: RunningPrefect) -> None:
    deadline = time.monotonic() + SERVER_LIMIT_SECONDS
    server = prefect.children[0]
    while not prefect.api.is_up():
        if server.ended(within=0.1) is not None or time.monotonic() > deadline:
            raise PrefectDown("Prefect's server did not start", server.last_words(), prefect.log)


@contextmanager
def _only_launcher(home: Path, lock: Path) -> Iterator[None]:
    """Holds the home's lock; the kernel frees it however the process ends."""
    with lock.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HomeInUse(home) from None
        yield


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Makes SIGTERM end this process like `sys.exit`, so that the children are stopped in order.

    Signals are the main thread's affair; in another one nothing changes.
    """

    def leave(_signal: int, _frame: object) -> None:
        sys.exit(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _one_line(message: str) -> str:
    """A run's message without Prefect's opening and on one line."""
    words = " ".join(message.split())
    return words.removeprefix("Flow run encountered an exception: ")
