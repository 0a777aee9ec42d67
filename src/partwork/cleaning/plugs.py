"""Paragraphs of the text that advertise a business, or the author's other work."""

import re

from partwork.cleaning.surroundings import typewritten
from partwork.model.article import Block, BlockKind, Category


def flag_of(block: Block) -> Category | None:
    """What a block of the text does besides telling: it stays, and never enters a series.

    One disclosure or offer makes a promotion, or two signs that point the reader to a business
    nearby. Advice to look for help, with a helpline's number or without, is none.
    """
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST):
        return None
    text = " ".join(typewritten(block.text).split())
    if _HELP.search(text):
        return None
    if any(pattern.search(text) for pattern in _OFFERS):
        return Category.PROMOTION
    if sum(pattern.search(text) is not None for pattern in _SIGNS) >= _SIGNS_NEEDED:
        return Category.PROMOTION
    if any(pattern.search(text) for pattern in _ANNOUNCEMENTS):
        return Category.ANNOUNCEMENT
    return None


def _patterns(*says: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in says)


_OFFERS = _patterns(
    # affiliate and sponsorship disclosures
    r"\bas an? [\w ]{0,20}(?:affiliate|associate)\b.{0,60}\bearn\b",
    r"\b(?:we|i) (?:may |might )?(?:receive|earn|get) (?:a |an )?[\w ]{0,20}"
    r"(?:commission|compensation)\b",
    r"\bthis (?:post|article|page|video|episode) (?:(?:is|was) sponsored|contains affiliate)\b",
    # a code, a link, an appointment to be made
    r"\buse (?:my|our) (?:link|code)\b",
    r"\bwith (?:the )?code [a-z]+\d+\b",
    r"\bpromo code\b",
    r"\b(?:call|contact|visit|book with) (?:us|our (?:team|clinic|office)) (?:now|today)\b",
    r"(?:^|[.!?:;-] )(?:(?:so|just) )?(?:call|phone|ring|text|book|enquire|order|apply|sign up"
    r"|get in touch)(?: them| online)? (?:now|today)\b",
    r"\b\d{1,2} ?(?:%|per ?cent) (?:off|discount) (?:your|their|the|all|any|every|on)\b",
    r"\bquote (?:the code )?(?-i:[A-Z]{3,}\d+)\b",
    r"\bour (?:partners?|sponsors?|friends) (?:at|over at) (?-i:[A-Z])",
    r"\b(?:call|contact|ask) (?:us|them) (?:now |today )?for an? (?:free )?(?:quote|estimate)\b",
    r"\bbook (?:your|an?) [\w ]{0,20}(?:appointment|consultation) (?:now|today|online)\b",
    r"\b(?:call|contact|dial) .{0,40}\bfor (?:a|your) free (?:consultation|quote|estimate)\b",
    r"\blooking for .{3,120}\?.{0,20}\b(?:check out|head (?:over )?to)\b",
    r"\bto learn more about .{3,80},? visit (?:[\w'&-]+ ){1,6}(?:today|now)\b",
)

# Each alone is innocent. Places and brands are told by their capitals.
_PLACE = r"(?-i:[A-Z][a-z]+)"
_FIRMS = (
    r"(?:providers?|clinics?|compan(?:y|ies)|specialists?|contractors?|agenc(?:y|ies)|services?)"
)
_LOCALS = r"(?:residents|homeowners|patients|families|locals|businesses|customers)"
_SIGNS = _patterns(
    rf"\b(?:live|living|located|based) (?:in or near|in|near|around) (?:the )?{_PLACE}",
    r"\b(?:across|throughout|all over) the (?:county|region|state|area|city|valley|country)\b",
    r"\boffers? (?:you )?(?:tailored|trusted|affordable|bespoke|personali[sz]ed|professional"
    r"|certified|expert|competitive|award-winning)\b",
    r"\bfree (?:first |initial |no-obligation )?(?:consultation|quote|estimate|visit|assessment)\b",
    r"\bvisit (?:their|our) (?:website|site|showroom|shop|clinic|page)\b",
    r"\byou(?:'ll| will| can)? find (?:a |an )?(?:growing|large|wide|great) "
    r"(?:number|range|variety) of\b",
    rf"\b(?:trusted|dependable|leading|top-rated|experienced|reliable) [\w ]{{0,25}}{_FIRMS}\b",
    rf"\b(?:team|people|experts|staff) at {_PLACE}",
    rf"\b(?:many|most) (?:[\w-]+ )?{_LOCALS} (?:turn to|trust|rely on|choose)\b",
    rf"\bthat {_PLACE} {_LOCALS} trust\b",
    rf"\bturn to {_PLACE} {_PLACE} in {_PLACE}",
    rf"\b(?:services|platforms|companies) (?:such as|like) {_PLACE}\w* (?:make|offer|provide)",
    r"\b(?:apply|order|shop|schedule) (?:now|today|online|in minutes)\b",
    r"\bfor (?:dependable|reliable|the best|expert) (?:results|service|care)\b",
)
_SIGNS_NEEDED = 2

# Whoever needs help at once is told where to call, and that is no advertisement.
_HELP = re.compile(
    r"\b(?:crisis|emergency|help-?lines?|hot-?lines?|lifelines?|suicid\w*|self-harm|samaritans)\b",
    re.IGNORECASE,
)

_WRITES = r"(?:writ(?:e|ing)|post(?:ing)?|shar(?:e|ing)|cover(?:ing)?|publish(?:ing)?)"
_WILL = r"(?:'ll| will|'m going to| am going to| plan to)"
_ANNOUNCEMENTS = _patterns(
    rf"\b(?:i|we){_WILL} (?:also |soon )?(?:be )?{_WRITES} "
    r"(?:more (?:about|on)|another|part|the next)\b",
    r"^p\.? ?s\.?\W.{0,300}\b(?:stick around|stay tuned|more (?:to come|soon|on this))\b",
    rf"^p\.? ?s\.?\W.{{0,80}}\b(?:i|we){_WILL} (?:also |soon )?(?:be )?{_WRITES}\b",
    r"\b(?:stay tuned|stick around)(?: for\b|[.!]|$)",
    r"\bin (?:my|our) next (?:post|article|piece|instal?lment|newsletter|issue|episode)\b",
    r"\b(?:leave|drop) (?:me )?(?:a|your) (?:comments?|thoughts|questions?)\b.{0,40}\bbelow\b",
    r"\blet me know in the comments\b",
    r"\b(?:follow|subscribe to) (?:me|us|my|our)\b.{0,60}\bfor more\b",
)
