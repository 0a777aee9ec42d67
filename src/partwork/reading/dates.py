"""Dates in the forms that pages and people write, in eight European languages and by number."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date


def date_in(text: str) -> date | None:
    """The first date in `text` that can be read one way only.

    Month names before or after the day, ISO 8601, `22.10.2025`; of `3/4/2025` nobody can tell
    the month, so it is none, while `22/10/2025` is. Years from 1800 to 2199. An instant with a
    zone is the day it states there.
    """
    return next((found for found, _, _ in _dates(_unglued(text))), None)


def published_in(line: str) -> date | None:
    """The date of a line that states one and little else, such as "Posted on 4 April 2023".

    Where a line has several, it is the first that is not said to be of another event. One that
    is said to be of publication may have other words beside it.
    """
    if len(line) > LINE_CHARACTERS or not _YEAR_SIGN.search(line):
        return None
    line = _unglued(line)
    found, before, is_said = None, 0, False
    for day, start, end in _dates(line):
        if found is None and not _UPDATED.search(line, before, start):
            is_said = _PUBLISHED.search(line, before, start) is not None
            found, is_said = day, is_said or _BY.match(line, end) is not None
        before = end
    if found is None:
        return None
    others = _DATE.sub(" ", _TIME.sub(" ", line))
    words = [w for w in re.findall(r"[^\W\d_]+", others) if w.lower() not in _DATE_WORDS]
    is_sentence = line.rstrip().endswith((".", "!", "?"))
    return None if is_sentence or (len(words) > _NAME_WORDS and not is_said) else found


def without_dates(line: str) -> str:
    """`line` with a bar for each date, and without times: "Ottoline Varga |"."""
    if not _YEAR_SIGN.search(line):
        return line
    parted = _DATE.sub(lambda found: " | " if _is_date(found) else found[0], _unglued(line))
    return " ".join(_DATED.sub("|", _TIME.sub(" ", parted)).split())


LINE_CHARACTERS = 120
_NAME_WORDS = 4

# Names of months, one line for each, in English, German, French, Spanish, Italian, Portuguese,
# Dutch and Swedish, without accents; three letters are an abbreviation in most of them.
_MONTH_NAMES = (
    "january januar janner janvier enero gennaio janeiro januari jan ene gen",
    "february februar fevrier febrero febbraio fevereiro februari feb fev",
    "march marz maerz mars marzo marco maart mar mrz mrt",
    "april avril abril aprile apr avr abr",
    "may mai mayo maggio maio mei maj mag",
    "june juni juin junio giugno junho jun giu",
    "july juli juillet julio luglio julho jul lug juil",
    "august aout agosto augustus augusti aug ago",
    "september septembre septiembre setiembre settembre setembro sept sep set",
    "october oktober octobre octubre ottobre outubro oct okt ott out",
    "november novembre noviembre novembro nov",
    "december dezember decembre diciembre dicembre dezembro dec dez dic",
)
_MONTHS = {name: at for at, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_MONTH = r"[^\W\d_]{3,10}\b\.?"
_DAY = r"[0-9]{1,2}"
_YEAR = r"(?:18|19|20|21)[0-9]{2}"
_YEAR_SIGN = re.compile(_YEAR)
_DATE = re.compile(
    rf"""
    (?<![\w/])
    (?: (?P<y1>{_YEAR}) (?P<sign>[-/.]) (?P<m1>[0-9]{{1,2}}) (?P=sign) (?P<d1>{_DAY})
      | (?P<m2>{_MONTH}) \s? (?P<d2>{_DAY}) (?:st|nd|rd|th)? ,? \s+ (?P<y2>{_YEAR})
      | (?P<d3>{_DAY}) (?:st|nd|rd|th|er|\.|º|ª)? (?:\s|-|\s?(?:of|de|del|d['’])\s)
        \s? (?P<m3>{_MONTH}) ,? (?:\s|-|\s(?:de|del)\s) (?P<y3>{_YEAR})
      | (?P<y6>{_YEAR}) ,?\s (?P<m6>{_MONTH}) \s (?P<d6>{_DAY}) \b
      | (?P<d4>{_DAY}) \. \s? (?P<m4>[0-9]{{1,2}}) \. \s? (?P<y4>{_YEAR})
      | (?P<a5>[0-9]{{1,2}}) / (?P<b5>[0-9]{{1,2}}) / (?P<y5>{_YEAR})
      | (?P<y7>{_YEAR}) 年 \s? (?P<m7>[0-9]{{1,2}}) 月 \s? (?P<d7>{_DAY}) 日
    )
    (?!\d(?![0-9]?:[0-9]{{2}}))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TIME = re.compile(
    r"(?:\bT|\b)[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]+)*\s*(?:[ap]\.?m\b\.?)?(?:\s*[A-Z]{2,4}\b|Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:updated?|modified|edited|review(?:ed)?|revised|joined|member since|expires"
    r"|aktualisiert|geändert|mis à jour|actualizado)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"\b(?:published|posted|veröffentlicht|publié|publicado)\b", re.IGNORECASE)
_BY = re.compile(r",?\s+(?i:by|von|par|por)\s+[^\W\d_a-z]")
_DATE_WORD_LIST = (
    "published posted first date created updated update last modified edited reviewed revised on "
    "at by in and the of mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday "
    "thursday friday saturday sunday am pm utc gmt est edt cst cdt mst mdt pst pdt bst cet cest "
    "min mins minute minutes read reading ago hours hour days day week weeks months "
    "veröffentlicht aktualisiert am um uhr publié le à mis jour publicado el actualizado montag "
    "dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi "
    "samedi dimanche lunes martes miércoles jueves viernes sábado domingo"
)
_DATE_WORDS = frozenset(_DATE_WORD_LIST.split())


# A month that a page ran together with the word before it, as "VargaMay 4, 2023".
_GLUED = re.compile(
    r"(?<=[^\W_A-Z])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? "
    rf"[0-9]{{1,2}},? {_YEAR})"
)
# What leads to a date, as "on Tuesday, the" does.
_DATED = re.compile(
    r"(?:\b(?:on|am|le|el|den)\s+)?(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)"
    r"(?:day)?\b[.,]?\s+)?(?:the\s+)?\|(?:\s*at\b)?",
    re.IGNORECASE,
)


def _unglued(text: str) -> str:
    return _GLUED.sub(" ", text)


def _dates(text: str) -> Iterator[tuple[date, int, int]]:
    """The dates of a text and where they stand in it."""
    for match in _DATE.finditer(text):
        found = _date_of(match)
        if found is not None:
            yield found, match.start(), match.end()


def _is_date(match: re.Match[str]) -> bool:
    """Whether it is a date at all, be it one that can be read two ways."""
    return match["y5"] is not None or _date_of(match) is not None


def _date_of(match: re.Match[str]) -> date | None:
    found = {name[0] + name[1]: value for name, value in match.groupdict().items() if value}
    for form in "123467":
        if f"y{form}" in found:
            return _valid(found[f"y{form}"], found[f"m{form}"], found[f"d{form}"])
    month_first = _valid(found["y5"], found["a5"], found["b5"])
    day_first = _valid(found["y5"], found["b5"], found["a5"])
    if month_first and day_first and month_first != day_first:
        return None
    return month_first or day_first


def _valid(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdecimal() else _MONTHS.get(_unaccented(month.rstrip(".")), 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
