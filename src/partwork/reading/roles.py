"""The role of each line of a plain text, by a small fitted model: a linear chain over lines.

Each line is scored by its own look and that of its neighbours, each two neighbours by their
likeness, and the sequence of roles with the highest sum is taken (Viterbi). The weights are in
`line_roles.tsv`, fitted by `benchmarks/fit_structure.py`; `docs/cleaning.md` tells how.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import inf
from typing import TypeAlias

from partwork.reading.features import (
    detail_features,
    length_features,
    likeness_features,
    opening_features,
    shape_features,
)
from partwork.reading.furniture import is_furniture
from partwork.reading.lines import Line, Marker, is_sentence
from partwork.reading.signs import (
    Detail,
    Lengths,
    Likeness,
    Opening,
    Shape,
    Signs,
    pair_of,
    signs_of,
)


class Role(Enum):
    """What a line is in its text; in this order they are the columns of the weights."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"


# What two lines' likeness adds to three roles after three roles, text after text first.
Steps: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]


def roles_of(lines: Sequence[Line]) -> list[Role]:
    """The likeliest role of each line; time grows with their number.

    No sentence is a heading, and none that stands apart without a marker is an item. What few
    labelled pages show, rules know better than the weights: see `_settled`.
    """
    if not lines:
        return []
    signs = signs_of(lines)
    pairs = (pair_of(above, below) for above, below in pairwise(signs))
    steps = ((_length_steps(lengths), _likeness_steps(likeness)) for lengths, likeness in pairs)
    parted = (line.after_blank for line in [*lines[1:], _END])
    scores = [
        (-inf, -inf if is_apart and line.after_blank and line.marker is None else item)
        if is_sentence(line)
        else (heading, item)
        for line, is_apart, (heading, item) in zip(lines, parted, _line_scores(signs), strict=True)
    ]
    return _settled(lines, [_ROLES[role] for role in best_path(scores, steps)])


_END = Line("", 0, 0, 0, after_blank=True, marker=None)


def best_path(
    scores: Sequence[tuple[float, float]], steps: Iterable[tuple[Steps, Steps]]
) -> list[int]:
    """The numbers of the roles with the highest sum (Viterbi 1967), written out for speed.

    `scores` are each line's, as heading and as item; `steps` each two neighbours', in two tables
    that are added up.
    """
    origins: list[tuple[int, int, int]] = []
    text, (heading, item) = 0.0, scores[0]
    for (first, second), (is_heading, is_item) in zip(steps, scores[1:], strict=True):
        tt, th, ti, ht, hh, hi, it, ih, ii = first
        tt2, th2, ti2, ht2, hh2, hi2, it2, ih2, ii2 = second
        a, b, c = text + tt + tt2, heading + ht + ht2, item + it + it2
        d, e, f = text + th + th2, heading + hh + hh2, item + ih + ih2
        g, h, i = text + ti + ti2, heading + hi + hi2, item + ii + ii2
        to_text = _place_of_most(a, b, c)
        to_heading = _place_of_most(d, e, f)
        to_item = _place_of_most(g, h, i)
        text = (a, b, c)[to_text]
        heading = (d, e, f)[to_heading] + is_heading
        item = (g, h, i)[to_item] + is_item
        origins.append((to_text, to_heading, to_item))
    path = [_place_of_most(text, heading, item)]
    for origin in reversed(origins):
        path.append(origin[path[-1]])
    return path[::-1]


def _settled(lines: Sequence[Line], roles: list[Role]) -> list[Role]:
    """`roles` with those changed that the line's own words settle.

    A line written as titles are, amid closely set sentences, heads the next one (4 of 4 such
    lines in labelled bodies); a clause with a comma that follows the items of an announced list
    is its last (3 of 4), and so is a line with the bullet of the line above it; a picture's
    credit heads nothing (15 of 15). Where "five parts:" are announced, a sixth line above a
    sentence is the next heading, and that sentence no item. What is numbered is headings from the
    first on.
    """
    is_announced = False
    items_left = 0
    for i in range(1, len(lines) - 1):
        line, role = lines[i], roles[i]
        if role is Role.TEXT:
            if roles[i - 1] is roles[i + 1] is Role.TEXT and _heads_text(*lines[i - 1 : i + 2]):
                roles[i] = Role.HEADING
        elif role is Role.HEADING:
            if _CREDIT.fullmatch(line.text) is not None:
                roles[i] = Role.TEXT
            elif _same_sign(lines[i - 1].marker, line.marker) or (
                is_announced and roles[i - 1] is Role.ITEM and _is_clause(line)
            ):
                roles[i] = Role.ITEM
        elif role is Role.ITEM and items_left:
            items_left -= 1
            if items_left == 0 and line.marker is None and is_sentence(lines[i + 1]):
                roles[i] = Role.HEADING
                for below in range(i + 1, len(lines)):
                    if roles[below] is not Role.ITEM or not is_sentence(lines[below]):
                        break
                    roles[below] = Role.TEXT
        if roles[i] is not Role.ITEM:
            is_announced = line.text[-1] == ":"
            count = _COUNT.search(line.text) if is_announced else None
            items_left = _COUNTS[count[1].lower()] + 1 if count is not None else 0
    return _numbered_alike(lines, roles)


def _numbered_alike(lines: Sequence[Line], roles: list[Role]) -> list[Role]:
    """`roles` in which what has text below it is a heading where the next number is one."""
    heading_below = 0
    for i in reversed(range(len(lines) - 1)):
        marker = lines[i].marker
        if marker is None or marker.sign:
            continue
        is_title = lines[i + 1].marker is None and not is_sentence(lines[i])
        if is_title and heading_below == marker.number + 1:
            roles[i] = Role.HEADING
        heading_below = marker.number if roles[i] is Role.HEADING else 0
    return roles


def _heads_text(above: Line, line: Line, below: Line) -> bool:
    """Whether a line stands between two sentences as a title does that no blank line sets off."""
    text = line.text
    if not text[-1].isalpha() or len(text) > _TITLE_CHARACTERS or line.marker is not None:
        return False
    if line.after_blank or below.after_blank or not (is_sentence(above) and is_sentence(below)):
        return False
    if _TITLE.fullmatch(text) is None or text.isupper() or _TITLE_JOINT.search(text) is None:
        return False
    words = [word for word in _BETWEEN_WORDS.split(text) if len(word) > 3]
    is_title = len(words) > 1 and all(word[0].isupper() for word in words)
    return is_title and len(text.split()) > 2 and not is_furniture(text)


def _same_sign(above: Marker | None, below: Marker | None) -> bool:
    """Whether two list markers are the same sign, which no number is."""
    return above is not None and below is not None and above.sign == below.sign != ""


def _is_clause(line: Line) -> bool:
    """Whether a line has a comma, and no capital after its first word but of short names."""
    words = line.text.split()[1:]
    is_cased = any(word[0].isupper() for word in words if len(word) > 3)
    return ", " in line.text and not is_cased and line.text[-1] not in ":?"


_COUNTS = {
    word: n
    for n, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=2
    )
}
_COUNT = re.compile(rf"\b({'|'.join(_COUNTS)})\b[^.!?]*:$", re.IGNORECASE)
_TITLE_CHARACTERS = 90
_TITLE = re.compile(r"[^\W\d_a-z](?:[^\W\d_]|[ :’'&–—-])+")
# What a title has and a name has not: a small word, or two halves.
_TITLE_JOINT = re.compile(
    r": |\b(?:a|an|and|as|at|by|for|from|in|into|of|on|or|the|to|vs|with|without|your|you|our|my)\b"
)
_BETWEEN_WORDS = re.compile(r"[ &:–—-]+")
_CREDIT = re.compile(
    r"(?:(?:image|photo|picture|video) )?(?:source|credit)s?: .*|[^.]*[.,)] credits?: .*"
    r"|(?:photo(?:graph)?|image|picture|illustration)s? (?:by|courtesy)\b.*"
    r"|.*(?:/ ?|\b(?:via|from|on) |©)(?:getty(?: images)?|istock|shutterstock|unsplash|pexels)\W*"
    r"|.*(?:/getty images|/reuters|/ap(?: photo)?)\W*",
    re.IGNORECASE,
)

_ROLES = tuple(Role)

# What a part of a line's look adds to its being a heading and an item, and so for the line below
# it and the line above it; text scores 0.
_Look: TypeAlias = tuple[float, float, float, float, float, float]
_NO_LOOK: _Look = (0.0,) * 6
_NO_STEPS: Steps = (0.0,) * 9


@dataclass(frozen=True, slots=True)
class _Weights:
    """By the names of features: what a look and a pair add. `top` and `end` are no line's."""

    looks: dict[str, _Look]
    pairs: dict[str, Steps]


@cache
def _weights() -> _Weights:
    """The weights as they are in the package: name, then hundredths, parted by tabs."""
    looks: dict[str, _Look] = {}
    pairs: dict[str, Steps] = {}
    table = files("partwork.reading").joinpath("line_roles.tsv").read_text("utf-8")
    for row in table.splitlines():
        name, *cells = row.split("\t")
        match [int(cell) / 100 for cell in cells]:
            case [a, b, c, d, e, f]:
                looks[name] = (a, b, c, d, e, f)
            case [a, b, c, d, e, f, g, h, i]:
                pairs[name] = (a, b, c, d, e, f, g, h, i)
    return _Weights(looks, pairs)


def _look(names: Iterable[str]) -> _Look:
    known = _weights().looks
    a, b, c, d, e, f = map(sum, zip(*(known.get(name, _NO_LOOK) for name in names), strict=True))
    return a, b, c, d, e, f


def _steps(names: Iterable[str]) -> Steps:
    known = _weights().pairs
    rows = zip(*(known.get(name, _NO_STEPS) for name in names), strict=True)
    a, b, c, d, e, f, g, h, i = map(sum, rows)
    return a, b, c, d, e, f, g, h, i


# A text has few different looks: on labelled pages 2 of 100 lines bring a new shape. The caches
# are bounded, since a hostile text has many.
@lru_cache(maxsize=2**13)
def _shape_look(shape: Shape) -> _Look:
    return _look(shape_features(shape))


@lru_cache(maxsize=2**13)
def _detail_look(detail: Detail) -> _Look:
    return _look(detail_features(detail))


@lru_cache(maxsize=2**14)
def _opening_look(opening: Opening) -> _Look:
    return _look(opening_features(opening))


@lru_cache(maxsize=2**14)
def _length_steps(lengths: Lengths) -> Steps:
    return _steps(length_features(lengths))


@lru_cache(maxsize=2**14)
def _likeness_steps(likeness: Likeness) -> Steps:
    return _steps(likeness_features(likeness))


def _line_scores(signs: Sequence[Signs]) -> list[tuple[float, float]]:
    """How much each line looks like a heading and like an item, its neighbours considered."""
    looks = [
        (_shape_look(s.shape), _detail_look(s.detail), _opening_look(s.opening)) for s in signs
    ]
    nothing = _look(["nothing"])
    scores = []
    _, _, heading_after, item_after, _, _ = nothing
    for (a, b, c), (d, e, f) in pairwise([*looks, (nothing, _NO_LOOK, _NO_LOOK)]):
        heading = a[0] + b[0] + c[0] + heading_after + d[4] + e[4] + f[4]
        item = a[1] + b[1] + c[1] + item_after + d[5] + e[5] + f[5]
        scores.append((heading, item))
        heading_after, item_after = a[2] + b[2] + c[2], a[3] + b[3] + c[3]
    return scores


def _place_of_most(text: float, heading: float, item: float) -> int:
    if text >= heading:
        return 0 if text >= item else 2
    return 1 if heading >= item else 2
