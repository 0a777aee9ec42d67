"""What a person stopped nothing else resumes, as the command line shows it."""

import json
from pathlib import Path

import pytest

from partwork.actions.approve import approve
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press
from partwork.cli.main import run
from tests.conftest import NOW


@pytest.fixture
def issue(press: Press, series: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "readers.csv"
    file.write_text("email\nada@example.org\ngrace@example.org\n")
    import_subscribers(press, file, "the-bench", note="a test", now=NOW)
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    monkeypatch.setenv("PARTWORK_HOME", str(press.settings.home))
    return publish(press, series, at_once=True, now=NOW).planned[0].issue


def test_from_pause_to_send_to_what_became_of_it(
    issue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pause", issue, "--reason", "a wrong link"]) == 0
    assert run(["send", issue]) == 1
    assert f"partwork resume {issue}" in capsys.readouterr().err
    assert run(["status", issue]) == 0
    assert "is paused since" in capsys.readouterr().out

    assert run(["resume", issue]) == 0
    assert run(["send", issue]) == 0
    assert "2 accepted" in capsys.readouterr().out
    assert run(["status", issue, "--domains", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["domains"] == {"example.org": {"accepted": 2}}
    assert run(["status", issue, "--watch"]) == 0
    assert "2 of 2" in capsys.readouterr().err
    assert run(["subscribers", "show", "ada@example.org"]) == 0
    assert f"{issue}: accepted (250 " in capsys.readouterr().out
    assert run(["reconcile", issue]) == 0
    assert "nothing is in doubt" in capsys.readouterr().out


def test_a_cancelled_issue_cannot_be_resumed(
    issue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cancel", issue, "--reason", "withdrawn"]) == 0

    for command in ("resume", "pause", "send"):
        assert run([command, issue]) == 1
        assert "is cancelled since" in capsys.readouterr().err


def test_what_excludes_each_other_is_wrong_use(issue: str) -> None:
    assert run(["reconcile", issue, "--resend", "--accept"]) == 2
    assert run(["status", "--watch"]) == 2
