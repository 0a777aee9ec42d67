"""What a mail says by itself."""

from datetime import date

import pytest

from partwork.rendering.phrases import MONTHS, WORDS
from partwork.rendering.words import (
    day_in,
    direction_of,
    gap_in,
    initials_of,
    minutes_to_read,
    names_in,
    spoken,
)


def test_every_language_says_the_same_things() -> None:
    for language, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys(), language
        for key, phrase in words.items():
            fields = {part.split(")")[0] for part in phrase.split("%(")[1:]}
            english = {part.split(")")[0] for part in WORDS["en"][key].split("%(")[1:]}
            assert fields == english, (language, key)


def test_every_language_has_a_year_of_months() -> None:
    assert MONTHS.keys() == WORDS.keys()
    assert {len(set(months.split())) for months in MONTHS.values()} == {12}


@pytest.mark.parametrize(
    ("tag", "ours"), [("de", "de"), ("de-CH", "de"), ("DE_at", "de"), ("fr", "fr"), ("sv", "en")]
)
def test_other_languages_are_answered_in_english(tag: str, ours: str) -> None:
    assert spoken(tag) == ours


def test_dates_are_written_out() -> None:
    assert day_in("en-GB", date(2026, 5, 3)) == "3 May 2026"
    assert day_in("de", date(2026, 5, 3)) == "3. Mai 2026"
    assert day_in("fr", date(2026, 5, 1)) == "1er mai 2026"
    assert day_in("es", date(2026, 5, 3)) == "3 de mayo de 2026"
    assert day_in("sv", date(2026, 5, 3)) == "3 May 2026"


def test_names_are_joined_as_people_join_them() -> None:
    assert names_in("en", []) == ""
    assert names_in("en", ["Ada"]) == "Ada"
    assert names_in("en", ["Ada", "Ben", "Cy"]) == "Ada, Ben and Cy"
    assert names_in("de", ["Ada", "Ben"]) == "Ada und Ben"
    assert names_in("fr", ["Ada", "Ben"]) == "Ada et Ben"
    assert names_in("en", ["Ada", "Ben", "Cy", "Di"]) == "Ada, Ben and others"


def test_reading_time_counts_words_and_ideographs() -> None:
    assert minutes_to_read("") == 1
    assert minutes_to_read("word " * 238) == 1
    assert minutes_to_read("word " * 239) == 2
    assert minutes_to_read("don’t " * 238) == 1
    assert minutes_to_read("字" * 715) == 3


def test_direction_and_gap_follow_the_language() -> None:
    assert [direction_of(tag) for tag in ("ar-EG", "ur", "en", "de")] == [
        "rtl",
        "rtl",
        "ltr",
        "ltr",
    ]
    assert [gap_in(tag) for tag in ("ja", "zh-Hant", "ko", "en")] == ["", "", " ", " "]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("The Quiet Hour", "QH"),
        ("Die Zeit", "Z"),
        ("bread", "B"),
        ("Salt & Pepper & Oil", "SP"),
        ("週刊", "週"),
        ("24/7 🔪", ""),
        ("", ""),
    ],
)
def test_a_name_is_known_by_its_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials
