"""Whatever comes in: the same promises that `make endure` tries for an hour, for a second each."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partwork.cleaning.cleaner import cleaned
from partwork.model.errors import PartworkError
from partwork.reading.raw import read_article
from tests.endure import targets
from tests.endure.seeds import DUMPS, raw_of

# What each format gives a meaning to, and what tends to stand beside it.
TEXT = [
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "  * ",
    "1. ",
    "• ",
    "> ",
    "***",
    "---",
    "Comments",
    "By ",
    ": ",
]
MARKDOWN = ["# ", "## ", "```", "~~~", "|", "| - |", "[", "](", "![", "<b>", "**", "_", "`", "\\"]
HTML = ["<p>", "</p>", "<div hidden>", "</div>", "<ul>", "<li>", "<table>", "<tr>", "<td>", "<br>"]
HTML += ["<!--", "-->", "<script>", "</script>", "<style>.a{display:none}</style>", "<a href='x'>"]
HTML += ["<b>", "<i>", "<h1>", "<img alt=x>", "<pre>", "<blockquote>", "<p class=a>", "<figure>"]
HTML += ["<title>", "<meta charset=utf-7>", "&amp;", "&#0;", "&#xD800;", "<![CDATA[", "</", "<"]
WORDS = [
    "noon ",
    "ferry",
    " quay. ",
    "é",
    "日",
    "\u202e",
    "\x07",
    "\ud83d\ude00",
    "1999",
    '"',
    "  ",
]


def soup(signs: list[str]) -> st.SearchStrategy[bytes]:
    parts = st.one_of(st.sampled_from(signs), st.sampled_from(WORDS), st.text(max_size=3))
    texts = st.lists(parts, max_size=40).map("".join)
    return texts.map(lambda text: text.encode("utf-8", "surrogatepass"))


MANUSCRIPTS = soup([*TEXT, *MARKDOWN]).map(lambda body: b"---\ntitle: noon\n---\n" + body)


@given(st.one_of(st.binary(max_size=200), soup(TEXT)))
@settings(max_examples=100)
def test_any_text_is_read_or_refused(raw):
    targets.read_text(raw)


@given(soup([*TEXT, *MARKDOWN]))
@settings(max_examples=100)
def test_any_markdown_is_read_or_refused(raw):
    targets.read_markdown(raw)


@given(st.one_of(soup(HTML), soup([*HTML, *MARKDOWN, *TEXT])))
@settings(max_examples=100)
def test_any_html_is_read_or_refused(raw):
    targets.read_html(raw)


@given(st.one_of(soup(TEXT), soup(HTML)))
@settings(max_examples=100)
def test_anything_that_can_be_read_can_be_cleaned_once(raw):
    targets.clean(raw)


@given(MANUSCRIPTS)
@settings(max_examples=100)
def test_any_manuscript_is_parsed_or_refused_and_printed_as_it_is_parsed(raw):
    targets.parse_manuscript(raw)


@given(soup(TEXT))
@settings(max_examples=100)
def test_reading_a_text_loses_no_letter(raw):
    text = raw.decode("utf-8", "replace")
    assume(not {"\ufffd", "\0"} & set(text))  # else the encoding is a guess
    try:
        article = read_article(raw, "fuzz.txt")
    except PartworkError:
        return

    said = [article.title, article.deck, *(block.text for block in article.blocks)]
    assert letters(text) <= letters("".join(said))


def letters(text: str) -> Counter[str]:
    """How often each letter of ours occurs; the order is what other tests look at."""
    return Counter(c for c in text.lower() if c.isascii() and c.isalpha())


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
@given(data=st.data())
@settings(max_examples=5)
def test_a_page_cut_anywhere_keeps_the_promises(dump: Path, data: st.DataObject):
    raw = raw_of(dump)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))

    targets.clean(raw[start:end])


def test_the_seeds_are_articles():
    assert all(cleaned(read_article(raw_of(dump), dump.name)).article.blocks for dump in DUMPS)
