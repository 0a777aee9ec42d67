"""The signs by which a line of plain text shows what it is: its shape, its details, its opening."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from partwork.reading.lines import Line, Marker

# Plain tuples of small classes, since one of each is made for each line and looked up by.
# Layout, words, end, case, mark, gap, indent.
Shape: TypeAlias = tuple[str, int, str, str, str, bool, int]
# Size, label, sentences, first character, odd signs, digits, announces, numbering, repeats, mark.
Detail: TypeAlias = tuple[int, str, int, str, str, bool, bool, str, int, str]
# Size, word, class of its ending.
Opening: TypeAlias = tuple[int, str, str]
# Layout, ratio of the words in quarters, size and size below, end and end below.
Lengths: TypeAlias = tuple[str, int, int, int, str, str]
# Same opening, gap above each, step of the indent, marks, labels, cases, announced.
Likeness: TypeAlias = tuple[int, bool, bool, int, str, str, str, bool]


@dataclass(slots=True)
class Signs:
    """What one line looks like: three keys to its features, and what pairs are compared by."""

    shape: Shape
    detail: Detail
    opening: Opening
    words: int
    first_word: str
    indent: int
    marker: Marker | None


def signs_of(lines: Sequence[Line]) -> list[Signs]:
    """The signs of each line, among the other lines of its text."""
    layout = _layout(lines)
    times = Counter([line.text for line in lines if len(line.text) < _REPEATABLE])
    return [
        _signs(line, layout, number, times[line.text] if len(line.text) < _REPEATABLE else 1)
        for line, number in zip(lines, _numberings(lines), strict=True)
    ]


def pair_of(above: Signs, below: Signs) -> tuple[Lengths, Likeness]:
    """What two neighbouring lines show together."""
    fewer, more = above.words, below.words
    if fewer > more:
        fewer, more = more, fewer
    layout, _, end, case, _, gap, _ = above.shape
    _, _, end_below, case_below, _, gap_below, _ = below.shape
    size, label, _, _, _, _, announces, _, _, _ = above.detail
    size_below, label_below, *_ = below.detail
    same = 0
    if above.first_word == below.first_word:
        same = 2
    elif above.opening[-1] == below.opening[-1] != "-":
        same = 1
    step = (below.indent > above.indent) - (below.indent < above.indent)
    marks = "00"
    if above.marker is not None or below.marker is not None:
        marks = _marks(above.marker, below.marker)
    return (
        (layout, 4 * fewer // more, size, size_below, end, end_below),
        (same, gap, gap_below, step, marks, label + label_below, case + case_below, announces),
    )


# Words up to ten are counted; further classes hold about as many lines each. Nothing more is
# told apart above 70 words, so that no more than those are split off.
_MOST_WORDS = 71
_CLASS_ENDS = (12, 14, 17, 21, 27, 40, 70)
_WORD_CLASS = tuple(
    n if n <= 10 else 11 + sum(n > end for end in _CLASS_ENDS) for n in range(_MOST_WORDS + 1)
)
SIZES = (0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 7)
_CASED_WORDS = 20
_REPEATABLE = 60
# Longer than the words that open lines often; what a hostile text fills a cache with is bounded.
_OPENING_LENGTH = 24

_ENDS = {
    **dict.fromkeys(".…。", "."),
    **dict.fromkeys("!！", "!"),
    **dict.fromkeys("?？", "?"),
    **dict.fromkeys(":：", ":"),
    **dict.fromkeys(",;，；", ","),
    **dict.fromkeys("\"”’'»", "q"),
    **dict.fromkeys(")]", ")"),
    **dict.fromkeys(">›→", ">"),
}
_LABEL = re.compile(r"(?:\S+ ){0,5}?\S*(?::| [–—-]) ")
_ANNOUNCES = re.compile(
    r"\b(?:following|below|includ\w+|these|such as|here|steps|ways|tips|things|examples?|are"
    r"|reasons)\b[^.]*:$|\b(?:including|includes?|such as|following)$",
    re.IGNORECASE,
)
_ANNOUNCING_ENDS = frozenset(("including", "include", "includes", "as", "following"))
_DIGIT = re.compile(r"\d")
_STEP = re.compile(
    r"(?:(?:step|tip|part|chapter|phase|day|week|reason|stage|method|option|rule|question|no\.)"
    r"\s*#?|#|\(?)(\d{1,3})(?!\d)",
    re.IGNORECASE,
)
_STEP_FIRSTS = frozenset("#(0123456789sStTpPcCdDwWrRmMoOqQnN")
# A number and the one before it stand no further apart in a list with explanations.
_NUMBER_REACH = 80


def _layout(lines: Sequence[Line]) -> str:
    """How the text parts its blocks: not, or all lines, or some; then with markers or without."""
    gaps = sum(line.after_blank for line in lines[1:])
    if gaps <= 0.08 * len(lines):
        return "dense"
    if gaps >= 0.92 * len(lines):
        return "loose"
    signs = sum(1 for line in lines if line.text[0] in "*•+·‣▪■◦●○")
    return "marked" if signs > 1 else "parted"


def _signs(line: Line, layout: str, numbering: str, times: int) -> Signs:
    text, marker = line.text, line.marker
    words = text.split(None, _MOST_WORDS - 1)
    count = len(words)
    number = _WORD_CLASS[count]
    size = SIZES[number]
    end = _end(text[-2:])
    mark = "0" if marker is None else _mark(marker)
    indent = 0 if not line.indent else 1 if line.indent < 4 else 2 if line.indent < 8 else 3
    is_cased = count <= _CASED_WORDS
    opening = marker.rest.split(None, 1)[0] if marker else words[0]
    return Signs(
        (
            layout,
            number,
            end,
            _case(text, words) if is_cased else "-",
            mark,
            line.after_blank and layout != "dense",
            indent,
        ),
        (
            size,
            _label(text),
            _sentences(text) if count > 5 else 0,
            _first_class(text[0]),
            _odd_signs(text),
            is_cased and _DIGIT.search(text) is not None,
            (end == ":" or words[-1] in _ANNOUNCING_ENDS) and _announces(text),
            numbering,
            times if times < 3 else 3,
            mark,
        ),
        _opening(size, opening[:_OPENING_LENGTH]),
        count,
        words[0],
        line.indent,
        marker,
    )


def _mark(marker: Marker) -> str:
    if marker.sign:
        return "-" if marker.sign in "-–" else "*"
    return "1" if marker.number == 1 else "n"


def _marks(above: Marker | None, below: Marker | None) -> str:
    if above is None or below is None:
        return f"{above is not None:d}{below is not None:d}"
    if above.sign and above.sign == below.sign:
        return "same"
    if not above.sign and not below.sign and below.number == above.number + 1:
        return "next"
    return "11"


@lru_cache(maxsize=4096)
def _end(text: str) -> str:
    """The class of the last of two characters; a stop before a closing quote or bracket counts."""
    last = text[-1]
    kind = _ENDS.get(last)
    if kind is None:
        return "a" if last.isalpha() else "0" if last.isdigit() else "-"
    if kind in "q)" and len(text) > 1:
        inner = _ENDS.get(text[-2], "")
        return kind + "." if inner and inner in ".!?" else kind
    return kind


@lru_cache(maxsize=4096)
def _first_class(first: str) -> str:
    if first.isalpha():
        return "A" if first.isupper() else "a" if first.islower() else "c"
    if first.isdigit():
        return "0"
    return "q" if first in "\"“‘'«„" else "(" if first in "([" else "-"


def _case(text: str, words: list[str]) -> str:
    """How many of the longer words after the first begin with a capital: a letter for the share.

    A all of the text in capitals; T all, t half, s some, n none of the words; 0 no such word.
    """
    if text.isupper():
        return "A" if len(text) > 3 else "a"
    initials = [word[0] for word in words[1:] if len(word) > 3]
    cased = "".join(initials)
    if cased.islower():
        return "n"
    if cased.isupper():
        return "T"
    if not cased:
        return "0"
    upper = sum(map(str.isupper, initials))
    letters = sum(map(str.isalpha, initials))
    if not letters:
        return "0"
    return "t" if 2 * upper >= letters else "s" if upper else "n"


def _label(text: str) -> str:
    """Whether the line begins with a label: a few words before a colon or a dash."""
    if ": " in text or " – " in text or " - " in text or " — " in text:
        found = _LABEL.match(text)
        if found is not None:
            return ":" if found[0][-2] == ":" else "-"
    return "0"


def _announces(text: str) -> bool:
    # Far more than an announcement is long, and a bound to what a hostile line costs.
    return _ANNOUNCES.search(text[-200:]) is not None


def _sentences(text: str) -> int:
    return min(2, text.count(". ") + text.count("? ") + text.count("! "))


def _odd_signs(text: str) -> str:
    """The sign, if any, that speaks of tables, rows of links, addresses or code."""
    if "\t" in text:
        return "tab"
    if " | " in text or " · " in text or " • " in text:
        return "bar"
    if "://" in text or "@" in text:
        return "url"
    if "{" in text or "()" in text or ");" in text or text[0] in "$>":
        return "code"
    return "0"


@lru_cache(maxsize=16384)
def _opening(size: int, word: str) -> Opening:
    """The opening word in plain lower case, and the class of its ending."""
    bare = word.strip("\"“”‘’'(:.,!?").lower()
    if not bare:
        return size, "", "#"
    if bare.isdigit():
        return size, "", "9"
    for suffix in ("ing", "ed", "ly", "s", "tion"):
        if len(bare) > len(suffix) + 2 and bare.endswith(suffix):
            return size, bare, f"-{suffix}"
    return size, bare, "-"


def _numberings(lines: Sequence[Line]) -> list[str]:
    """For each line: 0 no number; else whether the ones before and after are found, and how far.

    `1` is a number alone; `<` and `>` say that the one before and after it was found, right
    beside the line (`=`) or with other lines between (`~`).
    """
    found = ["0"] * len(lines)
    seen: dict[int, int] = {}
    for i, line in enumerate(lines):
        if line.marker is not None and line.marker.sign:
            continue
        match = _STEP.match(line.text) if line.text[0] in _STEP_FIRSTS else None
        if match is None:
            continue
        number = int(match[1])
        before = seen.get(number - 1)
        found[i] = "1"
        if before is not None and i - before < _NUMBER_REACH:
            distance = "=" if i == before + 1 else "~"
            found[i] = f"<{distance}"
            found[before] = f"{found[before].replace('1', '')}>{distance}"[:4]
        seen[number] = i
    return found
