"""The top of a text: where its body begins, and which lines above it may be the title."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from partwork.model.article import Block, BlockKind
from partwork.reading.bylines import byline_in
from partwork.reading.dates import published_in
from partwork.reading.furniture import is_furniture


@dataclass(frozen=True, slots=True)
class Top:
    """The first blocks of a text, and what its lines have in common.

    `body` is where the text itself begins; `before` counts the words of prose above each block.
    `shares` are the lines that may be the title and how much of each the text goes on to use,
    0 to 1; `told` counts in how many of the text's first blocks a word is, `often` is a tenth of
    these; `lead` has the words of the very first. `keys` are the lines' words, `places` where
    else they stand, `all_keys` all of them, `entries` those of lists above the text. `dated` are
    bylines, dates, and the name above a date; `below` counts the lines since the last blank one
    that are neither that nor furniture.
    """

    blocks: Sequence[Block]
    words: list[int]
    prose: list[int]
    before: list[int]
    body: int
    told: Counter[str]
    often: float
    lead: frozenset[str]
    keys: list[str]
    places: dict[str, list[int]]
    all_keys: str
    entries: frozenset[str]
    furniture: list[bool]
    dated: list[bool]
    below: list[int]
    has_blanks: bool
    shares: dict[int, float]


def top_of(blocks: Sequence[Block]) -> Top:
    """The top of a text that begins with these blocks."""
    blocks = blocks[:_TOP_BLOCKS]
    words = [1 + block.text.count(" ") for block in blocks]
    prose = [w if _is_prose(b, w) else 0 for b, w in zip(blocks, words, strict=True)]
    body = _body_in(prose)
    telling = [b for b, w in zip(blocks[body:], prose[body:], strict=True) if w][:_PROSE_TOLD]
    counted = [long_words(block.text) for block in telling]
    told = Counter(word for found in counted for word in found)
    often = max(1.0, len(telling) / 10)
    keys = [_key(block) for block in blocks]
    places = defaultdict[str, list[int]](list)
    for i, key in enumerate(keys):
        places[key].append(i)
    seen = blocks[: body + _BELOW + _SEEN_BELOW]
    are_lines = [key != "" and count <= TITLE_WORDS for key, count in zip(keys, words, strict=True)]
    furniture = [ok and is_furniture(b.text) for ok, b in zip(are_lines, seen, strict=False)]
    datelines = [ok and is_dateline(b.text) for ok, b in zip(are_lines, seen, strict=False)]
    lines = [
        i
        for i in range(min(len(blocks), body + _BELOW))
        if not (furniture[i] or datelines[i])
        and (not prose[i] or (words[i] <= _TITLE_SENTENCE and any(datelines[i + 1 : i + 2])))
        and _may_be_title(blocks[i], words[i])
    ]
    dated = _with_names(seen, datelines)
    parted = [b.first_line > a.last_line + 1 for a, b in pairwise(seen)]
    return Top(
        blocks=blocks,
        words=words,
        prose=prose,
        before=list(accumulate(prose, initial=0)),
        body=body,
        told=told,
        often=often,
        lead=frozenset(word for found in counted[:_PROSE_LEAD] for word in found),
        keys=keys,
        places=places,
        all_keys="\n".join(keys),
        entries=frozenset(
            entry.strip().casefold()
            for block in blocks[:body]
            if block.kind is BlockKind.LIST
            for entry in block.text.split("\n")
        ),
        furniture=furniture,
        dated=dated,
        below=_lines_above(parted, [a or b for a, b in zip(furniture, dated, strict=True)]),
        has_blanks=any(parted),
        shares={i: share_of(long_words(blocks[i].text), told, often) for i in lines},
    )


def is_prose(block: Block) -> bool:
    """Whether a block is a sentence or more, not a line of a page."""
    return _is_prose(block, len(block.text.split()))


def ends_a_sentence(text: str) -> bool:
    """Whether a full stop ends a line: a question of one line is as good a title as any."""
    return text.rstrip(_CLOSING).endswith((".", "!", "…"))


def is_dateline(text: str) -> bool:
    """Whether a line says who wrote the text or when."""
    return bool(published_in(text) or byline_in(text))


def long_words(text: str) -> list[str]:
    """The words of four letters and more, each once."""
    return list(dict.fromkeys(_LONG_WORD.findall(text.lower())))


def share_of(words: Sequence[str], told: Counter[str], often: float) -> float:
    """How much of these words a text uses, 0 to 1."""
    return sum(min(1.0, told[word] / often) for word in words) / len(words) if words else 0.0


TITLE_WORDS, TITLE_CHARACTERS = 25, 200

# Menus may be long; what stands further down is not the top of an article: 99 % of the titles
# of 676 labelled pages come before. A consent notice reads like the beginning of a text, so a
# title may stand a few lines below what seems to be one.
_TOP_BLOCKS, _BELOW, _SEEN_BELOW = 400, 12, 10
_WINDOW, _BODY_WORDS, _PAIR_WITHIN = 6, 80, 2
_PROSE_TOLD, _PROSE_LEAD = 25, 3
# A sentence is a title only where a dateline is just below.
_TITLE_SENTENCE = 16
_LINE_CHARACTERS = 400
_NAME_WITHIN = 3
_CLOSING = "\"'”’)]"

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]+(?: [^\W\d_a-z][\w'’.-]*){1,2}")


def _body_in(prose: list[int]) -> int:
    """Where the text itself begins: much prose close together, or else two pieces, or else one."""
    sentences = [i for i, words in enumerate(prose) if words]
    dense = (i for i in sentences if sum(prose[i : i + _WINDOW]) >= _BODY_WORDS)
    paired = (i for i, j in pairwise(sentences) if j - i <= _PAIR_WITHIN)
    return next(dense, next(paired, next(iter(sentences), len(prose))))


def _is_prose(block: Block, words: int) -> bool:
    if block.kind in (BlockKind.HEADING, BlockKind.IMAGE, BlockKind.LIST):
        return False
    return words > TITLE_WORDS or (words >= 8 and ends_a_sentence(block.text))


def _key(block: Block) -> str:
    """The words of a line, the same wherever it stands again; nothing for what is no line."""
    is_line = block.kind is not BlockKind.LIST and len(block.text) <= _LINE_CHARACTERS
    return block.text.casefold() if is_line else ""


def _may_be_title(block: Block, words: int) -> bool:
    is_line = block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    is_title_sized = words <= TITLE_WORDS and len(block.text) <= TITLE_CHARACTERS
    return is_line and is_title_sized and any(map(str.isalnum, block.text))


def _with_names(blocks: Sequence[Block], datelines: list[bool]) -> list[bool]:
    """The lines that are a dateline, or a name just above one."""
    return [
        datelines[i]
        or (
            any(datelines[i + 1 : i + 1 + _NAME_WITHIN]) and _NAME.fullmatch(block.text) is not None
        )
        for i, block in enumerate(blocks)
    ]


def _lines_above(parted: list[bool], skipped: list[bool]) -> list[int]:
    """How many lines that are not skipped stand between each one and the blank line above it."""
    above = [0]
    for is_parted, skip in zip(parted, skipped, strict=False):
        above.append(0 if is_parted else above[-1] + (not skip))
    return above
