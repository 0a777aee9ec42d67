"""What waits, as an editor reads it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from partwork.actions.send import send
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.settings import Settings
from tests.actions.sending import published, subscribe

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", "0 readers"),
        ("a@example.org", "1 reader"),
        ("a@example.org\nb@example.org", "2 readers"),
    ],
)
def test_readers_are_counted_as_people_count(
    named_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, told: str
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"email\n{rows}\n")
    into = ("--newsletter", "the-bench", "--confirmed", "at the fair")
    assert run(["subscribers", "import", str(people), *into]) == (0 if rows else 1)
    assert run(["compose", "greetings", "--letter", "--title", "Greetings"]) == 0
    capsys.readouterr()

    assert run(["status"]) == 0

    assert capsys.readouterr().out.splitlines()[0].startswith(f"Greetings (greetings): {told}")


def test_who_is_suppressed_is_no_reader(
    named_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("email\na@example.org\nb@example.org\n")
    into = ("--newsletter", "the-bench", "--confirmed", "at the fair")
    run(["subscribers", "import", str(people), *into])
    run(["compose", "greetings", "--letter", "--title", "Greetings"])
    run(["subscribers", "suppress", "a@example.org"])
    capsys.readouterr()

    run(["status"])

    assert capsys.readouterr().out.startswith("Greetings (greetings): 1 reader")


def test_what_is_stopped_is_told_where_all_is_seen_with_the_reason(
    named_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own"])
    run(["compose", "compost", "--title", "A heap of one's own"])
    with assemble(Settings()) as press:
        subscribe(press, ["ada@example.org"])
        issue = published(press, "compost")
    capsys.readouterr()
    run(["status"])
    assert "paused" not in capsys.readouterr().out
    run(["pause", issue, "--reason", "a wrong link"])
    capsys.readouterr()

    assert run(["status"]) == 0

    told = capsys.readouterr().out.splitlines()
    at = next(at for at, line in enumerate(told) if issue in line)
    assert told[at + 1].startswith("    is paused since ")
    assert told[at + 1].endswith(f"(a wrong link); `partwork resume {issue}` goes on")


@pytest.mark.parametrize("command", ["pause", "cancel"])
def test_who_stops_an_issue_is_told_for_whom_it_is_too_late(
    named_home: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    run(["ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own"])
    run(["compose", "compost", "--title", "A heap of one's own"])
    with assemble(Settings()) as press:
        subscribe(press, ["ada@example.org", "bob@example.org"])
        issue = published(press, "compost")
        send(press, issue, clock=lambda: datetime.now(UTC))
    capsys.readouterr()

    assert run([command, issue]) == 0

    assert "though 2 of 2 readers have it already; " in capsys.readouterr().out
