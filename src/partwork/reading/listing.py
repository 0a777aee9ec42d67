"""Lists in plain text, with markers or without."""

import re
from collections.abc import Iterator

from partwork.model.article import Block, BlockKind
from partwork.reading.lines import Line, Marker, marker_of


def marked_list(lines: list[Line], at: int) -> tuple[Block, int] | None:
    """The list that begins at line `at`, and the line after it.

    Blank lines between items do not end a list. Deeper items nest; lines deeper than their
    marker continue the item. Numbers must count from 1 (or all be 1, as Markdown allows), else
    they would be lost: other numbered lines are no list. A single line after a dash is none
    either, since speech and signatures begin so, unless the line before it ends in a colon.
    """
    opening = marker_of(lines[at])
    if opening is None or (not opening.sign and opening.number != 1):
        return None
    items = list(_items(lines, at, opening))
    is_announced = at > 0 and lines[at - 1].text.endswith(":")
    is_clear = is_announced or (opening.sign and opening.sign not in _DASHES)
    if len(items) < 2 and not is_clear:
        return None
    end = items[-1][2]
    rows = [f"{'  ' * level}{text}" for level, text, _ in items]
    return _list(rows, lines[at:end], ordered=not opening.sign), end


def unmarked_list(lines: list[Line], at: int) -> tuple[Block, int] | None:
    """The short lines at `at` that the line before them announces, and the line after them.

    The announcement ends in a colon or in "including" and such. A last line that looks like a
    heading (of another case than the items, or a question) is left to the text that follows.
    """
    if at == 0 or _ANNOUNCES.search(lines[at - 1].text) is None:
        return None
    end = at
    while end < len(lines) and _may_be_item(lines, at, end):
        end += 1
    if end < len(lines) and end - at > 1 and _is_heading_below(lines[at : end - 1], lines[end - 1]):
        end -= 1
    if end - at < 2:
        return None
    rows = [" ".join(line.text.split()) for line in lines[at:end]]
    return _list(rows, lines[at:end], ordered=False), end


_DASHES = "-–"
_ANNOUNCES = re.compile(
    r"^(?:\S+\s+){2,}\S*(?::|\b(?:including|includes?|such as|(?:the )?following))$", re.IGNORECASE
)
_ENDS_A_SENTENCE = re.compile(r"[.!?]$")
_ASKS = re.compile(r"\?$|^(?:how|what|why|when|where|who|final thoughts|conclusion)\b", re.I)

# Three in four items of labelled lists are no longer; longer lines look like paragraphs.
_ITEM_WORDS = 14
# An item's explanation is a sentence or two (a guess).
_EXPLANATION_WORDS = 50


def _items(lines: list[Line], at: int, opening: Marker) -> Iterator[tuple[int, str, int]]:
    """Level, text and end of each item; stops where the list ends."""
    indents: list[int] = []
    number = 0
    is_parted = any(line.after_blank for line in lines[1:])
    explained: list[bool] = []
    while at < len(lines):
        line, marker = lines[at], marker_of(lines[at])
        if marker is None:
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
        end = _end_of_item(lines, at, indents[0])
        if level == 0 and not marker.sign and is_parted:
            end += _is_explained(lines, at, end, number, all(explained) and bool(explained))
            explained.append(end > at + 1)
        # A nested number is kept as text: a list says of its own items alone that they count.
        text = marker.rest if level == 0 or marker.sign else line.text
        parts = [text, *(below.text for below in lines[at + 1 : end])]
        yield level, " ".join(" ".join(parts).split()), end
        at = end


def _end_of_item(lines: list[Line], at: int, outermost: int) -> int:
    """The line after the item at `at` and the lines that continue it.

    After a blank line only text that another item follows continues it: a paragraph whose first
    line is indented may stand below a list.
    """
    indent = lines[at].indent
    end = at + 1
    sure = end
    while end < len(lines) and lines[end].indent > indent and marker_of(lines[end]) is None:
        is_apart = lines[end].after_blank
        end += 1
        if not is_apart and sure == end - 1:
            sure = end
    goes_on = (
        end < len(lines) and marker_of(lines[end]) is not None and lines[end].indent >= outermost
    )
    return end if goes_on else sure


def _is_explained(lines: list[Line], at: int, end: int, number: int, is_usual: bool) -> bool:
    """Whether the line at `end` goes on with the numbered item at `at` though it is not indented.

    It stands right below the item, in a text that parts its paragraphs by blank lines, and the
    next number right below it; after the last number the items before must have had such a line.
    """
    if end != at + 1 or end >= len(lines) or lines[end].after_blank:
        return False
    if marker_of(lines[end]) is not None or len(lines[end].text.split()) > _EXPLANATION_WORDS:
        return False
    below = lines[end + 1] if end + 1 < len(lines) else None
    if below is None or below.after_blank:
        return is_usual
    marker = marker_of(below)
    return marker is not None and not marker.sign and marker.number == number + 1


def _may_be_item(lines: list[Line], start: int, at: int) -> bool:
    """Whether the line at `at` goes on with the unmarked list that began at `start`."""
    line, first = lines[at], lines[start]
    words = len(line.text.split())
    is_bare = marker_of(line) is None and line.text[0] != ">" and "\t" not in line.text
    if not is_bare or words > _ITEM_WORDS or line.text[-1] in ":?":
        return False
    if at > start and line.after_blank and not lines[start + 1].after_blank:
        return False
    ends_alike = bool(_ENDS_A_SENTENCE.search(line.text)) == bool(
        _ENDS_A_SENTENCE.search(first.text)
    )
    return ends_alike and any(map(str.isalnum, line.text))


def _is_heading_below(items: list[Line], last: Line) -> bool:
    if _ASKS.search(last.text) is not None or (last.after_blank and not items[-1].after_blank):
        return True
    return _is_title_case(last.text) and not all(_is_title_case(item.text) for item in items)


def _is_title_case(text: str) -> bool:
    """Whether all of its longer words, and at least two, begin with a capital."""
    longer = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    return len(longer) >= 2 and all(word[0].isupper() for word in longer)


def _list(rows: list[str], lines: list[Line], *, ordered: bool) -> Block:
    return Block(
        BlockKind.LIST,
        "\n".join(rows),
        ordered=ordered,
        first_line=lines[0].first,
        last_line=lines[-1].last,
    )
