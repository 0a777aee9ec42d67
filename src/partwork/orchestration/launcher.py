"""Prefect on this machine for one home: server, deployments and worker, until the context ends."""

import os
import shutil
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from partwork.launched import Launched, told_beside
from partwork.model.errors import PartworkError
from partwork.orchestration.api import Api, PrefectRefused
from partwork.orchestration.automations import install
from partwork.orchestration.child import WARM
from partwork.orchestration.children import Child, end_all
from partwork.orchestration.engine import socket_in
from partwork.orchestration.environment import (
    ANY_PLACE,
    POOL,
    Place,
    clean_environment,
    prefect_settings,
    prefect_state,
    temporary_in,
)
from partwork.orchestration.holding import ended_by_signals, free_port, only_launcher
from partwork.orchestration.journal import Hearer, Journal, nobody
from partwork.orchestration.login import login_of
from partwork.orchestration.retiring import retire

# A first start also makes the database: 18 s on two idle cores; a busy machine takes longer.
SERVER_LIMIT_SECONDS = 120
DEPLOY_LIMIT_SECONDS = 120
# Of the ten seconds in which all must have ended: the runs first, the server they tell it last.
RUNS_END_SECONDS = 6
SERVER_ENDS_SECONDS = 2
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
LAST_REQUEST_SECONDS = 1.0
# For what runs for months: glibc gives each thread a heap of its own, whose holes it keeps. So the
# server begins with 10 MB less, and grows by 9 MB in 120 runs where it grew by 12 (mallopt(3)).
ONE_HEAP = MappingProxyType({"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"})

Progress = Callable[[str], None]


class PrefectDown(PartworkError):
    """One of Prefect's processes did not do its work; `log` holds everything it said."""

    def __init__(self, what: str, last_words: str, log: Path) -> None:
        self.what, self.last_words, self.log = what, last_words, log
        said = f": {last_words}" if last_words else ""
        super().__init__(f"{what}{said} (all of it is in {log})")


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
    """A server that is up, and what can be done with it. The first of the children is its own."""

    home: Path
    place: Place
    journal: Journal
    environment: Mapping[str, str]
    api: Api
    children: list[Child]
    deploying: Child | None = None

    @property
    def dashboard(self) -> str:
        """The dashboard's address."""
        return self.place.seen_at

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self.place.port

    def server(self) -> Child:
        """Starts the server."""
        return self.start("server", "prefect", "server", "start", also=ONE_HEAP)

    def make_pool(self) -> None:
        """Makes the work pool, if there is none yet."""
        try:
            self.api.post("/work_pools/", {"name": POOL, "type": "process"})
        except PrefectRefused as refusal:
            if refusal.status != 409:  # it is there already
                raise

    def deploy(self, notify_url: str = "") -> None:
        """Deploys everything in the home's prefect.yaml; makes the work pool on the first time.

        The automations are put in place with it; `notify_url` is what they call. What stands there
        no more is taken away. Raises PrefectDown with what Prefect says of a broken prefect.yaml
        or flow.
        """
        self.make_pool()
        status, said = self._end_of_program(self.prepare())
        self.deploying = None
        if status != 0:
            raise PrefectDown("deploying failed", said, self.journal.file)
        install(self.api, notify_url)
        retire(self.api, self.home)

    def prepare(self) -> Child:
        """Begins to deploy as far as that needs no server: it may be starting meanwhile."""
        if self.deploying is None:
            arguments = ("prefect", "--no-prompt", "deploy", "--all")
            self.deploying = self.start("deploy", *arguments, goes_to=self.home, is_held=True)
        return self.deploying

    def once(self, name: str, *arguments: str) -> tuple[int | None, str]:
        """The status and last words of a program that runs in the home and is waited for."""
        return self._end_of_program(self.start(name, *arguments, goes_to=self.home))

    def _end_of_program(self, child: Child) -> tuple[int | None, str]:
        child.let_go()
        status = child.ended(DEPLOY_LIMIT_SECONDS)
        said = child.last_words()
        child.stop(within=0)
        self.children.remove(child)
        return status, said

    def worker(self) -> Child:
        """Starts a worker, once what an earlier end left behind is put in order.

        Ticks that were missed are dropped: the next one works off whatever is due.
        """
        self.end_left_over()
        now = datetime.now(UTC)
        for run in self._runs({"type": {"any_": ["SCHEDULED"]}}):
            due_at = run["next_scheduled_start_time"] or run["expected_start_time"]
            if run["auto_scheduled"] and datetime.fromisoformat(due_at) < now:
                self.api.delete(f"/flow_runs/{run['id']}")
        begin = ("prefect", "worker", "start", "--pool", POOL, "--type=process")
        return self.start("worker", *begin, also=ONE_HEAP)

    def warm(self) -> Child:
        """Starts what becomes the runs: they begin sooner where it is there."""
        place = str(socket_in(prefect_state(self.home)))
        return self.start("warm", WARM, place, goes_to=self.home)

    def end_left_over(self) -> None:
        """Runs that nobody works on any more end as crashed. No worker may be running.

        What a person was cancelling is cancelled: a send's issue is paused for it later.
        """
        for run in self._runs({"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}):
            end = "CANCELLED" if run["state_type"] == "CANCELLING" else "CRASHED"
            gone = {"type": end, "message": "Partwork was stopped while this ran."}
            self.api.post(f"/flow_runs/{run['id']}/set_state", {"state": gone, "force": True})

    def trigger(
        self, name: str, parameters: Mapping[str, object], progress: Progress = lambda _state: None
    ) -> FlowRunResult:
        """Runs the deployment of a flow to its end; `progress` hears each state.

        Raises RunFailed, or PrefectDown when the worker or server ends meanwhile.
        """
        deployment = self.api.get(f"/deployments/name/{name}/{name}")
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

    def await_health(self, server: Child) -> None:
        """Waits until the server answers. Raises PrefectDown after 120 seconds, or if it ends."""
        deadline = time.monotonic() + SERVER_LIMIT_SECONDS
        while not self.api.is_up():
            if server.ended(within=0.1) is not None or time.monotonic() > deadline:
                what = "Prefect's server did not start"
                raise PrefectDown(what, server.last_words(), self.journal.file)

    def start(
        self,
        name: str,
        *arguments: str,
        goes_to: Path | None = None,
        is_held: bool = False,
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> Child:
        """A program that ends with this context, in the place of the one that had its name.

        `also` stands in its environment, and in no other's.
        """
        child = Child(
            name,
            arguments,
            environment={**self.environment, **also},
            folder=prefect_state(self.home),
            journal=self.journal,
            goes_to=goes_to,
            is_held=is_held,
        )
        for i, other in enumerate(self.children):
            if other.name == name:
                self.children[i] = child
                return child
        self.children.append(child)
        return child

    def end(self) -> None:
        """Stops all children within ten seconds; what still ran is told to the server as crashed.

        Whatever is not done by then is done by the next start.
        """
        server, others = self.children[:1], self.children[1:]
        end_all(others, RUNS_END_SECONDS)
        if others and server[0].ended(within=0) is None:
            self.api = Api(self.place, LAST_REQUEST_SECONDS, busy_seconds=0)
            with suppress(PartworkError):
                self.end_left_over()
        end_all(server, SERVER_ENDS_SECONDS)

    def _runs(
        self, state: Mapping[str, object], flow: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        ours = {"work_pools": {"name": {"any_": [POOL]}}}  # other workers may share the server
        query = (
            {"flow_runs": {"state": state}, "limit": 200} | ours | ({"flows": flow} if flow else {})
        )
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
                what = f"Prefect's {child.name} stopped"
                raise PrefectDown(what, child.last_words(), self.journal.file)
            within = 0


@contextmanager
def running_prefect(
    home: Path,
    *,
    log: Path,
    place: Place = ANY_PLACE,
    base: Mapping[str, str] | None = None,
    secrets: Iterable[str] = (),
    also: Hearer = nobody,
    pages: str = "",
    beside: Callable[["RunningPrefect"], object] = lambda _prefect: None,
) -> Iterator[RunningPrefect]:
    """A Prefect server for a home, at a place: where it names no port, any free one.

    Children get `base` (the environment of this process, if it is not given) without what is
    Prefect's in it. What they say goes to `log`, without `secrets` and logins; `also` hears each
    line. `pages` is where web pages will be, if there are any. `beside` is called while the server
    starts. All of them end with the context, within 10
    seconds, also on SIGTERM; when this process is killed, at once. Raises NotWritable, HomeInUse,
    PortTaken, BadLogin, or PrefectDown after 120 seconds.
    """
    home = home.absolute()
    state = prefect_state(home)
    try:
        # Prefect keeps what blocks hold, and the key to it, in one file that all could read.
        state.mkdir(0o700, parents=True, exist_ok=True)
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(error) from None
    with only_launcher(home, state / "lock"), ended_by_signals():
        shutil.rmtree(temporary_in(state), ignore_errors=True)  # of one that was killed
        temporary_in(state).mkdir(0o700, exist_ok=True)
        login = place.login or login_of(home)
        place = replace(place, login=login, port=free_port(place.port or None, place.host))
        unsaid = (*secrets, login, login.partition(":")[2], b64encode(login.encode()).decode())
        settings = prefect_settings(home, place)
        environment = clean_environment(os.environ if base is None else base, **settings)
        what = Launched(place.port, login, place.host, place.url, pages)
        with (
            told_beside(state.parent, what),
            closing(Journal(log, secrets=unsaid, also=also)) as journal,
        ):
            prefect = RunningPrefect(home, place, journal, environment, Api(place), [])
            try:
                server = prefect.server()
                beside(prefect)
                prefect.await_health(server)
                yield prefect
            finally:
                prefect.end()


def _one_line(message: str) -> str:
    """A run's message without Prefect's opening and on one line."""
    words = " ".join(message.split())
    return words.removeprefix("Flow run encountered an exception: ")
