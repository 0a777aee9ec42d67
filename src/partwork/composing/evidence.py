"""What a text states that a source must bear out: figures, names, and whether it says no."""

import re
from dataclasses import dataclass

from partwork.composing.words import is_small, words_in

_UNITS = {
    "%": r"%|per ?cent|percent|prozent",
    "mcg": r"mcg|µg|μg|micrograms?",
    "mg": r"mg|milligrams?",
    "kg": r"kg|kilos?|kilograms?",
    "g": r"g|grams?",
    "ml": r"ml|millilit(?:er|re)s?",
    "iu": r"iu|international units",
    "hundred": r"hundred",
    "thousand": r"thousand",
    "million": r"million",
    "billion": r"billion",
}
_UNIT = "|".join(f"(?P<u{n}>{pattern})" for n, pattern in enumerate(_UNITS.values()))
_DIGITS = re.compile(
    rf"(?<![\w.,])(?P<number>[$€£]?\d+(?:[.,]\d+)*)(?:[\s-]?(?:{_UNIT})(?!\w))?", re.I
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")

_ONES = """
    two three four five six seven eight nine ten eleven twelve
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
# "One" is left out: it is a pronoun as often as a number.
_SPELT = {w: n for n, w in enumerate(_ONES.split(), 2)} | {
    w: 10 * n for n, w in enumerate(_TENS.split(), 2)
}
_SPELT_NUMBER = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS.split())})[- ](?P<ones>one|{'|'.join(_ONES.split()[:8])})\b"
    rf"|\b(?:{'|'.join(_SPELT)})\b",
    re.I,
)

_NAME_OR_WORD = re.compile(r"(?<![\w’'])[^\W\d_]\w*(?:[’']\w+)*")
# A capital says nothing after these: a new sentence, quotation, bracket, list item or aside.
_OPENS = re.compile(r"(?:^|[.!?…:;•*/]|[“”\"‘(\[—–]|\s-+)[\s“\"‘(\[]*$")
_NOT_NAMES = re.compile(r"I(?:['’]\w+)?|[A-Z]")

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nor|neither|without|cannot)\b|n['’]t\b", re.I
)


def figures_in(text: str) -> frozenset[tuple[str, str]]:
    """Every number of a text with its unit ("" for none), both in one spelling.

    `1,200` and `1200`, `67 %` and `67 percent`, `two million` and `2 million` are equal. Units
    are those whose exchange is dangerous: shares, doses, powers of ten; currency stays with the
    number. Times and lengths are their number alone.
    """
    digits = _SPELT_NUMBER.sub(lambda m: str(_value(m)), text)
    return frozenset((_plain(m["number"]), _unit_of(m)) for m in _DIGITS.finditer(digits))


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

    A name is a capitalised word that does not open a sentence. It is looked for among all words
    of the source whatever their case, so that a false alarm is rare and a name at the start of a
    sentence is missed.
    """
    return tuple(
        dict.fromkeys(
            match.group()
            for match in _NAME_OR_WORD.finditer(text)
            if match.group()[0].isupper()
            and not _OPENS.search(text[max(0, match.start() - 8) : match.start()])
            and not _NOT_NAMES.fullmatch(match.group())
            and not evidence.words.issuperset(_spellings(match.group()))
            and not is_small(match.group().casefold())
        )
    )


def says_no(text: str) -> bool:
    """Whether a text denies something."""
    return _NEGATION.search(text) is not None


def _spellings(name: str) -> tuple[str, ...]:
    return tuple(word.removesuffix("'s") for word in words_in(name))


def _value(spelt: re.Match[str]) -> int:
    if spelt["tens"]:
        return _SPELT[spelt["tens"].lower()] + _SPELT.get(spelt["ones"].lower(), 1)
    return _SPELT[spelt.group().lower()]


def _plain(number: str) -> str:
    return number.replace(",", "") if _GROUPED.fullmatch(number) else number.replace(",", ".")


def _unit_of(figure: re.Match[str]) -> str:
    return next((unit for n, unit in enumerate(_UNITS) if figure[f"u{n}"]), "")
