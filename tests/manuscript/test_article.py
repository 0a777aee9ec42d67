"""Articles: what is printed is what is read back."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partwork.manuscript.article import parse_article, print_article, print_removals
from partwork.manuscript.blocks import parse_blocks, print_blocks
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.front_matter import with_field, without_field
from partwork.manuscript.inline import line_of
from partwork.model.article import Article, Block, BlockKind, Category, Cleaned, Removal, Rights
from partwork.model.text import Mark, Span

HOSTILE = [
    *["*", "_", "**", "[", "](u)", "![", "<b>", "</p>", "<!-- x -->", "#", "## ", "\\", "`", "```"],
    *["---", "===", "***", "~~~", "|", "| --- |", "> ", "- ", "+ ", "1. ", "1986) ", "&amp;", "&"],
    *["&#42;", ":::", "::: careful", "[@a#7f3a91c2]", "[x]: /y", "\t", "  ", "\u00a0", "“", "—"],
    *[
        "https://example.org/a_b_c",
        "{{ x }}",
        "\ufeff",
        "\u200b",
        "é",
        "e\u0301",
        "🙂",
        "日本",
        "$",
    ],
]
WORDS = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.sampled_from(["night", "a", "1", ".", "!", " "])),
    min_size=1,
    max_size=9,
).map("".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)
LINES = st.one_of(WORDS, ANYTHING).map(lambda t: line_of(t)[0]).filter(bool)
URLS = st.one_of(
    st.sampled_from(["https://example.org/ä(b)?c=1&copy;2|3", "mailto:a@example.org", "#x", ""]),
    ANYTHING.map(lambda t: line_of(t)[0]),
)


ENDS = st.integers(0, 20)  # what lies beyond the text is cut off
MARKS = st.lists(st.tuples(ENDS, ENDS, st.sampled_from(Mark), URLS), max_size=4)


def marked(text: str, marks: list[tuple[int, int, Mark, str]]) -> tuple[Span, ...]:
    """Spans over one line, as far as Markdown can express them."""
    spans = [
        Span(min(a, b), max(a, b), mark, url if mark is Mark.LINK else "")
        for a, b, mark, url in marks
    ]
    return line_of(text, spans)[1]


@st.composite
def gathered(draw: st.DrawFn, separator: str, lines: list[str]) -> tuple[str, tuple[Span, ...]]:
    """Marked lines, and the text and spans that they make together."""
    spans: list[Span] = []
    at = 0
    for line in lines:
        text = line.lstrip(" ")
        by = at + len(line) - len(text)
        spans += [replace(s, start=s.start + by, end=s.end + by) for s in marked(text, draw(MARKS))]
        at += len(line) + 1
    return separator.join(lines), tuple(spans)


@st.composite
def items(draw: st.DrawFn) -> list[str]:
    level = -1
    lines = []
    for text in draw(st.lists(LINES, min_size=1, max_size=12)):
        level = draw(st.integers(0, min(level + 1, 4)))
        lines.append("  " * level + text)
    return lines


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(BlockKind))
    flag = draw(st.sampled_from([None, Category.PROMOTION, Category.ANNOUNCEMENT]))
    match kind:
        case BlockKind.CODE:
            text = draw(st.lists(st.one_of(WORDS, ANYTHING), max_size=4).map("\n".join))
            return Block(kind, text, flag=flag)
        case BlockKind.IMAGE:
            return Block(kind, draw(LINES), url=draw(URLS), flag=flag)
        case BlockKind.LIST:
            text, spans = draw(gathered("\n", draw(items())))
            return Block(kind, text, ordered=draw(st.booleans()), spans=spans, flag=flag)
        case BlockKind.TABLE:
            width = draw(st.integers(1, 3))
            cell = LINES.map(lambda t: t.replace("\t", " "))
            row = st.lists(cell, min_size=width, max_size=width)
            rows = draw(st.lists(row, min_size=1, max_size=3))
            made = [draw(gathered("\t", cells)) for cells in rows]
            spans = []
            at = 0
            for text, own in made:
                spans += [replace(s, start=s.start + at, end=s.end + at) for s in own]
                at += len(text) + 1
            return Block(kind, "\n".join(t for t, _ in made), spans=tuple(spans), flag=flag)
    level = draw(st.integers(2, 6)) if kind is BlockKind.HEADING else 0
    text = draw(LINES)
    return Block(kind, text, level=level, spans=marked(text, draw(MARKS)), flag=flag)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return Article(
        slug="a-night",
        title=draw(LINES),
        blocks=tuple(draw(st.lists(blocks(), max_size=5))),
        deck=draw(ANYTHING),
        byline=draw(ANYTHING),
        published_on=draw(st.none() | st.dates()),
        withdrawn_on=draw(st.none() | st.dates()),
        source=draw(st.sampled_from(["", "night.txt", "https://example.org/night?a=1#b"])),
        language=draw(st.sampled_from(["und", "en", "no", "de-CH"])),
        rights=draw(st.sampled_from(Rights)),
        sha256=draw(st.sampled_from(["", "0" * 64, "12345678e9" * 6])),
        title_is_made=draw(st.booleans()),
    )


def article(*blocks: Block) -> Article:
    return Article(slug="a-night", title="A night", blocks=blocks)


def read_back(article: Article) -> Article:
    return parse_article(print_article(Cleaned(article)), article.slug, "articles/a-night.md")


SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # busy machines


@SLOWLY
@given(articles())
def test_a_printed_article_reads_back_as_it_was(article: Article) -> None:
    assert read_back(article) == article


@SLOWLY
@given(st.text(max_size=60), st.sampled_from(BlockKind), st.booleans())
def test_whatever_a_block_holds_it_keeps_its_digest(
    text: str, kind: BlockKind, ordered: bool
) -> None:
    clean = "".join(c for c in text if line_of(f"x{c}x")[0] in {f"x{c}x", "x x"})
    block = Block(kind, clean, ordered=ordered, url="u" if kind is BlockKind.IMAGE else "")

    kept = read_back(article(block)).blocks

    assert [b.digest for b in kept] == [block.digest] * len(kept)
    assert len(kept) == 1 or not clean.strip()


@SLOWLY
@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45))))
def test_marks_that_markdown_cannot_express_never_touch_the_words(
    text: str, ends: list[tuple[int, int]]
) -> None:
    kinds = [list(Mark)[(a + b) % 4] for a, b in ends]
    marks = [
        Span(a, b, kind, "u" if kind is Mark.LINK else "")
        for (a, b), kind in zip(ends, kinds, strict=True)
    ]
    line, spans = line_of(text, marks)

    back = read_back(article(Block(BlockKind.PARAGRAPH, text, spans=tuple(marks)))).blocks

    assert [(b.text, b.spans) for b in back] == ([(line, spans)] if line else [])


MARKDOWN = st.lists(
    st.one_of(
        st.sampled_from(
            [*HOSTILE, "\n", "\n\n", "\n  ", "\n    ", "- - ", "1. - ", "x", "![a](b)"]
        ),
        st.text(max_size=3),
    ),
    max_size=14,
).map("".join)


@SLOWLY
@given(MARKDOWN)
@example("- - noon")
@example("-\n  - noon\n    - quay\n- tea")
@example("\tx = 1\x1b")
def test_whatever_markdown_was_read_prints_as_what_reads_the_same(markdown: str) -> None:
    try:
        found = parse_blocks(markdown, "articles/a.md", 0)
    except ManuscriptError:
        return

    assert parse_blocks(print_blocks(found), "articles/a.md", 0) == found


def test_lists_side_by_side_stay_apart_even_around_an_empty_one() -> None:
    lists = [Block(BlockKind.LIST, text) for text in ("one", "two", "", "three")]

    assert read_back(article(*lists)).blocks == (lists[0], lists[1], lists[3])


def test_what_the_editor_sees_is_plain_markdown() -> None:
    text = "Go to bed late_ish, not *early*."
    spans = (Span(6, 9, Mark.STRONG), Span(10, 14, Mark.EMPHASIS), Span(20, 23, Mark.CODE))
    printed = print_article(
        Cleaned(
            replace(
                article(
                    Block(BlockKind.HEADING, "Why", level=2),
                    Block(BlockKind.PARAGRAPH, text, spans=spans, flag=Category.PROMOTION),
                    Block(BlockKind.LIST, "Rise early\n  even on Sunday\nWalk", ordered=True),
                    Block(BlockKind.TABLE, "Cup\tHours\nTea|coffee\t5"),
                ),
                published_on=date(2024, 5, 1),
            ),
            cleaner="1",
        )
    )

    assert printed == (
        "---\ntitle: A night\npublished_on: 2024-05-01\nlanguage: und\nrights: unknown\n"
        "cleaner: '1'\n---\n\n"
        "## Why\n\n"
        "<!-- flagged: promotion -->\n"
        "Go to **bed** _late_\\_ish, `not` \\*early\\*.\n\n"
        "1. Rise early\n   1. even on Sunday\n2. Walk\n\n"
        "| Cup | Hours |\n| --- | --- |\n| Tea\\|coffee | 5 |\n"
    )


def test_hand_edits_are_read_as_they_were_meant() -> None:
    text = (
        "\ufeff---\r\ntitle: 1984\r\nbyline: No One\r\n---\r\nHard\r\nwrapped *words*\r\n\r\n"
        "---\r\n\r\n* one\r\n  more\r\n\r\n* two\r\n\r\n<!-- to do -->\r\n# Big\r\n\r\n"
        "> first\r\n>\r\n> second\r\n\r\n![Moon](moon.jpg)\r\n\r\n    code\r\n"
    )

    read = parse_article(text, "s", "f.md")

    assert (read.title, read.byline, read.rights) == ("1984", "No One", Rights.UNKNOWN)
    assert read.blocks == (
        Block(BlockKind.PARAGRAPH, "Hard wrapped words", spans=(Span(13, 18, Mark.EMPHASIS),)),
        Block(BlockKind.LIST, "one more\ntwo"),
        Block(BlockKind.HEADING, "Big", level=2),
        Block(BlockKind.QUOTE, "first"),
        Block(BlockKind.QUOTE, "second"),
        Block(BlockKind.IMAGE, "Moon", url="moon.jpg"),
        Block(BlockKind.CODE, "code"),
    )


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("No fields", 1, "front matter is missing"),
        ("---\ntitle: x\n", 1, "does not end"),
        ("---\nbyline: x\n---\n", 1, "no 'title'"),
        ("---\ntitle: x\ntitel: y\n---\n", 3, "no field 'titel'"),
        ("---\ntitle: x\ntitle: y\n---\n", 3, "stands twice"),
        ("---\ntitle: a: b\n---\n", 2, "broken"),
        ("---\ntitle: x\ndeck: 'y\n---\n", 3, "broken"),
        ("---\ntitle: &a x\ndeck: *a\n---\n", 2, "use quotes"),
        ("---\ntitle: !!python/name:os.system x\n---\n", 2, "use quotes"),
        ("---\ntitle: [a, b]\n---\n", 2, "one value"),
        ("---\n? {title: x}\n: y\n---\n", 2, "one value"),
        ("---\nA night\n---\n", 2, "not a list"),
        ("---\ntitle: x\ndeck: a\x07\n---\n", 3, "control character"),
        ("---\ntitle: x\nrights: mine\n---\n", 3, "own, licensed"),
        ("---\ntitle: x\npublished_on: May\n---\n", 3, "2026-12-31"),
        ("---\ntitle: x\ntitle_is_made: maybe\n---\n", 3, "true or false"),
        ("---\ntitle: x\n---\n\n<!-- flagged: promo -->\nBuy", 5, "promotion"),
        ("---\ntitle: x\n---\nText\n\n<!-- flagged: promotion -->\n", 6, "nothing follows"),
        ("---\ntitle: x\n---\n\n<div>no</div>\n", 5, "HTML"),
        ("---\ntitle: x\n---\n\n<!-- a --> lost? <!-- b -->\n", 5, "on their own lines"),
        ("---\ntitle: x\n---\none\ntwo <b>no</b>\n", 5, "<b>"),
        ("---\ntitle: x\n---\n- one\n\n  ```\n  x\n  ```\n", 6, "put the code after"),
        ("---\ntitle: x\n---\n" + ">" * 70 + " deep", 4, "too deep"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(ManuscriptError) as error:
        parse_article(text, "s", "articles/s.md")

    assert (error.value.file, error.value.line) == ("articles/s.md", line)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_removals_are_listed_with_their_reasons() -> None:
    block = Block(BlockKind.PARAGRAPH, "Share “this”", first_line=3, last_line=4)
    removal = Removal(2, block, "share", Category.SHARE, "a row of buttons", 0.9)

    listed = json.loads(print_removals(Cleaned(article(), (removal,), "1")))

    assert listed == [
        {
            "position": 2,
            "rule": "share",
            "category": "share buttons",
            "reason": "a row of buttons",
            "confidence": 0.9,
            "lines": [3, 4],
            "kind": "paragraph",
            "text": "Share “this”",
        }
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_field_that_was_put_into_a_head_can_be_taken_out_again(end: str) -> None:
    lines = ("---", "title: x  # a comment", "rights: own", "---", "withdrawn_on: in the text", "")
    text = end.join(lines)

    with_it = with_field(text, "withdrawn_on", "2026-03-02")

    assert parse_article(with_it, "x", "x.md").withdrawn_on == date(2026, 3, 2)
    assert without_field(with_it, "withdrawn_on") == text
    assert without_field(text, "withdrawn_on") == text
