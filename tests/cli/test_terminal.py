"""Whatever is printed, by whichever command: text from outside moves no terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from partwork.cli.terminal import Terminal, harmless, print_rows, shown

HOSTILE = "\x1b]0;owned\x07 \x9b2J \u202eabc\u2066 \x7f \udcff [bold red]red[/] \r\x08"


def printed(*things: object) -> str:
    terminal = Terminal()
    terminal.file = io.StringIO()
    terminal.print(*things)
    return terminal.file.getvalue()


@pytest.mark.parametrize("kind", ["words", "styled", "table"])
def test_no_text_from_outside_acts_on_the_terminal(kind: str) -> None:
    table = Table(HOSTILE, box=None)
    table.add_row(HOSTILE)
    things = {"words": HOSTILE, "styled": Text(HOSTILE, style="bold"), "table": table}

    told = printed(things[kind])

    assert "[bold red]" in told
    assert all(line.isprintable() for line in told.split("\n"))
    assert told.encode("utf-8")


@given(st.text())
def test_what_is_shown_is_one_printable_line(text: str) -> None:
    assert shown(text).replace("\u200c", "").replace("\u200d", "").isprintable()


def test_letters_lines_and_joined_emoji_stay_as_they_are() -> None:
    text = "Zoë \N{NO-BREAK SPACE}und\n\N{WOMAN}\u200d\N{ROCKET} نامه\u200cها"

    assert harmless(text) == text.replace("\N{NO-BREAK SPACE}", " ")


def test_columns_are_as_wide_as_their_widest_cell_even_where_the_terminal_is_not(capsys) -> None:
    address = f"{'a' * 60}@{'long.' * 20}example.org"

    print_rows(("address", "state"), [(address, "confirmed"), ("眠れ@example.org", "\x1bended")])

    assert capsys.readouterr().out.splitlines() == [
        "address".ljust(len(address)) + "  state",
        f"{address}  confirmed",
        "眠れ@example.org".ljust(len(address) - 2) + "  ?ended",
    ]
