from datetime import date

import pytest

from partwork.model.text import Mark
from partwork.reading.raw import read_article

PROSE = "The kettle had stood on the stove since the morning, and nobody had filled it."


def read(text: str):
    return read_article(text.encode(), "kettle.md")


def test_blocks_keep_their_kinds_and_the_lines_they_stood_on():
    article = read(
        f"# The Kettle\n\n{PROSE}\n\n## Stove\n\n1. tea\n   hot\n   - green\n2. milk\n\n"
        "> It sang.\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx = 1\n```\n\n"
        "![A kettle](https://example.org/k.jpg)\n"
    )

    assert article.title == "The Kettle"
    assert [(b.kind.value, b.text, b.first_line, b.last_line) for b in article.blocks] == [
        ("paragraph", PROSE, 3, 3),
        ("heading", "Stove", 5, 5),
        ("list", "tea hot\n  green\nmilk", 7, 10),
        ("quote", "It sang.", 12, 12),
        ("table", "a\tb\n1\t2", 14, 16),
        ("code", "x = 1", 18, 20),
        ("image", "A kettle", 22, 22),
    ]


def test_inline_marks_are_spans_and_bad_links_are_text():
    (block,) = read(
        "An *old* **`black`** [kettle](https://example.org/k), [not](data:text/html,x)."
    ).blocks

    assert {(s.mark, block.text[s.start : s.end], s.url) for s in block.spans} == {
        (Mark.EMPHASIS, "old", ""),
        (Mark.STRONG, "black", ""),
        (Mark.CODE, "black", ""),
        (Mark.LINK, "kettle", "https://example.org/k"),
    }


def test_front_matter_is_lifted():
    article = read(
        "---\ntitle: 'The Kettle: a life'\nauthor: Ottoline Varga\ndate: 2023-05-04\ntags: [a]\n"
        f"url: https://example.org/k\n---\n{PROSE}\n"
    )

    assert (article.title, article.byline, article.published_on, article.source) == (
        "The Kettle: a life",
        "Ottoline Varga",
        date(2023, 5, 4),
        "https://example.org/k",
    )
    assert [(block.text, block.first_line) for block in article.blocks] == [(PROSE, 8)]


@pytest.mark.parametrize(
    "top", ["---\nJust a rule: and: colons\n---\n", "---\n[[[\n---\n", "---\nno end\n"]
)
def test_a_rule_at_the_top_is_not_taken_for_front_matter(top):
    article = read(f"{top}\n{PROSE}")

    assert top.split("\n")[1] in [article.title, *(block.text for block in article.blocks)]
    assert article.blocks[-1].text == PROSE


def test_html_inside_is_read_as_html_and_its_scripts_are_not():
    article = read(f"{PROSE}\n\n<div>One <b>old</b> kettle</div>\n\n<script>alert(1)</script>\n")

    assert [block.text for block in article.blocks] == [PROSE, "One old kettle"]


@pytest.mark.parametrize("deep", [">" * 500 + " the bottom", "- " * 300 + "the bottom"])
def test_text_nested_too_deep_for_the_parser_is_not_lost(deep):
    assert any("the bottom" in block.text for block in read(deep).blocks)
