"""Who wrote a text, as the lines around it say."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from partwork.reading.dates import LINE_CHARACTERS, date_in, published_in, without_dates
from partwork.reading.furniture import is_furniture
from partwork.reading.metadata import name_in


def byline_in(line: str) -> str:
    """The author's name in a byline such as "By Ottoline Varga | Staff writer", or nothing.

    Who reviewed, edited, drew or photographed is no author; academic letters behind a name and
    what somebody is go. Several authors stay as they are joined.
    """
    if len(line) > LINE_CHARACTERS or (line[-1:] in ".!?" and len(line.split()) > _LINE_WORDS):
        return ""
    text = _LETTERS.sub("", _BY_SIGN.sub("By ", without_dates(line)))
    for part in _SIGN.split(text):
        match = _BY.match(part) or _SHORT.match(part)
        if match is not None:
            return name_in(_cased(_without_trade(match["name"])))
    match = _WITH_ROLE.match(text)
    return _cased(_without_trade(match["name"])) if match is not None else ""


def author_in(below: Sequence[str], above: Sequence[str]) -> str:
    """The author by the lines between title and text, then by those above the title.

    That is a byline, a name below "By", or one beside a date.
    """
    said = (name for line in (*below, *reversed(above)) if (name := byline_in(line)))
    parted = (name for lines in (below, above) if (name := _name_below_by(lines)))
    return (
        next(said, "")
        or next(parted, "")
        or _name_beside_a_date(below, _states_a_date, 2)
        or _name_beside_a_date(above, _SAID_WHEN.match, 1)
    )


def author_in_bio(lines: Sequence[str]) -> str:
    """A name that stands alone below the line with which a bio opens."""
    for cue, below in pairwise(lines):
        if _BIO_CUE.fullmatch(cue.rstrip(":")) and (name := _bare_name(below)):
            return name
    return ""


# A sentence that begins with "By" is longer.
_LINE_WORDS = 8
_UPPER = "A-ZÀ-ÖØ-Þ\u0100-\u024fΑ-ΩЀ-Я"
# What is written with a capital in titles, in calendars and on buttons, and is nobody's name.
_NO_NAME = (
    r"(?!(?i:the|we|our|you|your|my|i|it|this|that|these|in|on|at|for|and|with|of|by|from|(?:mon"
    r"|tues|wednes|thurs|fri|satur|sun)day|updated?|published|posted|last|reviewed|medically|leave"
    r"|comments?|share|photos?|categor(?:y|ies)|tags?|read|view|follow|more|about|subscribe|recent|posts?)\b"
    r"|(?i:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.?\s[0-9]"
    r"|\w*[^\W\d_A-Z]{4}[A-Z])"  # two words that a page ran together
)
_PARTICLE = r"d[aeiou]s?|de[lnr]|v[ao]n|von|zu[mr]?|af|ibn|bin|ben|al|la|le|te[rn]|y|e"
_CAPITALISED = rf"{_NO_NAME}[{_UPPER}][\w.'’-]*"
_PERSON = rf"{_CAPITALISED}(?:\s+(?:{_CAPITALISED}|(?:{_PARTICLE})\b)){{1,6}}"
_TEAM = rf"The(?:\s+{_CAPITALISED}){{1,4}}"
_JOINED = r"\s*(?:,\s*(?:(?i:and|&)\s)?|&|(?i:\b(?:and|und|et)\b))\s*"
_NAMES = rf"(?P<name>(?:{_PERSON}|{_TEAM})(?:{_JOINED}{_PERSON})*)"
_END = (
    r"\s*(?:$|[,(].*"
    r"|\s(?i:in|on|at|for|from|of|updated|published|posted|last|leave|with|[0-9]+)\b.*)"
)

_WORK = (
    r"(?:an?\s+)?(?:guest\s+(?:post|article)|story|words|text|article|analysis|report|review|essay)"
    r"|(?:posted|published|filed)\s+(?:in|under)\s+[^.]{1,40}"
    r"|written|posted|published|contributed|reported|compiled|submitted|told"
)
_BY = re.compile(
    rf"(?i:(?:(?:{_WORK})\s+)?by:?|(?:author|writer|words|text|autor(?:in)?|auteur):?|von|par|por)"
    rf"\s+{_NAMES}{_END}"
)
# A single name is too little for "By" alone: so begin titles.
_SHORT = re.compile(
    rf"(?i:(?:written|posted|story|words|text|article)\s+by:?|author:)\s+(?P<name>{_CAPITALISED})$"
)
_BY_ALONE = re.compile(rf"(?:(?:{_WORK})\s+)?by:?|(?:author|writer|words|text)s?:?", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:\w+ )?(?:review|check|verifi|edit|illustrat|photograph|translat|narrat)\w* by",
    re.IGNORECASE,
)
_BY_SIGN = re.compile(r"\Aby:?\s*[|·•]\s*", re.IGNORECASE)
_SIGN = re.compile(r"\s*[|·•—@]\s*|\s+[–/-]\s+")

_WITH_ROLE = re.compile(
    rf"{_NAMES}\s*[|·•,–—]\s*(?i:(?:\w+\s+){{0,2}}"
    r"(?:writer|reporter|editor|correspondent|contributor|columnist|journalist|staff))\b[^.]*$"
)
# Degrees and licences: known ones anywhere behind a name, after a comma whatever looks like one.
_KNOWN = (
    r"M\.?D\.?|Ph\.?\s?D\.?|Psy\.?D\.?|Ed\.?D\.?|Dr\.?PH|Pharm\.?D\.?|MBBS|DDS|RDN?|RN|BSN|MSN|NP"
    r"|PA-C|LCSW|LMFT|LPCC?|MPH|MSW|MBA|MSc|BSc|CPA|Esq\.?"
)
_LETTERS = re.compile(
    rf"(?<=[\w.])(?:,?\s+(?:{_KNOWN})|,\s*[A-Z]{{2,6}}(?:-[A-Z]{{1,4}})?)"
    r"(?:,(?=\s+(?:and|&)\s)|(?=\s*(?:$|[,|·•&(–—/]|-\s|and\b)))"
)
# What someone is, or for whom, not who else: "Imogen Satterley, Clinical Psychologist".
_TRADE = re.compile(
    r"\s*,\s*[^,&]*\b(?:[a-z]+(?:ologist|apist|icist|ician)|director|editor|professor|nurse"
    r"|manager|officer|producer|specialist|consultant|writer|reporter|correspondent|contributor"
    r"|columnist|analyst|news|times|press|magazine|journal|university|institute)\Z",
    re.IGNORECASE,
)
_LOWER_PARTICLE = re.compile(rf"(?:{_PARTICLE}|and)", re.IGNORECASE)

_BARE_NAME = re.compile(rf"{_PERSON}")
_ANY_NAME = re.compile(rf"{_NAMES}|(?P<one>{_CAPITALISED})")
_AND = re.compile(r"and|und|et|&|,", re.IGNORECASE)
_SAID_WHEN = re.compile(r"(?:posted|published)\b.*\d", re.IGNORECASE)
_BIO_CUE = re.compile(r"about the (?:author|creator|writer)|über (?:den autor|die autorin)", re.I)
_NAME_WORDS, _PARTING = 4, frozenset("|·•,–—/-@(")


def _without_trade(name: str) -> str:
    return " ".join(_TRADE.sub("", name).split())


def _bare_name(line: str) -> str:
    """The name that is all of a line but for degrees and a place: "Ottoline Varga in Paris"."""
    text = _LETTERS.sub("", line[: LINE_CHARACTERS + 1])
    place = _PLACE.search(text)
    name = text[: place.start()] if place is not None else text
    is_name = len(name.split()) <= _NAME_WORDS and _BARE_NAME.fullmatch(name) is not None
    return name if is_name and not is_furniture(line) else ""


_PLACE = re.compile(rf" in [{_UPPER}]\w+$")


def _name_below_by(lines: Sequence[str]) -> str:
    """The name, or the names with "and" between, below a line that says "By" and no more."""
    for n, line in enumerate(lines[:-1]):
        below = lines[n + 1]
        if _BY_ALONE.fullmatch(line) is None or len(below) > LINE_CHARACTERS or is_furniture(below):
            continue
        match = _ANY_NAME.fullmatch(_LETTERS.sub("", below))
        if match is None:
            continue
        names = [_cased(_without_trade(match[0]))]
        names += _names_joined(lines[n + 2 :])
        return name_in(" and ".join(dict.fromkeys(names)))
    return ""


def _names_joined(lines: Sequence[str]) -> Iterator[str]:
    """The names of further authors: each below a line that says "and" and no more."""
    for sign, below in zip(lines[::2], lines[1::2], strict=False):
        if _AND.fullmatch(sign) is None or not (name := _bare_name(below)):
            return
        yield _cased(name)


def _name_beside_a_date(lines: Sequence[str], is_date: Callable[[str], object], within: int) -> str:
    """A name before a date on the same line, or on a line of its own with the date on a next one.

    Buttons and counters between them, and the name said twice, count for nothing. A name below
    "Medically reviewed by" is somebody else's.
    """
    for n, line in enumerate(lines):
        if len(line) > LINE_CHARACTERS or (n and _CREDIT.fullmatch(lines[n - 1].rstrip(": "))):
            continue
        first, *rest = _SIGN.split(_LETTERS.sub("", without_dates(line)))
        if not (name := _bare_name(first)):
            continue
        if any(rest) and line[len(first) :].lstrip()[:1] not in _PARTING:
            continue
        if date_in(line) is None:
            below = [x for x in lines[n + 1 :] if x != line and not _parts_nothing(x)]
            is_beside = any(map(is_date, below[:1])) or any(map(_SAID_WHEN.match, below[1:within]))
            if not is_beside or any(rest):
                continue
        return _cased(name)
    return ""


def _parts_nothing(line: str) -> bool:
    """Whether a line is a button, a counter or a mere sign."""
    is_sign = not any(map(str.isalnum, line))
    return is_sign or (is_furniture(line) and not date_in(line) and not _SAID_WHEN.match(line))


def _states_a_date(line: str) -> bool:
    return published_in(line) is not None or _SAID_WHEN.match(line) is not None


def _cased(name: str) -> str:
    """A name in capitals throughout as names are written; any other as it is."""
    if not name.isupper():
        return name
    return " ".join(
        word.lower()
        if _LOWER_PARTICLE.fullmatch(word)
        else word
        if _is_initials(word)
        else word.title()
        for word in name.split(" ")
    )


def _is_initials(word: str) -> bool:
    return "." in word or not set(word) & set("AEIOUYÀÁÂÄÅÆÈÉÊËÌÍÎÏÒÓÔÖØÙÚÛÜ")
