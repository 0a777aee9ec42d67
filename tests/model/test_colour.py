"""Colours that can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.colour import ENOUGH, contrast, readable

colours = st.builds("#{:06x}".format, st.integers(0, 0xFFFFFF))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours, colours)
def test_every_accent_becomes_readable_on_every_paper(accent: str, paper: str) -> None:
    assert contrast(readable(accent, paper), paper) >= ENOUGH


@given(colours, st.sampled_from(["#ffffff", "#17181a", "#757575"]))
def test_an_accent_that_can_be_read_stays(accent: str, paper: str) -> None:
    if contrast(accent, paper) >= ENOUGH:
        assert readable(accent, paper) == accent


@given(colours, st.sampled_from(["#ffffff", "#17181a"]))
def test_what_is_moved_is_moved_no_further_than_it_must(accent: str, paper: str) -> None:
    found = readable(accent, paper)

    if found != accent:
        assert contrast(found, paper) < ENOUGH + 0.1


@pytest.mark.parametrize("wrong", ["red", "#fff", "1d5c63", "#1d5c6g", "#1d5c63;"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not a colour|invalid literal"):
        readable(wrong, "#ffffff")
