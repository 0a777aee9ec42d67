"""What a raw text says about itself: dates, bylines, and the tags that carry them."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source says of itself apart from its text; empty where it says nothing."""

    title: str = ""
    deck: str = ""
    byline: str = ""
    published_on: date | None = None
    url: str = ""
    language: str = ""


def date_in(text: str) -> date | None:
    """The first date in `text` that can be read one way only.

    English month names, ISO 8601, `22.10.2025`; of `3/4/2025` nobody can tell the month, so it
    is none, while `22/10/2025` is. Years from 1800 to 2199.
    """
    for match in _DATE.finditer(text):
        found = _date_of(match)
        if found is not None:
            return found
    return None


def published_in(line: str) -> date | None:
    """The date of a line that states one and little else, such as "Posted on 4 April 2023"."""
    if len(line) > _LINE_CHARACTERS or _UPDATED.match(line):
        return None
    found = date_in(line)
    if found is None:
        return None
    others = _DATE.sub(" ", _TIME.sub(" ", line))
    words = [w for w in re.findall(r"[^\W\d_]+", others) if w.lower() not in _DATE_WORDS]
    is_sentence = line.rstrip().endswith((".", "!", "?"))
    return None if is_sentence or len(words) > _NAME_WORDS else found


def byline_in(line: str) -> str:
    """The author's name in a byline such as "By Ottoline Varga | Staff writer", or nothing."""
    if len(line) > _LINE_CHARACTERS:
        return ""
    match = _BY.match(line) or _WITH_ROLE.match(line)
    if match is None:
        return ""
    return " ".join(match["name"].split())


_LINE_CHARACTERS = 120
_NAME_WORDS = 4

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"[0-9]{1,2}"
_YEAR = r"(?:18|19|20|21)[0-9]{2}"
_DATE = re.compile(
    rf"""
    (?<![\w/])
    (?: (?P<y1>{_YEAR}) [-/] (?P<m1>[0-9]{{1,2}}) [-/] (?P<d1>{_DAY})
      | (?P<m2>{_MONTH}) \s* (?P<d2>{_DAY}) (?:st|nd|rd|th)? ,? \s+ (?P<y2>{_YEAR})
      | (?P<d3>{_DAY}) (?:st|nd|rd|th)? [\s-] (?:of\s)? \s*
        (?P<m3>{_MONTH}) ,? [\s-] (?P<y3>{_YEAR})
      | (?P<d4>{_DAY}) \. \s? (?P<m4>[0-9]{{1,2}}) \. \s? (?P<y4>{_YEAR})
      | (?P<a5>[0-9]{{1,2}}) / (?P<b5>[0-9]{{1,2}}) / (?P<y5>{_YEAR})
    )
    (?!\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TIME = re.compile(
    r"T?\b[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]+)*\s*(?:[ap]\.?m\b\.?)?(?:\s*[A-Z]{2,4}\b|Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\W*(?:last\s+)?(?:updated|modified|edited|reviewed)\b", re.IGNORECASE)
_DATE_WORD_LIST = (
    "published posted first date created updated last modified edited reviewed on at by in and the "
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday "
    "sunday am pm utc gmt est edt cst cdt mst mdt pst pdt bst cet cest min mins minute minutes "
    "read reading ago hours hour days day week weeks months"
)
_DATE_WORDS = frozenset(_DATE_WORD_LIST.split())

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


def _date_of(match: re.Match[str]) -> date | None:
    found = match.groupdict()
    if found["y1"]:
        return _valid(found["y1"], found["m1"], found["d1"])
    if found["y2"]:
        return _valid(found["y2"], _month(found["m2"]), found["d2"])
    if found["y3"]:
        return _valid(found["y3"], _month(found["m3"]), found["d3"])
    if found["y4"]:
        return _valid(found["y4"], found["m4"], found["d4"])
    month_first = _valid(found["y5"], found["a5"], found["b5"])
    day_first = _valid(found["y5"], found["b5"], found["a5"])
    if month_first and day_first and month_first != day_first:
        return None
    return month_first or day_first


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _valid(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
