"""Lines that may open a section of boilerplate."""

import re
from dataclasses import dataclass
from functools import lru_cache

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
    return _cues_in(page)[i]


# Every rule asks, and of two pages at a time at most: the one before and after a removal.
@lru_cache(maxsize=2)
def _cues_in(page: Surroundings) -> tuple[Cue | None, ...]:
    return tuple(
        _cue_of(lines[0], page.byline) if block.kind in _OPENING_KINDS else None
        for block, lines in zip(page.blocks, page.folded, strict=True)
    )


_OPENING_KINDS = (BlockKind.HEADING, BlockKind.PARAGRAPH)


def _cue_of(line: str, byline: str) -> Cue | None:
    line = line.strip(" :-|·")
    if _is_about(line, byline):
        return CUES[0]
    return _cue_in(line) if len(line) <= _LONGEST else None


# The lines that stay are asked about again after each removal.
@lru_cache(maxsize=2**12)
def _cue_in(line: str) -> Cue | None:
    match = _ANY.fullmatch(line)
    return CUES[int(match.lastgroup[1:])] if match and match.lastgroup else None


def _is_about(line: str, byline: str) -> bool:
    """Whether a line such as "About Gil" names the author, by all of the name or a part of it."""
    if not line.startswith(("about ", "meet ")):
        return False
    names = line.removeprefix("about ").removeprefix("meet ").split()
    return 0 < len(names) < len(line.split()) and set(names) <= set(byline.split())


_LONGEST = 160
_PIECES = (
    r"(?:articles?|posts?|stor(?:y|ies)|content|reading|links?|videos?|guides?|news|topics|pages"
    r"|recipes|coverage|episodes|podcasts|internet links|searches|threads|discussions)"
)
_PERSONS = r"(?:authors?|creators?|writers?|contributors?|editors?|hosts?|bloggers?|reviewers?)"

CUES = (
    Cue(
        "about-author",
        Category.BIO,
        "an author's bio",
        (
            rf"about (?:the |this |our )?{_PERSONS}(?:\(s\))?",
            rf"meet the {_PERSONS}",
            r"(?:the )?author(?: (?:bio|profile|info(?:rmation)?))?",
            r"written by|(?:medical|expert) reviewer|follow the author",
            r"(?:short )?bio(?:graphy)?",
            r"(?:hi|hello)[,!]? i'm [^.!?]{2,30}[.!]?",
            r"about (?:me|us)",
            r"view all posts by .{2,40}",
            rf"more (?:from|by) (?:this|the) {_PERSONS}",
            r"(?:recent|latest|more) posts by .{2,40}",
        ),
    ),
    Cue(
        "comments",
        Category.COMMENTS,
        "a comment section",
        (
            r"(?:\d+ |all |top |reader |latest |recent |facebook )?(?:comments?|responses|replies)",
            r"(?:comments?|responses|replies) (?:\(\d+\)|\d+)",
            r"(?:leave|post|add|write) (?:a|your) (?:reply|comment|response).{0,20}",
            r"(?:(?:join|start) the )?(?:conversation|discussion)[.]*",
            r"discussion about this post",
            r"what do you think\?|(?:share|what are) your thoughts\??",
            r"let us know what you think.{0,20}",
            r"have your say",
            r"\d+ (?:thoughts?|responses?|replies|comments?) (?:on|to) .{3,150}",
            r"reader interactions|(?:trackbacks?|pingbacks?)(?:/\w+)?",
        ),
    ),
    Cue(
        "related",
        Category.RELATED,
        "a list of other articles",
        (
            rf"related(?: {_PIECES})?",
            r"you (?:also )?(?:may|might|will|'ll) (?:also |be )?"
            r"(?:like|enjoy|love|interested in|find).{0,40}",
            r"(?:more|other|similar|popular|recent|latest|featured|top|trending|new|must-read) "
            rf"{_PIECES}(?: .{{0,40}})?",
            r"recommended(?: for you| reading| reads)?",
            r"(?:read|up|what's|what to read|read this) next|next up|continue reading",
            r"more .{2,40} you(?:'ll| will| may| might) (?:also )?(?:love|like|enjoy).{0,20}",
            r"(?:others|readers|people|customers) also (?:read|viewed|liked|bought|watched).{0,20}",
            r"in case you missed it|icymi|must[- ]reads?|(?:around|from) the web",
            r"(?:sponsored|promoted) (?:stories|links|content|posts).{0,30}|from our partners",
            r"trending(?: now)?",
            r"most (?:read|popular|viewed|shared|commented|discussed|e-?mailed|watched).{0,30}",
            r"don't miss|more|see also|also read",
            r"keep reading",
            r"editors?'?s? picks?",
            r"(?:further|suggested) reads?",
        ),
    ),
    # These may also open a list of the text's own: "recommended courses", "more on the bells".
    Cue(
        "more-of-it",
        Category.RELATED,
        "a list of other articles",
        (
            r"more (?:from|in|on|like|by) .{2,60}",
            r"recommended .{2,30}",
            r"(?:discover|explore) more.{0,30}",
            r"(?:latest|recently) (?:from|in|on) .{2,40}",
            r"also (?:on|in|from) .{2,40}",
            r"related to this .{2,20}",
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
