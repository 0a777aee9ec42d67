"""What an element's attributes say."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from partwork.reading.walk import Element

# Schemes of what a browser opens.
WEB = ("http", "https")


class Place(NamedTuple):
    """Where in a page an element stands.

    `names` are class names, ids and landmark roles, `within` the parts of a page, both nearest
    first and only so many; `depth` counts open elements; a section takes headers and footers
    for its own.
    """

    outside: "Place | None" = None
    depth: int = 0
    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    is_in_section: bool = False


def place_of(element: Element, outside: Place) -> Place:
    """Where the children of `element` stand, which itself stands in `outside`."""
    name = str(element.tag)
    get = element.get
    classes, identifier, role = get("class", ""), get("id", ""), get("role", "")
    if name in _SILENT and not (classes or identifier or role):
        return Place(outside, outside.depth + 1, *outside[2:])
    own = f"{classes} {identifier}".lower().split()[:_NAMES] if classes or identifier else ()
    said = role.lower().split()[:1] if role else []
    if not said and name in _LANDMARKS and not (outside.is_in_section and name in _OF_THE_PAGE):
        said = [_LANDMARKS[name]]
    part = _PARTS_BY_ROLE.get(said[0] if said else "", name)
    return Place(
        outside,
        outside.depth + 1,
        (*own, *said, *outside.names)[:_NAMES] if own or said else outside.names,
        (part, *outside.within)[:_PARTS_TOLD] if part in _PARTS else outside.within,
        outside.is_in_section or name in _SECTIONS,
    )


def absolute_url(base: str, url: str, schemes: tuple[str, ...]) -> str:
    """`url` completed with `base`, or nothing if it is broken or of another scheme."""
    if _PLAINLY_WHOLE.fullmatch(url):
        return url
    if _PLAINLY_ROOTED.fullmatch(url):
        return _site_of(base) + url if _site_of(base) else ""
    try:
        whole = urljoin(base, url.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    is_whole = parts.scheme in schemes and bool(parts.netloc or parts.scheme == "mailto")
    return whole if is_whole and not _UNPRINTABLE.search(whole) else ""


@lru_cache(maxsize=16)
def _site_of(url: str) -> str:
    """Scheme and host of an address that was checked before, as `https://example.org`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


# A block's surroundings as cleaning sees them; without a limit, deep pages would be quadratic.
_NAMES, _PARTS_TOLD = 24, 12

# Implied by the element (HTML-AAM 1.0, 3.5).
_LANDMARKS = {
    "nav": "navigation",
    "aside": "complementary",
    "footer": "contentinfo",
    "header": "banner",
    "main": "main",
    "form": "form",
    "search": "search",
}
_OF_THE_PAGE = ("header", "footer")
_SECTIONS = frozenset({"article", "aside", "main", "nav", "section"})

_PART_NAMES = (
    "nav header footer aside form search figure figcaption button article main section dialog "
    "details address li td"
)
_PARTS = frozenset(_PART_NAMES.split())
# The most frequent elements that say nothing of where they stand.
_SILENT = frozenset({"a", "b", "body", "div", "em", "html", "p", "span", "strong", "ul"})
_PARTS_BY_ROLE = {
    **{role: name for name, role in _LANDMARKS.items()},
    **{name: name for name in ("article", "button", "dialog", "figure")},
    "alertdialog": "dialog",
    "region": "section",
}
# Most links: an address that needs no closer look, or only the site before it.
# Atomic: a group with a possessive `*+` reads too far before Python 3.11.5 (gh-106052).
_PLAIN = r"[^\x00-\x20\x7f.]*+"
_PATH = rf"/(?!/){_PLAIN}(?>(?:\.(?!\.?/){_PLAIN})*)"
_PLAINLY_WHOLE = re.compile(rf"https?://[\w.-]++(?:{_PATH})?", re.ASCII)
_PLAINLY_ROOTED = re.compile(_PATH)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
