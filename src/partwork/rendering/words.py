"""What a mail says by itself, in the language of its series."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "place": "Part %(number)d of %(total)d",
        "from_texts": "From texts by %(names)s",
        "and": "%(names)s and %(last)s",
        "others": "%(names)s and others",
        "minutes": "%(minutes)d\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}read",
        "previously": "Last time:",
        "key_points": "Key points",
        "careful": "Be careful",
        "next": "Next time",
        "last": "This is the last part of the series.",
        "all_parts": "In this series",
        "this_part": "(this part)",
        "sources": "Sources",
        "picture": "Picture",
        "why": "You get this because %(address)s is subscribed to %(newsletter)s.",
        "unsubscribe": "Unsubscribe from %(newsletter)s",
        "online": "Read online",
        "archive": "Archive",
        "preferences": "Preferences",
        "cut": "Some mail programs cut long mails off, so this one ends here.",
        "rest": "Read the rest of this part online",
        "imprint": "Imprint",
        "privacy": "Privacy",
        "mistake": "Found a mistake? Write to",
        "demo": "Demo: this newsletter is here to try Partwork out; it has no real subscribers.",
    },
    "de": {
        "place": "Teil %(number)d von %(total)d",
        "from_texts": "Nach Texten von %(names)s",
        "and": "%(names)s und %(last)s",
        "others": "%(names)s und anderen",
        "minutes": "%(minutes)d\N{NO-BREAK SPACE}Min.\N{NO-BREAK SPACE}Lesezeit",
        "previously": "Zuletzt:",
        "key_points": "Das Wichtigste",
        "careful": "Vorsicht",
        "next": "Nächstes Mal",
        "last": "Dies ist der letzte Teil der Reihe.",
        "all_parts": "In dieser Reihe",
        "this_part": "(dieser Teil)",
        "sources": "Quellen",
        "picture": "Bild",
        "why": "Sie erhalten diese Mail, weil %(address)s %(newsletter)s abonniert hat.",
        "unsubscribe": "%(newsletter)s abbestellen",
        "online": "Online lesen",
        "archive": "Archiv",
        "preferences": "Einstellungen",
        "cut": "Manche Mailprogramme schneiden lange Mails ab, darum endet diese hier.",
        "rest": "Den Rest dieses Teils online lesen",
        "imprint": "Impressum",
        "privacy": "Datenschutz",
        "mistake": "Einen Fehler gefunden? Schreiben Sie an",
        "demo": "Demo: Dieser Newsletter dient zum Ausprobieren von Partwork; "
        "er hat keine echten Abonnenten.",
    },
}

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
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
    month = _MONTHS[ours].split()[day.month - 1]
    return f"{day.day}. {month} {day.year}" if ours == "de" else f"{day.day} {month} {day.year}"


def names_in(language: str, names: Sequence[str]) -> str:
    """Up to three names as a phrase; of more, the first two "and others"."""
    words = WORDS[spoken(language)]
    if len(names) > 3:
        return words["others"] % {"names": ", ".join(names[:2])}
    if len(names) > 1:
        return words["and"] % {"names": ", ".join(names[:-1]), "last": names[-1]}
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
