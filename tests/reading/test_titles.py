"""The title of a text, where only its lines can tell which it is."""

import pytest

from partwork.reading.raw import read_article

PROSE = [
    "The kettle had stood on the old stove since the morning, and nobody had filled it.",
    "It was a kettle of the kind that sings before it boils, which few of them do any more.",
    "A stove like that one takes an hour to warm, and the kettle takes another after it.",
    "When the old stove was cold again, somebody had hung the kettle on its hook by the door.",
]
MENU = ["Home", "Shop", "About us", "Contact", "Search", "Log in", "Basket", "Newsletter"]


def read(*lines: str):
    return read_article("\n\n".join(lines).encode(), "kettle.txt")


@pytest.mark.parametrize(
    "title",
    [
        "The kettle on the old stove",
        "What did the old stove do to the kettle?",
        "Stove and kettle: an account of one winter",
        "7 things to know about an old kettle",
    ],
)
@pytest.mark.parametrize(
    "above",
    [
        [],
        MENU,
        ["Skip to content", *MENU, "We use cookies to remember which pans you have looked at."],
        [*MENU, "Sign up to our newsletter for kettles and pans", "Read more about our pans"],
        [*MENU, "Home > Kitchen > Kettles"],
    ],
)
def test_the_title_is_the_line_that_the_text_goes_on_to_speak_of(title, above):
    article = read(*above, title, "May 4, 2023", *PROSE)

    assert (article.title, article.title_is_made) == (title, False)
    assert title not in [block.text for block in article.blocks]


def test_a_deck_below_the_title_does_not_take_its_place():
    article = read(*MENU, "The kettle on the old stove", "What a winter without fire did", *PROSE)

    assert article.title == "The kettle on the old stove"


def test_a_heading_further_down_is_not_the_title():
    article = read(*PROSE, "The kettle on the old stove", *PROSE)

    assert article.title_is_made
    assert len(article.blocks) == 9


def test_a_text_without_title_is_called_by_the_heading_above_it_which_stays():
    article = read("Introduction", *PROSE)

    assert (article.title, article.title_is_made) == ("Introduction", True)
    assert article.blocks[0].text == "Introduction"


def test_the_longest_menu_costs_no_more_than_its_lines():
    article = read(*MENU * 1_000, "The kettle on the old stove", *PROSE)

    assert article.title_is_made
    assert len(article.blocks) > len(PROSE)
