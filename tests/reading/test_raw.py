import hashlib
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.article import BlockKind, Rights
from partwork.reading.errors import Unreadable
from partwork.reading.raw import MAX_BYTES, read_article

PROSE = "The kettle had stood on the stove since the morning, and nobody had filled it."
MORE = "It was an old kettle, and it sang before it boiled, which most of them no longer do."


def read(text: str, name: str = "kettle.txt"):
    return read_article(text.encode(), name)


def texts(article):
    return [block.text for block in article.blocks]


def test_title_and_deck_are_lifted_and_the_rest_stays():
    article = read(f"The Kettle\nA Life in Steam\n\n{PROSE}\n{MORE}")

    assert (article.title, article.deck, article.title_is_made) == (
        "The Kettle",
        "A Life in Steam",
        False,
    )
    assert texts(article) == [PROSE, MORE]


def test_a_heading_below_the_title_is_no_deck():
    article = read(f"The Kettle\n\nA Life in Steam\n\n{PROSE}\n\n{MORE}")

    assert article.deck == ""
    assert article.blocks[0].kind is BlockKind.HEADING


def test_a_line_between_title_and_byline_is_the_deck():
    article = read(f"The Kettle\n\nA Life in Steam\n\nBy Ottoline Varga\n\n{PROSE}\n\n{MORE}")

    assert (article.deck, article.byline) == ("A Life in Steam", "Ottoline Varga")


def test_a_lone_logo_above_the_title_is_not_the_title():
    article = read(f"logo\n\nThe Kettle\n\nMay 4, 2023\n\n{PROSE}\n\n{MORE}")

    assert (article.title, article.published_on) == ("The Kettle", date(2023, 5, 4))
    assert texts(article)[:2] == ["logo", "May 4, 2023"]


def test_below_a_menu_the_title_is_the_line_that_the_text_speaks_of():
    menu = "\n".join(
        ["Home", "Kitchen", "Garden and Yard Today", "Shed", "Roof", "Attic", "Cellar"]
    )

    article = read(f"{menu}\nThe Kettle on the Old Stove\nBy Ottoline Varga\n{PROSE}\n{MORE}")

    assert article.title == "The Kettle on the Old Stove"


def test_a_question_may_be_the_title():
    question = "Why does the kettle sing before the water has begun to boil?"

    assert read(f"{question}\n\n{PROSE}\n\n{MORE}").title == question


@pytest.mark.parametrize(
    "lines",
    [
        "Ottoline Varga\nMay 4, 2023",
        "Ottoline Varga | May 4, 2023 | 3 min read",
        "Ottoline Varga\nUpdated: May 4, 2023\nMay 4, 2023",
    ],
)
def test_a_name_beside_a_date_is_the_byline(lines):
    article = read(f"The Kettle\n\n{lines}\n\n{PROSE}\n\n{MORE}")

    expected = "" if "Updated:" in lines else "Ottoline Varga"
    assert article.byline == expected


def test_a_name_that_opens_a_bio_below_the_text_is_the_byline():
    bio = "About the Author\n\nOttoline Varga\n\nShe has written of kettles since 1994."

    assert read(f"The Kettle\n\n{PROSE}\n\n{MORE}\n\n{bio}").byline == "Ottoline Varga"
    assert read(f"The Kettle\n\n{PROSE}\n\n{MORE}\n\nAbout the Author\n\n{MORE}").byline == ""


@pytest.mark.parametrize("indent", ["    ", "\t", "  "])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_text_that_is_indented_throughout_reads_as_if_it_were_not(indent, line_end):
    lines = [
        "The Kettle",
        "",
        PROSE,
        "",
        "What We Had",
        "",
        "- tea",
        "  - green",
        "- milk",
        "",
        MORE,
    ]
    text = line_end.join(f"{indent}{line}" if line else line for line in lines)

    assert read(text).blocks == read("\n".join(lines)).blocks


def test_a_short_notice_above_the_title_is_not_the_text():
    notice = "We use small files to remember which kettle you looked at."

    article = read(f"{notice}\n\nThe Kettle\n\nMay 4, 2023\n\n{PROSE}\n\n{MORE}")

    assert article.title == "The Kettle"
    assert texts(article)[0] == notice


def test_a_heading_below_the_first_long_paragraph_is_not_the_title():
    article = read(
        f"{PROSE} {MORE}\n\nWhat We Had\n\n- tea\n- milk\n\nWhat We Lacked\n\n- cups\n- salt"
    )

    assert article.title_is_made
    assert article.blocks[1].text == "What We Had"


def test_a_text_that_begins_with_prose_gets_a_title_of_its_first_words():
    article = read(f"{PROSE}\n{MORE}")

    assert (article.title, article.title_is_made) == (
        "The kettle had stood on the stove since…",
        True,
    )
    assert texts(article) == [PROSE, MORE]


def test_a_single_line_stays_a_block():
    article = read("The Kettle")

    assert (article.title, article.title_is_made, texts(article)) == (
        "The Kettle",
        True,
        ["The Kettle"],
    )


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Kettle’s Life: Part 2", "the-kettles-life-part-2"),
        ("Größe und Œuvre", "grosse-und-oeuvre"),
        (
            "A " + "very " * 20 + "long title",
            "a-very-very-very-very-very-very-very-very-very-very-very",
        ),
        ("W" * 90, "w" * 60),
    ],
)
def test_a_slug_is_short_lower_case_ascii(title, slug):
    assert read(f"{title}\n\n{PROSE}\n\n{MORE}").slug == slug


def test_a_title_without_latin_letters_still_gives_a_slug():
    article = read("# 薬缶\n\n薬缶は朝からあった。\n", "kettle.md")

    assert article.slug == f"article-{article.sha256[:8]}"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It was the kettle that they had not seen for a year, and this is what was in it.", "en"),
        ("Der Kessel ist nicht auf dem Herd, und das Wasser wird nicht warm für den Tee.", "de"),
        ("La bouilloire est dans la cuisine et les tasses ne sont pas avec elle.", "fr"),
        ("kettle stove cup", "und"),
    ],
)
def test_the_language_is_the_one_whose_common_words_are_there(text, language):
    assert read(text).language == language


def test_an_article_names_its_bytes_and_its_file_and_claims_no_rights():
    raw = PROSE.encode()

    article = read_article(raw, "kettle.txt")

    assert article.sha256 == hashlib.sha256(raw).hexdigest()
    assert (article.source, article.rights) == ("kettle.txt", Rights.UNKNOWN)


def test_html_is_known_by_its_content_where_the_name_does_not_say():
    assert texts(read(f"\n<!DOCTYPE html><html><body><p>{PROSE}</p></body></html>", "pasted")) == [
        PROSE
    ]
    assert texts(read(f"<p>{PROSE}</p>", "kettle.txt")) == [PROSE]
    assert texts(read("<3 this kettle", "kettle.txt")) == ["<3 this kettle"]


@pytest.mark.parametrize("raw", [b"", b" \n\t\r\n", "\ufeff\u00a0\u200b\n".encode()])
def test_an_empty_file_is_refused(raw):
    with pytest.raises(Unreadable, match=r"^kettle\.txt: is empty; put"):
        read_article(raw, "kettle.txt")


def test_a_file_that_is_too_large_is_refused_with_both_sizes():
    with pytest.raises(
        Unreadable, match=r"^kettle\.txt: is too large \(10\.1 MB, the limit is 10 MB\)"
    ):
        read_article(b"a" * (MAX_BYTES + 100_000), "kettle.txt")


NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a"])
MARKUP = (
    "<p> </p> <!-- --> <table> <td> <ul> <li> <b> <br> <a/href=x> &amp # - 1. > [a](b) ` word By"
)
PIECES = st.sampled_from([*MARKUP.split(), "---\n", "\n", "\n\n", " ", "\t", "\0", "\ufeff"])


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES).map("".join).map(str.encode)), NAMES)
def test_whatever_comes_is_an_article_or_unreadable(raw, name):
    try:
        article = read_article(raw, name)
    except Unreadable:
        return

    assert article.slug
    assert article.blocks
    assert all(block.text.strip() for block in article.blocks)
    spans = [(span, block) for block in article.blocks for span in block.spans]
    assert all(0 <= span.start < span.end <= len(block.text) for span, block in spans)


@pytest.mark.parametrize(
    "line", ["a short line", "- an item", "including:", "9. nine", "<p>a line"]
)
def test_tens_of_thousands_of_lines_take_seconds(line):
    began = time.perf_counter()

    read_article(f"{line}\n".encode() * 30_000, "long.txt")

    assert time.perf_counter() - began < 20  # linear work takes a tenth of it, quadratic far more
