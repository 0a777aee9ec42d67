"""What a person stopped nothing else resumes, as the command line shows it."""

import json

import pytest

from partwork.cli.main import run

pytestmark = pytest.mark.usefixtures("named_home")


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
    assert "3 accepted" in capsys.readouterr().out
    assert run(["status", issue, "--domains", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["domains"] == {"example.org": {"accepted": 3}}
    assert run(["status", issue, "--watch"]) == 0
    assert "3 of 3" in capsys.readouterr().err
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
