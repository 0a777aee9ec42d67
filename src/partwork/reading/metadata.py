"""What a raw text says about itself: dates, bylines, and the tags that carry them."""

import re
from dataclasses import dataclass
from datetime import date

from partwork.reading.characters import one_line
from partwork.reading.dates import LINE_CHARACTERS


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source says of itself apart from its text; empty where it says nothing."""

    title: str = ""
    deck: str = ""
    byline: str = ""
    published_on: date | None = None
    url: str = ""
    language: str = ""


def name_in(text: str) -> str:
    """Names of authors as a page gives them, without "by"; nothing for what is no name.

    No name are profiles' URLs, biographies, mail addresses and what systems call themselves.
    """
    name = _BEFORE_NAME.sub("", one_line(text)).strip(" ,|·•")
    is_other = "://" in name or "@" in name or name.lower() in _NOBODY
    return name if 0 < len(name) <= _NAME_CHARACTERS and not is_other else ""


def byline_in(line: str) -> str:
    """The author's name in a byline such as "By Ottoline Varga | Staff writer", or nothing."""
    if len(line) > LINE_CHARACTERS:
        return ""
    match = _BY.match(line) or _WITH_ROLE.match(line)
    if match is None:
        return ""
    return " ".join(match["name"].split())


_NAME_CHARACTERS = 100
_BEFORE_NAME = re.compile(
    r"\A(?:(?:written|posted|published|words|text)\s+)?by:?\s+", re.IGNORECASE
)
_NOBODY = frozenset({"admin", "administrator", "editor", "guest", "root", "author", "user"})

_WORD = r"(?:[A-ZÀ-Þ][\w.'’-]*|d[aeiu]|de[lnr]|v[ao]n|von|bin|al|la|le|ter)"
_PERSON = rf"[A-ZÀ-Þ][\w.'’-]*(?:\s+{_WORD}){{1,4}}"
_NAME = rf"(?P<name>{_PERSON}(?:\s*(?:,|&|and)\s+{_PERSON})*)"
_BY = re.compile(
    rf"(?:(?i:written|posted|published|story|words|text|reported)\s+)?(?i:by|author):?\s+{_NAME}"
    r"\s*(?:$|[|·•,(–—@].*)"
)
_WITH_ROLE = re.compile(
    rf"{_NAME}\s*[|·•,–—]\s*(?i:(?:\w+\s+){{0,2}}"
    r"(?:writer|reporter|editor|correspondent|contributor|columnist|journalist|staff))\b[^.]*$"
)
