"""The process that becomes the runs, with a real server and worker."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from partwork.orchestration.children import Child
from partwork.orchestration.engine import socket_in
from partwork.orchestration.environment import prefect_state
from partwork.orchestration.launcher import RunningPrefect
from tests.conftest import wait_until

pytestmark = pytest.mark.prefect

STAYS = """
import logging, os, signal
from pathlib import Path
from prefect import flow
from prefect.runtime import flow_run
import beside_it

@flow(name="stays")
def stays() -> None:
    print("logs from", logging.getLogger().level, flush=True)
    Path(f"stays-{flow_run.id}").write_text(str(os.getpid()))
    signal.pause()
"""


@dataclass
class Warm:
    """One that listens, and what has become of it."""

    prefect: RunningPrefect
    child: Child

    def has_become(self, run: int) -> bool:
        """Whether a process is its child; other tests' runs and those of a schedule may be, too."""
        process = self.child.process.pid
        found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return str(run) in found

    def asked(self, **environment: str) -> str:
        """The id of a run that does not end."""
        deployment = self.prefect.api.get("/deployments/name/stays/stays")["id"]
        what = {"state": {"type": "SCHEDULED"}, "job_variables": {"env": environment}}
        path = f"/deployments/{deployment}/create_flow_run"
        return str(self.prefect.api.post(path, what)["id"])

    def begun(self, **environment: str) -> tuple[str, int, int]:
        """A run that has begun: its id, its process, and the one that stands for it."""
        run = self.asked(**environment)
        note = self.prefect.home / f"stays-{run}"
        wait_until(lambda: note.exists() and note.read_text())
        process = int(note.read_text())
        note.unlink()
        return run, process, self.worker_s(run)

    def worker_s(self, run: str) -> int:
        """The process that the worker started for the run."""
        process: str = self.prefect.api.get(f"/flow_runs/{run}")["infrastructure_pid"]
        return int(process.rpartition(":")[2])

    def state(self, run: str) -> str:
        return str(self.prefect.api.get(f"/flow_runs/{run}")["state"]["type"])


def listens(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as conn, suppress(OSError), chdir(place.parent):
        conn.connect(place.name)
        return True
    return False


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(scope="module")
def cold(prefect: RunningPrefect) -> Iterator[RunningPrefect]:
    """The server and worker that other tests have, too, without theirs until these are over."""
    end_warm(prefect)
    yield prefect
    prefect.warm()


def end_warm(prefect: RunningPrefect) -> None:
    for child in [child for child in prefect.children if child.name == "warm"]:
        child.ask_to_stop()
        child.stop(within=10)
        prefect.children.remove(child)


@pytest.fixture(scope="module")
def warm(cold: RunningPrefect) -> Iterator[Warm]:
    prefect = cold
    flows = prefect.home / "flows"
    (flows / "stays.py").write_text(STAYS)
    (flows / "beside_it.py").write_text("")
    probe = prefect.api.get("/deployments/name/probe/probe")
    kept = ("work_pool_name", "work_queue_name", "pull_steps", "job_variables", "path")
    deployment = {name: probe[name] for name in kept} | {
        "name": "stays",
        "flow_id": prefect.api.post("/flows/", {"name": "stays"})["id"],
        "entrypoint": "flows/stays.py:stays",
    }
    made = prefect.api.post("/deployments/", deployment)["id"]
    child = prefect.warm()
    wait_until(lambda: listens(socket_in(prefect_state(prefect.home))))
    yield Warm(prefect, child)
    end_warm(prefect)
    prefect.api.delete(f"/deployments/{made}")
    for file in ("stays.py", "beside_it.py"):
        (flows / file).unlink()


def test_where_a_flow_starts_a_thread_nothing_listens_and_nothing_ends(
    cold: RunningPrefect,
) -> None:
    flow = cold.home / "flows" / "threads.py"
    flow.write_text("import threading; threading.Thread(target=threading.Event().wait).start()")
    child = cold.warm()
    try:
        wait_until(lambda: "starts a thread" in child.last_words())
        assert child.ended(within=0.2) is None
        assert not listens(socket_in(prefect_state(cold.home)))
    finally:
        flow.unlink()
        child.stop(within=0)
        cold.children.remove(child)


def test_a_run_ends_with_whoever_stands_for_it(warm: Warm) -> None:
    _, process, stands_for_it = warm.begun()
    assert warm.has_become(process)

    os.kill(stands_for_it, signal.SIGKILL)

    wait_until(lambda: is_gone(process))


HEARS_OUT = """
import os, signal, sys
from pathlib import Path
from time import sleep
from prefect import flow
from partwork.orchestration.gently import ending_gently

def hears_out(is_told) -> None:
    Path("hears-out").write_text(str(os.getpid()))
    while not is_told():
        sleep(0.05)
    Path("hears-out").write_text("heard out")

@flow(name="stays")
def stays() -> None:
    ending_gently(hears_out)
"""
DEAF = """
import os, re
from pathlib import Path
from prefect import flow

@flow(name="stays")
def stays() -> None:
    Path("deaf").write_text(str(os.getpid()))
    re.match("(a+)+$", "a" * 60 + "b")  # no other thread of Python's runs for years
"""


@contextmanager
def instead(warm: Warm, words: str, note: str) -> Iterator[Path]:
    """The flow in other words, and the file that it writes."""
    flow, file = warm.prefect.home / "flows" / "stays.py", warm.prefect.home / note
    flow.write_text(words)
    try:
        yield file
    finally:
        flow.write_text(STAYS)
        file.unlink(missing_ok=True)


@pytest.mark.parametrize("environment", [{}, {"PYTHONHASHSEED": "1"}], ids=["warm", "by itself"])
def test_whose_worker_ends_may_hear_out_what_has_left(
    warm: Warm, environment: dict[str, str]
) -> None:
    """Prefect's worker kills what it started as soon as it is told to end."""
    with instead(warm, HEARS_OUT, "hears-out") as note:
        run = warm.asked(**environment)
        wait_until(lambda: note.exists() and note.read_text())
        process = int(note.read_text())

        os.kill(warm.worker_s(run), signal.SIGKILL)

        wait_until(lambda: note.read_text() == "heard out")
        wait_until(lambda: is_gone(process))


def test_who_hears_nothing_is_killed_a_little_later(warm: Warm) -> None:
    with instead(warm, DEAF, "deaf") as note:
        run = warm.asked()
        wait_until(lambda: note.exists() and note.read_text())
        process = int(note.read_text())

        os.kill(warm.worker_s(run), signal.SIGKILL)

        wait_until(lambda: is_gone(process))


def test_told_to_end_it_takes_nobody_more_and_waits_for_who_is_there(warm: Warm) -> None:
    place = socket_in(prefect_state(warm.prefect.home))
    _, process, stands_for_it = warm.begun()

    warm.child.ask_to_stop()

    wait_until(lambda: not listens(place))
    assert warm.child.ended(within=0.3) is None
    os.kill(stands_for_it, signal.SIGKILL)
    wait_until(lambda: is_gone(process))
    assert warm.child.ended(within=20) == 0
    end_warm(warm.prefect)
    warm.child = warm.prefect.warm()
    wait_until(lambda: listens(place))


def test_a_run_is_told_of_signals_and_its_end_is_told(warm: Warm) -> None:
    """It has what its deployment wants for it, too: here, a level of the root of its logs."""
    run, process, stands_for_it = warm.begun(PREFECT_LOGGING_ROOT_LEVEL="ERROR")
    wait_until(lambda: "logs from 40" in warm.prefect.journal.file.read_text())

    os.kill(stands_for_it, signal.SIGTERM)

    wait_until(lambda: is_gone(process) and is_gone(stands_for_it))
    wait_until(lambda: warm.state(run) == "CRASHED")


def test_what_lies_in_the_home_is_read_anew_by_each_run(warm: Warm) -> None:
    beside = warm.prefect.home / "flows" / "beside_it.py"
    beside.write_text("raise RuntimeError('edited since')")
    try:
        run = warm.asked()

        wait_until(lambda: warm.state(run) in {"FAILED", "CRASHED"})

        assert "RuntimeError: edited since" in warm.prefect.journal.file.read_text()
    finally:
        beside.write_text("")


def test_where_python_is_to_start_otherwise_a_run_starts_by_itself(warm: Warm) -> None:
    run, process, worker_s = warm.begun(PYTHONHASHSEED="1")

    assert not warm.has_become(process)

    os.kill(worker_s, signal.SIGKILL)
    wait_until(lambda: warm.state(run) == "CRASHED")


def test_settings_are_the_same_with_it_and_when_it_is_gone_runs_load_everything_themselves(
    warm: Warm,
) -> None:
    with_it = warm.prefect.trigger("probe", {}).message

    os.killpg(warm.child.process.pid, signal.SIGKILL)
    warm.child.stop(within=20)
    warm.prefect.children.remove(warm.child)

    assert warm.prefect.trigger("probe", {}).message == with_it
