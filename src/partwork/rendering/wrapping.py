"""Plain text in lines that a mail program shows as they are."""

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 72  # leaves room for two levels of "> " within the 78 of RFC 5322, 2.1.1


def wrapped(text: str, first: str = "", then: str | None = None) -> str:
    """`text` in lines of up to `WIDTH` columns; `first` opens the first line, `then` the others.

    Words and URLs stay whole, longer lines or not. Ideographs are two columns wide and may be
    parted anywhere except before a closing mark. Without `then`, lines hang under the first.
    """
    indent = " " * columns(first) if then is None else then
    width_of = len if text.isascii() else columns
    lines: list[str] = []
    line, used, held = first, columns(first), ""
    for space, piece in _pieces(text):
        needed = width_of(space) + width_of(piece)
        if held and used + needed > WIDTH:
            lines.append(line + held)
            line, used, held = indent, columns(indent) + width_of(piece), piece
        else:
            opening = piece if not held else space + piece
            used += width_of(opening)
            held += opening
    return "\n".join([*lines, line + held]) if held else ""


def underlined(text: str, rule: str) -> str:
    """A heading in lines, with a line of `rule` as long as its longest, or as `WIDTH`, under it."""
    heading = wrapped(text)
    length = max((columns(line) for line in heading.splitlines()), default=0)
    return f"{heading}\n{rule * min(length, WIDTH)}"


def tidied(text: str) -> str:
    """No white space at line ends, never two empty lines in a row, one line end at the end."""
    bare = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", bare).strip("\n") + "\n"


def columns(text: str) -> int:
    """How wide `text` is where every character has one width (UAX 11)."""
    if text.isascii():  # nearly all is, and looking each character up takes most of wrapping
        return len(text)
    return sum(_columns_of(character) for character in text)


def broadest(text: str) -> int:
    """How wide the widest piece of `text` is that wrapping keeps whole, in columns."""
    return max((columns(piece) for _, piece in _pieces(text)), default=0)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]"
_CLOSING = r"[、。，．！？：；）」』】〉》〕ー々]"
_URL = r"<[A-Za-z][A-Za-z0-9+.-]*:[^ \n<>]*>"
_PIECE = re.compile(
    rf"( *)({_URL}{_CLOSING}*|{_WIDE}{_CLOSING}*|(?:(?!{_WIDE}|{_URL})[^ \n])+{_CLOSING}*)"
)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What may not be parted, each with the spaces before it."""
    for match in _PIECE.finditer(text):
        yield match[1], match[2]
