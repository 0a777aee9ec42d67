"""What a raw text says about itself: dates, bylines, and the tags that carry them."""

import re
from dataclasses import dataclass
from datetime import date

from partwork.reading.characters import one_line
from partwork.reading.dates import LINE_CHARACTERS, date_in


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
    match = _BY.match(line) or _WITH_ROLE.match(line) or _by_after_a_date(line)
    if match is None:
        return ""
    return _cased(" ".join(_TRADE.sub("", match["name"]).split()))


_NAME_CHARACTERS = 100
_BEFORE_NAME = re.compile(
    r"\A(?:(?:written|posted|published|words|text)\s+)?by:?\s+", re.IGNORECASE
)
_NOBODY = frozenset({"admin", "administrator", "editor", "guest", "root", "author", "user"})

_WORD = r"(?:[A-ZÀ-Þ][\w.'’-]*|d[aeiu]|de[lnr]|v[ao]n|von|bin|al|la|le|ter)"
_PERSON = rf"[A-ZÀ-Þ][\w.'’-]*(?:\s+{_WORD}){{1,4}}"
_NAME = rf"(?P<name>{_PERSON}(?:\s*(?:,|&|(?i:and))\s+{_PERSON})*)"
_END_OF_NAME = r"\s*(?:$|[|·•,(–—@].*)"
_BY = re.compile(
    r"(?:(?:(?i:written|posted|published|story|words|text|reported)\s+)?(?i:by|author):?"
    rf"|(?i:words|text):)\s+{_NAME}{_END_OF_NAME}"
)
_BY_LATER = re.compile(rf"\b(?i:by)\s+{_NAME}{_END_OF_NAME}")
_WITH_ROLE = re.compile(
    rf"{_NAME}\s*[|·•,–—]\s*(?i:(?:\w+\s+){{0,2}}"
    r"(?:writer|reporter|editor|correspondent|contributor|columnist|journalist|staff))\b[^.]*$"
)
# What someone is, not who else: "Imogen Satterley, Clinical Psychologist".
_TRADE = re.compile(
    r"\s*,\s*[^,&]*\b(?:[a-z]+(?:ologist|apist|icist|ician)|director|editor|professor|nurse"
    r"|manager|officer|producer|specialist|consultant|writer|reporter|correspondent)\Z",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"D[AEIU]|DE[LNR]|V[AO]N|BIN|AL|LA|LE|TER|AND")


def _by_after_a_date(line: str) -> re.Match[str] | None:
    """The byline behind a date: "Posted on 4 May 2023 by Ottoline Varga"."""
    match = _BY_LATER.search(line) if "by " in line.lower() else None
    return match if match is not None and date_in(line[: match.start()]) else None


def _cased(name: str) -> str:
    """A name in capitals throughout as names are written; any other as it is."""
    if not name.isupper():
        return name
    return " ".join(
        word.lower() if _PARTICLE.fullmatch(word) else word if _is_initials(word) else word.title()
        for word in name.split(" ")
    )


def _is_initials(word: str) -> bool:
    return "." in word or not set(word) & set("AEIOUYÀÁÂÄÅÆÈÉÊËÌÍÎÏÒÓÔÖØÙÚÛÜ")
