import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from partwork.orchestration.artifacts import (
    CUT,
    LIMIT_BYTES,
    artifact_key,
    bounded,
    bullets,
    escaped,
    table,
)

MARKDOWN = MarkdownIt("commonmark").enable("table")
TEXTS = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from("<>&|`*_[]()#-+~!\\\n\t 1.")
)


def shown(markdown: str) -> list[str]:
    """The text of each paragraph or cell, and 'other' for anything that is not plain text."""
    tokens = MARKDOWN.parse(markdown)
    children = [child for token in tokens for child in token.children or []]
    others = [c.type for c in children if c.type not in ("text", "text_special", "softbreak")]
    assert not others, others
    return ["".join(c.content for c in token.children) for token in tokens if token.children]


@given(TEXTS)
def test_escaped_text_shows_its_words_and_nothing_else(text: str):
    words = escaped(text)

    assert "".join(shown(words)).split() == re.sub(r"\\(.)", r"\1", words).split()
    assert "\n" not in words


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_a_cell_never_makes_a_second_cell_or_row(rows: list[tuple[str, str]]):
    tokens = MARKDOWN.parse(table(("a", "b"), rows))

    assert [t.type for t in tokens].count("td_open") == 2 * len(rows)


@given(st.lists(TEXTS.filter(lambda text: escaped(text) != ""), min_size=1, max_size=4))
def test_an_item_never_makes_a_second_item_or_another_list(items: list[str]):
    tokens = MARKDOWN.parse(bullets(items))

    assert [t.type for t in tokens].count("list_item_open") == len(items)


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "https://example.org/",
        "# no heading",
        "1. no list",
        "a | b",
        "\u202eevil",
    ],
)
def test_hostile_text_is_shown_as_it_was_written(hostile: str):
    assert shown(escaped(hostile)) == [" ".join(hostile.replace("\u202e", " ").split())]


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_key_is_one_that_prefect_takes(words: str):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", artifact_key(words))


def test_a_long_report_is_cut_after_a_whole_line_and_says_so():
    line = "- “ä” and more\n"

    short = bounded(line * 20_000)

    assert len(short.encode()) <= LIMIT_BYTES
    assert short.endswith(CUT)
    assert set(short.removesuffix(CUT).splitlines(keepends=True)) == {line}
    assert bounded(line) == line
