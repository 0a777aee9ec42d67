"""What waits, as an editor reads it."""

from pathlib import Path

import pytest

from partwork.cli.main import run


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
    assert run(["subscribers", "import", str(people), *into]) == 0
    assert run(["compose", "greetings", "--letter", "--title", "Greetings"]) == 0
    capsys.readouterr()

    assert run(["status"]) == 0

    assert capsys.readouterr().out.splitlines()[0].startswith(f"Greetings (greetings): {told}")
