"""Lines that are neither title nor deck, and titles that only begin like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.reading.furniture import is_furniture


@pytest.mark.parametrize(
    "line",
    [
        "6 min read",
        "Reading time: 4 minutes",
        "3 hours ago",
        "12.4K shares",
        "214",
        "Cover image for The kettle on the old stove",
        "Photo by Ottoline Varga",
        "Image source, Norrbridge Museum",
        "kettle-on-stove.jpg",
        "Ottoline Varga's avatar",
        "by @ottoline",
        "Last updated: April 1, 2025",
        "Medically reviewed by Dr. Ilse de Maron",
        "Home › Kitchen › Kettles",
        "Skip to content",
        "Back to all stories",
        "Share this article",
        "Jump to Recipe",
        "View this email in your browser",
        "On this page:",
        "© 2025 Norrbridge Museum",
    ],
)
def test_what_a_page_puts_around_a_text_is_furniture(line):
    assert is_furniture(line)


@pytest.mark.parametrize(
    "title",
    [
        "Back to School with an Old Kettle",
        "By the Sea",
        "Share the Stove",
        "5 minute suppers",
        "Text Messages from a Kettle",
        "Print Is Not Dead",
        "Follow the Money",
        "Read More Books This Winter",
        "Photos: inside the kettle works",
        "Home Remedies for a Cough",
        "Search for the Lost Kettle",
        "Updated: the ten best kettles",
        "Ten Years Ago Today",
        "Contents of a Drawer",
        "Image and Likeness",
    ],
)
def test_a_title_that_begins_like_furniture_is_none(title):
    assert not is_furniture(title)


@given(st.text(alphabet="/>| .a1\t", max_size=400))
def test_any_line_is_judged(line):
    assert is_furniture(line) in (True, False)
