import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from partwork.orchestration.children import Child, end_all
from partwork.orchestration.journal import Journal

LAUNCHER = """
import os, sys
from pathlib import Path
from partwork.orchestration.children import Child
from partwork.orchestration.journal import Journal

folder = Path(sys.argv[1])
server = ("http.server", "0", "--bind", "127.0.0.1")
journal = Journal(folder / "log")
child = Child("server", server, environment=os.environ, folder=folder, journal=journal)
print(child.process.pid, flush=True)
child.process.wait()
"""


@pytest.fixture
def started(tmp_path: Path):
    children: list[Child] = []
    journal = Journal(tmp_path / "log")

    def start(
        *arguments: str,
        environment: dict[str, str] | None = None,
        is_held: bool = False,
        **places: Path,
    ) -> Child:
        child = Child(
            arguments[0],
            arguments,
            environment=os.environ if environment is None else environment,
            folder=tmp_path,
            journal=journal,
            is_held=is_held,
            **places,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.stop(within=0)
    journal.close()


def group_is_gone(group: int, within_seconds: float) -> bool:
    """Waits for the last process of a group to be gone."""
    watch = "while kill -0 -- -$0 2>/dev/null; do :; done"
    try:
        subprocess.run(["sh", "-c", watch, str(group)], timeout=within_seconds, check=False)
    except subprocess.TimeoutExpired:
        return False
    return True


def environment_with(module: str, code: str, folder: Path) -> dict[str, str]:
    """An environment in which Python finds this module."""
    (folder / f"{module}.py").write_text(code)
    path = os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    return os.environ | {"PYTHONPATH": path}


def test_a_child_ends_when_its_launcher_is_killed(tmp_path: Path):
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout
    group = int(launcher.stdout.readline())

    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()

    assert group_is_gone(group, within_seconds=20)


def test_stopping_kills_what_ignores_being_asked(tmp_path: Path, started):
    stubborn = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "heir = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    child = started("stubborn", environment=environment_with("stubborn", stubborn, tmp_path))
    while "ready" not in child.last_words():
        assert child.ended(within=0.05) is None, child.last_words()

    end_all([child], within=0.2)

    assert child.process.returncode == -signal.SIGKILL
    assert group_is_gone(child.process.pid, within_seconds=20)


def test_a_child_of_a_background_job_can_be_interrupted(tmp_path: Path):
    # A shell's background job ignores SIGINT, and so would its children.
    code = "import os, signal; print(signal.getsignal(signal.SIGINT).__name__)"
    environment = environment_with("tells", code, tmp_path)
    launcher = (
        "import os, signal, sys; from pathlib import Path; "
        "signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "from partwork.orchestration.children import Child; folder = Path(sys.argv[1]); "
        "from partwork.orchestration.journal import Journal; said = Journal(folder / 'log'); "
        "child = Child('x', ('tells',), environment=os.environ, folder=folder, journal=said); "
        "child.ended(30); print(child.last_words()); child.stop(0)"
    )

    said = subprocess.run(
        [sys.executable, "-c", launcher, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert said.stdout.strip() == "default_int_handler", said.stderr


def test_one_that_is_held_has_loaded_the_flows_and_begins_when_it_is_let_go(
    tmp_path: Path, started
):
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "broken.py").write_text("import no_such_module")
    (flows / "leaves.py").write_text("raise SystemExit(1)")
    (flows / "sound.py").write_text("print('a flow is loaded', flush=True)")
    environment = environment_with("goes", "print('it goes', flush=True)", tmp_path)
    child = started("goes", environment=environment, is_held=True)
    while "a flow is loaded" not in child.last_words():
        assert child.ended(within=0.05) is None, child.last_words()
    assert child.ended(within=0.2) is None
    assert "it goes" not in child.last_words()

    child.let_go()

    assert child.ended(within=60) == 0
    assert child.last_words().endswith("it goes")


def test_a_module_of_the_folder_does_not_stand_in_for_one_of_ours(tmp_path: Path, started):
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    child = started("json.tool", "--help")

    assert child.ended(within=30) == 0
    assert "wrong" not in child.last_words()


def test_the_last_words_are_the_last_whole_lines(tmp_path: Path, started):
    code = "print('x' * 400); print('the cause'); print('│ the end │')"
    child = started("talks", environment=environment_with("talks", code, tmp_path))

    child.ended(within=30)

    assert child.last_words() == "the cause the end"
