"""Composing, and beginning a letter, as an editor types them."""

import shutil
from pathlib import Path

import pytest

from partwork.cli.main import run

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.fixture
def at_home(named_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two articles, that the environment names."""
    monkeypatch.setenv("COLUMNS", "200")
    for file in ARTICLES.glob("*.txt"):
        shutil.copy(file, named_home / "content" / "inbox")
    assert run(["ingest", "--rights", "own"]) == 0
    return named_home


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


def test_titles_are_whole_where_the_terminal_is_narrow(
    at_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")

    assert run(["compose", "compost", "--by", "article"]) == 0

    shown = capfd.readouterr().out
    for part in parts_of(at_home, "compost"):
        text = (at_home / "content" / "series" / "compost" / part).read_text()
        title = next(line for line in text.splitlines() if line.startswith("title: "))
        assert title.removeprefix("title: ").strip("'") in shown


@pytest.mark.parametrize("more", [[], ["--letter"]])
def test_a_title_that_could_not_be_read_again_is_refused_before_anything_is_written(
    at_home: Path, capfd: pytest.CaptureFixture[str], more: list[str]
) -> None:
    folder = at_home / "content" / "series" / "compost"
    assert run(["compose", "compost", "--title", "Rot\x07ten", *more]) == 1
    assert "title holds a line break or control character" in capfd.readouterr().err
    assert not folder.exists()

    assert run(["compose", "compost", "--title", " Heaps\n  and\tworms ", *more]) == 0
    assert 'title = "Heaps and worms"' in (folder / "series.toml").read_text()


def test_titles_may_join_letters(at_home: Path) -> None:
    title = "می\u200cروم 👩\u200d🌾"

    assert run(["compose", "compost", "--title", title]) == 0
    assert run(["compose", "compost"]) == 0
