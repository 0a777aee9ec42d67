"""Approving by command: in a role, and what waits as an editor reads it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from partwork.actions.reviewing import Answer, Question, answer, ask
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.review import Decision
from partwork.settings import Settings
from tests.actions.reviewed import SERIES, ask_of, letter


@pytest.fixture
def drafts(named_home: Path) -> None:
    with assemble(Settings()) as press:
        letter(press, "Bring gloves.")
    assert run(["preview", SERIES, "--no-pictures"]) == 0


def asked_and_answered(decision: Decision, notes: str = "") -> None:
    now = datetime.now(UTC)
    with assemble(Settings()) as press:
        question = ask(press, SERIES, None, run_id="run", asked_before=0, now=now)
        assert isinstance(question, Question)
        answer(press, "run", question.review.key, Answer(decision, "Eve", notes=notes), now)


def test_a_role_is_named_where_there_are_several(
    drafts: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with assemble(Settings()) as press:
        ask_of(press, 'approvals = ["editor", "medical"]')
    capsys.readouterr()

    assert run(["approve", SERIES, "--by", "Ada"]) == 1
    assert "say in which role; the-bench asks for: editor, medical" in capsys.readouterr().err
    assert run(["approve", SERIES, "--by", "Ada", "--as", "editor"]) == 0
    assert "it waits for approval as medical" in capsys.readouterr().err
    run(["status", SERIES])
    assert "  draft" in capsys.readouterr().out
    assert run(["approve", SERIES, "--by", "Grace", "--as", "medical"]) == 0
    assert "waits" not in capsys.readouterr().err
    run(["status", SERIES])
    assert "  approved" in capsys.readouterr().out


def test_a_series_is_shown_by_itself_with_what_reviewers_said(
    drafts: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["compose", "other", "--letter", "--title", "Another"])
    asked_and_answered(Decision.SEND_BACK, "Which gloves?\x1b[2J")
    capsys.readouterr()

    assert run(["status", SERIES]) == 0

    told = capsys.readouterr().out
    assert "part 1 was sent back by Eve on" in told
    assert "“Which gloves? [2J”" in told
    assert "Another" not in told


def test_a_rejection_is_taken_back_by_who_says_so(
    drafts: None, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_and_answered(Decision.REJECT)
    capsys.readouterr()

    assert run(["approve", SERIES, "--by", "Ada"]) == 1
    assert f"`partwork approve {SERIES} --part 1 --take-back`" in capsys.readouterr().err
    assert run(["approve", SERIES, "--part", "1", "--by", "Ada", "--take-back"]) == 0
    assert "approved greetings-01-" in capsys.readouterr().out
