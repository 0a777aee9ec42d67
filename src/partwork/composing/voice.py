"""Whose voice a sentence has, and whether it can stand where a reader meets it first.

Pure predicates over English tables. They judge what stands outside quotations, since a quotation
speaks for whoever is quoted.
"""

import re
from functools import lru_cache

from partwork.composing.risk import denies_risk
from partwork.composing.sentences import outside_quotations, quotations_in
from partwork.composing.words import content_of, words_in

_I = re.compile(r"\b(?:I(?=['’](?:m|ve|ll|d)\b|,? [a-z])|[Mm]e|[Mm]y|myself)\b")
_NUMBERED = re.compile(
    r"\b(?:type|phase|war|part|class|level|stage|category|grade|bipolar|schedule|factor|group"
    r"|chapter|section|volume|table|figure|(?-i:[A-Z][A-Z\d-]+)) $",  # "MPS I"
    re.I,
)
_WE = re.compile(r"\b(?:[Ww]e|us|[Oo]ur|ours|ourselves|[Ll]et['’]s)\b")

_SECOND_HAND = re.compile(
    r"\b(?:told|tells|confided (?:in|to)|wrote to|asked) me\b|\ba friend of mine\b"
    r"|\bsomeone I know\b|\bonce told\b|\bpeople (?:often )?(?:tell|ask) (?:me|us)\b"
    r"|\bword has it\b",
    re.I,
)
_AUTHOR_RELATIVE = re.compile(
    r"\b(?:as|like) (?:mentioned|noted|said|described|discussed|promised) (?:above|earlier|before"
    r"|below)\b|\b(?:see|read|in) (?:the |this |an? )?(?:above|below|earlier|previous|next|last"
    r"|another) (?:post|article|section|chapter|week)\b"
    r"|\b(?:see|shown|listed|described) (?:above|below)(?= for\b|\s*[,;:.)]|$)"
    r"|\bin (?:this|today['’]s) (?:article|post|guide|blog|section|piece|issue)\b"
    r"|\bthis (?:article|post|guide) (?:is|was|will|looks|explains|covers)\b|\bstay tuned\b"
    r"|\bstick around\b|\bread (?:more|on)\b|\bkeep reading\b|\bscroll (?:down|up)\b|\bP\.? ?S\."
    r"|\bhere['’]s (?:something|the thing|why|what)\b|\bwithout further ado\b|\bdive (?:in|into)\b"
    r"|\bcomments? below\b|\bclick (?:here|the)\b",
    re.I,
)
_SELLING = re.compile(
    r"\b(?:call|contact|visit|e-?mail|message) (?:us|our)\b"
    r"|\b(?:call|book|order|buy|enrol|register) (?:now|today|here)\b"
    r"|\bbook (?:a|an|your) (?:\w+ )?(?:appointment|session|call|consultation|place|slot)\b"
    r"|\bsign up\b|\bsubscribe\b|\bour (?:clinic|team|practice|shop|store|course|products?)\b"
    r"|\b(?:might|may|could) be (?:well )?worth (?:exploring|trying|a try|considering|a look)\b"
    r"|\blook no further\b|\byou deserve\b|\bdon['’]t (?:wait|miss)\b|\bmiss out\b"
    r"|\bspeaks to you\b|\b(?:live|living|based) in or (?:near|around)\b|\bnear you\b"
    r"|\b(?:discount|coupon|promo) code\b|\baffiliate\b|\byour own (?:story|journey|light)\b"
    r"|\bto yourself[.!…]*$|\b\d+\s?% off\b|\bfree (?:trial|shipping|consultation)\b",
    re.I,
)
_STORY = re.compile(
    r"\b\d{1,2}-year-old\b|\b(?:one|a|an|another|this|my|our) (?:\w+ ){0,2}(?:patient|client"
    r"|friend|reader|customer|participant|neighbou?r|colleague|cousin|aunt|uncle|mother|father"
    r"|sister|brother|wife|husband)\b[^.]{0,80}?\b(?:said|says|told|tells|shared|described"
    r"|describes|recall(?:s|ed)|whispered|wrote|remember(?:s|ed)|named|who)\b"
    r"|^(?:consider|meet|take) (?-i:[A-Z][a-z]+)(?:,| who\b)",
    re.I,
)
_PRONOUNS_OF_A_PERSON = re.compile(r"\b(?:he|she|his|her|hers|him)\b", re.I)
# "There is a moment when …", "You have turned the pillow twice": an essay's opening scene.
_IMAGINED = re.compile(
    r"^(?:just )?(?:imagine|picture (?:this|yourself|a)|suppose)\b"
    r"|^there (?:is|comes|was) an? (?:moment|hour|day|night|point)\b[^.]* when\b"
    r"|^you have (?:just |already )?\w{2,}ed\b|^it is [^.]{0,30}\bpast (?:\w+) and\b",
    re.I,
)

_CONNECTIVE = re.compile(
    r"(?:(?:and|but|so|or|yet|still|plus)\s+(?!so\b|yet\b|far\b|there\b)"
    r"|(?:and|but|so|yet|still|also|plus|that said|that being said|however|in truth|of course"
    r"|moreover|furthermore|in addition|additionally|besides|indeed|in fact|for example"
    r"|for instance|in other words|nevertheless|nonetheless|meanwhile|fortunately|unfortunately"
    r"|in short|at the same time),\s+|(?:that['’]s|this is|that is|which is) why\s+)",
    re.I,
)
_LEANING = re.compile(
    r"(?:it|this|that|these|those(?! who\b)|they|he|she|his|her|hers|him|their|theirs|them|its"
    r"|such|and|but|so|or|yet|nor|also|however|therefore|thus|hence|then|instead(?! of)|otherwise"
    r"|moreover|furthermore|additionally|besides|meanwhile|still|similarly|likewise|consequently"
    r"|afterwards?|another|others|neither|which|either way|the (?:same|former|latter|other)"
    r"|as a result|in (?:addition|contrast|comparison|turn|other words|simpler terms)"
    r"|on the (?:other hand|contrary)|for (?:example|instance)|because of this|one that|ones"
    r"|not (?:as|just|only|to|by|in|for|with)|think of it|both(?! \w+ and)"
    r"|what (?:it|they|that|this)"
    r"|the (?:first|second|third|last) (?:kind|one|point|effect|group|of)"
    r"|(?:return|repeat|go back|come back) (?:when|once|as|until|only)"
    r"|(?:none|all|most|some|much|any|half|part|each|many|few|one) of (?:it|them|this|that|these"
    r"|those)|(?:do|use|take|try|keep|make|add|put|turn|ask|give|leave|show) (?:it|them|this"
    r"|that))\b(?!-)|(?:if|when|once|while|as|because|although|though|since|until|before|after"
    r"|whether) (?:it|they|he|she|this|that|these|those|so|not)\b"
    r"|(?:in|for|with|at|by|from|to|after|before|despite|beyond|among|like|of|to \w+|because of"
    r"|\w+ing) (?:this|that|these|those|such(?! as)|it|them)\b|because [^,]*$",
    re.I,
)
# "For many, it has been …": the clause that opens the sentence names nobody whom "it" could be.
_LEANING_LATER = re.compile(
    r"^(?:for|to|in|with|at|by|of|among|over|not only|sometimes|often|maybe|perhaps|rather than"
    r"|unlike|like|despite|instead of|besides|as with|compared (?:to|with)|without|even|later|soon"
    r"|today|now|(?:when|once|if|while) \w+ed|when done"
    r"|\w+(?:ed|en|ft) (?:to|in|by|with|at|for|from|together"
    r"|alone))\b[^,]{0,90}(?:, [^,]{1,40})?, (?:it|they|he|she)\b"
    r"|^(?:for|to|with|in) (?:some|many|most|others|all|a few|few) (?:it|they|he|she)\b"
    r"|^for (?:\w+ ){1,6}that (?:hardly|rarely|seldom|is)\b|^\w+ all (?:two|three|four|five)\b"
    r"|^[^,]{1,140}, (?:that|this|these|those) \w+|^fast forward\b|\bthis same\b"
    r"|^what (?:\w+ ){1,2}(?:it|this|that|them)\b"
    r"|\b(?:in|into|of|from|with|for|on|at|by|after|before) (?:that|this"
    r"|these) (?!(?:of|which|in)\b)\w+|^(?:[\w’'-]+ ){1,5}(?:this|these) (?!is\b|are\b)\w+",
    re.I,
)
_OF_WHAT = re.compile(
    r"(?:(?:the|most|many|some|common) )?(?:common )?(?:side[- ]effects?|effects?|results?"
    r"|benefits?|risks?|dangers?|evidence|doses?|tablets?|symptoms?)\b"
    r"(?! (?:of|for|from|in|with|that)\b)",
    re.I,
)
# Pronouns that may have their noun in the same sentence; whether they do is not looked into.
_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|he|she|him|his|her|hers)\b"
    r"|\bthe (?:last|former|latter|two|same(?! \w+ (?:each|every)\b)"
    r"|(?:first|second) (?:effect|group|kind|one))\b"
    r"|\b(?:one|two|three|four|some|many|few|others|most|both|each|all|none) (?:is|are|was|were"
    r"|do|does|will|can|have|has|come|go)\b",
    re.I,
)


def is_personal(text: str) -> bool:
    """Whether the author speaks of themselves: I, me, my."""
    own = outside_quotations(text)
    return any(
        not _NUMBERED.search(own[max(0, match.start() - 12) : match.start()])
        for match in _I.finditer(own)
    )


def is_first_person(text: str) -> bool:
    """Whether the author speaks, alone or for us all: I, my, we, our."""
    return is_personal(text) or _WE.search(outside_quotations(text)) is not None


def is_unattributed(text: str, before: str) -> bool:
    """Whether it is a person's words alone, in the first person, and nothing says whose.

    The sentence `before` it does where it quotes somebody, too, and says more than that.
    """
    if words_in(outside_quotations(text)):
        return False
    quoted = (text[start + 1 : end - 1] for start, end in quotations_in(text))
    says_who = quotations_in(before) and words_in(outside_quotations(before))
    return not says_who and any(map(is_first_person, quoted))


def as_running_text(heading: str) -> str:
    """A heading in small letters but for I, as what asks about voice expects it."""
    return " ".join(word if word == "I" else word.lower() for word in heading.split())


def is_second_hand(text: str) -> bool:
    """Whether it passes on what somebody told the author."""
    return _SECOND_HAND.search(outside_quotations(text)) is not None


def is_author_relative(text: str) -> bool:
    """Whether it speaks of the text it stood in: "see below", "in this article", "P.S."."""
    return _AUTHOR_RELATIVE.search(outside_quotations(text)) is not None


def is_selling(text: str) -> bool:
    """Whether it turns to the reader to sell: "call us", "worth a try"."""
    return _SELLING.search(outside_quotations(text)) is not None


def is_story(text: str) -> bool:
    """Whether it tells of one person: a patient, a client, "Laura, a 38-year-old"."""
    return _STORY.search(outside_quotations(text)) is not None


def speaks_of_a_person(text: str) -> bool:
    """Whether it says he or she outside quotations, as a story does once it has begun."""
    return _PRONOUNS_OF_A_PERSON.search(outside_quotations(text)) is not None


def is_imagined(text: str) -> bool:
    """Whether it asks the reader to imagine a scene."""
    return _IMAGINED.search(text) is not None


def is_question(text: str) -> bool:
    """Whether it asks; what an article asks its reader is rhetorical."""
    return outside_quotations(text).rstrip("”\"’') ").endswith("?")


@lru_cache(maxsize=4096)  # asked again wherever a sentence might open
def leans(text: str) -> bool:
    """Whether it cannot open a paragraph: it needs the sentence before it to be understood.

    So does a quotation that does not say who speaks, and what is cut off at its start. A
    connective that can be left away ("But", "That said,") is looked past.
    """
    is_bare_quotation = outside_quotations(text).strip(" .") == "…"
    rest = without_connective(text).lstrip("“\"'‘(")
    return (
        is_bare_quotation
        or rest[:1].islower()
        or _LEANING.match(rest) is not None
        or _LEANING_LATER.search(rest) is not None
    )


@lru_cache(maxsize=4096)
def refers_back(text: str) -> bool:
    """Whether it may speak of something named before it: good in its place, not by itself."""
    return leans(text) or _BACK.search(outside_quotations(text)) is not None


def needs_antecedent(text: str, *, nouns: int = 2) -> bool:
    """Whether a reader may take it to speak of something else where it stands by itself.

    It leans, has a pronoun after no more content words than `nouns`, among which its noun can
    hardly be, or says "side effects" and not of what.
    """
    own = outside_quotations(text)
    back = _BACK.search(own)
    is_bare = back is not None and len(content_of(own[: back.start()])) <= nouns
    return is_bare or leans(text) or _OF_WHAT.match(own) is not None


def without_connective(text: str) -> str:
    """The sentence as it may open a paragraph: no leading "And", "But", "That said,".

    Unchanged where there is none or nothing that can stand would be left.
    """
    match = _CONNECTIVE.match(text)
    if not match or len(text) - match.end() < 20 or _LEANING.match(text[match.end() :]):  # chars
        return text
    return text[match.end()].upper() + text[match.end() + 1 :]


def objection(text: str) -> str:
    """Why the newsletter may not say a sentence, in an editor's words; "" if it may."""
    return next((reason for bars, reason in _OBJECTIONS if bars(text)), "")


_OBJECTIONS = (
    (denies_risk, "denies a risk"),
    (is_second_hand, "second-hand"),
    (is_story, "one person's story"),
    (is_personal, "in the first person"),
    (is_author_relative, "speaks of the text it stood in"),
    (is_selling, "sells to the reader"),
    (is_first_person, "in the first person"),
    (is_imagined, "asks the reader to imagine"),
    (is_question, "a rhetorical question"),
)
