"""Corrections and withdrawals from the terminal."""

import json
from pathlib import Path

import pytest

from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.settings import Settings
from tests.actions.correcting import BECAUSE, SERIES, mend, published_letter
from tests.actions.sending import subscribe

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.fixture
def letter(named_home: Path) -> tuple[str, Path]:
    with assemble(Settings()) as press:
        subscribe(press, ["ada@example.org"])
        name, file = published_letter(press)
    mend(file)
    return name, file


def test_a_correction_goes_from_the_mended_file_to_the_readers(
    letter: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    name, _ = letter
    assert run(["send", name]) == 0
    assert run(["correct", name, "--because", BECAUSE, "--mail"]) == 0
    asked = capsys.readouterr()
    assert run(["correct", name, "--publish"]) == 1
    assert run(["status"]) == 0
    waits = capsys.readouterr()
    assert run(["approve", SERIES, "--part", "1", "--by", "Ada"]) == 0
    capsys.readouterr()
    assert run(["correct", name, "--publish"]) == 0
    revision, mail = capsys.readouterr().out.split()
    assert run(["send", mail]) == 0

    assert "who have it: 1, who will get the revision in its place: 0" in asked.err
    assert f"partwork approve {SERIES} --part 1" in asked.err
    assert "waits for approval" in waits.err
    assert f"{name} is to be corrected ({BECAUSE})" in waits.out
    assert revision.startswith(f"{SERIES}-01-")
    assert "1 accepted" in capsys.readouterr().out


def test_a_correction_can_be_given_up(
    letter: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["correct", letter[0], "--because", BECAUSE])

    assert run(["correct", letter[0], "--drop"]) == 0
    assert run(["correct", letter[0], "--drop"]) == 1
    assert "no correction of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [[], ["--publish", "--drop"], ["--publish", "--mail"], ["--because", "x", "--drop"]]
)
def test_one_thing_is_said_at_a_time(named_home: Path, words: list[str]) -> None:
    assert run(["correct", "anything", *words]) == 2


def test_withdrawing_shows_what_it_does_and_asks(
    named_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own"])
    run(["compose", "compost", "--by", "article"])
    with assemble(Settings()) as press:
        first, *_ = press.library.article_slugs()
    capsys.readouterr()

    assert run(["uses", first, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(["withdraw", first, "--because", "Retracted."]) == 1
    asked = capsys.readouterr()
    assert run(["withdraw", first, "--because", "Retracted.", "--yes"]) == 0
    done = capsys.readouterr().out
    assert run(["withdraw", first, "--undo", "--yes"]) == 0

    assert told["series"] == ["compost"]
    assert [use["state"] for use in told["uses"]] == ["written"]
    assert "compost is composed again without it" in asked.err
    assert "nothing changed" in asked.err
    assert f"{first}: withdrawn" in done
    assert "compost: composed again" in done
    assert f"{first}: may be used again" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["--undo", "--because", "x"]])
def test_withdrawing_says_why_or_undoes(named_home: Path, words: list[str]) -> None:
    assert run(["withdraw", "anything", *words]) == 2
