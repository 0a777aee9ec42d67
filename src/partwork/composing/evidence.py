"""What a text states that a source must bear out: figures, names, and whether it says no."""

import re
from dataclasses import dataclass
from functools import lru_cache

from partwork.composing.words import is_small, words_in

_UNITS = {
    "%": r"%|per ?cent|percent|prozent",
    "mcg": r"mcg|µg|μg|micrograms?",
    "mg": r"mg|milligrams?",
    "kg": r"kg|kilos?|kilograms?",
    "g": r"g|grams?",
    "ml": r"ml|millilit(?:er|re)s?",
    "iu": r"iu|international units",
    "litres": r"l|lit(?:er|re)s?",
    "mm": r"mm|millimet(?:er|re)s?",
    "cm": r"cm|centimet(?:er|re)s?",
    "m": r"m|met(?:er|re)s?",
    "km": r"km|kilomet(?:er|re)s?",
    "°C": r"° ?c|degrees celsius",
    "°F": r"° ?f|degrees fahrenheit",
    "seconds": r"s|secs?|seconds?",
    "minutes": r"min|mins|minutes?",
    "hours": r"h|hrs?|hours?",
    "days": r"days?",
    "nights": r"nights?",
    "weeks": r"weeks?",
    "months": r"months?",
    "years": r"years?",
    "hundred": r"hundred",
    "thousand": r"thousand",
    "million": r"million",
    "billion": r"billion",
}
_UNIT = "|".join(f"(?P<u{n}>{pattern})" for n, pattern in enumerate(_UNITS.values()))
_DIGITS = re.compile(rf"(?<![\w.,])(?P<number>[$€£]?\d+(?:[.,]\d+)*)(?:[\s-]?(?:{_UNIT})(?!\w))?")
# Between the ends of a range, of which the first has the unit of the last: "2 to 4 weeks".
_RANGE = re.compile(r"\s?[-–—]\s?|\s(?:to|or|and|bis|oder|und)\s")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")

_ONES = """
    two three four five six seven eight nine ten eleven twelve
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
# "One" is a number before a unit alone: it is a pronoun as often.
_SPELT = {w: n for n, w in enumerate(_ONES.split(), 2)} | {
    w: 10 * n for n, w in enumerate(_TENS.split(), 2)
}
_SPELT_NUMBER = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS.split())})[- ](?P<ones>one|{'|'.join(_ONES.split()[:8])})\b"
    rf"|(?:{'|'.join(_SPELT)})\b|one(?=[\s-](?:{_UNIT})\b))"
)

# Shares and multiples that have no digit.
_SHARE = re.compile(
    r"\b(?:(?P<count>an?|one|two|three)[ -](?P<part>third|quarter|fifth|tenth)s?"
    r"|(?P<word>half|halve|dozen|twice|double|triple)[sd]?)\b"
)

_NAME_OR_WORD = re.compile(r"(?<![\w’'])[^\W\d_]\w*(?:[’']\w+)*")
# A capital says nothing after these: a new sentence, quotation, bracket, list item or aside.
_OPENS = re.compile(r"(?:^|[.!?…:;•*/]|[“”\"‘(\[—–]|\s-+)[\s“\"‘(\[]*$")
_ABBREVIATION = re.compile(r"[A-Z]{2,}(?:['’]?s)?")  # a name wherever it stands
_NOT_NAMES = re.compile(r"I(?:['’]\w+)?|[A-Z]")

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nor|neither|without|cannot)\b|n['’]t\b", re.I
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|can|some|sometimes|often|usually|mostly|rarely|likely|unlikely"
    r"|possibly|probably|perhaps|potential(?:ly)?|appears?|seems?|suggests?|commonly|generally"
    r"|typically|frequently|occasionally|seldom|tends? to|(?:thought|believed|said) to"
    r"|in (?:some|many|most) cases)\b",
    re.I,
)
_CERTAIN = re.compile(
    r"\b(?:always|every time|inevitabl[ey]|invariably|certainly|definitely|undoubtedly"
    r"|guarantee[sd]?|without (?:fail|exception|doubt)|proven|everyone|everybody)\b",
    re.I,
)


@lru_cache(maxsize=16384)  # asked of a sentence in several steps
def figures_in(text: str) -> frozenset[tuple[str, str]]:
    """Every number of a text with its unit ("" for none), both in one spelling.

    `1,200` and `1200`, `67 %` and `67 percent`, `two million` and `2 million` are equal. Units
    are shares, doses, measures, times and powers of ten; both ends of "2 to 4 weeks" have theirs;
    currency stays with the number. Other nouns are no unit: "7 heaps" is 7. "Half", "a third" and
    "twice" are figures by their word.
    """
    small = text.lower()
    digits = _SPELT_NUMBER.sub(lambda m: str(_value(m)), small)
    found = [(_share(match), "") for match in _SHARE.finditer(small)]
    later: re.Match[str] | None = None
    for match in reversed(list(_DIGITS.finditer(digits))):
        unit = _unit_of(match)
        if not unit and later and _RANGE.fullmatch(digits[match.end() : later.start()]):
            unit = found[-1][1]
        found.append((_plain(match["number"]), unit))
        later = match
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a source bears out: its figures, and all its words, folded and without `'s`."""

    figures: frozenset[tuple[str, str]]
    words: frozenset[str]


def evidence_in(source: str) -> Evidence:
    """What a text bears out."""
    return Evidence(figures_in(source), frozenset(_spellings(source)))


def figures_missing(text: str, evidence: Evidence) -> tuple[str, ...]:
    """The figures of `text` that the source does not have, sorted. A bare number needs no unit."""
    numbers = {number for number, _ in evidence.figures}
    return tuple(
        sorted(
            f"{number} {unit}".strip()
            for number, unit in figures_in(text)
            if (number not in numbers if not unit else (number, unit) not in evidence.figures)
        )
    )


def names_missing(text: str, evidence: Evidence) -> tuple[str, ...]:
    """The proper names of `text` that the source does not have, in order.

    A name is a capitalised word that does not open a sentence, or an abbreviation. It is looked
    for among all words of the source whatever their case, so that a false alarm is rare and most
    names at the start of a sentence are missed.
    """
    return tuple(
        dict.fromkeys(
            match.group()
            for match in _NAME_OR_WORD.finditer(text)
            if match.group()[0].isupper()
            and (
                _ABBREVIATION.fullmatch(match.group())
                or not _OPENS.search(text[max(0, match.start() - 8) : match.start()])
            )
            and not _NOT_NAMES.fullmatch(match.group())
            and not evidence.words.issuperset(_spellings(match.group()))
            and not is_small(match.group().casefold())
        )
    )


def says_no(text: str) -> bool:
    """Whether a text denies something."""
    return _NEGATION.search(text) is not None


def hedges(text: str) -> bool:
    """Whether a text says less than that it is always so: may, some, often, appears."""
    return _HEDGE.search(text) is not None


def is_certain(text: str) -> bool:
    """Whether a text says that it is always so, or so for everyone."""
    return _CERTAIN.search(text) is not None


def _spellings(name: str) -> tuple[str, ...]:
    return tuple(word.removesuffix("'s") for word in words_in(name))


def _value(spelt: re.Match[str]) -> int:
    if spelt["tens"]:
        return _SPELT[spelt["tens"]] + _SPELT.get(spelt["ones"], 1)
    return _SPELT.get(spelt.group(), 1)


def _share(match: re.Match[str]) -> str:
    if match["word"]:
        return match["word"]
    count = "a" if match["count"] in {"an", "one"} else match["count"]
    return f"{count} {match['part']}"


def _plain(number: str) -> str:
    return number.replace(",", "") if _GROUPED.fullmatch(number) else number.replace(",", ".")


def _unit_of(figure: re.Match[str]) -> str:
    return next((unit for n, unit in enumerate(_UNITS) if figure[f"u{n}"]), "")
