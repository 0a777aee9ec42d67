"""The whole path by commands alone, as the README tells it, and what bad input gets."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.conftest import ARTICLES, READERS


def partwork(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One command in a home, with nothing of the tester's own settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PARTWORK_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-m", "partwork", *arguments],
        cwd=home,
        # A Prefect server that is down costs none of these commands its work.
        env={**clean, "COLUMNS": "100", "PREFECT_API_URL": "http://127.0.0.1:9/api"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def done(home: Path, *arguments: str) -> str:
    result = partwork(home, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_from_an_empty_folder_to_three_mails(tmp_path: Path) -> None:
    home = tmp_path / "my letter"
    done(tmp_path, "init", str(home), "--yes")
    done(home, "ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own")
    assert "open faults" in done(home, "compose", "compost", "--title", "A heap of one's own")
    assert "0 faults" in done(home, "check")
    assert (home / done(home, "preview", "compost").split(": ")[1].splitlines()[0]).is_file()
    done(home, "approve", "compost", "--by", "Ada North")
    (tmp_path / "readers.csv").write_text("email\n" + "\n".join(READERS))
    newsletter = next((home / "content" / "newsletters").glob("*.toml")).stem
    readers = str(tmp_path / "readers.csv")
    done(home, "subscribers", "import", readers, "--newsletter", newsletter, "--confirmed", "asked")
    issue = done(home, "publish", "compost", "--now").strip()
    assert "3 accepted" in done(home, "send", issue)
    assert "0 sent now" in done(home, "send", issue)

    assert len(list((home / ".partwork" / "outbox").glob("*.eml"))) == 3
    told = json.loads(done(home, "status", issue, "--json"))
    assert told["state"] == "published"
    assert told["tally"]["accepted"] == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compose", "../evil"), "cannot name a series"),
        (("compose", "empty"), "partwork ingest"),
        (("compose", "empty", "--newsletter", "nobody"), "there is no newsletter 'nobody'"),
        (("ingest", "gone.txt"), "gone.txt"),
        (("preview", "nothing"), "there is no series 'nothing'"),
        (("send", "nothing-01"), "there is no issue"),
        (("publish", "--now"), "which series"),
        (("subscribers", "show", "nobody@example.org"), "no subscriber"),
        (("clean", "gone.txt"), "gone.txt"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(
    home: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = partwork(home, *arguments)

    assert result.returncode == 1
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments", [("ingest", "--bogus"), ("bogus",), ("preview",), ("compose", "a", "--parts", "x")]
)
def test_wrong_use_is_status_2(home: Path, arguments: tuple[str, ...]) -> None:
    result = partwork(home, *arguments)

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_outside_a_home_it_says_how_to_make_one(tmp_path: Path) -> None:
    result = partwork(tmp_path, "ingest")

    assert result.returncode == 1
    assert "partwork init" in result.stderr


def test_a_misspelt_setting_is_named(home: Path) -> None:
    (home / ".env").write_text("PARTWORK_SMPT_URL=smtp://localhost\n")

    result = partwork(home, "status")

    assert result.returncode == 1
    assert "did you mean PARTWORK_SMTP_URL?" in result.stderr


def test_a_broken_template_is_named_with_its_line(home: Path, tmp_path: Path) -> None:
    done(home, "ingest", *map(str, ARTICLES.glob("*.txt")))
    done(home, "compose", "compost")
    template = home / "templates" / "email" / "issue.mjml"
    lines = template.read_text().splitlines()
    template.write_text("\n".join([*lines[:4], "{{ nonsense.of.mine }}", *lines[4:]]))

    result = partwork(home, "preview", "compost")

    assert result.returncode == 1
    assert "issue.mjml, line 5" in result.stderr
    assert result.stderr.count("\n") == 1


def test_standard_input_is_cleaned_to_standard_output(tmp_path: Path) -> None:
    raw = (ARTICLES / "the-warm-heap.txt").read_text()

    result = partwork(tmp_path, "clean", stdin=raw)

    assert "## What compost is" in result.stdout
    assert "Share this" not in result.stdout


@pytest.mark.parametrize("arguments", [("clean",), ("clean", "-"), ("clean", "--", "-")])
def test_a_hyphen_is_standard_input(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = partwork(tmp_path, *arguments, stdin="A heap\n\nA heap of one cubic metre is warm.\n")

    assert result.returncode == 0, result.stderr
    assert "cubic metre" in result.stdout


def test_articles_come_by_standard_input(home: Path) -> None:
    raw = (ARTICLES / "the-warm-heap.txt").read_text()

    result = partwork(home, "ingest", "-", stdin=raw)

    assert result.returncode == 0, result.stderr
    (kept,) = (home / "content" / "inbox").glob("pasted-*.txt")
    assert kept.read_text() == raw
    assert partwork(home, "ingest", "-", stdin=" ").returncode == 1


def test_markup_in_a_title_is_shown_as_it_stands(home: Path) -> None:
    source = home / "sleep.txt"
    lines = (ARTICLES / "starting-a-heap.txt").read_text().splitlines()
    source.write_text("\n".join(["Sleep [/red] [bold]now", *lines[1:]]))
    done(home, "ingest", str(source), "--rights", "own")

    assert "[/red] [bold]now" in done(home, "compose", "compost", "--by", "article")


def test_an_unknown_command_is_told_all_that_there_are(tmp_path: Path) -> None:
    result = partwork(tmp_path, "chek")

    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "did you mean check?" in result.stderr
    assert "web" in result.stderr


def test_init_says_what_comes_next(tmp_path: Path) -> None:
    first = done(tmp_path, "init", ".", "--yes")

    assert "Next: partwork ingest FILE" in first
    assert "demo = true until content/newsletters/my-letter.toml is filled in" in first
    assert "everything was there already" in done(tmp_path, "init", ".", "--yes")
    assert "Next: cd 'my home', then" in done(tmp_path, "init", "my home", "--yes")


def test_a_port_that_is_taken_is_one_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = partwork(home, "web", "--port", str(other.getsockname()[1]))

    assert result.returncode == 1
    assert "cannot listen" in result.stderr
    assert result.stderr.count("\n") == 1


def test_help_goes_along_the_path_and_its_epilogue_stands_once(tmp_path: Path) -> None:
    top = done(tmp_path, "--help")
    order = ["ingest", "clean", "compose", "check", "preview", "approve", "publish", "send"]

    places = [top.index(f"│ {name} ") for name in order]
    assert places == sorted(places)
    assert "Try it: partwork demo" in top
    assert "Try it" not in done(tmp_path, "compose", "--help")
    assert "Try it" not in done(tmp_path, "subscribers", "import", "--help")
    assert "Example: partwork subscribers" in done(tmp_path, "subscribers", "--help")


def test_help_never_imports_prefect() -> None:
    code = (
        "import sys; from partwork.cli.main import run; run(['--help']); "
        "sys.exit(len({'prefect', 'sqlalchemy', 'fastapi', 'bs4'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False)

    assert result.returncode == 0


def test_a_broken_file_hides_no_issue_from_status(home: Path) -> None:
    done(home, "ingest", *map(str, ARTICLES.glob("*.txt")))
    done(home, "compose", "compost")
    done(home, "preview", "compost")
    newsletter = next((home / "content" / "newsletters").glob("*.toml"))
    newsletter.write_text("name = ")

    result = partwork(home, "status")

    assert result.returncode == 1
    assert newsletter.name in result.stderr
    assert "compost-01-" in result.stdout
