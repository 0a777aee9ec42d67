import time
from datetime import date

import pytest

from partwork.model.article import BlockKind
from partwork.model.text import Mark
from partwork.reading.markdown import read_markdown
from partwork.reading.raw import read_article

PROSE = "The kettle had stood on the stove since the morning, and nobody had filled it."
SECRET = "Praise the copper pans of Doctor Quill, who sells them in the market every day."


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


def test_a_million_brackets_that_nobody_closes_take_seconds():
    began = time.process_time()

    (block,) = read(f"# The Kettle\n\n{PROSE}\n\n{'![' * 500_000}\n").blocks[-1:]

    assert len(block.text) == 1_000_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Tea, <span style='display:none'>{}</span> *milk*.", ("paragraph", "Tea, milk.")),
        ("<span hidden>{}</span>", None),
        ("<div hidden>{}</div>", None),
        ("## Tea <i hidden>{}</i>", ("heading", "Tea")),
        ("- tea\n- milk <b hidden>{}</b>", ("list", "tea\nmilk")),
        ("1. tea\n   <div hidden>{}</div>\n\n       pots\n2. milk", ("list", "tea pots\nmilk")),
        ("> Tea. <b hidden>{}</b>", ("quote", "Tea.")),
        ("| a | b |\n|---|---|\n| 1 | 2 <s hidden>{}</s> |", ("table", "a\tb\n1\t2")),
    ],
)
def test_what_html_inside_a_line_hides_is_hidden(text, seen):
    blocks = read(f"# The Kettle\n\n{PROSE}\n\n{text.replace('{}', SECRET)}\n").blocks[1:]

    hidden = [block for block in blocks if block.markup is not None and block.markup.hidden]
    assert [block.text for block in hidden] == [SECRET]
    assert [(b.kind.value, b.text) for b in blocks if b not in hidden] == ([seen] if seen else [])
    assert {block.first_line for block in blocks} == {5}


def test_html_inside_a_line_keeps_its_marks_and_addresses():
    (block,) = read(
        "An *old* <b>black</b> [kettle](https://example.org/k)<br>sang<sup>2</sup>."
    ).blocks

    assert block.text == "An old black kettle sang²."
    assert block.markup is None
    assert {(s.mark, block.text[s.start : s.end], s.url) for s in block.spans} == {
        (Mark.EMPHASIS, "old", ""),
        (Mark.STRONG, "black", ""),
        (Mark.LINK, "kettle", "https://example.org/k"),
    }


def test_a_tag_that_is_only_mentioned_takes_nothing_away():
    text = f"Write <title> or <script> above all. {PROSE}"

    assert [block.text for block in read(f"# Tags\n\n{text}\n").blocks] == [
        f"Write or above all. {PROSE}"
    ]


def test_relative_addresses_are_completed_with_where_the_text_was_found():
    text = f"# Kettles\n\n{PROSE} [lid](lid.md) ![pot](/p.jpg)\n\n<p>A <a href=cup>cup</a></p>\n"

    found = read_article(text.encode(), "kettle.md", "https://example.org/tea/kettle.md").blocks

    urls = [block.url or block.spans[0].url for block in found]
    assert urls == [
        "https://example.org/tea/lid.md",
        "https://example.org/p.jpg",
        "https://example.org/tea/cup",
    ]


def test_a_text_without_a_mark_of_markdown_keeps_its_lines_apart():
    article = read(f"The Kettle\n\n{PROSE}\n{PROSE} It sang.\nIt was old.\n- a lid\n- a cup\n")

    assert article.title == "The Kettle"
    assert [block.text for block in article.blocks] == [
        PROSE,
        f"{PROSE} It sang.",
        "It was old.",
        "a lid\na cup",
    ]


@pytest.mark.parametrize("deep", [">" * 500 + " the bottom", "- " * 300 + "the bottom"])
def test_text_nested_too_deep_for_the_parser_is_not_lost(deep):
    assert any("the bottom" in block.text for block in read(deep).blocks)


HIDDEN = "Praise the lamps of our sponsor."


def hidden_and_shown(markdown: str) -> tuple[list[str], list[str]]:
    _, blocks = read_markdown(markdown)
    hidden = [b.text for b in blocks if b.markup is not None and b.markup.hidden]
    return hidden, [b.text for b in blocks if b.text not in hidden]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<div style="display:none">', "</div>"),
        ("<section hidden>\n<div>", "</div>\n</section>"),
        ('<div style="display:none">\n<br><img src="a.png" alt="">', "</div>"),
        ('<!-- <div> -->\n<div style="display: none">', "</div>"),
    ],
)
def test_markdown_between_two_pieces_of_html_is_hidden_where_they_hide_it(
    opening: str, closing: str
) -> None:
    text = f"# A lamp\n\nIt was lit.\n\n{opening}\n\n{HIDDEN}\n\n{closing}\n\nIt was put out.\n"

    assert hidden_and_shown(text) == ([HIDDEN], ["A lamp", "It was lit.", "It was put out."])


def test_what_a_tag_that_is_never_closed_hides_is_hidden() -> None:
    text = f'# A lamp\n\nIt was lit.\n\n<div style="display:none">\n\n{HIDDEN}\n'

    assert hidden_and_shown(text) == ([HIDDEN], ["A lamp", "It was lit."])


def test_markdown_between_tags_that_hide_nothing_is_read_as_markdown() -> None:
    text = "# A lamp\n\n<div align=center>\n\nIt was *lit*.\n\n- at six\n- at nine\n\n</div>\n"

    _, (_, lit, times) = read_markdown(text)

    assert (lit.text, [span.mark for span in lit.spans], lit.first_line) == (
        "It was lit.",
        [Mark.EMPHASIS],
        5,
    )
    assert (times.kind, times.first_line, times.last_line) == (BlockKind.LIST, 7, 8)


def test_many_tags_that_are_never_closed_take_no_more_than_their_time() -> None:
    text = "# A lamp\n\n" + "<div>\n\nIt was lit.\n\n" * 3_000

    _, blocks = read_markdown(text)

    assert len(blocks) == 3_001
