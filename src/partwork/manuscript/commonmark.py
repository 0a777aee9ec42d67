"""Markdown as we read it: CommonMark with tables, citations and fenced divs, by markdown-it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.inline import line_of
from partwork.model.text import Mark, Span

# markdown-it drops what is nested deeper than its limit; we refuse such a text long before.
_MAX_NESTING = 100
_NESTING_LIMIT = _MAX_NESTING // 2

_CITATION = re.compile(r"\[@[^\[\]]*\](?!\()")
_DIV = re.compile(r":::+[ \t]*(?P<name>[^\s:]*)[ \t]*:*[ \t]*")


class _Reader(MarkdownIt):
    """CommonMark whose link targets stay as they were written: what a link may be, others judge."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 markdown-it's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 markdown-it's name
        return True


def article_reader() -> MarkdownIt:
    """A parser for articles: a comment on a line of its own is an `html_block`."""
    reader = _Reader("commonmark", {"maxNesting": _MAX_NESTING})
    return reader.enable("table")


def instalment_reader() -> MarkdownIt:
    """A parser for instalments.

    `[@…]` is a token `citation`, a line `::: name` a token `div`, and every comment an
    `html_inline` of the paragraph it stands in. An escaped bracket opens no citation.
    """
    reader = article_reader().disable(["html_block", "text_join"])
    reader.inline.ruler.before("link", "citation", _read_citation)
    reader.block.ruler.before(
        "fence", "div", _read_div, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return reader


def top_level(tokens: Sequence[Token], file: str, offset: int) -> Iterator[Sequence[Token]]:
    """The blocks of a document: each the tokens from where it opens to where it closes.

    `offset` is the number of lines before the first; see `line_at`.
    """
    start = depth = 0
    for index, token in enumerate(tokens):
        if token.level > _NESTING_LIMIT:
            raise ManuscriptError(
                file, line_at(token, offset), "lists and quotations are nested too deep; flatten"
            )
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def list_items(block: Sequence[Token], file: str, offset: int) -> list[tuple[int, list[Token]]]:
    """The items of a list in reading order: level of nesting from 0, and their running text."""
    items: list[tuple[int, list[Token]]] = []
    around: list[int] = []
    for token in block:
        match token.type:
            case "list_item_open":
                items.append((len(around), []))
                around.append(len(items) - 1)
            case "list_item_close":
                around.pop()
            case "inline":
                items[around[-1]][1].append(token)
            case "paragraph_open" | "paragraph_close":
                pass
            case "bullet_list_open" | "bullet_list_close":
                pass
            case "ordered_list_open" | "ordered_list_close":
                pass
            case _:
                raise ManuscriptError(
                    file,
                    line_at(token, offset),
                    f"a list item holds text alone; put the {thing(token)} after the list",
                )
    return items


def line_at(token: Token, offset: int) -> int:
    """The line of the file that a block's token begins on, counted from 1."""
    return (token.map[0] if token.map else 0) + offset + 1


def thing(token: Token) -> str:
    """What an editor calls the block or piece of text that `token` opens."""
    return _THINGS.get(token.type, token.type.removesuffix("_open").replace("_", " "))


class RunningText:
    """Plain text and its spans, gathered token by token."""

    def __init__(self) -> None:
        self._text = ""
        self._spans: list[Span] = []
        self._open: list[Span] = []

    def __bool__(self) -> bool:
        """Whether there are words yet."""
        return bool(self._text.strip())

    def read(self, token: Token) -> bool:
        """Take up one inline token; False if it is none of text, break, mark or link."""
        match token.type:
            case "text" | "text_special":
                self.add(token.content)
            case "softbreak" | "hardbreak":
                self.add(" ")
            case "code_inline":
                start = len(self._text)
                self.add(token.content)
                self._spans.append(Span(start, len(self._text), Mark.CODE))
            case "em_open":
                self._open.append(Span(len(self._text), 0, Mark.EMPHASIS))
            case "strong_open":
                self._open.append(Span(len(self._text), 0, Mark.STRONG))
            case "link_open":
                url = str(token.attrGet("href") or "")
                self._open.append(Span(len(self._text), 0, Mark.LINK, url))
            case "em_close" | "strong_close" | "link_close":
                self._close(self._open.pop())
            case _:
                return False
        return True

    def add(self, text: str) -> None:
        """Go on with plain text."""
        self._text += text

    def add_close(self, text: str) -> None:
        """Go on with plain text that has no space before it."""
        self._text = self._text.rstrip()
        length = len(self._text)
        self._spans = [replace(s, end=min(s.end, length)) for s in self._spans]
        self.add(text)

    def taken(self) -> tuple[str, tuple[Span, ...]]:
        """What was gathered, as `line_of` it; the next text begins, within the marks open now."""
        for span in self._open:
            self._close(span)
        taken = line_of(self._text, self._spans)
        self._text, self._spans = "", []
        self._open = [Span(0, 0, span.mark, span.url) for span in self._open]
        return taken

    def _close(self, span: Span) -> None:
        self._spans.append(Span(span.start, len(self._text), span.mark, span.url))


_THINGS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quotation",
    "code_block": "code",
    "fence": "code",
    "hr": "horizontal rule",
    "html_block": "HTML",
    "html_inline": "HTML",
    "div": "line :::",
}


def _read_citation(state: StateInline, silent: bool) -> bool:
    found = _CITATION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("citation", "", 0).content = found.group()[2:-1]
    state.pos = found.end()
    return True


def _read_div(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    found = _DIV.fullmatch(state.src, start, end)
    if found is None or state.is_code_block(line):
        return False
    if not silent:
        token = state.push("div", "", 0)
        token.info, token.map = found["name"], [line, line + 1]
        state.line = line + 1
    return True
