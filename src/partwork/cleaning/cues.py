"""Lines that may open a section of boilerplate."""

import re
from dataclasses import dataclass

from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import BlockKind, Category


@dataclass(frozen=True, slots=True)
class Cue:
    """A line that may open a section, and what such a section is like.

    `says` are regular expressions for the folded line, one of which matches all of it.
    """

    rule: str
    category: Category
    likeness: str
    says: tuple[str, ...]


def cue_at(page: Surroundings, i: int) -> Cue | None:
    """The cue that block `i` is, if it is one."""
    if page.blocks[i].kind not in (BlockKind.HEADING, BlockKind.PARAGRAPH):
        return None
    line = page.folded[i][0].strip(" :-|·")
    if _is_about(line, page.byline):
        return CUES[0]
    match = _ANY.fullmatch(line) if len(line) <= _LONGEST else None
    return CUES[int(match.lastgroup[1:])] if match and match.lastgroup else None


def _is_about(line: str, byline: str) -> bool:
    """Whether a line such as "About Gil" names the author, by all of the name or a part of it."""
    names = line.removeprefix("about ").removeprefix("meet ").split()
    return 0 < len(names) < len(line.split()) and set(names) <= set(byline.split())


_LONGEST = 160
_PIECES = (
    r"(?:articles?|posts?|stor(?:y|ies)|content|reading|links?|videos?|guides?|news|topics|pages)"
)
_PERSONS = r"(?:authors?|creators?|writers?|contributors?|editors?)"

CUES = (
    Cue(
        "about-author",
        Category.BIO,
        "an author's bio",
        (
            rf"about (?:the |this |our )?{_PERSONS}(?:\(s\))?",
            rf"meet the {_PERSONS}",
            r"(?:the )?author(?: (?:bio|profile|info(?:rmation)?))?",
            r"written by",
            r"about (?:me|us)",
            r"view all posts by .{2,40}",
            rf"more (?:from|by) (?:this|the) {_PERSONS}",
        ),
    ),
    Cue(
        "comments",
        Category.COMMENTS,
        "a comment section",
        (
            r"(?:\d+ |all |reader |latest |recent )?(?:comments?|responses|replies)",
            r"(?:comments?|responses|replies) (?:\(\d+\)|\d+)",
            r"(?:leave|post|add|write) (?:a|your) (?:reply|comment|response).{0,20}",
            r"(?:join the )?(?:conversation|discussion)",
            r"what do you think\?",
            r"have your say",
            r"\d+ (?:thoughts?|responses?|replies|comments?) (?:on|to) .{3,150}",
            r"reader interactions",
        ),
    ),
    Cue(
        "related",
        Category.RELATED,
        "a list of other articles",
        (
            rf"related(?: {_PIECES})?",
            r"you (?:may|might|will|'ll) (?:also|be) (?:like|enjoy|love|interested in|find).{0,40}",
            r"(?:more|other|similar|popular|recent|latest|featured|top|trending|new|must-read) "
            rf"{_PIECES}(?: .{{0,40}})?",
            r"more (?:from|in|on|like) .{2,60}",
            r"recommended(?: for you| .{2,30})?",
            r"(?:read|up|what's) next",
            r"trending(?: now)?",
            r"most (?:read|popular|viewed|shared).{0,30}",
            r"don't miss",
            r"keep reading",
            r"editors?'?s? picks?",
            r"also (?:on|in|from) .{2,40}",
            r"related to this .{2,20}",
            r"(?:further|suggested) reads?",
            r"explore more.{0,30}",
        ),
    ),
    Cue(
        "share-box",
        Category.SHARE,
        "a box of share buttons",
        (r"share(?: this)?(?: \w+)?", r"follow us(?: on)?", r"connect with us", r"stay connected"),
    ),
    Cue(
        "contents-box",
        Category.CONTENTS,
        "a table of contents",
        (
            r"(?:table of )?contents(?: ?[\[(].{3,6}[\])])?",
            r"in this \w+",
            r"on this page",
            r"jump to",
        ),
    ),
)
_ANY = re.compile("|".join(f"(?P<c{n}>{'|'.join(c.says)})" for n, c in enumerate(CUES)))
