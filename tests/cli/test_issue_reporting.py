"""The report on an issue in the terminal, and as files."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.settings import Settings
from partwork.store.campaigns import plan_campaign
from partwork.store.clicks import Click, add_clicks, begin_counting
from partwork.store.issues import save_draft
from tests.actions.returned import send
from tests.actions.sending import subscribe

NAME, EDITOR = "the-bench", Mailbox("", "editor@example.org")
SENT_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=8)


@pytest.fixture
def issue(named_home: Path) -> str:
    """The beginning of the name of an issue that three readers have."""
    with assemble(Settings()) as press:
        readers = [f"{name}@example.org" for name in ("ada", "grace", "mary")]
        subscribe(press, readers, SENT_AT - timedelta(days=1))
        send(press, SENT_AT)
    return "home-"


def test_the_terminal_tells_the_numbers_and_what_they_mean(issue: str, capsys) -> None:
    assert run(["issue-report", issue]) == 0

    told = capsys.readouterr()
    lines = [line.split() for line in told.out.splitlines()]
    assert ["accepted", "3", "a", "server"] in [line[:4] for line in lines]
    assert "Shares: accepted and refused" in told.out
    assert told.err == ""


def test_files_are_written_as_asked_for_and_named(issue: str, tmp_path: Path, capsys) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "json", "csv")}

    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    assert run(["issue-report", issue, *options]) == 0

    assert capsys.readouterr().out.splitlines() == [str(file) for file in files.values()]
    assert files["html"].read_text().startswith("<!doctype html>")
    assert json.loads(files["json"].read_text())["accepted"] == 3
    assert files["csv"].read_bytes().startswith(b"of,which,what,count,share\r\n")


def test_a_lone_dash_is_standard_output(issue: str, capsys, tmp_path: Path) -> None:
    for given in (["--json", "-"], ["--json=-"]):
        assert run(["issue-report", issue, *given]) == 0
        assert json.loads(capsys.readouterr().out)["planned"] == 3
    assert not Path("-").exists()


def test_a_device_or_a_folder_never_becomes_a_report(issue: str, tmp_path: Path, capsys) -> None:
    for place in (tmp_path, Path("/dev/null")):
        assert run(["issue-report", issue, "--html", str(place)]) == 1
        told = capsys.readouterr().err
        assert told == f"partwork: {place}: is no ordinary file; name another\n"
    assert Path("/dev/null").is_char_device()


def test_two_forms_in_one_file_are_wrong_use(issue: str, tmp_path: Path, capsys) -> None:
    file = str(tmp_path / "report")

    assert run(["issue-report", issue, "--html", file, "--csv", file]) == 2
    assert "each need a file of their own" in capsys.readouterr().err


def test_an_issue_that_is_not_there_is_one_line(issue: str, capsys) -> None:
    assert run(["issue-report", "nothing"]) == 1

    told = capsys.readouterr()
    assert told.err == "partwork: there is no issue 'nothing'; `partwork status` lists them\n"
    assert told.out == ""
    assert run(["issue-report"]) == 2


def test_counted_clicks_are_told_with_what_they_mean(named_home: Path, capsys) -> None:
    with assemble(Settings()) as press:
        subscribe(press, ["ada@example.org"], SENT_AT - timedelta(days=1))
        html = '<p><a href="https://worms.example.org/">worms</a></p>'
        issue = Issue(
            "part0001", 1, "T", "S", "", EDITOR, EDITOR, html, "", "", AudienceRule(NAME, "soil")
        )
        with press.engine.begin() as connection:
            save_draft(connection, issue, SENT_AT)
            plan_campaign(connection, issue, SENT_AT, SENT_AT)
            begin_counting(connection, issue.content_hash, [1], SENT_AT.date())
            add_clicks(connection, {Click(issue.content_hash[:16], 1, SENT_AT.date()): 7})

    assert run(["issue-report", issue.name]) == 0

    told = capsys.readouterr().out
    assert "Clicks by link" in told
    assert ["1", "7", "https://worms.example.org/"] in [line.split() for line in told.splitlines()]
    assert "nobody knows whose" in told
