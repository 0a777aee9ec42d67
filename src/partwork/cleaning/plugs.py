"""Paragraphs of the text that advertise a business, or the author's other work."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from partwork.cleaning.surroundings import typewritten
from partwork.model.article import Block, BlockKind, Category


def flags_of(blocks: Sequence[Block]) -> list[Category | None]:
    """What blocks of the text do besides telling: these stay, and never enter a series.

    One disclosure or offer makes a promotion, or two signs that point the reader to a business
    nearby. Advice to look for help, with a helpline's number or without, is none.
    """
    texts = [" ".join(typewritten(block.text).split()) for block in blocks]
    lows = [text.lower() for text in texts]
    all_of_it = "\n".join(lows)
    words = [word for word in _WORDS if word in all_of_it]
    return [
        _flag_of(text, {word for word in words if word in low}) if block.kind in _TELLING else None
        for block, text, low in zip(blocks, texts, lows, strict=True)
    ]


_TELLING = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST)


def _flag_of(text: str, said: Set[str]) -> Category | None:
    if not said:
        return None
    if _has(_SIGNS, text, said, _SIGNS_NEEDED) or _has(_OFFERS, text, said):
        found = Category.PROMOTION
    elif _has(_ANNOUNCEMENTS, text, said):
        found = Category.ANNOUNCEMENT
    else:
        return None
    return None if _HELP.search(text) else found


@dataclass(frozen=True, slots=True)
class _Sign:
    """A pattern, and words of which each text that it matches has one: they are sought first."""

    words: frozenset[str]
    pattern: re.Pattern[str]


def _signs(*says: tuple[str, str]) -> tuple[_Sign, ...]:
    return tuple(
        _Sign(frozenset(words.split("|")), re.compile(pattern, re.IGNORECASE))
        for words, pattern in says
    )


def _has(signs: Iterable[_Sign], text: str, said: Set[str], needed: int = 1) -> bool:
    """Whether so many of the signs are in `text`, of which `said` are the words that signs have."""
    likely = [sign for sign in signs if not said.isdisjoint(sign.words)]
    if len(likely) < needed:
        return False
    return sum(sign.pattern.search(text) is not None for sign in likely) >= needed


_OFFERS = _signs(
    # affiliate and sponsorship disclosures
    (
        "affiliate|associate",
        r"\bas an? [\w ]{0,20}(?:affiliate|associate)\b.{0,60}\bearn\b",
    ),
    (
        "commission|compensation",
        r"\b(?:we|i) (?:may |might )?(?:receive|earn|get) (?:a |an )?[\w ]{0,20}"
        r"(?:commission|compensation)\b",
    ),
    (
        "sponsored|affiliate",
        r"\bthis (?:post|article|page|video|episode) (?:(?:is|was) sponsored|contains affiliate)\b",
    ),
    (
        "affiliate links",
        r"\b(?:contains?|are|includes?|uses?) affiliate links\b",
    ),
    (
        "supported by|sponsored by|brought to you by",
        r"\bthis (?:letter|newsletter|post|episode|issue|article|week) (?:is|was) (?:\w+ )?"
        r"(?:supported|sponsored|brought to you) by\b",
    ),
    # a code, a link, an appointment to be made
    (
        "use my|use our",
        r"\buse (?:my|our) (?:link|code)\b",
    ),
    (
        "code ",
        r"\bwith (?:the )?code [a-z]+\d+\b",
    ),
    (
        "code ",
        r"\b(?:use|enter|quote) (?:the |our |my )?code (?-i:[A-Z][A-Z0-9]{3,})\b",
    ),
    (
        "promo code",
        r"\bpromo code\b",
    ),
    (
        "us now|us today|our team|our clinic|our office",
        r"\b(?:call|contact|visit|book with) (?:us|our (?:team|clinic|office)) (?:now|today)\b",
    ),
    (
        "now|today",
        r"(?:^|[.!?:;-] )(?:(?:so|just) )?(?:call|phone|ring|text|book|enquire|order|apply|sign up"
        r"|get in touch)(?: them| online)? (?:now|today)\b",
    ),
    (
        "% off|cent off|% discount|cent discount",
        r"\b\d{1,2} ?(?:%|per ?cent) (?:off|discount) (?:your|their|the|all|any|every|on)\b",
    ),
    (
        "quote ",
        r"\bquote (?:the code )?(?-i:[A-Z]{3,}\d+)\b",
    ),
    (
        "our partner|our sponsor|our friend",
        r"\bour (?:partners?|sponsors?|friends) (?:at|over at) (?-i:[A-Z])",
    ),
    (
        "quote|estimate",
        r"\b(?:call|contact|ask) (?:us|them) (?:now |today )?for an? (?:free )?"
        r"(?:quote|estimate)\b",
    ),
    (
        "appointment|consultation",
        r"\bbook (?:your|an?) [\w ]{0,20}(?:appointment|consultation) (?:now|today|online)\b",
    ),
    (
        "free ",
        r"\b(?:call|contact|dial) .{0,40}\bfor (?:a|your) free (?:consultation|quote|estimate)\b",
    ),
    (
        "looking for",
        r"\blooking for .{3,120}\?.{0,20}\b(?:check out|head (?:over )?to)\b",
    ),
    (
        "to learn more",
        r"\bto learn more about .{3,80},? visit (?:[\w'&-]+ ){1,6}(?:today|now)\b",
    ),
)

# Each alone is innocent. Places and brands are told by their capitals.
_PLACE = r"(?-i:[A-Z][a-z]+)"
_FIRMS = (
    r"(?:providers?|clinics?|compan(?:y|ies)|specialists?|contractors?|agenc(?:y|ies)|services?)"
)
_LOCALS = r"(?:residents|homeowners|patients|families|locals|businesses|customers|growers)"
_SIGNS = _signs(
    (
        "live|living|located|based",
        rf"\b(?:live|living|located|based) (?:in or near|in|near|around) (?:the )?{_PLACE}",
    ),
    (
        "across|throughout|all over",
        r"\b(?:across|throughout|all over) the (?:county|region|state|area|city|valley|country)\b",
    ),
    (
        "offer",
        r"\boffers? (?:you )?(?:tailored|trusted|affordable|bespoke|personali[sz]ed|professional"
        r"|certified|expert|competitive|award-winning)\b",
    ),
    (
        "free ",
        r"\bfree (?:first |initial |no-obligation )?"
        r"(?:consultation|quote|estimate|visit|assessment)\b",
    ),
    (
        "visit their|visit our",
        r"\bvisit (?:their|our) (?:website|site|showroom|shop|clinic|page)\b",
    ),
    (
        "find ",
        r"\byou(?:'ll| will| can)? find (?:a |an )?(?:growing|large|wide|great) "
        r"(?:number|range|variety) of\b",
    ),
    (
        "trusted|dependable|leading|top-rated|experienced|reliable",
        rf"\b(?:trusted|dependable|leading|top-rated|experienced|reliable) [\w ]{{0,25}}{_FIRMS}\b",
    ),
    (
        " at ",
        rf"\b(?:team|people|experts|staff) at {_PLACE}",
    ),
    (
        "turn to|trust|rely on|choose",
        rf"\b(?:many|most) (?:[\w-]+ )?{_LOCALS} (?:\w+ {_PLACE} )?"
        r"(?:turn to|trust|rely on|choose)\b",
    ),
    (
        " trust",
        rf"\bthat {_PLACE} {_LOCALS} trust\b",
    ),
    (
        "turn to",
        rf"\bturn to {_PLACE} {_PLACE} (?:in|for)\b",
    ),
    (
        "such as| like ",
        rf"\b(?:services|platforms|companies) (?:such as|like) {_PLACE}\w* (?:make|offer|provide)",
    ),
    (
        "now|today|online|in minutes",
        r"\b(?:apply|order|shop|schedule|get started) (?:now|today|online|in minutes)\b",
    ),
    (
        "for dependable|for reliable|for the best|for expert",
        r"\bfor (?:dependable|reliable|the best|expert) (?:results|service|care)\b",
    ),
)
_SIGNS_NEEDED = 2

# Whoever needs help at once is told where to call, and that is no advertisement.
_HELP = re.compile(
    r"\b(?:crisis|emergency|help-?lines?|hot-?lines?|lifelines?|suicid\w*|self-harm|samaritans)\b",
    re.IGNORECASE,
)

_WRITES = r"(?:writ(?:e|ing)|post(?:ing)?|shar(?:e|ing)|cover(?:ing)?|publish(?:ing)?)"
_WILL = r"(?:'ll| will|'m going to| am going to| plan to)"
_ANNOUNCEMENTS = _signs(
    (
        "writ|post|shar|cover|publish",
        rf"\b(?:i|we){_WILL} (?:also |soon )?(?:be )?{_WRITES} "
        r"(?:more (?:about|on)|another|part|the next)\b",
    ),
    (
        "stick around|stay tuned|more ",
        r"^p\.? ?s\.?\W.{0,300}\b(?:stick around|stay tuned|more (?:to come|soon|on this))\b",
    ),
    (
        "writ|post|shar|cover|publish",
        rf"^p\.? ?s\.?\W.{{0,80}}\b(?:i|we){_WILL} (?:also |soon )?(?:be )?{_WRITES}\b",
    ),
    (
        "stay tuned|stick around",
        r"\b(?:stay tuned|stick around)(?: for\b|[.!]|$)",
    ),
    (
        "next ",
        r"\bin (?:my|our) next (?:post|article|piece|instal?lment|newsletter|issue|episode)\b",
    ),
    (
        "below",
        r"\b(?:leave|drop) (?:me )?(?:a|your) (?:comments?|thoughts|questions?)\b.{0,40}\bbelow\b",
    ),
    (
        "let me know",
        r"\blet me know in the comments\b",
    ),
    (
        "for more",
        r"\b(?:follow|subscribe to) (?:me|us|my|our)\b.{0,60}\bfor more\b",
    ),
)

_WORDS = frozenset().union(*(sign.words for sign in (*_OFFERS, *_SIGNS, *_ANNOUNCEMENTS)))
