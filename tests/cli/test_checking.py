"""`check` and `claims`, as typed."""

import json
from pathlib import Path

import pytest

from partwork.cli.main import run

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.fixture
def part(named_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first part of a series in a home where the terminal stands."""
    monkeypatch.chdir(named_home)
    assert run(["ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own"]) == 0
    assert run(["compose", "heaps", "--by", "article"]) == 0
    return min((named_home / "content" / "series" / "heaps").glob("01-*.md"))


def test_check_names_file_line_rule_and_remedy_and_ends_with_1(
    part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "heaps"]) == 0
    part.write_text(f"{part.read_text()}\nHeaps like company.\n")
    line = len(part.read_text().splitlines())
    capsys.readouterr()

    assert run(["check", "heaps"]) == 1
    out = capsys.readouterr().out
    place = f"content/series/heaps/{part.name}:{line}"
    assert f"{place}: fault [uncited] “Heaps like company.” has no source; cite" in out
    assert run(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["rule"] == "uncited"


def test_claims_prints_a_sheet_or_writes_it_once(
    part: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["claims", "heaps"]) == 0
    sheet = capsys.readouterr().out
    assert sheet.startswith("# Claims of Heaps\n")

    assert run(["claims", "heaps", "--out", "claims.md"]) == 0
    assert (home / "claims.md").read_text() == sheet
    assert run(["claims", "heaps", "--out", "claims.md"]) == 1
    assert "claims.md: is there already" in capsys.readouterr().err
