"""The lines of a plain text, joined again where they were wrapped at a fixed width."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from partwork.reading.characters import plain_line


@dataclass(frozen=True, slots=True)
class Marker:
    """What a list item begins with: a sign, or a number and then `sign` is empty."""

    sign: str
    number: int
    rest: str


class Line(NamedTuple):
    """A line with words, or several that were one before they were wrapped.

    `first` and `last` count from 1 in the raw text; `indent` is in columns; `after_blank` says
    that an empty line, or nothing, stands before it; `marker` is the list marker that it begins
    with, if there is one and words after it. Tabs inside `text` part table cells.
    """

    text: str
    indent: int
    first: int
    last: int
    after_blank: bool
    marker: Marker | None


def lines_of(text: str) -> list[Line]:
    """The lines of `text` that are not blank; a line ends in CR, LF or both.

    A list marker alone on its line is one with the line below it.
    """
    found: list[Line] = []
    after_blank = True
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        line = plain_line(raw)
        words = line.strip()
        if words:
            indent = 0 if line[0] == words[0] else _indent(line)
            here = Line(words, indent, number, number, after_blank, _marker_in(words))
            if found and len(found[-1].text) <= _LONE and _is_marker_of(found, here):
                marker = found.pop()
                words = f"{marker.text} {words}"
                here = marker._replace(text=words, last=number, marker=_marker_in(words))
            found.append(here)
        after_blank = not words
    return found


def unwrapped(lines: list[Line]) -> list[Line]:
    """`lines` with hard-wrapped paragraphs joined; as they are where nothing was wrapped.

    A line break was forced where the first word of the next line did not fit any more. That
    finds the end of a paragraph and of a heading even where no blank line shows it.
    """
    width = _wrap_width(lines)
    if width is None:
        return lines
    joined: list[Line] = []
    parts: list[str] = []
    last: Line | None = None
    for line in lines:
        if last is not None and _is_wrapped(last, line, width):
            parts.append(line.text)
            joined[-1] = joined[-1]._replace(last=line.last)
        else:
            _close(joined, parts)
            joined.append(line)
            parts = [line.text]
        last = line
    _close(joined, parts)
    return joined


def is_sentence(line: Line) -> bool:
    """Whether a line is plainly a sentence, which heads nothing.

    That is many words that end in a full stop, dots or an exclamation mark. Questions may be
    headings, and so may what is numbered, as "4. Write to your council about the bus stop." is.
    """
    if line.text[-1] not in _LAST_SIGNS or (line.marker is not None and not line.marker.sign):
        return False
    is_long = len(line.text.split(None, _SENTENCE_WORDS - 1)) == _SENTENCE_WORDS
    return is_long and _STATEMENT_END.search(line.text[-_END_SIGNS:]) is not None


def _indent(line: str) -> int:
    before = line.expandtabs(4)
    return len(before) - len(before.lstrip())


def _marker_in(text: str) -> Marker | None:
    match = _MARKER.match(text) if text[0] in _MARKER_SIGNS else None
    if match is None:
        return None
    sign, number, rest = match.group("sign", "number", "rest")
    return Marker(sign or "", int(number or 0), rest)


def _is_marker_of(above: list[Line], line: Line) -> bool:
    """Whether the last line above is a list's marker that stands alone, and `line` its item.

    A bullet also parts names from dates; one that opens a list comes after a blank line, a colon
    or another item.
    """
    if line.after_blank or line.marker is not None or not any(map(str.isalpha, line.text)):
        return False
    alone, before = above[-1], above[-2] if len(above) > 1 else None
    if _LONE_NUMBER.fullmatch(alone.text) is not None:
        return True
    opens = alone.after_blank or before is None or before.text[-1] == ":" or before.marker
    return alone.text in BULLETS and bool(opens)


BULLETS = frozenset("•‣▪■◦●○")
_LONE_NUMBER, _LONE = re.compile(r"[0-9]{1,3}[.)]"), 4
_LINE_END = re.compile(r"\r\n|\r|\n")
_MARKER_SIGNS = frozenset("-*+•·–‣▪■◦●○(0123456789")
_MARKER = re.compile(
    r"(?:(?P<sign>[-*+•·–‣▪■◦●○])|\(?(?P<number>[0-9]{1,3})[.)])[ \t]+(?P<rest>.*\w.*)"
)
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’)\]]*$")
# On a quarter of the labelled pages 30 such lines look like headings; 2 head part of an article.
_SENTENCE_WORDS = 8
_LAST_SIGNS = frozenset(".!…。！\"'”’»)]")
_END_SIGNS = 4
_STATEMENT_END = re.compile(r"[.!…。！][\"'”’»)\]]*\Z")
_HYPHENATED = re.compile(r"[^\W\d_]-$")

# People wrap at 64 to 80 columns; shorter than 45 is verse or a list, longer than 100 is rare.
_NARROWEST, _WIDEST = 45, 100
# Editors differ by a few columns in where they break (trailing space, hanging punctuation).
_SLACK = 3


def _wrap_width(lines: list[Line]) -> int | None:
    """The column at which the text was wrapped, or None if at least half its breaks were free."""
    pairs = [(a, b) for a, b in pairwise(lines) if _may_continue(b)]
    if len(pairs) < 2:
        return None
    lengths = sorted(len(a.text) + a.indent for a, _ in pairs)
    width = lengths[-1 - len(lengths) // 20]  # a long URL must not set the width
    if not _NARROWEST <= width <= _WIDEST:
        return None
    forced = [a for a, b in pairs if _is_forced(a, b, width)]
    # Wrapping ends lines amid sentences; paragraphs of like length end where sentences do.
    amid = sum(_SENTENCE_END.search(line.text) is None for line in forced)
    return width if 2 * len(forced) >= len(pairs) and 2 * amid >= len(forced) else None


def _is_wrapped(last: Line, line: Line, width: int) -> bool:
    if not _may_continue(line) or not _is_forced(last, line, width):
        return False
    # A first line that is indented opens a paragraph; below a list marker it hangs.
    return line.indent <= last.indent or last.marker is not None


def _may_continue(line: Line) -> bool:
    if line.after_blank or line.marker is not None or line.text[0] == ">":
        return False
    return "\t" not in line.text and any(map(str.isalnum, line.text))


def _is_forced(last: Line, line: Line, width: int) -> bool:
    word = line.text.split(maxsplit=1)[0]
    return last.indent + len(last.text) + 1 + len(word) > width - _SLACK


def _close(joined: list[Line], parts: list[str]) -> None:
    """Give the last joined line the text of all its parts; a word cut at a hyphen is one again."""
    if len(parts) > 1:
        pieces = [parts[0]]
        for before, part in pairwise(parts):
            is_cut = part[0].islower() and _HYPHENATED.search(before) is not None
            pieces.append(part if is_cut else f" {part}")
        text = "".join(pieces)
        joined[-1] = joined[-1]._replace(text=text, marker=_marker_in(text))
