"""Plain text in lines."""

import re

from hypothesis import given
from hypothesis import strategies as st

from partwork.rendering.wrapping import WIDTH, columns, tidied, underlined, wrapped


def test_a_list_item_hangs_under_its_first_word() -> None:
    first, second = wrapped("word " * 20, "10. ").splitlines()

    assert first.startswith("10. word")
    assert second.startswith("    word")


def test_an_address_is_never_cut() -> None:
    url = "https://example.org/" + "long/" * 30

    assert f"<{url}>" in wrapped(f"Before it comes some text <{url}> and after it more.").split()


def test_ideographs_part_anywhere_but_before_a_closing_mark() -> None:
    lines = wrapped("砥石を水に浸します。" * 12).splitlines()

    assert len(lines) > 2
    assert all(WIDTH - 4 <= columns(line) <= WIDTH for line in lines[:-1])
    assert not any(line.startswith("。") for line in lines)
    assert "".join(lines) == "砥石を水に浸します。" * 12


def test_a_heading_is_underlined_as_long_as_it_shows() -> None:
    assert underlined("Café", "=") == "Café\n===="
    assert underlined("砥石", "-") == "砥石\n----"
    assert underlined("Cafe\u0301", "=").splitlines()[1] == "===="


def test_a_rule_is_never_longer_than_lines_are() -> None:
    assert underlined("T" * 300, "=").splitlines()[1] == "=" * WIDTH


@given(
    st.text(st.sampled_from("ab \u00a0砥。é-"), max_size=300), st.sampled_from(["", "- ", "    "])
)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, first: str) -> None:
    lines = wrapped(text, first).splitlines()

    assert "".join(lines)[len(first) :].replace(" ", "") == text.replace(" ", "")
    for line in lines:
        longest = max((columns(word) for word in line.split(" ")), default=0)
        assert columns(line) <= WIDTH or longest > WIDTH - len(first) - 4


@given(st.text(st.sampled_from("ab \t\n"), max_size=60))
def test_tidied_text_has_no_trailing_space_and_no_double_gap(text: str) -> None:
    tidy = tidied(text)

    assert not re.search(r"[ \t]\n|\n{3}|\A\n", tidy) or tidy == "\n"
    assert tidy.endswith("\n")
    assert tidied(tidy) == tidy
