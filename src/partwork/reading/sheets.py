"""The rules of a page's own style sheets, as far as they can hide text (CSS 2.2, chapter 6)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from partwork.reading.selector_lists import expanded, listed, nested
from partwork.reading.selectors import Matcher, Selector, keys_of, selector_of, weight_of
from partwork.reading.styles import (
    COLOURS,
    Declared,
    declared,
    plain_css,
    shows,
    variables_in,
)
from partwork.reading.walk import Element


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared for the elements that a selector speaks of, and its place in the sheet.

    One that `is_light` yields to every other: all of `:where(…)` weighs nothing.
    """

    selector: Selector
    keys: frozenset[str]
    said: Declared
    order: int
    is_light: bool

    @property
    def weight(self) -> tuple[tuple[int, int, int], int]:
        """What decides between this and other rules; the greatest is believed."""
        return ((0, 0, 0) if self.is_light else weight_of(self.selector)), self.order


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules that hold for certain, the weightiest last.

    `is_whole` says that they decide alone about colours: no other rule states any. `variables`
    are the custom properties with one value.
    """

    rules: tuple[Rule, ...] = ()
    is_whole: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)

    def styles_in(self, root: Element) -> Iterator[tuple[Element, Declared]]:
        """What is declared for each element of a page for which anything is."""
        if not self.rules:
            return
        matcher = Matcher([rule.selector for rule in self.rules])
        normal = _Cascade(zip(matcher.ends, (rule.said.style for rule in self.rules), strict=True))
        important = _Cascade(
            zip(matcher.ends, (rule.said.important for rule in self.rules), strict=True)
        )
        for element, bits in matcher.matches(root):
            said = Declared(normal.style_of(bits), important.style_of(bits))
            if said.style or said.important:
                yield element, said


def sheet_of(sheets: Sequence[tuple[str, bool]], names: Collection[str]) -> Sheet:
    """The rules of style sheets that concern hiding on a page with these tags, `.class` and `#id`.

    Each sheet comes with whether it holds on every screen. Where other rules may show again
    what has a name, once a script has changed something, no rule for that name is kept.
    """
    rules: list[Rule] = []
    shown: set[str] = set()
    is_whole = not any("@import" in css for css, _ in sheets)
    compounds = 0
    sheets = [(plain_css(css), holds) for css, holds in sheets]
    variables = variables_in("\n".join(css for css, _ in sheets))
    for order, (text, said, holds, is_light) in enumerate(_rules(sheets, variables)):
        keys = keys_of(text)
        if (keys and keys.isdisjoint(names)) or _PSEUDO_ELEMENT.search(text):
            continue
        style = said.style | said.important
        is_certain = holds and compounds < _MOST_COMPOUNDS and not _WITHOUT_SCRIPTS.search(text)
        selector = selector_of(text) if is_certain else None
        if selector is None:
            is_whole &= COLOURS.isdisjoint(style) or _STATE.search(text) is not None
        else:
            rules.append(Rule(selector, keys, said, order, is_light))
            compounds += len(selector)
        if shows(style) and (selector is None or _may_come(selector)):
            shown |= keys
    rules = [rule for rule in rules if shown.isdisjoint(rule.keys)]
    rules.sort(key=lambda rule: rule.weight)
    return Sheet(tuple(rules), is_whole, variables)


def is_on_every_screen(media: str) -> bool:
    """Whether a list of media holds wherever the page is read (Media Queries 4)."""
    return not media.strip() or any(
        all(_SCREEN.fullmatch(condition.strip()) for condition in _AND.split(one))
        for one in media.lower().split(",")
    )


# Of the rules beyond these nothing is believed: with more, a page of 10 MB could take minutes.
_MOST_COMPOUNDS = 20_000

# No screen and no box with an article in it is narrower than a telephone held upright.
_SCREEN = re.compile(
    r"(?:only\s+)?(?:screen|all)|not\s+print"
    r"|\(\s*(?:min-(?:width|height)\s*:|(?:width|height)\s*>=?)\s*"
    r"(?:(?:[12]?\d{1,2}|3[01]\d|320)(?:\.\d+)?px|(?:1?\d(?:\.\d+)?|20)r?em|0)\s*\)"
)
_AND = re.compile(r"\s+and\s+")
_PSEUDO_ELEMENT = re.compile(r"::|:(?:before|after|first-line|first-letter)\b")
# What does not hold while nobody touches the page.
_STATE = re.compile(r":(?:hover|active|focus|visited|target|disabled|checked)")
_WITHOUT_SCRIPTS = re.compile(r"\.no-?js\b")
_PIECE = re.compile(r"([{}])")
_AT_RULE = re.compile(r"(@[\w-]+)\s*(.*)", re.DOTALL)
_CONTAINER_NAME = re.compile(r"\A(?!not\b)[\w-]+\s*(?=\()")


class _Cascade:
    """Of rules by rising weight, what the last that speaks of an element says."""

    def __init__(self, styles: Iterable[tuple[int, dict[str, str]]]) -> None:
        self._saying: dict[str, int] = {}
        self._values: dict[tuple[str, int], str] = {}
        for end, style in styles:
            for name, value in style.items():
                self._saying[name] = self._saying.get(name, 0) | end
                self._values[name, end.bit_length()] = value

    def style_of(self, bits: int) -> dict[str, str]:
        """The style of an element with these bits (see `Matcher`)."""
        found = ((name, (bits & saying).bit_length()) for name, saying in self._saying.items())
        return {name: self._values[name, highest] for name, highest in found if highest}


def _may_come(selector: Selector) -> bool:
    """Whether scripts make elements that a selector speaks of, as `.tab.open` or `.open p`."""
    *around, last = selector
    is_changing = len(last.names) > 1 or any(compound.without for compound in selector)
    return is_changing or any(compound.names for compound in around)


def _rules(
    sheets: Iterable[tuple[str, bool]], variables: Mapping[str, str]
) -> Iterator[tuple[str, Declared, bool, bool]]:
    """Each selector with its declarations, whether it holds on every screen, and is light."""
    for css, is_for_all in sheets:
        pieces = _PIECE.split(css.replace("<!--", " ").replace("-->", " "))
        # The selectors of what is open, and whether what is in it holds.
        around: list[tuple[Sequence[str], bool]] = [((), is_for_all)]
        for text, brace in zip(pieces[::2], [*pieces[1::2], "}"], strict=True):
            before, _, opened = text.rpartition(";")
            selectors, holds = around[-1]
            if selectors:
                said = declared(before if brace == "{" else text, variables)
                if said.style or said.important:
                    for selector in selectors:
                        is_light = ":where(" in selector
                        yield from ((one, said, holds, is_light) for one in expanded(selector))
            if brace == "{":
                opened = opened.strip().lower()
                if opened[:1] == "@":  # which may stand inside a rule and is for its selectors
                    around.append((selectors, holds and _always_holds(opened)))
                else:
                    inner = nested(selectors, list(listed(opened)))
                    around.append((inner or list(listed(opened)), holds and inner is not None))
            elif len(around) > 1:
                around.pop()


def _always_holds(rule: str) -> bool:
    match = _AT_RULE.match(rule)
    name, rest = match.groups() if match is not None else ("", "")
    return (
        (name == "@media" and is_on_every_screen(rest))
        or name == "@layer"
        or (name == "@container" and is_on_every_screen(_CONTAINER_NAME.sub("", rest.strip())))
        or (name == "@supports" and not rest.strip().startswith("not"))
    )
