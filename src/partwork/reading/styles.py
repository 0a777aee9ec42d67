"""What a page's styles declare, as far as that can hide text (CSS 2.2 and later modules)."""

import colorsys
import re
from collections.abc import Mapping
from typing import NamedTuple

from partwork.reading.selectors import unescaped

Style = Mapping[str, str]
Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
# What an element looks like is what those around it look like, or is seen through them.
COLOURS = frozenset({"color", "background", "background-color", "background-image"})
INHERITED = COLOURS | {"visibility", "font", "font-size"}


class Declared(NamedTuple):
    """What is declared of the properties that can hide text, and what of it as `!important`."""

    style: dict[str, str]
    important: dict[str, str]


def declared(declarations: str, variables: Mapping[str, str]) -> Declared:
    """What a list of declarations says, in lower case; `variables` are set elsewhere."""
    found = Declared({}, {})
    declarations = plain_css(declarations).lower()
    if "(" in declarations:
        declarations = _computed(declarations, variables)
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        name = unescaped(name).strip()
        name = _ALIASES.get(name, name)
        if name in _PROPERTIES:
            value, _, is_important = value.partition("!")
            style = found.important if is_important.strip() == "important" else found.style
            style[name] = unescaped(value).strip()
    return found


def variables_in(css: str) -> dict[str, str]:
    """The custom properties that a style sheet sets to one value, wherever it sets them."""
    found: dict[str, str] = {}
    for name, value in _OWN_NAMES.findall(css.lower()):
        is_other = found.get(name, value.strip()) != value.strip()
        found[name] = "" if is_other or len(value) > _LONGEST_VALUE else value.strip()
    return {name: value for name, value in found.items() if value}


def plain_css(css: str) -> str:
    """`css` without comments; what is punctuation in it is none of a string or an address."""
    if "/*" not in css and not _QUOTED_SIGN.search(css):
        return css
    return _WHOLE_PIECES.sub(_without_signs, css)


def shows(style: Style) -> bool:
    """Whether a rule makes something seen again that others hide."""
    return (
        style.get("display", "none") != "none"
        or style.get("visibility") == "visible"
        or (_length(style.get("opacity", "")) or 0) > 0
    )


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
    lengths = [length for name in _EXTENTS if (length := _length(style.get(name, ""))) is not None]
    is_cut = style.get("overflow") in ("hidden", "clip")
    if lengths.count(0) > 1 or (is_cut and lengths and min(lengths) <= 1):
        return "height"
    position = style.get("position", "static")
    shifts = _MARGINS if position == "static" else (*_MARGINS, *_SIDES)
    for name in shifts:
        if (_length(style.get(name, "")) or 0) <= _FAR_OFF:
            return name
    if position in ("absolute", "fixed"):
        if _CLIPPED.match(style.get("clip", "")):
            return "clip"
        for name in _SIDES if position == "fixed" else ("left", "right"):
            if _BEYOND.match(style.get(name, "")):
                return name
    return next((name for name, sign in _GONE.items() if sign.search(style.get(name, ""))), "")


def is_too_small(style: Style) -> bool | None:
    """Whether the letters are too small to be seen; None where nothing is said of their size."""
    size = style.get("font-size") or next(iter(_SIZE.findall(style.get("font", ""))), "")
    length = _length(size)
    return None if length is None else length < _SMALLEST


def is_see_through(style: Style) -> bool:
    """Whether letters have no colour at all, and are no holes through which a picture is seen."""
    is_hole = style.get("background-clip") == "text"
    return not is_hole and _SEE_THROUGH.fullmatch(style.get("color", "")) is not None


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
    "width height max-height max-width overflow position left top right bottom text-indent "
    "margin-left margin-top clip clip-path transform scale zoom filter content-visibility "
    "background-clip"
)
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
_ALIASES = {"-webkit-text-fill-color": "color", "-webkit-background-clip": "background-clip"}
_BACKGROUNDS = ("background-color", "background", "background-image")
_SEEN_THROUGH = ("none", "transparent", "inherit", "initial", "unset")
_FAR_OFF = -900.0  # pixels: nothing is laid out so far to the left or above by mistake
# A screen's width or height away and more; pixels that no screen has.
_BEYOND = re.compile(r"(?:[1-9]\d{2,5}(?:\.\d+)?v[wh]|(?:[5-9]\d{3}|\d{5,9})(?:\.\d+)?px)$")
_SMALLEST = 2.0  # pixels: type is read from about 6

_FAINTEST = 0.05
_EXTENTS = ("width", "height", "max-width", "max-height")
_MARGINS = ("text-indent", "margin-left", "margin-top")
_SIDES = ("left", "top", "right", "bottom")
_CALCULATED = re.compile(r"calc\(\s*([^()\s]+)\s*\)")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)")
_LONGEST_VALUE = 60  # of those that hide; long ones put in often would fill the memory
_OWN_NAMES = re.compile(r"(?<![\w-])(--[\w-]+)\s*:\s*([^;(){}]*)")
_WHOLE_PIECES = re.compile(
    # atomic: a group with a possessive `*+` reads too far before Python 3.11.5 (gh-106052)
    r"/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)(?:\*/)?"
    r"""|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|url\([^"'()\s]*+\)""",
    re.DOTALL,
)
_SIGN = re.compile(r"[{}:;,!()\[\]]")
_QUOTED_SIGN = re.compile(r"[\"']|url\(")
_NUMBER = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(px|pt|r?em|ex|ch|%|v[wh])?$")
_SIZE = re.compile(r"(?<![\w.])(?:[\d.]+(?:px|pt|r?em|%)|0)(?=[\s/])")
_CLIPPED = re.compile(r"rect\(\s*[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s*\)")
_GONE = {
    "clip-path": re.compile(
        r"inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*+(?:0(?:px|%)?+[\s,]*+)++\)"
    ),
    "transform": re.compile(
        r"scale[xy]?\(\s*0(?:\.0*)?\s*[,)]|rotate[xy]\(\s*-?(?:90deg|0?\.25turn)|translate(?:[xy]|3d)?\([^()]*-(?:9{4}|\d{5})"
    ),
    "scale": re.compile(r"^0(?:\.0*)?%?$"),
    "zoom": re.compile(r"^0(?:\.0*)?%?$"),
    "filter": re.compile(r"opacity\(\s*0(?:\.0*)?%?\s*\)"),
}
_SEE_THROUGH = re.compile(
    r"transparent|(?:rgb|hsl)a?\((?:(?:[^,/]*,){3}|[^,/]*/)\s*0?\.?0*%?\s*\)|#\w{3}0|#\w{6}00"
)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([^)]*\)|[a-z]+")
_ONE_COLOUR = re.compile(r"(?:rgb|hsl)a?\([^)]*\)")
_WHOLE = re.compile(r"(?<![\d.])\d{1,3}")
# Those that no eye tells from white among the rest (CSS Color 4, 6.1).
_WHITE_NAMES = (
    "white snow ivory whitesmoke ghostwhite floralwhite mintcream azure aliceblue seashell "
    "honeydew lavenderblush oldlace lightyellow"
)
_NAMED = {
    **dict.fromkeys(_WHITE_NAMES.split(), WHITE),
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


def _computed(declarations: str, variables: Mapping[str, str]) -> str:
    """`declarations` with the values of variables, their own before others, and plain sums."""
    if "var(" in declarations:
        own = _OWN_NAMES.findall(declarations)
        short = {name: v.strip() for name, v in own if len(v) <= _LONGEST_VALUE}
        known: dict[str, str] = {**variables, **short}
        declarations = _VARIABLE.sub(
            lambda found: known.get(found[1], str(found[2] or found[0])), declarations
        )
    return _CALCULATED.sub(r"\1", declarations)


def _without_signs(match: re.Match[str]) -> str:
    piece = match[0]
    return " " if piece[0] == "/" else _SIGN.sub(lambda sign: f"\\{ord(sign[0]):x} ", piece)


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
        most = 100 if "%" in value.partition("/")[0] else 255
        return (255 * red // most, 255 * green // most, 255 * blue // most) if blue >= 0 else None
    if value.startswith("hsl"):
        hue, saturation, light, *_ = (*map(int, _WHOLE.findall(value)), -1, -1, -1)
        parts = colorsys.hls_to_rgb(hue / 360, min(1, light / 100), min(1, saturation / 100))
        red, green, blue = (round(255 * part) for part in parts)
        return (red, green, blue) if light >= 0 else None
    return _NAMED.get(value)
