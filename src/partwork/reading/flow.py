"""Blocks out of the opening and closing of elements."""

from dataclasses import dataclass, field

from partwork.model.article import Block, BlockKind, Markup
from partwork.model.text import Mark
from partwork.reading.characters import code_lines, one_line
from partwork.reading.elements import BOXES, MARKS, ROLES
from partwork.reading.hiding import Hidden
from partwork.reading.inline import Opened, Row, Run, together
from partwork.reading.layout import LISTS
from partwork.reading.tags import WEB, Place, absolute_url, place_of
from partwork.reading.walk import Element


@dataclass(slots=True)
class Flow:
    """Collects the blocks of a page from its elements in document order.

    `layout` are the lists and tables to be read as if they were plain boxes (see `layout_of`);
    `url` completes relative addresses. Boxes part paragraphs, except inside a heading, list,
    table or code, the *owner* of all text in it. Images and what is hidden are collected apart
    and follow the block they stand in. A block stands where all of its text does, so that the
    names of a `<span>` are its own if there is nothing else in it; `place` is the page's root.
    """

    layout: frozenset[Element]
    hidden: Hidden
    url: str = ""
    place: Place = field(default_factory=Place)
    in_hidden: bool = False
    _blocks: list[Block] = field(default_factory=list)
    _later: list[Block] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=lambda: [Row()])
    _open: list[Element] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)
    _text_in: Place | None = None
    _shallowest: int = 0
    _boxes: list[str] = field(default_factory=list)
    _owner: Element | None = None
    _kind: BlockKind = BlockKind.PARAGRAPH
    _depth: int = 0
    _quotes: int = 0
    _links: int = 0
    _raised: int = 0
    _is_broken: bool = False
    _after_link: bool = False
    _marks: list[tuple[Element, Opened]] = field(default_factory=list)
    _aside: "tuple[Element, Flow] | None" = None

    def open(self, element: Element, name: str) -> None:
        """An element begins."""
        if self._aside is None and not self.in_hidden and element in self.hidden.elements:
            self._aside = (element, self._hidden_flow())
        if self._aside is not None:
            self._aside[1].open(element, name)
            return
        role = ROLES.get(name)
        if role is None:
            self._open.append(element)
            return
        if role.is_box:
            if self._owner is None and (self._text_in is not None or self._later):
                self._flush()
            self._boxes.append(name)
        self._open.append(element)
        if self._owner is not None:
            self._open_inside(name)
        elif role.owns is not None and element not in self.layout:
            self._owner, self._kind, self._depth = element, role.owns, 0
        if role.is_inline:
            self._open_inline(element, name)

    def text(self, text: str) -> None:
        """Characters between two tags."""
        if self._aside is not None:
            self._aside[1].text(text)
        elif self._kind is not _CODE and text.isspace():
            if self._text_in is not None and self._rows[-1].cells:
                self._run.space()
            self._after_link = False
        elif self.hidden.texts and self._is_hidden_here():
            self._put_aside(self._hidden_blocks(text))
        else:
            self._stand()
            if self._kind is _CODE:
                self._run.pieces.append(text)
            else:
                if self._raised and set(text) <= _FIGURES:
                    text = text.translate(_RAISED)  # 10⁵ is not 105
                marks = tuple(opened for _, opened in self._marks) if self._marks else ()
                self._run.add(text, marks, is_link=self._links > 0)
                self._is_broken = self._after_link = False

    def close(self, element: Element, name: str) -> None:
        """An element ends."""
        if self._aside is not None:
            hidden, inner = self._aside
            inner.close(element, name)
            if element is hidden:
                self._aside = None
                self._put_aside(inner.finished())
            return
        role = ROLES.get(name)
        if role is not None:
            if self._owner is element or (self._owner is None and role.is_box):
                self._flush()
            elif self._kind is _LIST and name in LISTS:
                self._depth -= 1
            elif role.is_box:
                self._run.space()
            if role.is_inline:
                self._close_inline(element, name)
            if role.is_box:
                self._boxes.pop()
        self._open.pop()
        left = len(self._open)
        if len(self._places) > left:
            self._places.pop()
        if self._shallowest > left:  # noqa: PLR1730 this runs for each tag
            self._shallowest = left

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

    def _here(self) -> Place:
        """Where the innermost open element puts its text."""
        places = self._places
        for element in self._open[len(places) :]:
            places.append(place_of(element, places[-1] if places else self.place))
        return places[-1] if places else self.place

    def _stand(self) -> None:
        """Text is added here: the block stands where all of its text does."""
        place = self._text_in
        if place is None:
            place = self._here()
        else:
            depth = self.place.depth + self._shallowest
            while place.depth > depth and place.outside is not None:
                place = place.outside
        self._text_in = place
        self._shallowest = len(self._open)

    def _is_hidden_here(self) -> bool:
        """Whether the innermost element hides its own text, though not all elements in it."""
        is_inside = bool(self._open) and not self.in_hidden
        return is_inside and self._open[-1] in self.hidden.texts

    def _hidden_blocks(self, text: str) -> tuple[Block, ...]:
        hidden = self._hidden_flow()
        hidden.text(text)
        return hidden.finished()

    def _hidden_flow(self) -> "Flow":
        return Flow(self.layout, self.hidden, self.url, self._here(), True)

    def _open_inside(self, name: str) -> None:
        """An element inside the owner: a new item, row or cell, or a space in place of a box."""
        if self._kind is _LIST and name in LISTS:
            self._depth += 1
            self._rows.append(Row(self._depth))
        elif self._kind is _LIST and name == "li":
            self._rows.append(Row(self._depth))
        elif self._kind is _TABLE and name in ("tr", "caption"):
            self._rows.append(Row(cells=[]) if name == "tr" else Row())
        elif self._kind is _TABLE and name in ("td", "th"):
            self._rows[-1].cells.append(Run())
        elif name in BOXES:
            self._run.space()

    def _open_inline(self, element: Element, name: str) -> None:
        mark = MARKS.get(name)
        url = ""
        if name == "br":
            self._break()
        elif name == "img":
            self._image(element)
        elif name == "a" and (target := element.get("href", "")):
            if self._after_link:
                self._run.space()  # menus part their links by style sheet alone
            self._links += 1
            url = absolute_url(self.url, target, _LINKED)
        elif name == "blockquote":
            self._quotes += 1
        elif name == "sup":
            self._raised += 1
        elif name == "q":
            self.text("“")  # which browsers write
        if mark is None or (mark is Mark.LINK and not url):
            return
        if all(opened.mark is not mark for _, opened in self._marks):
            self._marks.append((element, Opened(mark, url)))

    def _close_inline(self, element: Element, name: str) -> None:
        if self._marks and self._marks[-1][0] is element:
            self._marks.pop()
        if name == "a" and element.get("href"):
            self._links -= 1
            self._after_link = True
        elif name == "blockquote":
            self._quotes -= 1
        elif name == "sup":
            self._raised -= 1
        elif name == "q":
            self.text("”")

    def _break(self) -> None:
        """A line break; the second in a row parts paragraphs, and so does one below a title."""
        if self._kind is _CODE:
            self._run.pieces.append("\n")
        elif self._owner is None and (self._is_broken or self._is_titled()):
            self._flush()
        else:
            self._run.space()
        self._is_broken = True

    def _is_titled(self) -> bool:
        """Whether the line so far is all in bold type, and no more is: it heads the next one."""
        if self._text_in is None or any(opened.mark is Mark.STRONG for _, opened in self._marks):
            return False
        extents = self._run.extents
        whole = (0, len(self._run.text))
        return any(extents[opened] == whole for opened in extents if opened.mark is Mark.STRONG)

    def _image(self, element: Element) -> None:
        text = one_line(element.get("alt", ""))
        if text:
            source = element.get("src", "")
            url = absolute_url(self.url, source, WEB) if source else ""
            markup = self._markup("img", 1.0 if self._links else 0.0, self._here())
            self._put_aside((Block(BlockKind.IMAGE, text, url=url, markup=markup),))

    def _put_aside(self, blocks: tuple[Block, ...]) -> None:
        self._later += blocks
        if self._owner is None and self._text_in is None:
            self._flush()

    def _flush(self) -> None:
        """End the block under collection, if it has text, and what waited for it."""
        if self._text_in is not None:
            self._end_block(self._text_in)
        elif self._owner is None and not self._later:
            return
        self._blocks += self._later
        self._later.clear()
        self._rows = [Row()]
        self._text_in = None
        self._owner, self._kind = None, _PARAGRAPH

    def _end_block(self, place: Place) -> None:
        text, spans, density = together(self._rows)
        if self._kind is _CODE:
            text, spans = code_lines("".join(self._run.pieces)), ()
        kind = self._kind
        if kind is _PARAGRAPH and self._quotes:
            kind = BlockKind.QUOTE
        box = self._boxes[-1] if self._boxes else ""
        name = box if self._owner is None else str(self._owner.tag)
        # A sign of its own that is hidden, such as the cross of a button, says nothing to anyone.
        if text if not self.in_hidden else any(map(str.isalnum, text)):
            level = int(name[1]) if kind is BlockKind.HEADING else 0
            markup = self._markup(name, density, place)
            is_ordered = kind is _LIST and name == "ol"
            self._blocks.append(Block(kind, text, level, is_ordered, spans, markup=markup))

    def _markup(self, name: str, density: float, place: Place) -> Markup:
        return Markup(name, place.names, round(density, 3), self.in_hidden, place.within)


# In Python 3.11 to look up a member of an enumeration takes four times as long as a name.
_CODE, _LIST = BlockKind.CODE, BlockKind.LIST
_PARAGRAPH, _TABLE = BlockKind.PARAGRAPH, BlockKind.TABLE

_FIGURES = frozenset("0123456789+-−")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LINKED = (*WEB, "mailto")
