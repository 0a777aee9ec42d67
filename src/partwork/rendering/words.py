"""What a mail says by itself, in the language of its series."""

import math
import re
from collections.abc import Sequence
from datetime import date

from partwork.rendering.phrases import MONTHS, WORDS

_ARTICLES = frozenset({"a", "an", "the", "der", "die", "das"})
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_UNSPACED = frozenset({"ja", "th", "zh"})

# Silent reading of non-fiction: English words (Brysbaert 2019), and characters of Japanese
# (Trauzettel-Klosinski and Dietz 2012, who have 255 for Chinese: a part in Chinese takes longer).
_WORDS_A_MINUTE = 238
_IDEOGRAPHS_A_MINUTE = 357
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


def spoken(language: str) -> str:
    """The language of our own words where the series is in `language` (a BCP 47 tag)."""
    return primary(language) if primary(language) in WORDS else "en"


def primary(language: str) -> str:
    """The language itself, without script, region or variant: `de` of `de-CH`."""
    return language.replace("_", "-").partition("-")[0].lower()


def direction_of(language: str) -> str:
    """The direction a language is written in, as HTML has it: ltr or rtl."""
    return "rtl" if primary(language) in _RIGHT_TO_LEFT else "ltr"


def gap_in(language: str) -> str:
    """What stands between two sentences."""
    return "" if primary(language) in _UNSPACED else " "


def day_in(language: str, day: date) -> str:
    """A day as it is written out: `3 May 2026`, `3. Mai 2026`."""
    ours = spoken(language)
    month = MONTHS[ours].split()[day.month - 1]
    first = ours == "fr" and day.day == 1
    number = "1er" if first else day.day
    return WORDS[ours]["day"] % {"day": number, "month": month, "year": day.year}


def names_in(language: str, names: Sequence[str]) -> str:
    """Up to three names as a phrase; of more, the first two "and others"."""
    words = WORDS[spoken(language)]
    if len(names) > 3:
        return words["others"] % {"names": words["comma"].join(names[:2])}
    if len(names) > 1:
        return words["and"] % {"names": words["comma"].join(names[:-1]), "last": names[-1]}
    return "".join(names)


def initials_of(name: str) -> str:
    """One or two capital letters that stand for a name: `QH` of `The Quiet Hour`."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if word.casefold() not in _ARTICLES]
    return "".join(word[0] for word in words[:2]).upper()


def minutes_to_read(text: str) -> int:
    """How long reading takes, in whole minutes, at least one."""
    ideographs = len(_IDEOGRAPH.findall(text))
    words = len(_WORD.findall(_IDEOGRAPH.sub(" ", text)))
    minutes = words / _WORDS_A_MINUTE + ideographs / _IDEOGRAPHS_A_MINUTE
    return max(1, math.ceil(minutes))
