"""Colours that can be read on the paper they stand on."""

ENOUGH = 4.5  # contrast that WCAG 2.2 asks of text below 24 px (1.4.3)
GOOD = 7.0  # the same at level AAA (1.4.6); on dark paper, thin coloured type needs it
WHITE = "#ffffff"  # the paper of mails and pages by day
_STEPS = 1_024  # more than a channel has, so that the nearest is among them


def readable(colour: str, paper: str, wanted: float = ENOUGH) -> str:
    """`colour`, moved towards black or white no further than `wanted` contrast to `paper` takes.

    Both are `#rrggbb`; ValueError for anything else. Where no colour stands so far from the
    paper, the answer is black or white.
    """
    ink, ground = _channels(colour), _channels(paper)
    goal = 0 if _contrast((0, 0, 0), ground) > _contrast((255, 255, 255), ground) else 255
    near, far = 0, 0 if _contrast(ink, ground) >= wanted else _STEPS
    while near < far:
        step = (near + far) // 2
        if _contrast(_mixed(ink, goal, step / _STEPS), ground) >= wanted:
            far = step
        else:
            near = step + 1
    return "#" + "".join(f"{channel:02x}" for channel in _mixed(ink, goal, far / _STEPS))


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    return _contrast(_channels(one), _channels(other))


_Colour = tuple[int, int, int]


def _channels(colour: str) -> _Colour:
    digits = colour.removeprefix("#")
    if len(digits) != 6 or not colour.startswith("#"):
        raise ValueError(f"{colour!r} is not a colour such as #1d5c63")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _mixed(colour: _Colour, goal: int, share: float) -> _Colour:
    red, green, blue = (round(c + (goal - c) * share) for c in colour)
    return red, green, blue


def _contrast(one: _Colour, other: _Colour) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: _Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definitions)."""
    red, green, blue = (
        c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
