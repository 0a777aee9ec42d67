"""How well the words of a mail can be told from their paper, in the light and in the dark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from css_inline import CSSInliner

from partwork.model.colour import contrast
from partwork.rendering.seen import Run, seen_of

# WCAG 2.2, 1.4.3: text; and text from 24 px, or 18.66 px in bold.
TEXT, LARGE_TEXT = 4.5, 3.0


@dataclass(frozen=True, slots=True)
class Pale:
    """Words whose contrast, 1 to 21, is below what they need; 0 where their colours are unknown."""

    words: str
    ink: str
    paper: str
    contrast: float
    needed: float


@dataclass(frozen=True, slots=True)
class Legibility:
    """The lowest contrast of any words (21 where there are none), and those that have too little.

    One of each pair of colours stands for all of them.
    """

    lowest: float
    pale: tuple[Pale, ...]


def legibility(html: str, *, dark: bool) -> Legibility:
    """How the mail reads in a program that is light, or is dark and carries out its dark rules.

    `html` has its rules in style attributes, as `html_from` gives it, and its dark ones in @media.
    """
    defaults = _DARK if dark and _FOLLOWS.search(html) else _LIGHT
    runs = seen_of(_in_the_dark(html) if dark else html).runs
    lowest = 21.0
    pale: dict[tuple[str, str, float], Pale] = {}
    for judged in _judged(runs, defaults):
        lowest = min(lowest, judged.contrast or lowest)
        if judged.contrast < judged.needed:
            pale.setdefault((judged.ink, judged.paper, judged.needed), judged)
    return Legibility(lowest, tuple(pale.values()))


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What a program takes where a mail names no colour (those of Chromium)."""

    ink: str
    paper: str
    link: str


_LIGHT = _Defaults("#000000", "#ffffff", "#0000ee")
_DARK = _Defaults("#ffffff", "#121212", "#9e9eff")
_FOLLOWS = re.compile(r"""<meta[^>]*name=["']color-scheme["'][^>]*dark""", re.IGNORECASE)


def _judged(runs: tuple[Run, ...], defaults: _Defaults) -> Iterator[Pale]:
    for run in runs:
        if not run.words.strip():
            continue
        ink = run.ink or (defaults.link if run.is_link else defaults.ink)
        paper = run.paper or defaults.paper
        is_large = run.size_px >= 24 or (run.is_bold and run.size_px >= 18.66)
        one, other = hex_of(ink), hex_of(paper)
        apart = contrast(one, other) if one and other else 0
        yield Pale(run.words.strip(), ink, paper, apart, LARGE_TEXT if is_large else TEXT)


def hex_of(colour: str) -> str:
    """A CSS colour as `#rrggbb`; "" for one that is translucent or written in another way."""
    if re.fullmatch("#[0-9a-f]{6}", colour):
        return colour
    if re.fullmatch("#[0-9a-f]{3}", colour):
        return "#" + "".join(2 * digit for digit in colour[1:])
    channels = re.fullmatch(r"rgb\((\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\)", colour)
    if channels:
        return "#" + "".join(f"{min(int(c), 255):02x}" for c in channels.groups())
    return {"black": "#000000", "white": "#ffffff"}.get(colour, "")


_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_DARK_RULES = re.compile(r"@media[^{}]*\(\s*prefers-color-scheme:\s*dark\s*\)\s*\{")


def _in_the_dark(html: str) -> str:
    """The mail with its dark rules carried out, by the library that wrote in the others."""
    unwrapped, at = [], 0
    for begin in _DARK_RULES.finditer(html):
        end = _closing(html, begin.end())
        unwrapped += [html[at : begin.start()], html[begin.end() : end]]
        at = end + 1
    return str(_INLINER.inline("".join([*unwrapped, html[at:]]))) if unwrapped else html


def _closing(css: str, at: int) -> int:
    """Where the brace closes that was opened before `at`; the end where it does not."""
    depth = 1
    for brace in re.compile("[{}]").finditer(css, at):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return len(css)
