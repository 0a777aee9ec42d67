"""One log for all, without secrets, and never without end."""

import io
from pathlib import Path

from partwork.orchestration import journal as journals
from partwork.orchestration.journal import Journal


def test_each_line_has_its_time_and_who_said_it(tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []
    journal = Journal(
        tmp_path / "logs" / "up.log", also=lambda who, line: heard.append((who, line))
    )

    words = journal.listen("web", io.BytesIO(b"first\n\n  second \xff\n"))
    words.await_end(within=10)
    journal.note("up", "third")
    journal.close()

    lines = journal.file.read_text().splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == [
        "web       first",
        "web         second \ufffd",
        "up        third",
    ]
    assert heard == [("web", "first"), ("web", "  second \ufffd"), ("up", "third")]
    assert words.last()[0] == "first\n"


def test_no_secret_is_written_whoever_says_it(tmp_path: Path) -> None:
    heard: list[str] = []
    journal = Journal(
        tmp_path / "log",
        secrets=["", "short", "longsecret", "longsecret-and-more"],
        also=lambda _who, line: heard.append(line),
    )

    journal.note("worker", "with longsecret-and-more and longsecret, a short one")
    journal.close()

    assert heard == ["with … and …, a short one"]
    assert "secret" not in journal.file.read_text()


def test_what_would_move_a_terminal_is_left_out(tmp_path: Path) -> None:
    heard: list[str] = []
    journal = Journal(tmp_path / "log", also=lambda _who, line: heard.append(line))

    journal.note("web", "\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x9b2J")
    journal.close()

    assert heard == ["red ]0;titlebell2J"]


def test_what_turns_out_to_be_secret_later_is_not_written_from_then_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log", secrets=["known-at-once"])

    journal.hide(["learnt-later", ""])
    journal.note("web", "known-at-once, learnt-later")
    journal.close()

    assert journal.file.read_text().endswith("web       …, …\n")


def test_the_log_is_turned_over_and_old_ones_go(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log")
    line = "x" * 8000

    for _ in range((journals.OLDER_FILES + 3) * journals.LARGEST_BYTES // len(line)):
        journal.note("web", line)
    journal.close()

    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + journals.OLDER_FILES
    assert all(file.stat().st_size <= journals.LARGEST_BYTES for file in files)


def test_a_line_without_an_end_is_cut_and_none_of_it_lost(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log")

    journal.listen("web", io.BytesIO(b"y" * 20_000)).await_end(within=10)
    journal.close()

    lines = journal.file.read_text().splitlines()
    assert len(lines) == 3
    assert sum(line.count("y") for line in lines) == 20_000
