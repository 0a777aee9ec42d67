"""Whose voice a part's sentences have: its own, or words of others that may not stand so.

English patterns; text in other languages is not judged.
"""

from collections.abc import Iterator, Sequence

from partwork.composing.findings import Finding
from partwork.composing.sentences import sentences_in
from partwork.composing.voice import (
    is_author_relative,
    is_first_person,
    is_personal,
    is_second_hand,
    is_story,
    is_unattributed,
    speaks_of_a_person,
)
from partwork.model.article import Block
from partwork.model.fault import Severity

_STORY = Finding(
    "story", "tells one person's story; take it out, or sign it off if the editor admits it"
)
_FIRST_PERSON = "speaks in the first person; quote it with its speaker, or say it without I"
_SECOND_HAND = "passes on what somebody told the author; quote it with its speaker, or take it out"
_RELATIVE = "speaks of the text it was taken from; say it for this series, or take it out"
_UNATTRIBUTED = "quotes a person and does not say whom; name the speaker, or take it out"
_WE = "says we or our, and the newsletter seems to speak; say who is meant"


def voice_findings(text: str, cited: Sequence[Block], before: str) -> Iterator[Finding]:
    """What a sentence in the newsletter's own voice may not be: story, first person, second hand.

    A quotation inside it speaks for whoever the sentence names, or for whom the sentence `before`
    it in its paragraph quotes. Under "story" falls as well what goes on about a person whom a
    cited block tells of.
    """
    if is_story(text) or (speaks_of_a_person(text) and _tell_a_story(cited)):
        yield _STORY
    if is_second_hand(text):
        yield Finding("voice", _SECOND_HAND)
    elif is_personal(text):
        yield Finding("voice", _FIRST_PERSON)
    elif is_author_relative(text):
        yield Finding("voice", _RELATIVE)
    elif is_unattributed(text, before):
        yield Finding("voice", _UNATTRIBUTED)
    elif is_first_person(text):
        yield Finding("voice", _WE, Severity.NOTICE)


def quoted_findings(text: str, speaker: str) -> Iterator[Finding]:
    """What a quotation set apart may not be: the story of a patient or client."""
    if is_story(text) or (speaker and is_story(f"{speaker} said")):
        yield _STORY


def line_findings(text: str) -> Iterator[Finding]:
    """What a title, a heading or a preheader may not be; headings as running text has them."""
    if is_personal(text) or is_second_hand(text):
        yield Finding("voice", "speaks in the first person; say it without I")
    elif is_author_relative(text):
        yield Finding("voice", _RELATIVE)


def _tell_a_story(blocks: Sequence[Block]) -> bool:
    return any(is_story(s) for block in blocks for s in sentences_in(block.text))
