"""Blocks of an article as CommonMark, and back."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from markdown_it.token import Token

from partwork.manuscript.commonmark import (
    RunningText,
    article_reader,
    line_at,
    list_items,
    thing,
    top_level,
)
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.fences import fenced_text, print_fenced
from partwork.manuscript.inline import destination_of, print_inline
from partwork.manuscript.tables import print_table, table_rows
from partwork.model.article import Block, BlockKind, Category
from partwork.model.text import Span

# Deeper lists are flattened to this level; the parser must be able to follow.
DEEPEST_LEVEL = 9


def print_blocks(blocks: Sequence[Block]) -> str:
    """`blocks` as CommonMark with tables, parted by blank lines.

    A flagged block follows a line `<!-- flagged: promotion -->`. A block without a word, which
    no reading makes, is not printed, unless it is an image or code.
    """
    written: list[str] = []
    before: Block | None = None
    other_marker = False
    for block in blocks:
        follows_its_like = (
            before is not None
            and before.kind is block.kind is BlockKind.LIST
            and before.ordered is block.ordered
        )
        other = follows_its_like and not other_marker
        text = _printed(block, other_marker=other)
        if text is None:
            continue
        other_marker = other
        flag = f"<!-- flagged: {block.flag.value} -->\n" if block.flag else ""
        written.append(flag + text)
        before = block
    return "\n\n".join(written)


def parse_blocks(body: str, file: str, offset: int) -> tuple[Block, ...]:
    """The blocks of an article's Markdown.

    `offset` is the number of lines before `body` in `file`. Comments and horizontal rules, which
    no block can hold, are passed over. Raises ManuscriptError for other HTML, for a flag that we
    do not know or that stands before nothing, and for lists that hold other things than text.
    """
    return tuple(placed.block for placed in placed_blocks(body, file, offset))


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the lines of the body that it stands on, its flag's among them.

    `start` counts from 0, `end` is the line after the last. The pictures of one paragraph, and
    the paragraphs of one quotation, share their lines.
    """

    block: Block
    start: int
    end: int


def placed_blocks(body: str, file: str, offset: int) -> tuple[Placed, ...]:
    """What `parse_blocks` gives, each with its place; raises the same."""
    blocks: list[Placed] = []
    flag: Category | None = None
    flag_line = 0
    for tokens in top_level(_READER.parse(body), file, offset):
        start, end = tokens[0].map or (0, 0)
        if tokens[0].type == "html_block":
            found = _flag_in(tokens[0], file, offset)
            if found is not None:
                flag, flag_line = found, line_at(tokens[0], offset)
            continue
        parsed = tuple(_parsed(tokens, file, offset))
        if parsed:
            start = start if flag is None else flag_line - offset - 1
            blocks += (Placed(replace(block, flag=flag), start, end) for block in parsed)
            flag = None
    if flag is not None:
        raise ManuscriptError(file, flag_line, "nothing follows this flag; take it out")
    return tuple(blocks)


_READER = article_reader()
_FLAG = re.compile(r"<!--\s*flagged:\s*(?P<category>.*?)\s*-->")
_COMMENT = re.compile(r"<!--(?:(?!-->).)*-->", re.DOTALL)


def _printed(block: Block, *, other_marker: bool) -> str | None:
    """One block; None if it has no words. `other_marker` keeps a list from joining the last."""
    if block.kind is BlockKind.CODE:
        return print_fenced(block.text)
    if block.kind is BlockKind.IMAGE:
        return f"![{print_inline(block.text)}]({destination_of(block.url)})"
    if not block.text.strip():
        return None
    match block.kind:
        case BlockKind.HEADING:
            # An unescaped # at the end would be taken for the heading's closing mark.
            title = re.sub(r"(?<!\\)#$", r"\\#", print_inline(block.text, block.spans))
            return f"{'#' * min(max(block.level, 2), 6)} {title}"
        case BlockKind.QUOTE:
            return f"> {print_inline(block.text, block.spans)}"
        case BlockKind.LIST:
            return _list(block, other_marker=other_marker)
        case BlockKind.TABLE:
            return _table(block)
    return print_inline(block.text, block.spans)


def _list(block: Block, *, other_marker: bool) -> str:
    """Items one a line, each under the text of the item that holds it."""
    lines = []
    numbers: list[int] = []  # of the last item at each level
    indents: list[int] = [0]  # where a level's markers stand
    for item, written in _written(block, _pieces(block.text, "\n")):
        if not item.strip():
            continue
        level = min((len(item) - len(item.lstrip(" "))) // 2, len(numbers), DEEPEST_LEVEL)
        del numbers[level + 1 :], indents[level + 1 :]
        if level == len(numbers):
            numbers.append(0)
        numbers[level] += 1
        if block.ordered:
            marker = f"{numbers[level]}{')' if other_marker else '.'} "
        else:
            marker = "* " if other_marker else "- "
        indents.append(indents[level] + len(marker))
        lines.append(" " * indents[level] + marker + written)
    return "\n".join(lines)


def _table(block: Block) -> str:
    rows = [
        [(at + start, at + end) for start, end in _pieces(block.text[at:until], "\t")]
        for at, until in _pieces(block.text, "\n")
        if block.text[at:until].strip()
    ]
    written = (text for _, text in _written(block, chain(*rows)))
    return print_table([list(islice(written, len(row))) for row in rows])


def _pieces(text: str, separator: str) -> Iterator[tuple[int, int]]:
    """Start and end of each piece of `text` between separators of one character."""
    start = 0
    for piece in text.split(separator):
        yield start, start + len(piece)
        start += len(piece) + 1


def _written(block: Block, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Stretches of a block's text, which follow each other, and what is written for each.

    Of the block's marks each has what falls into it. Time is in proportion to the block.
    """
    waiting = deque(block.spans)
    open_marks: list[Span] = []
    for start, end in pieces:
        while waiting and waiting[0].start < end:
            open_marks.append(waiting.popleft())
        open_marks = [span for span in open_marks if span.end > start]
        inside = [replace(s, start=s.start - start, end=s.end - start) for s in open_marks]
        yield block.text[start:end], print_inline(block.text[start:end], inside)


def _flag_in(token: Token, file: str, offset: int) -> Category | None:
    """The category that a comment names; None for a comment that flags nothing."""
    line = line_at(token, offset)
    comment = token.content.strip()
    flagged = _FLAG.fullmatch(comment)
    if flagged is None:
        if _COMMENT.fullmatch(comment):
            return None
        raise ManuscriptError(
            file, line, "HTML is not read here; write Markdown, and comments on their own lines"
        )
    try:
        return Category(flagged["category"])
    except ValueError:
        known = ", ".join(category.value for category in Category)
        raise ManuscriptError(
            file, line, f"nothing is flagged {flagged['category'][:40]!r}; known are {known}"
        ) from None


def _parsed(tokens: Sequence[Token], file: str, offset: int) -> Iterator[Block]:
    """The blocks that one Markdown block makes; more than one only for images and quotations."""
    first = tokens[0]
    match first.type:
        case "heading_open":
            text, spans = _text_of(tokens[1], file, offset)
            if text:
                level = max(int(first.tag[1]), 2)
                yield Block(BlockKind.HEADING, text, level=level, spans=spans)
        case "paragraph_open":
            yield from _paragraph(tokens[1], file, offset)
        case "blockquote_open":
            for inline in _only_text(tokens, file, offset):
                text, spans = _text_of(inline, file, offset)
                if text:
                    yield Block(BlockKind.QUOTE, text, spans=spans)
        case "bullet_list_open" | "ordered_list_open":
            text, spans = _list_text(tokens, file, offset)
            if text:
                ordered = first.type == "ordered_list_open"
                yield Block(BlockKind.LIST, text, ordered=ordered, spans=spans)
        case "table_open":
            text, spans = _table_text(tokens, file, offset)
            if text:
                yield Block(BlockKind.TABLE, text, spans=spans)
        case "fence" | "code_block":
            yield Block(BlockKind.CODE, fenced_text(first))


def _paragraph(inline: Token, file: str, offset: int) -> Iterator[Block]:
    """A paragraph, or the images that stand alone in it."""
    children = inline.children or []
    pictures = [child for child in children if child.type == "image"]
    breaks = [child for child in children if child.type == "softbreak"]
    if pictures and len(pictures) + len(breaks) == len(children):
        for picture in pictures:
            url = str(picture.attrGet("src") or "")
            yield Block(BlockKind.IMAGE, _alternative(picture, file, offset), url=url)
        return
    text, spans = _text_of(inline, file, offset)
    if text:
        yield Block(BlockKind.PARAGRAPH, text, spans=spans)


def _list_text(tokens: Sequence[Token], file: str, offset: int) -> tuple[str, tuple[Span, ...]]:
    """The items that have words, each at most one level deeper than the one before."""
    lines: list[tuple[str, tuple[Span, ...]]] = []
    deepest = 0
    for level, inlines in list_items(tokens, file, offset):
        text, spans = _joined([_text_of(i, file, offset) for i in inlines], " ")
        if text:
            indent = "  " * min(level, deepest)
            deepest = len(indent) // 2 + 1
            lines.append((indent + text, _moved(spans, len(indent))))
    return _joined(lines, "\n")


def _table_text(tokens: Sequence[Token], file: str, offset: int) -> tuple[str, tuple[Span, ...]]:
    rows = [[_text_of(cell, file, offset) for cell in row] for row in table_rows(tokens)]
    for row in rows:
        while row and not row[-1][0]:
            row.pop()
    return _joined([_joined(row, "\t") for row in rows if row], "\n")


def _only_text(tokens: Sequence[Token], file: str, offset: int) -> Iterator[Token]:
    """The running text within a quotation; an error for code, tables and HTML in it."""
    for token in tokens:
        if token.type == "inline":
            yield token
        elif token.type in {"fence", "code_block", "table_open", "html_block"}:
            raise ManuscriptError(
                file,
                line_at(token, offset),
                f"a quotation holds text alone; put the {thing(token)} after it",
            )


def _text_of(inline: Token, file: str, offset: int) -> tuple[str, tuple[Span, ...]]:
    """Running text with its marks; an image within it counts as its alternative text."""
    text = RunningText()
    line = line_at(inline, offset)
    for child in inline.children or []:
        line += child.type in {"softbreak", "hardbreak"}
        if child.type == "image":
            text.add(_alternative(child, file, offset))
        elif not text.read(child) and not _COMMENT.fullmatch(child.content):
            raise ManuscriptError(file, line, f"{child.content[:40]}: write \\< for a plain <")
    return text.taken()


def _alternative(image: Token, file: str, offset: int) -> str:
    return _text_of(image, file, offset)[0]


def _joined(
    pieces: Sequence[tuple[str, tuple[Span, ...]]], separator: str
) -> tuple[str, tuple[Span, ...]]:
    """Texts joined by a separator of one character, their spans moved along."""
    spans: list[Span] = []
    at = 0
    for text, own in pieces:
        spans += _moved(own, at)
        at += len(text) + 1
    return separator.join(text for text, _ in pieces), tuple(spans)


def _moved(spans: Sequence[Span], by: int) -> tuple[Span, ...]:
    return tuple(replace(s, start=s.start + by, end=s.end + by) for s in spans)
