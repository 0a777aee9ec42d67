"""`partwork up` as people run it: a process of its own, for a home of its own."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from partwork.actions.approve import approve
from partwork.actions.init import init_home
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.renew import note_packaged
from partwork.assembly import assemble
from partwork.library import Library
from partwork.orchestration.api import Api, PrefectRefused
from partwork.orchestration.environment import Place, prefect_state
from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.login import login_file
from partwork.packaged import packaged_home
from partwork.settings import Settings
from tests.conftest import NOW, free_port, wait_until
from tests.orchestration.runs import question_of

pytestmark = pytest.mark.prefect

STAYS = """
from pathlib import Path
from time import sleep
from prefect import flow
from partwork.orchestration.gently import ending_gently
def hears_out(is_told) -> None:
    Path("hears-out").touch()
    while not is_told():
        sleep(0.05)
    sleep(1)
    Path("hears-out").unlink()

@flow(name="stays")
def stays() -> None:
    ending_gently(hears_out)
"""
DEPLOYMENTS = """deployments:
- { name: stays, entrypoint: "flows/stays.py:stays", work_pool: *partwork }
- { name: review, entrypoint: "flows/review.py:review", work_pool: *partwork }
- { name: nothing, entrypoint: "flows/nowhere.py:nothing", work_pool: *partwork }
"""
SECRET = "a-secret-that-nobody-may-read"
KEPT = "postmark:a-login-that-prefect-keeps"


class Up:
    """One `partwork up` of a home, started anew where it has ended."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = free_port(), free_port()
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(self) -> "subprocess.Popen[str]":
        dashboard, web = self.ports
        settings = {
            "PARTWORK_HOME": str(self.home),
            "PARTWORK_MAILGUN_KEYS": SECRET,
            "PREFECT_API_URL": "http://127.0.0.1:9/api",
            "PREFECT_SERVER_API_PORT": "9",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "partwork", "up", f"--port={dashboard}", f"--web-port={web}"],
            env=os.environ | settings,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> "Up":
        """The same, running."""
        if self.process is None or self.process.poll() is not None:
            self.close()
            self.process = self.start()
            assert self.process.stdout
            self.said = ""
            for line in self.process.stdout:
                self.said += line
                if line.startswith("ready"):
                    break
            else:
                raise AssertionError(self.log)
        return self

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    @property
    def log(self) -> str:
        return (self.home / ".partwork" / "logs" / "up.log").read_text()

    @property
    def api(self) -> Api:
        return Api(Place(self.ports[0], login_file(self.home).read_text().strip()))

    def groups(self) -> list[int]:
        """The process groups of its children, and of runs that have one of their own."""
        assert self.process
        children = [int(child) for child in children_of(self.process.pid)]
        theirs = [int(run) for child in children for run in children_of(child)]
        return [*children, *(run for run in theirs if os.getpgid(run) == run)]

    def begun(self, flow: str, **parameters: str) -> str:
        """The id of a run that was asked for."""
        deployment = self.api.get(f"/deployments/name/{flow}/{flow}")["id"]
        asked = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        return str(self.api.post(f"/deployments/{deployment}/create_flow_run", asked)["id"])

    def stays(self) -> str:
        """The id of a run that has begun and does not end."""
        run = self.begun("stays")
        wait_until(lambda: self.state(run)["type"] == "RUNNING")
        return run

    def state(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/flow_runs/{run}")["state"]
        return found

    def ended_by(self, told: signal.Signals) -> tuple[float, str]:
        """How many seconds it took to end, and what it had said; its status is 0."""
        assert self.process
        begun = monotonic()
        self.process.send_signal(told)
        out, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return monotonic() - begun, out

    def killed_once(self, has_come: Callable[[], bool]) -> None:
        """Starts it, and kills it with all that it started as soon as that has come about."""
        self.process = self.start()
        wait_until(has_come, within_seconds=90)
        groups = self.groups()
        self.close()
        wait_until(lambda: are_gone(groups))


def children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def are_gone(groups: list[int]) -> bool:
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, 0)
            return False
    return True


def state_of(home: Path, run: str) -> str:
    """As its database has it, which needs no server."""
    database = prefect_state(home) / "prefect.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        query = "SELECT state_type FROM flow_run WHERE id = ?"
        found: tuple[Any, ...] = connection.execute(query, (run,)).fetchone()
    return str(found[0])


def in_a_terminal(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command as somebody gives it who has set nothing but the home."""
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT_", "PARTWORK_"))}
    return subprocess.run(
        [sys.executable, "-m", "partwork", *words],
        env=clean | {"PARTWORK_HOME": str(home)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def keep_secret(api: Api, name: str, value: str) -> None:
    """Makes a Secret block, as the dashboard does."""
    kind = api.get("/block_types/slug/secret")["id"]
    (schema,) = api.post(
        "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind]}}, "limit": 1}
    )
    block = {"name": name, "data": {"value": value}, "block_schema_id": schema["id"]}
    api.post("/block_documents/", block | {"block_type_id": kind})


def answer(url: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", parts.path or "/", headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()


def copy_server(home: Path, folder: Path) -> None:
    """Gives a home the database of another one's server, which saves ten seconds."""
    prefect_state(folder).mkdir(0o700, parents=True)
    with (
        contextlib.closing(sqlite3.connect(prefect_state(home) / "prefect.db")) as theirs,
        contextlib.closing(sqlite3.connect(prefect_state(folder) / "prefect.db")) as copy,
    ):
        theirs.backup(copy)
        for table in ("flow_run", "deployment", "worker", "artifact", "artifact_collection"):
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 names of ours
        copy.commit()


@pytest.fixture(scope="module")
def up(
    prefect: RunningPrefect, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Up]:
    """A home with one flow that can be deployed and one that cannot, of an older Partwork."""
    folder = tmp_path_factory.mktemp("one machine")
    init_home(folder, None)
    (folder / "flows" / "stays.py").write_text(STAYS)
    head = (folder / "prefect.yaml").read_text().partition("deployments:")[0]
    (folder / "prefect.yaml").write_text(head + DEPLOYMENTS)
    for name in ("flows/send.py", "flows/check.py"):
        (folder / name).write_text("# of an older Partwork\n")
        note_packaged(Library(folder, packaged_home()), [name])
    (folder / "flows" / "check.py").write_text("# edited by hand\n")
    words = {"subject": "Spring is here", "preheader": "What to bring on the first morning."}
    with assemble(Settings(home=folder)) as press:
        for series in ("spring", "autumn"):
            begin_letter(press, series, title=series, newsletter="", text="Gloves.\n", **words)
        preview(press, "autumn", None, NOW)
        approve(press, "autumn", None, reviewer="Ada", channel="cli", now=NOW)
    copy_server(home, folder)
    running = Up(folder)
    yield running
    running.close()


def test_three_addresses_are_told_and_each_answers(up: Up):
    up.ready()

    dashboard, pages, well = re.findall(r"(http://127\.0\.0\.1:\d+\S*)", up.said)
    files = prefect_state(up.home).glob("ui/*/index.html")  # where Prefect lies may be root's
    assert answer(dashboard)[1] in {file.read_bytes() for file in files}
    assert b"<form" in answer(pages)[1]
    assert answer(well) == (200, b'{"status":"ok"}')


def test_the_dashboard_asks_for_a_login_and_no_page_elsewhere_can_use_it(up: Up):
    api = up.ready().api
    login = login_file(up.home)
    given = {"Authorization": f"Basic {b64encode(login.read_bytes().strip()).decode()}"}
    version = f"http://127.0.0.1:{up.ports[0]}/api/version"

    assert login.stat().st_mode & 0o777 == 0o600
    assert answer(version)[0] == 401
    assert answer(version, given)[0] == 200
    with contextlib.closing(HTTPConnection("127.0.0.1", up.ports[0], timeout=30)) as browser:
        browser.request("GET", "/api/version", headers={**given, "Origin": "https://example.org"})
        read = browser.getresponse()
        read.read()
        browser.request("POST", "/api/flows/count", headers=given)
        change = browser.getresponse()
        change.read()
    assert read.getheader("Access-Control-Allow-Origin") is None
    assert change.status == 403  # it has no token, which answers alone tell
    assert api.post("/flows/count", {}) >= 1


def test_a_flow_that_is_broken_is_named_in_one_line_and_the_others_are_deployed(up: Up):
    api = up.ready().api

    assert api.get("/deployments/name/stays/stays")["entrypoint"] == "flows/stays.py:stays"
    (line,) = (line for line in up.log.splitlines() if "deployed without" in line)
    assert "flows/nowhere.py:nothing: " in line
    assert "No such file or directory" in line
    with pytest.raises(PrefectRefused, match="404"):
        api.get("/deployments/name/nothing/nothing")


def test_what_nobody_has_edited_is_renewed_before_it_is_deployed_and_the_rest_is_told(up: Up):
    up.ready()
    flows, packaged = up.home / "flows", packaged_home() / "flows"

    assert (flows / "send.py").read_bytes() == (packaged / "send.py").read_bytes()
    assert (flows / "check.py").read_text() == "# edited by hand\n"
    assert (flows / "check.py.new").read_bytes() == (packaged / "check.py").read_bytes()
    assert "up        renewed for this version: flows/send.py\n" in up.log
    assert "up        flows/check.py was edited by hand and stays as it is" in up.log
    assert "prefect.yaml was" not in up.log  # this version has nothing new for it
    assert up.log.index("renewed for") < up.log.index("Serving http")


def test_a_second_start_on_the_same_home_is_refused_with_the_reason(up: Up):
    process = up.ready().process
    assert process
    second = Up(up.home).start()

    _, said = second.communicate(timeout=60)

    assert second.returncode == 1
    why = f"another `partwork` (process {process.pid}) runs Prefect for {up.home}"
    assert said == f"partwork: {why}; stop that one first\n"


def test_a_port_that_is_taken_is_named(up: Up, tmp_path: Path):
    init_home(tmp_path, None)
    other = Up(tmp_path)
    other.ports = up.ready().ports
    refused = other.start()

    _, said = refused.communicate(timeout=60)

    assert refused.returncode == 1
    taken = f"port {up.ports[0]} of 127.0.0.1 is in use"
    assert said == f"partwork: {taken}; stop what uses it or name another\n"


def test_a_child_that_is_killed_is_started_again(up: Up):
    up.ready()
    web = next(g for g in up.groups() if b"\0web\0" in Path(f"/proc/{g}/cmdline").read_bytes())
    before = up.log.count("Serving http")

    os.killpg(web, signal.SIGKILL)

    wait_until(lambda: up.log.count("Serving http") > before)
    assert "up        web ended (killed by signal 9); started again in 1 s" in up.log
    assert answer(f"http://127.0.0.1:{up.ports[1]}/readyz")[0] == 200


def test_who_approves_in_a_terminal_beside_it_wakes_the_run_that_waits(up: Up):
    run = up.ready().begun("review", series="spring")
    _, question = question_of(up.api, run)

    link = re.search(rf"http://127\.0\.0\.1:{up.ports[1]}/read/[\w.-]+", question)
    assert link
    assert answer(link[0])[0] == 200

    done = in_a_terminal(up.home, "approve", "spring", "--by", "Grace")

    assert done.returncode == 0, done.stderr
    wait_until(lambda: up.state(run)["type"] == "COMPLETED", within_seconds=60)
    assert up.state(run)["message"] == "part 1 is approved by Grace as editor"
    looked = in_a_terminal(up.home, "doctor").stdout
    assert f"dashboard: http://127.0.0.1:{up.ports[0]}/api answers" in looked
    assert f"public address: http://127.0.0.1:{up.ports[1]} (this machine only)" in looked


def test_killed_at_any_moment_it_leaves_nothing_running_and_starts_again(up: Up):
    """The second time under a setting that its own server keeps."""
    run = up.ready().stays()
    process, groups = up.process, up.groups()
    assert process
    assert len(groups) >= 4
    hook = f"http://127.0.0.1:{up.ports[1]}/hooks/postmark"
    assert answer(hook)[0] == 404
    keep_secret(up.api, "postmark", KEPT)
    settings = up.home / ".env"
    before = settings.read_text()
    settings.write_text(f"{before}\nPARTWORK_POSTMARK_LOGINS=prefect-secret:postmark\n")

    process.kill()
    process.wait()

    wait_until(lambda: are_gone(groups))
    assert state_of(up.home, run) == "RUNNING"
    up.ready()
    settings.write_text(before)
    assert state_of(up.home, run) == "CRASHED"
    assert answer(hook)[0] == 405  # it is there, to be posted to
    assert KEPT not in up.log + up.said


def test_told_to_end_all_is_gone_in_ten_seconds_with_a_run_in_progress(up: Up):
    (up.home / "hears-out").unlink(missing_ok=True)
    run = up.ready().stays()
    groups = up.groups()
    wait_until((up.home / "hears-out").exists)

    seconds, out = up.ended_by(signal.SIGTERM)

    assert seconds < 10
    assert not (up.home / "hears-out").exists()
    assert out.endswith("stopped\n")
    assert are_gone(groups)
    assert state_of(up.home, run) == "CRASHED"
    for secret in (SECRET, login_file(up.home).read_text().strip().partition(":")[2]):
        assert secret not in up.log + up.said + out
