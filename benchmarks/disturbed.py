"""Labelled pages made harder: shapes of text that people paste and the benchmark hardly has.

Pages of the benchmark are articles of paragraphs, with what is not theirs above and below. People
paste poems, letters and lists as well, and pages with boxes amid the text. So some pages are
fitted a second time, changed by chance (the same chance each time):

    broken  paragraphs of the text come in short lines, as in verse; some open and close as letters
    moved   lines from around the text stand amid it
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelled import Labelled, labelled_text, scorer

SHAPES = ("crop/plain", "page/paste")

_BREAKABLE = 12  # words of a paragraph that is worth breaking
_MOST_WORDS = 120  # of one that is broken, lest a page becomes all verse
_LINE_WORDS = 8
_MOVED_LINES = 10
_FEWEST_LINES = 4  # of a text, for anything to stand amid it
_SALUTATIONS = ("Dear {},", "Dear {}", "Hello {},", "Hi {},", "Good morning, {}.", "{},")
_ADDRESSED = ("reader", "friends", "all", "Jane", "Mr Orde", "everyone", "neighbour", "you")
_CLOSINGS = ("Yours,", "Warmly,", "With love,", "Until next week,", "Best wishes,", "Thank you,")
_NAMES = ("Maud", "T. H.", "Oskar Lind", "— A reader in the north", "Your Wilhelmina", "—Tired")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, its label, and whether a blank line stands above it."""

    text: str
    label: str
    is_parted: bool


def disturbed(bench: Path, record: dict[str, Any]) -> Iterator[Labelled]:
    """A page in each disturbance and each shape that it allows."""
    for name, disturb in (("broken", _broken), ("moved", _moved)):
        for shape in SHAPES:
            draw = random.Random(f"{record['id']} {name} {shape}")  # noqa: S311 (no secret)
            lines = disturb(_lines_of(bench, record, shape), draw)
            if lines:
                text = "".join("\n" * line.is_parted + line.text + "\n" for line in lines)
                labels = "".join(line.label for line in lines)
                yield labelled_text(bench, record, name, text, labels)


def _lines_of(bench: Path, record: dict[str, Any], shape: str) -> list[_Line]:
    text, _, labels, _ = scorer(bench).views(record, *shape.split("/"))
    lines, label, above = [], iter(labels), "."
    for line in text.split("\n"):
        if line.strip():
            lines.append(_Line(line, next(label), not above.strip()))
        above = line
    return lines


def _broken(lines: Sequence[_Line], draw: random.Random) -> list[_Line]:
    long = [i for i, line in enumerate(lines) if _is_body(line) and _words(line) >= _BREAKABLE]
    if len(long) < _FEWEST_LINES - 1:
        return []
    chosen: set[int] = set()
    for _ in range(draw.randint(1, 3)):
        start = draw.randrange(len(long))
        chosen.update(long[start : start + draw.randint(1, 4)])
    found: list[_Line] = []
    for i, line in enumerate(lines):
        found += _verses(line, draw) if i in chosen else [line]
    return _as_letter(found, draw) if draw.random() < 1 / 3 else found


def _verses(line: _Line, draw: random.Random) -> Iterator[_Line]:
    """A paragraph as short lines: its sentences, or so many words at a time."""
    words = line.text.split()[:_MOST_WORDS]
    by_sentence = draw.random() < 0.4
    without_stops = draw.random() < 0.3
    if by_sentence:
        pieces = _SENTENCE_END.split(" ".join(words))
    else:
        pieces = []
        while words:
            size = draw.randint(1, _LINE_WORDS)
            pieces.append(" ".join(words[:size]))
            words = words[size:]
    parting = 0.5 if by_sentence else 0.15
    for n, piece in enumerate(pieces):
        text = piece.rstrip(".,;") if without_stops else piece
        if text:
            yield _Line(text, line.label, draw.random() < parting if n else line.is_parted)


def _as_letter(lines: Sequence[_Line], draw: random.Random) -> list[_Line]:
    """The same with a salutation above the text, and a closing and perhaps a postscript below."""
    body = [i for i, line in enumerate(lines) if _is_body(line)]
    first, last = body[0], body[-1]
    opening = draw.choice(_SALUTATIONS).format(draw.choice(_ADDRESSED))
    closing = [draw.choice(_CLOSINGS), draw.choice(_NAMES)]
    if draw.random() < 1 / 3:
        sentence = _SENTENCE_END.split(lines[draw.choice(body)].text)[0]
        closing.append(f"P.S. {sentence}")
    return [
        *lines[:first],
        _Line(opening, "1", lines[first].is_parted),
        *lines[first : last + 1],
        *(_Line(text, "1", lines[first].is_parted) for text in closing),
        *lines[last + 1 :],
    ]


def _moved(lines: Sequence[_Line], draw: random.Random) -> list[_Line]:
    body = [i for i, line in enumerate(lines) if _is_body(line)]
    others = [i for i, line in enumerate(lines) if line.label == "0"]
    if len(body) < _FEWEST_LINES or not others:
        return []
    found = list(lines)
    for _ in range(draw.choice((1, 1, 2))):
        start = end = draw.choice(others)
        most = draw.randint(1, _MOVED_LINES)
        while end < len(lines) and end - start < most and lines[end].label == "0":
            end += 1
        spots = [i for i in range(1, len(found)) if _is_body(found[i - 1]) and _is_body(found[i])]
        if not spots:
            return []
        at = draw.choice(spots)
        found[at:at] = lines[start:end]
    return found


def _is_body(line: _Line) -> bool:
    return line.label == "1"


def _words(line: _Line) -> int:
    return len(line.text.split())
