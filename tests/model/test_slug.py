"""What words become where they name files and addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.slug import slug_of


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Why We Lie Awake", "why-we-lie-awake"),
        ("The Body’s Clock", "the-bodys-clock"),
        ("Straße, Æther & Łódź", "strasse-aether-lodz"),
        ("Crème brûlée\x1b[2J\n\u202eagain", "creme-brulee-2j-again"),
        ("眠れない夜", ""),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_slug_is_the_words_in_ascii_joined_by_hyphens(words: str, slug: str) -> None:
    assert slug_of(words) == slug


def test_a_slug_is_cut_between_words() -> None:
    assert slug_of("a kettle in the attic", 14) == "a-kettle-in"
    assert slug_of("kettlekettlekettle", 6) == "kettle"


@given(st.text(max_size=200), st.integers(min_value=1, max_value=80))
def test_a_slug_can_always_name_a_file_and_is_its_own_slug(words: str, longest: int) -> None:
    slug = slug_of(words, longest)

    assert len(slug) <= longest
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert slug_of(slug, longest) == slug
