"""What a tag's attributes say."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import Tag


def value_of(tag: Tag, name: str) -> str:
    """The attribute's value, empty where there is none."""
    value = tag.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)


def names_of(tag: Tag, *, in_section: bool) -> Iterator[str]:
    """Classes, id and landmark role of a tag, the role also where the tag implies it.

    A header or footer of a section or article is no landmark of the page.
    """
    yield from value_of(tag, "class").split()
    yield from value_of(tag, "id").split()
    implied = "" if in_section and tag.name in _OF_THE_PAGE else _LANDMARKS.get(tag.name, "")
    role = value_of(tag, "role").split()[:1] or [implied]
    yield from filter(None, role)


def is_hidden(tag: Tag) -> bool:
    """Whether the tag itself says that it is not to be shown, or not to be read out."""
    if tag.get("hidden") is not None or value_of(tag, "aria-hidden").lower() == "true":
        return True
    return _HIDING.search(value_of(tag, "style")) is not None


def absolute_url(base: str, url: str, schemes: tuple[str, ...]) -> str:
    """`url` completed with `base`, or nothing if it is broken or of another scheme."""
    try:
        whole = urljoin(base, url.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    is_whole = parts.scheme in schemes and bool(parts.netloc or parts.scheme == "mailto")
    return whole if is_whole and not _UNPRINTABLE.search(whole) else ""


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
SECTIONS = frozenset({"article", "aside", "main", "nav", "section"})
_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:$|[;!]))",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
