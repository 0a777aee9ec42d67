"""Running text put together from pieces of markup, with its spans."""

from dataclasses import dataclass, field

from partwork.model.text import Mark, Span
from partwork.reading.characters import plain


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A mark that is open while text is collected; each is equal to itself alone."""

    mark: Mark
    url: str = ""


@dataclass(slots=True)
class Run:
    """One line of text under collection; white space collapses over the pieces' borders."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    linked: int = 0
    extents: dict[Opened, tuple[int, int]] = field(default_factory=dict)

    def add(self, text: str, marks: tuple[Opened, ...] = (), *, is_link: bool = False) -> None:
        """Append `text`, marked with all of `marks`."""
        text = plain(text)
        words = " ".join(text.split())
        if not words:
            if text:
                self.space()
            return
        if text[0].isspace():
            self.space()
        start = self.length
        self._append(words)
        for mark in marks:
            self.extents[mark] = (self.extents.get(mark, (start, 0))[0], self.length)
        self.linked += len(words) * is_link
        if text[-1].isspace():
            self.space()

    def space(self) -> None:
        """Part what comes from what is there, by one space."""
        if self.pieces and self.pieces[-1] != " ":
            self._append(" ")

    @property
    def text(self) -> str:
        """What was collected, without a space at its end."""
        return "".join(self.pieces).rstrip(" ")

    def spans(self, offset: int) -> list[Span]:
        """What is marked, in a text that this one stands in at `offset`."""
        return [
            Span(offset + start, offset + end, opened.mark, opened.url)
            for opened, (start, end) in self.extents.items()
        ]

    def _append(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


@dataclass(slots=True)
class Row:
    """A line of a block: a paragraph's only one, a list's item, or a table's row of cells."""

    level: int = 0
    cells: list[Run] = field(default_factory=lambda: [Run()])


def together(rows: list[Row]) -> tuple[str, tuple[Span, ...], float]:
    """Text of a block, its spans, and the share of its characters that stand in links.

    Rows without text are left out; a row is at most one level deeper than the one before it.
    """
    if len(rows) == 1 and len(rows[0].cells) == 1:
        cell = rows[0].cells[0]
        text = cell.text
        return text, _in_order(cell.spans(0)), min(1.0, cell.linked / len(text)) if text else 0.0
    parts: list[str] = []
    spans: list[Span] = []
    offset = linked = length = 0
    level = -1
    for row in rows:
        texts = [cell.text for cell in row.cells]
        if not any(texts):
            continue
        level = min(row.level, level + 1)
        parts.append(("\n" if parts else "") + "  " * level)
        for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            offset += len(parts[-1]) if i == 0 else 1
            spans += cell.spans(offset)
            linked += cell.linked
            length += len(text)
            offset += len(text)
        parts.append("\t".join(texts))
    text = "".join(parts)
    return text, _in_order(spans), min(1.0, linked / length) if text else 0.0


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    if len(spans) > 1:
        spans.sort(key=lambda span: (span.start, -span.end))
    return tuple(spans)
