"""Lists in plain text, with markers or without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partwork.model.article import Block, BlockKind
from partwork.reading.lines import BULLETS, Line, Marker
from partwork.reading.roles import Role


@dataclass(frozen=True, slots=True)
class Ruled:
    """The lines of a text with their roles; `is_parted` says that it has blank lines."""

    lines: Sequence[Line]
    roles: Sequence[Role]
    is_parted: bool

    def is_heading(self, at: int) -> bool:
        """Whether line `at` heads what follows: nothing does so above the end, and no marked line
        above another.
        """
        if self.roles[at] is not Role.HEADING or at + 1 == len(self.lines):
            return False
        is_item = self.lines[at].marker is not None and self.lines[at + 1].marker is not None
        return not is_item and any(map(str.isalnum, self.lines[at].text))


def marked_list(text: Ruled, at: int) -> tuple[Block, int] | None:
    """The list that begins at line `at` by its markers, and the line after it.

    Blank lines and empty bullets between items do not end a list, a line that is a heading by its
    role does. Deeper items nest; lines deeper than their marker continue the item. Numbers must
    count from 1 (or all be 1, as Markdown allows), else they would be lost: other numbered lines
    are no list. A single line after a dash is none either, since speech and signatures begin so,
    unless the line before it ends in a colon.
    """
    lines = text.lines
    opening = lines[at].marker
    if opening is None or text.is_heading(at) or not _may_open(opening):
        return None
    items = list(_items(text, at, opening))
    is_announced = at > 0 and lines[at - 1].text.endswith(":")
    is_clear = is_announced or (opening.sign and opening.sign not in _DASHES)
    if not items or (len(items) < 2 and not is_clear):
        return None
    end = items[-1][2]
    rows = [f"{'  ' * level}{text}" for level, text, _ in items]
    return _list(rows, lines[at:end], ordered=not opening.sign), end


def unmarked_list(text: Ruled, at: int) -> tuple[Block, int] | None:
    """The items without markers that begin at line `at`, and the line after them.

    A list whose items follow each other closely ends at a blank line.
    """
    if text.roles[at] is not Role.ITEM:
        return None
    lines = text.lines
    end = at
    while end < len(lines) and text.roles[end] is Role.ITEM and _is_bare(lines[end]):
        if end > at + 1 and lines[end].after_blank and not lines[at + 1].after_blank:
            break
        end += 1
    if end - at < 2:
        return None
    rows = [" ".join(line.text.split()) for line in lines[at:end]]
    return _list(rows, lines[at:end], ordered=False), end


_DASHES = "-–"
# An item's explanation is a sentence or two (a guess).
_EXPLANATION_WORDS = 50
# An item with more paragraphs than these is a section of its own (a guess).
_CONTINUING_LINES = 4


def _may_open(marker: Marker) -> bool:
    return bool(marker.sign) or marker.number == 1


def _is_bare(line: Line) -> bool:
    """Whether a line has no marker of its own, of whatever kind, and has words."""
    is_plain = line.text[0] != ">" and "\t" not in line.text and line.marker is None
    return is_plain and any(map(str.isalnum, line.text))


def _is_empty(line: Line) -> bool:
    """Whether a line is a list's bullet and nothing else."""
    return line.text in BULLETS


def _items(text: Ruled, at: int, opening: Marker) -> Iterator[tuple[int, str, int]]:
    """Level, text and end of each item; stops where the list ends."""
    lines = text.lines
    indents: list[int] = []
    number = 0
    explained: list[bool] = []
    while at < len(lines):
        line, marker = lines[at], lines[at].marker
        if marker is None or text.is_heading(at):
            return
        while indents and line.indent < indents[-1]:
            indents.pop()
        if not indents or line.indent > indents[-1]:
            indents.append(line.indent)
        level = len(indents) - 1
        if level == 0:
            follows = marker.number == number + 1 or marker.number == number <= 1
            if bool(marker.sign) != bool(opening.sign) or not follows:
                return
            number = marker.number
        end = _end_of_item(text, at, indents[0])
        if level == 0 and not marker.sign and text.is_parted:
            end += _is_explained(lines, at, end, number, all(explained) and bool(explained))
            explained.append(end > at + 1)
        while end + 1 < len(lines) and _is_empty(lines[end]) and lines[end + 1].marker is not None:
            end += 1
        # A nested number is kept as text: a list says of its own items alone that they count.
        words = marker.rest if level == 0 or marker.sign else line.text
        parts = [words, *(x.text for x in lines[at + 1 : end] if not _is_empty(x))]
        yield level, " ".join(" ".join(parts).split()), end
        at = end


def _end_of_item(text: Ruled, at: int, outermost: int) -> int:
    """The line after the item at `at` and the lines that continue it.

    After a blank line only text that another item follows continues it: a paragraph whose first
    line is indented may stand below a list.
    """
    lines = text.lines
    indent = lines[at].indent
    end = at + 1
    sure = end
    while end < len(lines) and lines[end].indent > indent and lines[end].marker is None:
        if text.is_heading(end) or end > at + _CONTINUING_LINES:
            return sure
        is_apart = lines[end].after_blank
        end += 1
        if not is_apart and sure == end - 1:
            sure = end
    goes_on = end < len(lines) and lines[end].marker is not None and lines[end].indent >= outermost
    return end if goes_on else sure


def _is_explained(lines: Sequence[Line], at: int, end: int, number: int, is_usual: bool) -> bool:
    """Whether the line at `end` goes on with the numbered item at `at` though it is not indented.

    It stands right below the item, in a text that parts its paragraphs by blank lines, and the
    next number right below it; after the last number the items before must have had such a line.
    """
    if end != at + 1 or end >= len(lines) or lines[end].after_blank:
        return False
    if lines[end].marker is not None or len(lines[end].text.split()) > _EXPLANATION_WORDS:
        return False
    below = lines[end + 1] if end + 1 < len(lines) else None
    if below is None or below.after_blank:
        return is_usual
    marker = below.marker
    return marker is not None and not marker.sign and marker.number == number + 1


def _list(rows: list[str], lines: Sequence[Line], *, ordered: bool) -> Block:
    return Block(
        BlockKind.LIST,
        "\n".join(rows),
        ordered=ordered,
        first_line=lines[0].first,
        last_line=lines[-1].last,
    )
