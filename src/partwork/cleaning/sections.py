"""What stands below a line such as "About the author" or "Comments", and goes with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from partwork.cleaning.cues import cue_at
from partwork.cleaning.findings import Finding
from partwork.cleaning.lines import pattern_of
from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import BlockKind, Category


def sectioned(page: Surroundings) -> dict[int, Finding]:
    """The findings on all blocks that stand in a section of boilerplate, by position.

    A cue alone decides nothing: its section reaches only as far as the blocks below look like
    one, and where prose follows that does not, the cue is a heading of the text's own.
    """
    found: dict[int, Finding] = {}
    below: Below | None = None
    at = 0
    while at < len(page.blocks):
        cue = cue_at(page, at)
        if cue is not None and below is None:
            below = _below(page)
        end = _EXTENTS[cue.category](page, below, at) if cue and below else at
        if cue is not None and end > at:
            words = page.blocks[at].text.strip(" :")
            opens = Finding(cue.rule, cue.category, f"“{words}” opens {cue.likeness}", 0.9)
            stands = f"stands after “{words}”, like {cue.likeness}"
            found[at] = opens
            for i in range(at + 1, end):
                found[i] = Finding(cue.rule, cue.category, stands, 0.8)
        at = max(end, at + 1)
    return found


@dataclass(frozen=True, slots=True)
class Below:
    """What stands at each block and after it, counted once for all cues of an article.

    `signs`, `prose`, `longest`: frames of comments, blocks of prose, words of the longest prose.
    `headings` has the place where each heading's words stand last, without their number.
    """

    signs: list[int]
    prose: list[int]
    longest: list[int]
    headings: dict[str, int]


def _below(page: Surroundings) -> Below:
    backwards = range(len(page.blocks) - 1, -1, -1)
    signs = list(accumulate((_is_comment_frame(page, i) for i in backwards), initial=0))
    prose = list(accumulate((page.prose_words[i] > 0 for i in backwards), initial=0))
    longest = list(accumulate((page.prose_words[i] for i in backwards), max, initial=0))
    headings = {
        _unnumbered(page.folded[i][0]): i
        for i, block in enumerate(page.blocks)
        if block.kind is BlockKind.HEADING
    }
    return Below(signs[::-1], prose[::-1], longest[::-1], headings)


def _unnumbered(line: str) -> str:
    return _NUMBER.sub("", line)


# An author's bio is short; what is longer than this is the text itself (a guess).
_BIO_WORDS, _BIO_BLOCKS = 150, 8
# Teasers of other articles are a few lines each; the text's paragraphs are longer (a guess).
_TEASER_WORDS = 60
# The first comment's name, date or button stands so few blocks below the cue.
_SIGN_WITHIN = 4
# What follows a section's cue is the end of the page if no more prose than this share follows.
_TAIL = 0.25
# Link titles in the midst of the text come by the handful.
_TITLES = 8

_JOBS = (
    r"(?:writer|author|editor|journalist|blogger|founder|coach|teacher|therapist|reporter"
    r"|contributor|creator|physician|doctor|nurse|lawyer|designer|consultant|expert|specialist"
    r"|graduate|professor|researcher|speaker|psychologist|columnist|correspondent|freelance\w*)"
)
_BIO = re.compile(
    rf"\b(?:is|was) (?:an?|the) \b.{{0,80}}\b{_JOBS}\b"
    r"|\b(?:my mission|i help|i speciali[sz]e|i write|i'm an?|i am an?|i love"
    r"|passion(?:ate)? (?:for|about)|(?:she|he) (?:lives|writes|holds|has|is)"
    r"|they (?:live|write|hold)|lives (?:in|with)|has (?:written|been writing|covered|spent|worked)"
    r"|writes (?:about|for|on)|follow (?:her|him|them|me))\b"
)
_COMMENT = re.compile(
    r"\b(?:says:?|said on .{5,40}|reply|report|log in to .{4,20}|permalink|anonymous"
    r"|\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago"
    r"|thanks? (?:you )?(?:so much )?for (?:sharing|this|the)|great (?:article|post|piece|read))\b"
)


def _is_tail(page: Surroundings, at: int) -> bool:
    above = page.prose_above[at]
    return above > 0 and page.prose_below(at) <= _TAIL * above


def _end_of_bio(page: Surroundings, _: Below, at: int) -> int:
    """A few short paragraphs that speak of a person; above the text only if they surely do."""
    words, end, is_bio = 0, at + 1, False
    while end < min(len(page.blocks), at + 1 + _BIO_BLOCKS) and cue_at(page, end) is None:
        words += page.prose_words[end]
        if words > _BIO_WORDS:
            break
        if page.prose_words[end] and is_bio and not _speaks_of_a_person(page, end):
            break
        if page.blocks[end].kind is BlockKind.HEADING and is_bio:
            break
        is_bio = is_bio or bool(page.prose_words[end])
        end += 1
    section = range(at + 1, end)
    speaks = any(_speaks_of_a_person(page, i) for i in section)
    prose = [i for i in section if page.prose_words[i]]
    if not prose:
        return at + 1 if page.is_below(at) else at
    if not speaks and not (_is_tail(page, at) and page.prose_below(prose[-1]) == 0):
        return at
    return end if _is_tail(page, at) else prose[-1] + 1


def _speaks_of_a_person(page: Surroundings, i: int) -> bool:
    return _BIO.search(" ".join(page.folded[i])) is not None


def _end_of_comments(page: Surroundings, below: Below, at: int) -> int:
    """To the end, if readers' comments or the form for them follow.

    Where nothing of that kind follows, "Comments" is a heading of the text, or its last line.
    """
    signs, prose = below.signs[at + 1], below.prose[at + 1]
    if not prose:
        return len(page.blocks) if signs else at + page.is_below(at)
    # Each comment has a name, a date or a button; a text that follows the cue has none nearby.
    near = signs - below.signs[min(at + 1 + _SIGN_WITHIN, len(page.blocks))]
    is_commented = near and signs >= 2 and 2 * signs >= prose
    return len(page.blocks) if is_commented and page.prose_above[at] else at


def _is_comment_frame(page: Surroundings, i: int) -> bool:
    if page.prose_words[i] > _TEASER_WORDS:
        return False
    line = page.folded[i][0]
    if page.prose_words[i] == 0 and _COMMENT.search(line):
        return True
    pattern = pattern_of(page, i, line)
    return pattern is not None and pattern.category is Category.COMMENTS


def _end_of_related(page: Surroundings, below: Below, at: int) -> int:
    """Titles and short teasers: to the end at the end of a page, else a few titles."""
    if _is_tail(page, at) and below.longest[at + 1] <= _TEASER_WORDS:
        return len(page.blocks)
    return _end_of_titles(page, at)


def _end_of_titles(page: Surroundings, at: int) -> int:
    """The lines below without prose; the last before prose is a heading of what follows it."""
    end = at + 1
    while end < len(page.blocks) and end - at <= _TITLES and _may_be_title(page, end):
        end += 1
    if end < len(page.blocks) and page.blocks[end - 1].kind is BlockKind.HEADING:
        end -= 1
    is_followed = end < len(page.blocks)
    return at if end == at + 1 and is_followed else end


def _may_be_title(page: Surroundings, i: int) -> bool:
    kind = page.blocks[i].kind
    return page.prose_words[i] == 0 and kind is not BlockKind.CODE and cue_at(page, i) is None


def _end_of_contents(page: Surroundings, below: Below, at: int) -> int:
    """The lines of which each stands again below, as a heading."""
    end = at + 1
    while end < len(page.blocks) and page.prose_words[end] == 0:
        heads = [_unnumbered(line) for line in page.folded[end]]
        again = sum(below.headings.get(head, -1) > end for head in heads)
        if 2 * again < len(heads):
            break
        end += 1
    return end if end > at + 1 else at


def _end_of_buttons(page: Surroundings, _: Below, at: int) -> int:
    end = at + 1
    while end < len(page.blocks) and all(
        (found := pattern_of(page, end, line)) and found.category is Category.SHARE
        for line in page.folded[end]
    ):
        end += 1
    return end if end > at + 1 else at


_NUMBER = re.compile(r"^\(?\d{1,2}[.)]?\s+")
_EXTENTS: dict[Category, Callable[[Surroundings, Below, int], int]] = {
    Category.BIO: _end_of_bio,
    Category.COMMENTS: _end_of_comments,
    Category.RELATED: _end_of_related,
    Category.SHARE: _end_of_buttons,
    Category.CONTENTS: _end_of_contents,
}
