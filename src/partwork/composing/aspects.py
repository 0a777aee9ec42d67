"""The aspects that popular articles on one subject share, in the order in which a reader asks.

A table of English patterns; other languages have none, and their sections are grouped by words
alone.
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum


class Aspect(IntEnum):
    """What a section tells of the series' subject; ordered from the general to the practical."""

    BASICS = 1
    REASONS = 2
    WORKINGS = 3
    AUDIENCE = 4
    EXPERIENCE = 5
    SUPPORT = 6
    RISKS = 7
    BEGINNING = 8
    OUTLOOK = 9


@dataclass(frozen=True, slots=True)
class _Signs:
    """How an aspect shows: in a heading, and in running text where the heading says nothing.

    `title` names it about a subject: `{topic}`, with `{is}` and `{s}` for a verb in its number.
    """

    aspect: Aspect
    title: str
    heading: re.Pattern[str]
    text: re.Pattern[str]


def _signs(aspect: Aspect, title: str, heading: str, text: str) -> _Signs:
    return _Signs(aspect, title, re.compile(heading, re.I), re.compile(text, re.I))


# Ordered by how surely the heading's words tell: a heading gets the first that fits.
_TABLE = (
    _signs(
        Aspect.RISKS,
        "{topic}: risks and limits",
        r"\brisks?\b|side[- ]effects?|\bsafety\b|\bdangers?\b|\bcautions?\b|\bwarnings?\b"
        r"|\blimits?\b|\bdownsides?\b|\bdrawbacks?\b|\bmistakes?\b|\bgo(?:es)? wrong\b"
        r"|\bproblems?\b|\bcareful\b|\btoo much\b|\b(?:must|should) not\b|\bnot do\b"
        r"|\bsee a doctor\b|\bwrong\b|\bwatch (?:out )?for\b|\bwho should not\b",
        r"\brisks?\b|side[- ]effects?|contraindicat|\bdanger|\bharm|\bunsafe|\bmisuse|\baddict",
    ),
    _signs(
        Aspect.AUDIENCE,
        "Who {topic} {is} for",
        r"\bwho\b.*\b(?:for|benefit|needs?|can|suit|should)|\bfor whom\b|\bcandidates?\b|\beligib"
        r"|\bis (?:it|this) (?:right )?for\b|\bright for\b|\bconditions\b|\bsuitable\b",
        r"\bpeople (?:with|who)\b|\bsuit(?:s|able|ed)\b|\bconditions?\b|\bcandidates?\b"
        r"|\bdisorders?\b",
    ),
    _signs(
        Aspect.EXPERIENCE,
        "What to expect from {topic}",
        r"\bfeels?\b|\bfeeling\b|\bexpect\b|\bexperience|\binside\b|\bwhat .* like\b|\ba day\b"
        r"|\ba (?:typical )?session\b|\bhappens\b",
        r"\bfeel(?:s|ing)?\b|\bsessions? (?:usually|lasts?|takes?)\b|\breports?\b"
        r"|\bdescrib(?:e|ed)\b",
    ),
    _signs(
        Aspect.SUPPORT,
        "What helps alongside {topic}",
        r"\bintegrat|\bsupport|\balongside\b|\bcombin|\btogether\b|\baftercare\b|\bfollow-?up\b"
        r"|\bcaring for\b|\bupkeep\b|\blooking after\b",
        r"\bintegrat|\balongside\b|\bcombin(?:e|es|ed|ing)\b|\btherapists?\b|\bjournal",
    ),
    _signs(
        Aspect.WORKINGS,
        "How {topic} work{s}",
        r"\bhow\b.*\b(?:works?|acts?|helps?)\b|\bscience\b|\bmechanism|\bbehind\b|\bdifferent\b"
        r"|\binside the\b|\bhow it is made\b|\bchemistry\b|\bbiology\b",
        r"\bbrain\b|\breceptors?\b|\bbacteria\b|\bmicrobes?\b|\bmechanism|\bprocess\b"
        r"|\btriggers?\b|\bresearch",
    ),
    _signs(
        Aspect.BEGINNING,
        "Practical advice on {topic}",
        r"\bgetting started\b|\bstart(?:ing|ed)?\b|\bbegin|\bsteps?\b|\btips\b|\btakeaways?\b"
        r"|\bpractical\b|\bhow to\b|\bguide\b|\bchoos(?:e|ing)\b|\bfirst (?:week|day|step)",
        r"\bbegin (?:with|by)\b|\bstart (?:with|by|small)\b|\blook for\b|\bchoose\b|\bseek\b"
        r"|\bstep\b|\bask (?:about|for)\b",
    ),
    _signs(
        Aspect.OUTLOOK,
        "The outlook for {topic}",
        r"\bfuture\b|\boutlook\b|\bnext for\b|\bbigger picture\b"
        r"|\b(?:final|closing|last|parting) (?:thoughts?|words?)\b|\bconclusion|\bin closing\b"
        r"|\bsumm(?:ary|ing up)\b|\blooking ahead\b|\bthe bottom line\b"
        r"|\bwhere .* (?:going|heads?)\b",
        r"\bfuture\b|\bin the coming\b|\bwill one day\b|\bevolving\b",
    ),
    _signs(
        Aspect.BASICS,
        "What {topic} {is}",
        r"\bwhat(?:['’]s| is| are)\b|^what .* (?:is|are)$|\bbasics\b|\bintroduc|\bdefinition\b"
        r"|\bmeaning\b|\bhistory\b|\borigins?\b|\bin brief\b|\bat a glance\b|\boverview\b"
        r"|\bexplained\b",
        r"\b(?:is|are) (?:a|an|the)\b|\bdeveloped in\b|\bfor (?:decades|centuries|years)\b"
        r"|\bknown as\b",
    ),
    _signs(
        Aspect.REASONS,
        "Why {topic} matter{s}",
        r"\bwhy (?:it|this|these|they)\b|\bwhy .* matter|^why (?:now|bother)\b|\breasons?\b"
        r"|\bcrisis\b|\bbenefits?\b|\bhope\b|\bpower\b|\bmatters?\b|\bneed\b|\bimportan|\breset\b"
        r"|\badvantages?\b|\brelief\b",
        r"\bcompared with\b|\bunlike\b|\bbenefits?\b|\bneeds?\b|\bwithin (?:hours|days|weeks)\b"
        r"|\bfaster\b|\baccording to\b",
    ),
)
_CLEAR_LEAD = 2  # hits by which the text's first aspect must beat the second; a guess


def aspect_of(heading: str, text: str) -> Aspect | None:
    """The aspect a section treats, by its heading, else by its text where that is clear."""
    for signs in _TABLE:
        if signs.heading.search(heading):
            return signs.aspect
    hits = Counter({signs.aspect: len(signs.text.findall(text)) for signs in _TABLE})
    (first, most), (_, second) = hits.most_common(2)
    return first if most - second >= _CLEAR_LEAD else None


def aspect_of_heading(heading: str) -> Aspect | None:
    """The aspect a heading names, if any."""
    return next((signs.aspect for signs in _TABLE if signs.heading.search(heading)), None)


def without_aspect(heading: str) -> str:
    """A heading without the words that name its aspect: what else it is about."""
    signs = next((signs for signs in _TABLE if signs.heading.search(heading)), None)
    return signs.heading.sub(" ", heading) if signs else heading


def title_about(aspect: Aspect, topic: str) -> str:
    """A plain title for an aspect of a topic: "How sourdough works", "What to expect from tea"."""
    plural = topic.endswith("s") and not topic.endswith(("ss", "us", "is"))
    signs = next(signs for signs in _TABLE if signs.aspect is aspect)
    title = signs.title.replace("{is}", "are" if plural else "is")
    title = title.replace("{s}", "" if plural else "s").replace("{topic}", topic)
    return title[0].upper() + title[1:]
