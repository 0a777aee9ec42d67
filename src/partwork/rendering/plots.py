"""Plots as pages draw them: where bars, lines and words stand, no markup.

Across, places are per cent of the width, so that a plot fits any screen and its words keep their
size; down, they are pixels from the top. `web/plots.html` writes them as SVG.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from partwork.rendering.inline import one_line

_TOP, _FLOOR, _HEIGHT = 26, 146, 170  # pixels: the scale's word stands above, labels below
_GAP = 0.25  # of a bar's room
_ROW, _BAR = 40, 12  # pixels of a row of words and bar
_LEAST = 0.6  # per cent: what is there can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; one that is `marked` is what the plot is about."""

    x: float
    y: float
    width: float
    height: float
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a line; `kind` is grid, sum or median."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in a plot; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture with its name, what it shows in a sentence, and its height in pixels."""

    name: str
    title: str
    says: str
    height: int
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    words: tuple[Words, ...] = field(default=())


def over_time(
    name: str, title: str, says: str, counts: Sequence[int], labels: Sequence[str]
) -> Plot:
    """Bars for counts one after the other, and a line for all so far, which has its own scale.

    An empty label is none.
    """
    highest, total = max(counts, default=0), sum(counts)
    room = 100 / max(1, len(counts))
    bars = tuple(
        _standing(at * room, room, count / highest) for at, count in enumerate(counts) if count
    )
    sums = [sum(counts[: at + 1]) for at in range(len(counts))]
    ends = [((at + 0.5) * room, _height_of(n / total if total else 0)) for at, n in enumerate(sums)]
    lines = [Line(*one, *other, "sum") for one, other in pairwise(ends)]
    words = [
        Words((at + 0.5) * room, _HEIGHT - 6, label) for at, label in enumerate(labels) if label
    ]
    scale = [Words(0, 14, f"bars: {highest:,} at most", "start"), _total(total)]
    return Plot(name, title, says, _HEIGHT, bars, (*_grid(), *lines), (*scale, *words))


def side_by_side(
    name: str,
    title: str,
    says: str,
    shares: Sequence[float | None],
    labels: Sequence[str],
    *,
    middle: float | None,
    scale: str,
) -> Plot:
    """Bars for shares of several, the last of which is marked, and a line at their middle.

    The highest fills the plot; `scale` says above it what is shown. A share not known has no bar.
    """
    highest = max((s for s in shares if s), default=0.0)
    room = 100 / max(1, len(shares))
    bars = tuple(
        _standing(at * room, room, share / highest, marked=at == len(shares) - 1)
        for at, share in enumerate(shares)
        if share
    )
    line: tuple[Line, ...] = ()
    if middle is not None and highest:
        y = _height_of(min(1.0, middle / highest))
        line = (Line(0, y, 100, y, "median"),)
    words = [
        Words((at + 0.5) * room, _HEIGHT - 6, label) for at, label in enumerate(labels) if label
    ]
    return Plot(
        name,
        title,
        says,
        _HEIGHT,
        bars,
        (*_grid(), *line),
        (Words(0, 14, scale, "start"), *words),
    )


def in_rows(name: str, title: str, says: str, rows: Sequence[tuple[str, int]], whole: int) -> Plot:
    """Lying bars, one a row, for parts of `whole`, each below its name and number."""
    bars, words = [], []
    for at, (label, count) in enumerate(rows):
        y = at * _ROW
        words.append(Words(0, y + 16, one_line(label), "start"))
        words.append(Words(100, y + 16, f"{count:,}", "end"))
        if count:
            width = max(_LEAST, min(100.0, 100 * count / whole))
            bars.append(Bar(0, y + 22, round(width, 3), _BAR))
    return Plot(name, title, says, max(_ROW, len(rows) * _ROW), tuple(bars), (), tuple(words))


def _standing(x: float, room: float, share: float, *, marked: bool = False) -> Bar:
    top = _height_of(share)
    width = room * (1 - _GAP)
    return Bar(round(x + room * _GAP / 2, 3), top, round(width, 3), round(_FLOOR - top, 1), marked)


def _height_of(share: float) -> float:
    """Where a share of the highest ends, in pixels from the top."""
    return round(_FLOOR - share * (_FLOOR - _TOP), 1)


def _grid() -> tuple[Line, ...]:
    return tuple(Line(0, y, 100, y, "grid") for y in (_TOP, _FLOOR))


def _total(total: int) -> Words:
    return Words(100, 14, f"line: {total:,} in all", "end")
