"""Blocks out of the opening and closing of elements."""

import re
from dataclasses import dataclass, field

from bs4 import Tag

from partwork.model.article import Block, BlockKind, Markup
from partwork.model.text import Mark
from partwork.reading.characters import one_line, plain_line
from partwork.reading.inline import Opened, Row, Run, together
from partwork.reading.layout import LISTS
from partwork.reading.tags import SECTIONS, absolute_url, is_hidden, names_of, value_of


@dataclass(slots=True)
class Flow:
    """Collects the blocks of a page from its elements in document order.

    `layout` are the lists and tables to be read as if they were plain boxes (see `layout_of`);
    `url` completes relative addresses. Boxes part paragraphs, except inside a heading, list,
    table or code, the *owner* of all text in it. Images and what is hidden are collected apart
    and follow the block they stand in. `names` are those of the open elements, outermost first.
    """

    layout: frozenset[int]
    url: str = ""
    names: list[tuple[str, ...]] = field(default_factory=list)
    in_hidden: bool = False
    _blocks: list[Block] = field(default_factory=list)
    _later: list[Block] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=lambda: [Row()])
    _boxes: list[str] = field(default_factory=list)
    _owner: Tag | None = None
    _kind: BlockKind = BlockKind.PARAGRAPH
    _depth: int = 0
    _quotes: int = 0
    _links: int = 0
    _sections: int = 0
    _is_broken: bool = False
    _after_link: bool = False
    _marks: list[tuple[Tag, Opened]] = field(default_factory=list)
    _aside: "tuple[Tag, Flow] | None" = None

    def open(self, tag: Tag) -> None:
        """An element begins."""
        if self._aside is None and not self.in_hidden and is_hidden(tag):
            self._aside = (tag, Flow(self.layout, self.url, self.names[-_ANCESTORS:], True))
        if self._aside is not None:
            self._aside[1].open(tag)
            return
        kind = self._kind_of(tag)
        if self._owner is None and (tag.name in _BOXES or kind is not BlockKind.PARAGRAPH):
            self._flush()
        self.names.append(tuple(names_of(tag, in_section=self._sections > 0)))
        self._sections += tag.name in SECTIONS
        if tag.name in _BOXES:
            self._boxes.append(tag.name)
        if self._owner is not None:
            self._open_inside(tag)
        elif kind is not BlockKind.PARAGRAPH:
            self._owner, self._kind, self._depth = tag, kind, 0
        self._open_inline(tag)

    def text(self, text: str) -> None:
        """Characters between two tags."""
        if self._aside is not None:
            self._aside[1].text(text)
        elif self._kind is BlockKind.CODE:
            self._run.pieces.append(text)
        elif self._rows[-1].cells or not text.isspace():
            marks = tuple(opened for _, opened in self._marks)
            self._run.add(text, marks, is_link=self._links > 0)
            self._is_broken &= text.isspace()
            self._after_link = False

    def close(self, tag: Tag) -> None:
        """An element ends."""
        if self._aside is not None:
            hidden, inner = self._aside
            inner.close(tag)
            if tag is hidden:
                self._aside = None
                self._put_aside(inner.finished())
            return
        if self._owner is tag or (self._owner is None and tag.name in _BOXES):
            self._flush()
        elif self._kind is BlockKind.LIST and tag.name in LISTS:
            self._depth -= 1
        elif tag.name in _BOXES:
            self._run.add(" ")
        self._close_inline(tag)
        self.names.pop()
        self._sections -= tag.name in SECTIONS
        if tag.name in _BOXES:
            self._boxes.pop()

    def finished(self) -> tuple[Block, ...]:
        """All blocks, once every element is closed."""
        self._flush()
        return tuple(self._blocks)

    @property
    def _run(self) -> Run:
        cells = self._rows[-1].cells
        if not cells:
            cells.append(Run())  # text in a table's row, outside its cells
        return cells[-1]

    def _kind_of(self, tag: Tag) -> BlockKind:
        """What the element owns; a paragraph if it is a plain box or stands in a line."""
        if id(tag) in self.layout:
            return BlockKind.PARAGRAPH
        return _OWNERS.get(tag.name, BlockKind.PARAGRAPH)

    def _open_inside(self, tag: Tag) -> None:
        """An element inside the owner: a new item, row or cell, or a space in place of a box."""
        if self._kind is BlockKind.LIST and tag.name in LISTS:
            self._depth += 1
            self._rows.append(Row(self._depth))
        elif self._kind is BlockKind.LIST and tag.name == "li":
            self._rows.append(Row(self._depth))
        elif self._kind is BlockKind.TABLE and tag.name in ("tr", "caption"):
            self._rows.append(Row(cells=[]) if tag.name == "tr" else Row())
        elif self._kind is BlockKind.TABLE and tag.name in ("td", "th"):
            self._rows[-1].cells.append(Run())
        elif tag.name in _BOXES:
            self._run.add(" ")

    def _open_inline(self, tag: Tag) -> None:
        mark = _MARKS.get(tag.name)
        if tag.name == "br":
            self._break()
        elif tag.name == "img":
            self._image(tag)
        elif tag.name == "a" and value_of(tag, "href"):
            if self._after_link:
                self._run.add(" ")  # menus part their links by style sheet alone
            self._links += 1
        elif tag.name == "blockquote":
            self._quotes += 1
        url = absolute_url(self.url, value_of(tag, "href"), _LINKED) if mark is Mark.LINK else ""
        is_open = any(opened.mark is mark for _, opened in self._marks)
        if mark is not None and not is_open and (url or mark is not Mark.LINK):
            self._marks.append((tag, Opened(mark, url)))

    def _close_inline(self, tag: Tag) -> None:
        if self._marks and self._marks[-1][0] is tag:
            self._marks.pop()
        if tag.name == "a" and value_of(tag, "href"):
            self._links -= 1
            self._after_link = True
        elif tag.name == "blockquote":
            self._quotes -= 1

    def _break(self) -> None:
        """A line break; the second in a row parts paragraphs."""
        if self._kind is BlockKind.CODE:
            self._run.pieces.append("\n")
        elif self._is_broken and self._owner is None:
            self._flush()
        else:
            self._run.add(" ")
        self._is_broken = True

    def _image(self, tag: Tag) -> None:
        text = one_line(value_of(tag, "alt"))
        if text:
            url = absolute_url(self.url, value_of(tag, "src"), _SHOWN)
            markup = self._markup("img", 1.0 if self._links else 0.0)
            self._put_aside((Block(BlockKind.IMAGE, text, url=url, markup=markup),))

    def _put_aside(self, blocks: tuple[Block, ...]) -> None:
        self._later += blocks
        if self._owner is None and not self._run.text:
            self._flush()

    def _flush(self) -> None:
        """End the block under collection, if it has text, and what waited for it."""
        text, spans, density = together(self._rows)
        if self._kind is BlockKind.CODE:
            text, spans = _code("".join(self._run.pieces)), ()
        kind = self._kind
        if kind is BlockKind.PARAGRAPH and self._quotes:
            kind = BlockKind.QUOTE
        name = self._owner.name if self._owner else next(reversed(self._boxes), "")
        if text:
            level = int(name[1]) if kind is BlockKind.HEADING else 0
            markup = self._markup(name, density)
            is_ordered = kind is BlockKind.LIST and name == "ol"
            self._blocks.append(Block(kind, text, level, is_ordered, spans, markup=markup))
        self._blocks += self._later
        self._later = []
        self._rows = [Row()]
        self._owner, self._kind = None, BlockKind.PARAGRAPH

    def _markup(self, name: str, density: float) -> Markup:
        nearest = self.names[: -_ANCESTORS - 1 : -1]
        names = tuple(name for names in nearest for name in names)[:_NAMES]
        return Markup(name, names, round(density, 3), self.in_hidden)


def _code(text: str) -> str:
    """Lines of code as they are, without empty ones around them."""
    lines = [plain_line(line).expandtabs(4).rstrip() for line in text.split("\n")]
    return re.sub(r"\A\n+|\n+\Z", "", "\n".join(lines))


# A block's surroundings as cleaning sees them; without a limit, deep pages would be quadratic.
_ANCESTORS, _NAMES = 40, 24
_LINKED, _SHOWN = ("http", "https", "mailto"), ("http", "https")

_BOX_NAMES = (
    "[document] html body main article section header footer nav aside search hgroup address "
    "div p h1 h2 h3 h4 h5 h6 ul ol menu li dl dt dd table caption thead tbody tfoot tr td th pre "
    "blockquote figure figcaption details summary dialog form fieldset legend button hr center "
    "option"
)
_BOXES = frozenset(_BOX_NAMES.split())
_OWNERS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockKind.HEADING),
    **dict.fromkeys(LISTS, BlockKind.LIST),
    "table": BlockKind.TABLE,
    "pre": BlockKind.CODE,
}
_MARKS = {
    **dict.fromkeys(("em", "i", "cite", "dfn"), Mark.EMPHASIS),
    **dict.fromkeys(("strong", "b"), Mark.STRONG),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Mark.CODE),
    "a": Mark.LINK,
}
