"""The title of a text, where only its lines can tell which it is."""

from dataclasses import replace
from datetime import date

import pytest

from partwork.reading.raw import named_by, read_article

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


@pytest.mark.parametrize(
    "line",
    [
        "6 min read",
        "Cover image for The kettle on the old stove",
        "Photo by Ilse de Maron of an old kettle on a stove",
        "Share this story of the old kettle and the stove",
        "Back to all stories of kettles and stoves",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_furniture_is_never_the_title(line, gap):
    header = gap.join([*MENU, line, "The kettle on the old stove", line, "May 4, 2023"])

    assert read(header, *PROSE).title == "The kettle on the old stove"


def test_an_entry_of_the_list_of_contents_is_not_the_title():
    entries = ["How a kettle sings", "What an old stove does", "Where the hook came from"]
    sections = [line for entry in entries for line in (entry, *PROSE)]

    article = read(*MENU, "The kettle on the old stove", "On this page", *entries, *sections)

    assert article.title == "The kettle on the old stove"


def test_a_sentence_is_a_title_only_above_a_dateline():
    sentence = "We put the kettle on the old stove."

    assert read(*MENU, sentence, "May 4, 2023", *PROSE).title == sentence
    assert read(sentence, *PROSE).title_is_made


def test_a_forwarded_mail_has_the_title_that_its_subject_ends_with():
    header = ["From: Kettle Post <post@example.org>", "Subject: Kettle Post 61: The cold hob"]

    article = read(*header, "A letter to those who keep an old stove", "The cold hob", *PROSE)

    assert article.title == "The cold hob"


def test_a_date_in_the_text_is_not_that_of_publication():
    article = read("The kettle on the old stove", *PROSE, "12 May 1868", *PROSE)

    assert article.published_on is None


def test_a_date_may_be_an_item_of_a_list_below_the_title():
    article = read("The kettle on the old stove", "* 4 May 2023\n* Kettles", *PROSE)

    assert article.published_on == date(2023, 5, 4)


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        (["Ottoline Varga", "Follow", "8 min read", "·", "May 4, 2023"], "Ottoline Varga"),
        (["Ottoline Varga", "Ottoline Varga", "May 4, 2023"], "Ottoline Varga"),
        (["Ottoline Varga", "Keeper of kettles", "Published May 4, 2023"], "Ottoline Varga"),
        (["Report Abuse", "Posted on May 4"], ""),
        (["Senior Member", "Joined: Mar 2, 2011"], ""),
    ],
)
def test_a_name_above_a_date_is_the_byline_whatever_buttons_are_between(lines, byline):
    assert read("The kettle on the old stove", *lines, *PROSE).byline == byline


def test_a_byline_may_stand_above_the_title_where_it_says_so():
    lines = ["Ottoline Varga", "Posted on May 4", "The kettle on the old stove"]

    assert read(*MENU, *lines, *PROSE).byline == "Ottoline Varga"


@pytest.mark.parametrize("label", ["#kettles #stoves #hobs", "Exclusive"])
def test_tags_and_labels_are_no_deck(label):
    article = read("The kettle on the old stove", label, "By Ottoline Varga", *PROSE)

    assert article.deck == ""


def test_a_line_that_names_the_author_is_no_deck():
    article = read("The kettle on the old stove", "Ottoline Varga in Paris", "May 4, 2023", *PROSE)

    assert (article.deck, article.byline) == ("", "Ottoline Varga")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Kettles…\n\n{}", "Kettles…"),
        ("The kettle sings. {}", "The kettle sings"),
        (
            "“I filled it,” he said, and put it back on the old stove of ours. {}",
            "“I filled it,” he said, and put it…",
        ),
        (
            "“When I came home that day, the stove was cold,” he said. {}",
            "When I came home that day, the stove…",
        ),
        (
            "When the stove was cold again and, at last, somebody had hung it up, {}",
            "When the stove was cold again and, at…",
        ),
        (
            "Dr. Varga had filled the kettle before anybody came down to the kitchen. {}",
            "Dr. Varga had filled the kettle before anybody…",
        ),
    ],
)
def test_a_made_title_is_the_first_sentence_or_its_beginning(text, title):
    article = read(text.format(PROSE[0]), *PROSE[1:])

    assert (article.title, article.title_is_made) == (title, True)


def test_a_made_title_is_made_anew_of_what_cleaning_left():
    notice = "We use small files to remember which of our old kettles you have looked at here."
    article = read(*MENU, notice, "Kettles", *PROSE, "What the stove did", *PROSE)
    texts = [block.text for block in article.blocks]

    named = named_by(article.blocks[texts.index("Kettles") :], replace(article, title_is_made=True))

    assert (named.title, named.slug, named.blocks) == ("Kettles", "kettles", article.blocks)


def test_a_title_that_the_text_has_is_not_made_anew():
    article = read("The kettle on the old stove", "May 4, 2023", *PROSE)

    assert named_by(article.blocks[1:], article) == article
