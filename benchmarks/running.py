"""What `partwork up` takes: time to be ready, memory, and processor time beside what is sent.

    python benchmarks/running.py [start] [ticks] [send] [--ticks N] [--recipients N]

starts it in a fresh home as people do and prints Markdown; Linux alone tells what is asked here.
`start`, five minutes: five times from nothing to ready, and once more each, memory and processor
time at rest, and what one look of `publish` takes that finds nothing to do. `ticks`, half an hour
for 500 of those looks: whether memory grows, and that Prefect forgets old runs. `send`, eight
minutes for 100,000 readers: five issues by runs and five by `partwork send`, in turn, to a server
that costs next to nothing. Run on a machine that has nothing else to do.
"""

import argparse
import contextlib
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.occasion import occasion  # noqa: E402 found by the line above
from benchmarks.processes import cpu_s, family, pss_mb, threads_of_children  # noqa: E402 see above
from benchmarks.sending import (  # noqa: E402 see above
    NEWSLETTER,
    import_readers,
    issue_of,
    make_home,
    plan,
)
from benchmarks.sinks import our_sink  # noqa: E402 see above
from partwork.actions.init import init_home  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.assembly import assemble  # noqa: E402 see above
from partwork.orchestration.api import Api  # noqa: E402 see above
from partwork.orchestration.child import WARM  # noqa: E402 see above
from partwork.orchestration.engine import socket_in  # noqa: E402 see above
from partwork.orchestration.environment import Place, prefect_state  # noqa: E402 see above
from partwork.orchestration.login import login_of  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above

REST_SECONDS = 30
BEGINS_SECONDS = 30
STARTS = 5
OURS = 2  # the busiest threads of a run that sends: the lane, and what commits for it meanwhile
ROUNDS = 5
OLD = timedelta(days=100)  # Prefect forgets runs after 90
ENDED = {"COMPLETED", "FAILED", "CRASHED"}


@dataclass
class Up:
    """A `partwork up` that is ready, `ready_s` after it was begun."""

    home: Path
    process: int
    ready_s: float
    api: Api

    def await_warm(self) -> None:
        """Waits until runs need not load everything themselves."""
        while not socket_in(prefect_state(self.home)).exists():
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        """Its children's processes by what they are."""
        found = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        lines = {int(p): Path(f"/proc/{p}/cmdline").read_text().split("\0") for p in found}
        words = ("server", "worker", "web", WARM)
        return {word: p for word in words for p, line in lines.items() if word in line}

    def end_schedules(self) -> None:
        """From now on nothing runs but what is asked for."""
        for deployment in self.api.post("/deployments/filter", {}):
            for schedule in deployment["schedules"]:
                self.api.delete(f"/deployments/{deployment['id']}/schedules/{schedule['id']}")

    def memory_mb(self) -> dict[str, float]:
        """What each process and its own have of the memory, shared pages in parts (PSS)."""
        own = {"launcher": pss_mb(self.process)}
        return own | {
            word.rpartition(".")[2]: sum(map(pss_mb, family(process)))
            for word, process in self.children().items()
        }

    def memory_at_rest_mb(self) -> dict[str, float]:
        """The same while no run is under way."""
        while len(family(self.children()[WARM])) > 1:
            time.sleep(0.1)
        return self.memory_mb()

    def cpu_s(self) -> float:
        """Processor time of all of it so far, with that of runs that have ended."""
        children = self.children()
        return self.others_cpu_s() + (cpu_s(children[WARM]) if WARM in children else 0)

    def others_cpu_s(self) -> float:
        """The same without the runs and what becomes of them."""
        own = cpu_s(self.process, with_ended=False)
        children = self.children().items()
        return own + sum(cpu_s(process) for word, process in children if word != WARM)

    def run(self, flow: str, parameters: dict[str, object]) -> None:
        """A run from beginning to end."""
        deployment = self.api.get(f"/deployments/name/{flow}/{flow}")["id"]
        body = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        run = self.api.post(f"/deployments/{deployment}/create_flow_run", body)["id"]
        worker = self.children()["worker"]
        begun = time.monotonic()
        while len(family(worker)) == 1 and time.monotonic() - begun < BEGINS_SECONDS:
            time.sleep(0.05)
        while len(family(worker)) > 1:  # until its time is the worker's
            time.sleep(0.1)
        # Asked after its end alone: each question costs the server, and is none of the run's.
        while (state := self.api.get(f"/flow_runs/{run}")["state"])["type"] not in ENDED:
            time.sleep(0.5)
        if state["type"] != "COMPLETED":
            sys.exit(f"{flow}: {state['message']}")


@contextmanager
def up(home: Path) -> Iterator[Up]:
    """One that ends with the context."""
    began = time.monotonic()
    log = (home / "said").open("w+")
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-m", "partwork", "up"],
            env=_environment(home),
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while "\nready" not in (said := (home / "said").read_text()):
                if process.poll() is not None:
                    sys.exit(f"`partwork up` ended: {said}")
                time.sleep(0.05)
            found = re.search(r"dashboard +http://127\.0\.0\.1:(\d+)", said)
            assert found
            api = Api(Place(int(found[1]), login_of(home)))
            yield Up(home, process.pid, time.monotonic() - began, api)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Spent:
    """Processor time and time that something took, in seconds."""

    cpu: float
    wall: float

    def beyond(self, share: float) -> float:
        """Processor time beyond what is spent anyway, a share of each second."""
        return self.cpu - share * self.wall


def start() -> str:
    """How long it takes to be ready, and what it takes then."""
    firsts: list[float] = []
    furthers: list[float] = []
    for _ in range(STARTS):
        with _home() as home:
            for seconds in (firsts, furthers):
                with up(home) as once:
                    seconds.append(once.ready_s)
    with _home() as home, up(home) as again:
        again.await_warm()
        again.run("publish", {})
        looks = _spent(again, lambda: [again.run("publish", {}) for _ in range(5)])
        time.sleep(REST_SECONDS)
        share = at_rest(again)
        memory = again.memory_mb()
    return _table(
        "Starting, and at rest",
        ("ready, the first time, s", _middle(firsts), "25"),
        ("ready, each further time, s", _middle(furthers), "25"),
        ("memory at rest, MB", f"{sum(memory.values()):.0f}", "700"),
        *((f"of it the {word}", f"{mb:.0f}", "") for word, mb in memory.items()),
        ("processor at rest, % of a core", f"{100 * share:.1f}", ""),
        ("processor time of a look with nothing to do, s", f"{looks.beyond(share) / 5:.2f}", "3"),
    )


def _middle(seconds: list[float]) -> str:
    """The median, and from what to what they went."""
    return f"{median(seconds):.1f} ({min(seconds):.1f}–{max(seconds):.1f})"


def at_rest(running: Up) -> float:
    """The share of a core that it takes while nothing is done."""
    rest = _spent(running, lambda: time.sleep(REST_SECONDS))
    return rest.cpu / rest.wall


def ticks(count: int, turn: Callable[[], contextlib.AbstractContextManager[object]]) -> str:
    """Whether so many looks leave anything behind; `turn` is entered for each ten."""
    with _home() as home:
        with up(home) as running:
            running.await_warm()
            _looks(running, 20, turn)  # until all that is made once is there
            before = running.memory_at_rest_mb()
            _looks(running, count, turn)
            after = running.memory_at_rest_mb()
        runs, octets = _runs(home), (prefect_state(home) / "prefect.db").stat().st_size
        with _database(home) as database:
            long_ago = (datetime.now(UTC) - OLD).isoformat(sep=" ")
            database.execute("UPDATE flow_run SET end_time = ? WHERE end_time NOT NULL", [long_ago])
            database.commit()
        with up(home) as again:
            deadline = time.monotonic() + 120
            while (left := _ended(home)) and time.monotonic() < deadline:
                time.sleep(1)
            assert again.process
    grown = 100 * (sum(after.values()) / sum(before.values()) - 1)
    return _table(
        f"{count} looks that find nothing",
        ("memory before, MB", f"{sum(before.values()):.0f}", ""),
        ("memory after, MB", f"{sum(after.values()):.0f}", ""),
        *((f"of it the {who}", f"{before[who]:.0f} → {mb:.0f}", "") for who, mb in after.items()),
        ("growth, %", f"{grown:.1f}", "5"),
        ("runs in Prefect's database", str(runs), ""),
        ("its size, MB", f"{octets / 1e6:.1f}", ""),
        ("of runs that are 100 days old, left after the next start", str(left), "0"),
    )


def send(recipients: int) -> str:
    """What a send by a run takes, and one by a command beside it, in turn."""
    with _home() as home, our_sink() as sink:
        make_home(home, sink, connections=8)
        with assemble(Settings(home=home)) as press:
            import_readers(press, recipients)
            newsletter = load_newsletter(press, NEWSLETTER)
            issues = [issue_of(newsletter, press.new_id(), n) for n in range(1, 2 * ROUNDS + 2)]
            for issue in issues:
                plan(press, issue)
        sent, *others = (issue.name for issue in issues)
        with up(home) as running:
            running.await_warm()
            running.end_schedules()  # by them others send what is due, too
            running.run("send", {"issue": sent})
            time.sleep(REST_SECONDS)
            rounds = [
                _round(running, sent, pair) for pair in zip(others[::2], others[1::2], strict=True)
            ]
    return _table(
        f"{recipients:,} readers of one issue, {ROUNDS} times",
        ("a run of `send`, s", _middle([r.run.wall for r in rounds]), ""),
        ("its processor time and Prefect's, s", _middle([r.run.cpu for r in rounds]), ""),
        ("of it in a run with nothing to send, s", _middle([r.nothing.cpu for r in rounds]), ""),
        ("Prefect's part while it sends, %", _middle([r.while_sending for r in rounds]), "2"),
        ("`partwork send`, s", _middle([r.alone.wall for r in rounds]), ""),
        ("its processor time, s", _middle([r.alone.cpu for r in rounds]), ""),
    )


@dataclass(frozen=True)
class Run:
    """Seconds of a run: by the clock, and beyond rest by processors, of which some are Prefect's.

    That is what server, worker and the run's threads take but for those of `OURS`.
    """

    wall: float
    cpu: float
    prefect: float


@dataclass(frozen=True)
class Round:
    """One issue by a command and one by a run, and a run with nothing left to send."""

    alone: Spent
    nothing: Run
    run: Run

    @property
    def while_sending(self) -> float:
        """Percent of the run's that is Prefect's, without a run's beginning and end."""
        return 100 * (self.run.prefect - self.nothing.prefect) / self.run.cpu


def _round(running: Up, sent: str, pair: tuple[str, str]) -> Round:
    share = at_rest(running)
    alone = _by_command(running.home, pair[0])
    nothing = _by_run(running, sent, share, ours=0)
    return Round(alone, nothing, _by_run(running, pair[1], share, ours=OURS))


def _by_run(running: Up, issue: str, share: float, *, ours: int) -> Run:
    """`ours` of its threads are not Prefect's."""
    with threads_of_children(running.children()[WARM]) as beside:
        others = running.others_cpu_s()
        spent = _spent(running, lambda: running.run("send", {"issue": issue}))
        prefect = Spent(running.others_cpu_s() - others + sum(beside()[ours:]), spent.wall)
    return Run(spent.wall, spent.beyond(share), prefect.beyond(share))


def _environment(home: Path) -> dict[str, str]:
    """As people have it: compiled once, which some containers forbid."""
    own = {"PARTWORK_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | own


def _by_command(home: Path, issue: str) -> Spent:
    """What `partwork send` takes."""
    began, before = time.monotonic(), os.times()
    subprocess.run(  # noqa: S603 our own interpreter
        [sys.executable, "-m", "partwork", "send", issue],
        env=_environment(home),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Spent(cpu, time.monotonic() - began)


def main() -> None:
    """Measures what is asked for, all of it if nothing is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help="start, ticks, send; all of them")
    parser.add_argument("--ticks", type=int, default=500)
    parser.add_argument("--recipients", type=int, default=100_000)
    asked = parser.parse_args()
    made: dict[str, Callable[[], str]] = {
        "start": start,
        "ticks": lambda: ticks(asked.ticks, contextlib.nullcontext),
        "send": lambda: send(asked.recipients),
    }
    print(f"# Running on one machine\n\n{occasion()}, by `benchmarks/running.py`.\n", flush=True)
    for what in asked.what or made:
        print(made[what](), flush=True)


def _looks(
    running: Up, count: int, turn: Callable[[], contextlib.AbstractContextManager[object]]
) -> None:
    for done in range(0, count, 10):
        with turn():
            for _ in range(min(10, count - done)):
                running.run("publish", {})
        print(f"{done + 10} of {count}", file=sys.stderr)


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "a home"
        init_home(home, None)
        yield home


@contextmanager
def _database(home: Path) -> Iterator[sqlite3.Connection]:
    """Prefect's own; it may be at work meanwhile."""
    file = prefect_state(home) / "prefect.db"
    with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection:
        yield connection


def _runs(home: Path) -> int:
    with _database(home) as database:
        return int(database.execute("SELECT count(*) FROM flow_run").fetchone()[0])


def _ended(home: Path) -> int:
    """Runs that ended long ago and are still there."""
    long_ago = (datetime.now(UTC) - OLD / 2).isoformat(sep=" ")
    with _database(home) as database:
        query = "SELECT count(*) FROM flow_run WHERE end_time < ?"
        return int(database.execute(query, [long_ago]).fetchone()[0])


def _spent(running: Up, work: Callable[[], Any]) -> Spent:
    cpu, began = running.cpu_s(), time.monotonic()
    work()
    return Spent(running.cpu_s() - cpu, time.monotonic() - began)


def _table(title: str, *rows: tuple[str, str, str]) -> str:
    lines = (f"| {' | '.join(row)} |" for row in ((title, "measured", "at most"), *rows))
    head, *rest = lines
    return "\n".join((head, "|---|---|---|", *rest, ""))


if __name__ == "__main__":
    main()
