import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.reading.characters import one_line, plain, plain_line


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ket\u200btle\ufeff", "kettle"),
        ("ket\u00adtle", "kettle"),
        ("old\u00a0kettle\u2028sings", "old kettle sings"),
        ("\u202eelttek\u202c", "elttek"),
        ("\u2066kettle\u2069", "kettle"),
        ("kettle\U000e0053\U000e0045\U000e004c\U000e004c", "kettle"),
        ("kettle\ufe0f\ufe01\U000e0101", "kettle\ufe0f"),
        ("half \ud83d kettle", "half \ufffd kettle"),
        ("bell\x07 escape\x1b[31m nul\0", "bell escape[31m nul"),
    ],
)
def test_what_is_not_to_be_seen_is_gone(text, seen):
    assert one_line(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "👩‍🍳 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f ❤️",
        "می‌خواهم چای بنوشم",
        "ערב\u200f (טוב)",
        "葛\U000e0100飾",
    ],
)
def test_what_scripts_and_emoji_need_stays(text):
    assert plain(text) == text


def test_tabs_stay_where_they_part_cells():
    assert (plain("a\tb"), plain_line("a\tb")) == ("a b", "a\tb")


@given(st.text())
def test_plain_text_is_plain_and_can_be_written(text):
    found = plain(text)

    assert plain(found) == found
    assert found.encode().decode() == found
