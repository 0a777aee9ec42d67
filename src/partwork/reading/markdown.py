"""CommonMark, with tables and front matter, to blocks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from partwork.model.article import Block, BlockKind
from partwork.model.text import Mark
from partwork.reading.characters import code_lines, one_line
from partwork.reading.dates import date_in
from partwork.reading.html import blocks_of_fragment
from partwork.reading.inline import Opened, Row, Run, together
from partwork.reading.language import language_tag
from partwork.reading.metadata import Metadata
from partwork.reading.tags import WEB, absolute_url
from partwork.reading.text import blocks_of_text
from partwork.reading.walk import SKIPPED


def read_markdown(text: str, url: str = "") -> tuple[Metadata, tuple[Block, ...]]:
    """What the front matter says and the blocks of the text, with the lines they stood on.

    Of front matter (YAML between two lines of `---`) title, deck or subtitle, author or byline,
    date or published_on, language, url and title_is_made are read and the rest is not part of
    the text. Relative addresses are completed with `url`, where the text was found. A text
    without front matter or a single mark of Markdown is read as plain text, whose lines may be
    paragraphs.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text)
    said = _front_matter(match["yaml"]) if match else None
    if match is None or said is None:
        return Metadata(), _blocks(text, 0, url, is_markdown=False)
    before = text.count("\n", 0, match.end())
    return said, _blocks(text[match.end() :], before, url or said.url, is_markdown=True)


_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M
)
_LINKED = (*WEB, "mailto")

# markdown-it drops what is nested deeper; the text is then read as plain text instead.
_MAX_NESTING = 40
# Each that is not closed takes the parser up to 0.1 ms; with more, text is read as plain text.
_MOST_BRACKETS = 50_000
_PLAIN_TYPES = (
    "inline text softbreak paragraph_open paragraph_close list_item_open list_item_close "
    "bullet_list_open bullet_list_close ordered_list_open ordered_list_close"
)
_AS_IN_PLAIN_TEXT = frozenset(_PLAIN_TYPES.split())
_PARSER = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")

_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[A-Za-z][\w-]*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
# What has no closing tag (WHATWG HTML, 13.1.2).
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
_MARKS = {"em_open": Mark.EMPHASIS, "strong_open": Mark.STRONG, "link_open": Mark.LINK}


def _front_matter(text: str) -> Metadata | None:
    """What front matter says, or None if the lines are no YAML mapping but part of the text."""
    try:
        # BaseLoader leaves every scalar a string: no value can name a type or fail to be one.
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 BaseLoader builds strings, lists and mappings only
    except (yaml.YAMLError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    said = {k: one_line(v) for k, v in found.items() if isinstance(k, str) and isinstance(v, str)}

    def first(*keys: str) -> str:
        return next((said[key] for key in keys if said.get(key)), "")

    published_on: date | None = date_in(first("date", "published_on", "published"))
    return Metadata(
        title=first("title"),
        deck=first("deck", "subtitle"),
        byline=first("author", "byline"),
        published_on=published_on,
        url=absolute_url("", first("url", "source", "canonical_url"), WEB),
        language=language_tag(first("language", "lang")),
        title_is_made=said.get("title_is_made") == "true",
    )


def _blocks(text: str, lines_before: int, url: str, *, is_markdown: bool) -> tuple[Block, ...]:
    tokens = _PARSER.parse(text) if text.count("[") <= _MOST_BRACKETS else []
    _complete(tokens, url)
    is_markdown = (is_markdown and bool(tokens)) or _has_marks(tokens)
    if any(token.level >= _MAX_NESTING - 3 for token in tokens) or not is_markdown:
        found = blocks_of_text(text)
        return tuple(_moved(block, lines_before) for block in found)
    lines = text.split("\n")
    blocks: list[Block] = []
    at = quotes = looked_at = 0
    while at < len(tokens):
        token = tokens[at]
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        end = _end_of(tokens, at) if token.type in _OWNERS else at + 1
        enclosed: list[Block] = []
        if token.type == "html_block" and at >= looked_at:
            looked_at = _end_of_tags(tokens, at)
            enclosed = _hidden_among(tokens[at:looked_at], url) if looked_at > end else []
            end = looked_at if enclosed else end
        for block in enclosed or _blocks_of(tokens[at:end], url, is_quote=quotes > 0):
            first, last = token.map or (0, 0)
            while last > first + 1 and not lines[last - 1].strip():
                last -= 1  # a list's extent has the blank lines below it
            placed = replace(block, first_line=first + 1, last_line=last)
            blocks.append(_moved(placed, lines_before))
        at = end
    return tuple(blocks)


def _has_marks(tokens: Sequence[Token]) -> bool:
    """Whether anything in a text is Markdown and could not be plain text as well."""
    pieces = (piece for token in tokens for piece in (token, *(token.children or ())))
    return any(piece.type not in _AS_IN_PLAIN_TEXT for piece in pieces)


def _complete(tokens: Sequence[Token], base: str) -> None:
    """Make whole addresses of what links and images say, and nothing of what cannot be one."""
    for token in (inline for block in tokens for inline in block.children or ()):
        for name, schemes in (("href", _LINKED), ("src", WEB)):
            if token.attrs.get(name):
                token.attrs[name] = absolute_url(base, str(token.attrs[name]), schemes)


_OWNERS = ("heading_open", "paragraph_open", "bullet_list_open", "ordered_list_open", "table_open")


def _end_of(tokens: Sequence[Token], at: int) -> int:
    """The place after the token that closes the one at `at`."""
    level = tokens[at].level
    end = at + 1
    while tokens[end].nesting != -1 or tokens[end].level != level:
        end += 1
    return end + 1


def _end_of_tags(tokens: Sequence[Token], at: int) -> int:
    """The place after the HTML that closes what the HTML at `at` opens, else after all tokens.

    Between the two stands Markdown that they enclose: HTML ends at the first blank line.
    """
    depth = 0
    for end in range(at, len(tokens)):
        if tokens[end].type != "html_block":
            continue
        for tag in _TAG.finditer(_COMMENT.sub("", tokens[end].content)):
            if not _VOID.fullmatch(tag["name"].lower()):
                depth += -1 if tag["slash"] else 1
        if depth <= 0:
            return end + 1
    return len(tokens)


def _hidden_among(tokens: Sequence[Token], url: str) -> list[Block]:
    """The blocks of HTML and the Markdown in it, read as one where some of it is hidden."""
    blocks = _blocks_with_html(tokens, url, is_quote=False)
    is_hidden = any(block.markup is not None and block.markup.hidden for block in blocks)
    return blocks if is_hidden else []


def _blocks_of(tokens: Sequence[Token], url: str, *, is_quote: bool) -> list[Block]:
    """The blocks of one token that stands alone, or of all from an opening to its closing one."""
    opening = tokens[0]
    if opening.type in ("fence", "code_block"):
        code = code_lines(opening.content)
        return [Block(BlockKind.CODE, code)] if code else []
    if opening.type == "html_block":
        return list(blocks_of_fragment(opening.content, url))
    if opening.type not in _OWNERS:
        return []
    if any(_holds_html(token) for token in tokens):
        return _blocks_with_html(tokens, url, is_quote=is_quote)
    rows, images = _rows(tokens)
    text, spans, _ = together(rows)
    if not text:
        return images
    match opening.type:
        case "heading_open":
            level = int(opening.tag[1])
            return [Block(BlockKind.HEADING, text, level=level, spans=spans), *images]
        case "table_open":
            return [Block(BlockKind.TABLE, text, spans=spans), *images]
        case "bullet_list_open" | "ordered_list_open":
            is_ordered = opening.type == "ordered_list_open"
            return [Block(BlockKind.LIST, text, ordered=is_ordered, spans=spans), *images]
    kind = BlockKind.QUOTE if is_quote else BlockKind.PARAGRAPH
    return [Block(kind, text, spans=spans), *images]


def _holds_html(token: Token) -> bool:
    inlines = token.children or ()
    return token.type == "html_block" or any(inline.type == "html_inline" for inline in inlines)


def _blocks_with_html(tokens: Sequence[Token], url: str, *, is_quote: bool) -> list[Block]:
    """The blocks of Markdown with tags in it, read as the HTML that it stands for.

    Tags may hide a part of a line; what they do is decided there, as in pages.
    """
    for token in tokens:
        token.children = _without_stray(token.children or [])
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    blocks = blocks_of_fragment(html, url, is_list=tokens[0].type.endswith("list_open"))
    seen = [b if b.markup and b.markup.hidden else replace(b, markup=None) for b in blocks]
    return [
        replace(block, kind=BlockKind.QUOTE)
        if is_quote and block.kind is BlockKind.PARAGRAPH
        else block
        for block in seen
    ]


def _without_stray(inlines: list[Token]) -> list[Token]:
    """`inlines` but for tags that are not closed and would take all that follows for no text.

    Who writes "the <title> of a page" means the word.
    """
    tags = [_TAG.match(inline.content) for inline in inlines if inline.type == "html_inline"]
    closed = {tag["name"].lower() for tag in tags if tag is not None and tag["slash"]}
    return [
        inline
        for inline in inlines
        if inline.type != "html_inline"
        or (tag := _TAG.match(inline.content)) is None
        or tag["name"].lower() not in SKIPPED - closed
    ]


def _rows(tokens: Sequence[Token]) -> tuple[list[Row], list[Block]]:
    """The lines of a block: a list's items, a table's rows, else the one; and its images."""
    rows = [Row()]
    images: list[Block] = []
    depth = -1
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "list_item_open":
                rows.append(Row(depth))
            case "tr_open":
                rows.append(Row(cells=[]))
            case "th_open" | "td_open":
                rows[-1].cells.append(Run())
            case "inline":
                images += _add(rows[-1].cells[-1], token.children or [])
            case "fence" | "code_block":
                rows[-1].cells[-1].add(f" {token.content}")
    return rows, images


def _add(run: Run, inlines: Sequence[Token]) -> list[Block]:
    """Add a line's pieces to `run`; its images are returned."""
    run.add(" ")
    images: list[Block] = []
    opened: list[Opened | None] = []
    for token in inlines:
        marks = tuple(mark for mark in opened if mark is not None)
        match token.type:
            case "text" | "text_special":
                run.add(token.content, marks)
            case "code_inline":
                run.add(token.content, (*marks, Opened(Mark.CODE)))
            case "softbreak" | "hardbreak":
                run.add(" ")
            case "image" if token.content.strip():
                url = str(token.attrs["src"])
                images.append(Block(BlockKind.IMAGE, one_line(token.content), url=url))
            case "em_open" | "strong_open" | "link_open":
                opened.append(_opened(token, marks))
            case "em_close" | "strong_close" | "link_close":
                opened.pop()
    return images


def _opened(token: Token, marks: tuple[Opened, ...]) -> Opened | None:
    """The mark that begins here, unless it is open already or a link that leads nowhere."""
    mark = _MARKS[token.type]
    url = str(token.attrs["href"]) if mark is Mark.LINK else ""
    is_open = any(m.mark is mark for m in marks)
    return None if is_open or (mark is Mark.LINK and not url) else Opened(mark, url)


def _moved(block: Block, lines: int) -> Block:
    return replace(block, first_line=block.first_line + lines, last_line=block.last_line + lines)
