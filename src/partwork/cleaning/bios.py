"""Authors' bios: what stands at the end of a text under a line such as "About the author"."""

import re

from partwork.cleaning.cues import cue_at
from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import BlockKind, Category


def bios_in(page: Surroundings) -> set[int]:
    """The blocks of bios, with the lines that open them.

    A bio is short, speaks of a person, and little prose follows it: of 69 such blocks in 676
    labelled pages 60 were no part of the text, and the other nine were bios too. The judge alone
    hesitates where the text is short.
    """
    found: set[int] = set()
    for at in range(len(page.blocks)):
        cue = cue_at(page, at) if at not in found else None
        if cue is not None and cue.category is Category.BIO:
            found.update(range(at, _end_of_bio(page, at)))
        elif is_bio(page, at):
            found.add(at)
    return found


# A bio is short; what is longer is the text itself, and so is what much prose follows (guesses).
_BIO_WORDS, _BIO_BLOCKS = 150, 6
_TAIL = 0.25

_JOBS = (
    r"(?:writer|author|editor|journalist|blogger|founder|coach|teacher|therapist|reporter"
    r"|contributor|creator|physician|doctor|nurse|lawyer|designer|consultant|expert|specialist"
    r"|graduate|professor|researcher|speaker|psychologist|columnist|correspondent|freelance\w*)"
)
_SPEAKS_OF_A_PERSON = re.compile(
    rf"\b(?:is|was) (?:an?|the) \b.{{0,80}}\b{_JOBS}\b"
    r"|\b(?:my mission|i help|i speciali[sz]e|i write|i'm an?|i am an?|i love"
    r"|passion(?:ate)? (?:for|about)|(?:she|he) (?:lives|writes|holds|has|is)"
    r"|they (?:live|write|hold)|(?:lives|is at home) (?:in|with)"
    r"|has (?:written|been writing|covered|spent|worked)"
    r"|writes (?:about|for|on)|follow (?:her|him|them|me))\b"
)


_LABEL = re.compile(r"about (?:the |our )?(?:author|writer)s?(?::| [-–—]) ?")
_SAYS_WHO = re.compile(r",? (?:is|was|has|lives|works|writes|teaches|runs|holds)\b")


def is_bio(page: Surroundings, at: int) -> bool:
    """Whether one block at the end says who wrote the text, by a label or by the byline's name."""
    above = page.prose_above[at]
    if not above or page.prose_below(at) > _TAIL * above or page.prose_words[at] > _BIO_WORDS:
        return False
    words = " ".join(page.folded[at])
    if label := _LABEL.match(words):
        return _SPEAKS_OF_A_PERSON.search(words, label.end()) is not None
    is_author = bool(page.byline) and words.startswith(page.byline)
    return is_author and _SAYS_WHO.match(words, len(page.byline)) is not None


def _end_of_bio(page: Surroundings, at: int) -> int:
    """The block after the bio that block `at` opens, or `at` where it opens none."""
    words, end = 0, at + 1
    while end < min(len(page.blocks), at + 1 + _BIO_BLOCKS) and cue_at(page, end) is None:
        words += page.prose_words[end]
        if words > _BIO_WORDS:
            return at
        if end > at + 1 and page.blocks[end].kind is BlockKind.HEADING:
            break
        end += 1
    if page.prose_below(end - 1) > _TAIL * page.prose_above[at]:
        return at
    lines = (" ".join(page.folded[i]) for i in range(at + 1, end))
    return end if any(map(_SPEAKS_OF_A_PERSON.search, lines)) else at
