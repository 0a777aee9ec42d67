"""What a person reads of missed parts, and how they decide."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.settings import Settings
from tests.actions.appearing import approve_all, letters, tick
from tests.actions.sending import subscribe


@pytest.fixture
def held(named_home: Path) -> str:
    """A series that was approved three weeks ago, and not looked at since a day later."""
    before = datetime.now(UTC) - timedelta(weeks=3)
    with assemble(Settings()) as press:
        series = letters(press)
        subscribe(press, ["ada@example.org"], before)
        approve_all(press, series, before)
        tick(press, before)
        tick(press, datetime.now(UTC))
    return series


def test_the_dates_of_each_choice_stand_in_a_table(
    held: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["missed"]) == 0

    told = capsys.readouterr()
    assert "compost: parts 1 to 2 missed their slots from" in told.out
    for column in ("was to come", "--now", "--skip", "--shift"):
        assert column in told.out
    assert "left out" in told.out


def test_a_decision_shows_the_new_dates(held: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["missed", held, "--shift"]) == 0
    assert "comes, UTC" in capsys.readouterr().out

    assert run(["missed", held, "--skip"]) == 1
    assert "nothing is to decide" in capsys.readouterr().err
    assert run(["missed"]) == 0
    assert capsys.readouterr().out == "no part has missed its slot\n"


def test_now_names_the_issues_that_go_out(held: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["missed", held, "--now"]) == 0

    assert capsys.readouterr().err.count("partwork send compost-0") == 2


@pytest.mark.parametrize("wrong", [["--now"], ["compost", "--now", "--skip"]])
def test_what_cannot_be_meant_is_refused(
    named_home: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert run(["missed", *wrong]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
