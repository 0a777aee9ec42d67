"""What a page's styles declare, as far as that can hide text (CSS 2.2 and later modules)."""

import colorsys
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Style = Mapping[str, str]
Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
# What an element looks like is what those around it look like, or is seen through them.
_COLOURS = frozenset({"color", "background", "background-color", "background-image"})
INHERITED = _COLOURS | {"visibility", "font", "font-size"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared for elements that have all of `names`: a tag, or `.class` and `#id`."""

    names: tuple[str, ...]
    order: int
    style: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page's own rules for simple selectors, by the first name they ask for.

    `is_whole` says that they decide alone about colours: no other sheet is linked, and no other
    rule of this one states any.
    """

    rules: Mapping[str, Mapping[tuple[str, ...], Rule]]
    is_whole: bool = True

    def style_of(self, names: Sequence[str]) -> dict[str, str]:
        """What is declared for an element with these names, the weightiest rules last."""
        own = frozenset(names)
        known = (self.rules[name] for name in dict.fromkeys(names) if name in self.rules)
        rules = [rule for same in known for rule in same.values() if own.issuperset(rule.names)]
        rules.sort(key=lambda rule: (len(rule.names), rule.order))
        return {key: value for rule in rules for key, value in rule.style.items()}


def sheet_of(css: str) -> Sheet:
    """The rules of `css` that concern hiding; a name that other rules show again has none."""
    rules: dict[str, dict[tuple[str, ...], Rule]] = {}
    shown: set[str] = set()
    is_whole = "@import" not in css
    for order, (selectors, style, is_plain) in enumerate(_rules(css)):
        for selector in selectors.lower().split(","):
            name = _EVERYWHERE.sub("", selector.strip(), count=2)
            names = tuple(_NAMES.findall(name)) or (name,)
            is_simple = is_plain and _SIMPLE.fullmatch(name) is not None
            if is_simple:
                _put(rules.setdefault(names[0], {}), Rule(names, order, dict(style)))
            else:
                is_whole &= not _COLOURS.intersection(style)
            if _shows(style) and (len(names) > 1 or not is_simple):
                shown.update(_NAMES.findall(_COMBINED.split(name)[-1]))
    seen = {name: same for name, same in rules.items() if name not in shown}
    return Sheet(seen, is_whole)


def _put(rules: dict[tuple[str, ...], Rule], rule: Rule) -> None:
    """Add a rule to those with the same first name; later declarations for the same win."""
    same = rules.get(rule.names)
    if same is not None:
        same.style.update(rule.style)
    elif len(rules) < _RULES_OF_A_NAME:
        rules[rule.names] = rule


def declared(declarations: str) -> dict[str, str]:
    """What a list of declarations says of the properties that can hide text, in lower case."""
    found: dict[str, str] = {}
    for declaration in _unescaped(_without_comments(declarations)).lower().split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip()
        if name in _PROPERTIES:
            found[name] = value.replace("!important", " ").strip()
    return found


def way_out_of_sight(style: Style) -> str:
    """The property by which a box is not to be seen with all that is in it, or nothing."""
    display = style.get("display", "")
    if display in ("none", "aria-hidden"):
        return display
    opacity = _NUMBER.match(style.get("opacity", ""))
    if opacity and float(opacity[1]) / (100 if opacity[2] else 1) < _FAINTEST:
        return "opacity"
    if style.get("content-visibility") == "hidden":
        return "content-visibility"
    without = [name for name in _EXTENTS if _length(style.get(name, "")) == 0]
    if len(without) > 1 or (without and style.get("overflow") in ("hidden", "clip")):
        return "height"
    is_moved = style.get("position") in ("absolute", "fixed")
    shifts = ["text-indent", "margin-left", *(["left", "top"] if is_moved else [])]
    for name in shifts:
        if (_length(style.get(name, "")) or 0) <= _FAR_OFF:
            return name
    if is_moved and _CLIPPED.match(style.get("clip", "")):
        return "clip"
    return next((name for name, sign in _GONE.items() if sign.search(style.get(name, ""))), "")


def is_too_small(style: Style) -> bool | None:
    """Whether the letters are too small to be seen; None where nothing is said of their size."""
    size = style.get("font-size") or next(iter(_SIZE.findall(style.get("font", ""))), "")
    length = _length(size)
    return None if length is None else length < _SMALLEST


def is_see_through(style: Style) -> bool:
    """Whether letters have no colour at all, and are no holes through which a picture is seen."""
    clip = style.get("background-clip") or style.get("-webkit-background-clip", "")
    return clip != "text" and _SEE_THROUGH.fullmatch(style.get("color", "")) is not None


def colour_of(style: Style) -> Colour | None:
    """The colour of letters, None where none is declared that we know."""
    return _colour(style.get("color", ""))


def says_background(style: Style) -> bool:
    """Whether anything is declared that may cover what is behind an element."""
    values = (style.get(name, "") for name in _BACKGROUNDS)
    return any(value and value.split()[0] not in _SEEN_THROUGH for value in values)


def background_of(style: Style) -> Colour | None:
    """The one colour behind letters; None where none is declared, or more than a colour is."""
    values = [style.get(name, "") for name in _BACKGROUNDS]
    if any("(" in value and not _ONE_COLOUR.fullmatch(value) for value in values):
        return None  # a picture or a gradient
    words = (word for value in values for word in _COLOUR.findall(value))
    return next((found for word in words if (found := _colour(word))), None)


def is_same(one: Colour, other: Colour) -> bool:
    """Whether no eye tells two colours apart (a guess: a twentieth of the scale in all)."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) <= 38


_PROPERTY_NAMES = (
    "display visibility opacity font font-size color background background-color background-image "
    "width height max-height max-width overflow position left top text-indent margin-left clip "
    "clip-path transform filter content-visibility background-clip -webkit-background-clip"
)
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
_BACKGROUNDS = ("background-color", "background", "background-image")
_SEEN_THROUGH = ("none", "transparent", "inherit", "initial", "unset")
_FAR_OFF = -900.0  # pixels: nothing is laid out so far to the left or above by mistake
_SMALLEST = 2.0  # pixels: type is read from about 6

_FAINTEST = 0.05
_EXTENTS = ("width", "height", "max-width", "max-height")
# As many rules may ask for a name and others; without a limit a sheet could make it quadratic.
_RULES_OF_A_NAME = 16

_EVERYWHERE = re.compile(r"(?:html|body|:root|\*)\s+(?=[.#])")
_SIMPLE = re.compile(r"(?:[.#][\w-]+)+|body|html")
_NAMES = re.compile(r"[.#][\w-]+")
_COMBINED = re.compile(r"[\s>+~]+")
_BRACE = re.compile(r"([{}])")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_NUMBER = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(px|pt|r?em|ex|ch|%|v[wh])?$")
_SIZE = re.compile(r"(?<![\w.])(?:[\d.]+(?:px|pt|r?em|%)|0)(?=[\s/])")
_CLIPPED = re.compile(r"rect\(\s*[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s*\)")
_GONE = {
    "clip-path": re.compile(r"inset\(\s*(?:50|100)%|circle\(\s*0"),
    "transform": re.compile(r"scale\(\s*0(?:\.0*)?\s*[,)]"),
    "filter": re.compile(r"opacity\(\s*0(?:\.0*)?%?\s*\)"),
}
_SEE_THROUGH = re.compile(r"transparent|(?:rgb|hsl)a?\(.*[,/]\s*0?\.?0*%?\s*\)|#\w{3}0|#\w{6}00")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")
_ONE_COLOUR = re.compile(r"(?:rgb|hsl)a?\([^)]*\)")
_WHOLE = re.compile(r"(?<![\d.])\d{1,3}")
_NAMED = {
    "white": WHITE,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
}
# What a length is in pixels, at 16 pixels to the em.
_PIXELS = {"pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "%": 0.16, "vw": 10, "vh": 8}


def _rules(css: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Selectors and declarations of each rule, and whether it holds on every screen."""
    pieces = _BRACE.split(_without_comments(css))
    open_rules: list[str] = []
    for text, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            open_rules.append(text.rpartition(";")[2].strip())
        elif open_rules:
            selectors = open_rules.pop()
            style = declared(text)
            if style and "@" not in selectors:
                yield selectors, style, not open_rules or open_rules[0].lower() in _EVERY_SCREEN


_EVERY_SCREEN = ("@media screen", "@media all", "@media only screen")


def _unescaped(css: str) -> str:
    if "\\" not in css:
        return css
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16) % 0x110000) if m[1] else m[2], css)


def _without_comments(css: str) -> str:
    first, *others = css.split("/*")
    return "".join((first, *(other.partition("*/")[2] for other in others)))


def _shows(style: Style) -> bool:
    return (
        style.get("display", "none") != "none"
        or style.get("visibility") == "visible"
        or (_length(style.get("opacity", "")) or 0) > 0
    )


def _length(value: str) -> float | None:
    """Pixels, or the bare number where there is no unit."""
    match = _NUMBER.match(value)
    return float(match[1]) * _PIXELS.get(match[2] or "", 1.0) if match else None


def _colour(value: str) -> Colour | None:
    if value.startswith("#"):
        digits = value[1:]
        if len(digits) in (3, 4):
            digits = "".join(2 * digit for digit in digits)
        try:
            red, green, blue = bytes.fromhex(digits[:6])
        except ValueError:
            return None
        return red, green, blue
    if value.startswith("rgb"):
        red, green, blue, *_ = (*map(int, _WHOLE.findall(value)), -1, -1, -1)
        return (red, green, blue) if blue >= 0 else None
    if value.startswith("hsl"):
        hue, saturation, light, *_ = (*map(int, _WHOLE.findall(value)), -1, -1, -1)
        parts = colorsys.hls_to_rgb(hue / 360, min(1, light / 100), min(1, saturation / 100))
        red, green, blue = (round(255 * part) for part in parts)
        return (red, green, blue) if light >= 0 else None
    return _NAMED.get(value)
