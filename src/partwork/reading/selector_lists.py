"""Selectors with lists in them, written out one by one (Selectors Level 4, CSS Nesting 1)."""

import re
from collections.abc import Iterator, Sequence

# No style sheet that we have seen asks for more characters.
LONGEST = 1_000


def listed(selectors: str) -> Iterator[str]:
    """The selectors of a list; commas inside brackets part none."""
    if "(" not in selectors and "[" not in selectors:
        yield from selectors.split(",")
        return
    pieces: list[str] = []
    depth = 0
    for piece in _LISTED.split(selectors):
        if piece == "," and depth == 0:
            yield "".join(pieces)
            pieces.clear()
            continue
        depth += (piece in ("(", "[")) - (piece in (")", "]"))
        pieces.append(piece)
    yield "".join(pieces)


def nested(around: Sequence[str], inner: Sequence[str]) -> list[str] | None:
    """The selectors of a rule inside another's (CSS Nesting 1); None if they are too many."""
    if not around:
        return list(inner)
    if len(around) * len(inner) > _MOST_VARIANTS or max(map(len, around)) > LONGEST:
        return None
    return [
        one.replace("&", outer.strip()) if "&" in one else f"{outer.strip()} {one.strip()}"
        for outer in around
        for one in inner
    ]


def expanded(selector: str) -> list[str]:
    """The selectors that one with `:is(…)` or `:where(…)` stands for, or itself alone."""
    if not _EITHER.search(selector) or len(selector) > LONGEST:
        return [selector]
    found, whole = [selector], list[str]()
    while found and len(found) + len(whole) <= _MOST_VARIANTS:
        one = found.pop()
        match = _EITHER.search(one)
        if match is None:
            whole.append(one)
            continue
        before, after = one[: match.start()], one[match.end() :]
        alternatives = [alternative.strip() for alternative in listed(match["list"])]
        is_inside = _INSIDE.search(before) is not None
        if any(_COMBINED.search(a) or (is_inside and a[:1].isalpha()) for a in alternatives):
            return [selector]
        found += [f"{before}{alternative}{after}" for alternative in alternatives]
    return [selector] if found else whole


# With more, lists in lists would multiply.
_MOST_VARIANTS = 64
_LISTED = re.compile(r"([,()\[\]])")
_EITHER = re.compile(r":(?:is|where|matches|-webkit-any|-moz-any)\((?P<list>[^()]*)\)")
_INSIDE = re.compile(r"[^\s>+~]$")
_COMBINED = re.compile(r"[\s>+~]")
