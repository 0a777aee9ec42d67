"""Composing, and beginning a letter, as an editor types them."""

import shutil
from pathlib import Path

import pytest

from partwork.cli.main import run

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two articles, that the environment names."""
    monkeypatch.setenv("PARTWORK_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    for file in ARTICLES.glob("*.txt"):
        shutil.copy(file, home / "content" / "inbox")
    assert run(["ingest", "--rights", "own"]) == 0
    return home


def parts_of(home: Path, series: str) -> list[str]:
    return sorted(f.name for f in (home / "content" / "series" / series).glob("*.md"))


def test_by_article_makes_a_part_of_each_and_stays_so(
    at_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["compose", "compost", "--by", "article"]) == 0
    by_article = parts_of(at_home, "compost")
    capfd.readouterr()

    assert run(["compose", "compost"]) == 0

    assert parts_of(at_home, "compost") == by_article
    assert len(by_article) == 2
    assert "0 parts written" in capfd.readouterr().out


def test_parts_are_as_many_as_are_asked_for(
    at_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["compose", "compost", "--parts", "1"]) == 0
    assert len(parts_of(at_home, "compost")) == 1

    assert run(["compose", "compost", "--parts", "90"]) == 1
    assert "parts at most, not 90" in capfd.readouterr().err
    assert len(parts_of(at_home, "compost")) == 1


def test_a_letter_begins_with_a_file_to_edit(
    at_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    assert run(["compose", "greetings", "--letter", "--title", "Spring greetings"]) == 0

    told = capfd.readouterr()
    assert told.out == "content/series/greetings/01-spring-greetings.md\n"
    assert "partwork preview greetings" in told.err
    assert run(["compose", "greetings"]) == 1
    assert "greetings is a letter, written by hand" in capfd.readouterr().err


def test_a_letter_takes_no_articles(at_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["compose", "greetings", "starting-a-heap", "--letter"]) == 2
    assert "a letter has no articles" in capfd.readouterr().err
    assert not (at_home / "content" / "series" / "greetings").exists()
