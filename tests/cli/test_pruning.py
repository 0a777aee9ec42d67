"""`prune` in the terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

from partwork.cli.main import run
from tests.conftest import NOW, free_port


def old_log(home: Path) -> Path:
    file = home / ".partwork" / "logs" / "prefect.log"
    file.parent.mkdir(parents=True)
    file.write_text("long ago")
    os.utime(file, (NOW.timestamp() - 1e8, NOW.timestamp() - 1e8))
    return file


def test_what_was_removed_is_told_as_a_table(named_home: Path, capsys) -> None:
    file = old_log(named_home)

    assert run(["prune", "--dry-run"]) == 0
    would = capsys.readouterr()
    assert file.exists()
    assert run(["prune"]) == 0

    assert would.out.splitlines() == ["what  would be removed", "logs  1"]
    assert "`partwork prune` does it" in would.err
    assert capsys.readouterr().out.splitlines() == ["what  removed", "logs  1"]
    assert not file.exists()


def test_a_home_without_anything_old_says_so(named_home: Path, capsys) -> None:
    assert run(["prune"]) == 0

    assert capsys.readouterr().out == "nothing is too old\n"


def test_programs_are_told_all_of_it(named_home: Path, capsys) -> None:
    old_log(named_home)

    run(["prune", "--json", "--dry-run"])

    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["logs"] == 1
    assert told["counts"]["events that could not be judged"] == 0
    assert told["is_dry_run"] is True


def test_a_prefect_that_does_not_answer_is_one_line_and_all_else_is_done(home: Path) -> None:
    file = old_log(home)
    url = f"http://127.0.0.1:{free_port()}/api"

    done = subprocess.run(
        [sys.executable, "-m", "partwork", "prune"],
        capture_output=True,
        text=True,
        cwd=home,
        env={**os.environ, "PARTWORK_HOME": str(home), "PREFECT_API_URL": url},
        check=False,
    )

    assert done.returncode == 1
    assert not file.exists()
    (line,) = done.stderr.splitlines()
    assert line.startswith("partwork: Prefect's server does not do its part (ConnectError)")
