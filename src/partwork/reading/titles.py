"""Which line of a text is its title, where nothing but the text tells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from partwork.model.article import Block, BlockKind, normalised
from partwork.reading.dates import published_in
from partwork.reading.metadata import byline_in


def title_at(blocks: Sequence[Block]) -> int | None:
    """The position of the likeliest title line, None where none is likelier than no title.

    A linear model over the lines above the text's body and the first in it. It knows nothing
    but a line's own shape, how often the text goes on to use its words, and what is around it.
    """
    page = _page_of(blocks[:_TOP_BLOCKS])
    scores = {i: _score(page, i) for i in range(page.body + _BELOW) if _may_be_title(page, i)}
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] > _NO_TITLE else None


def is_prose(block: Block) -> bool:
    """Whether a block is a sentence or more, not a line of a page."""
    return _is_prose(block, len(block.text.split()))


def is_dateline(text: str) -> bool:
    """Whether a line says who wrote the text or when."""
    return bool(published_in(text) or byline_in(text))


FURNITURE = re.compile(
    r"\W*(?:logo|site logo|home|home ?page|(?:main )?menu|close(?: menu)?|search(?: for)?"
    r"|skip to .*|log ?in|sign (?:in|up)|subscribe|advertisement|toggle navigation|you are here.*"
    r"|open in app|share(?: this.*)?|print|\d+ min(?:ute)?s?(?: read)?|by|image"
    r"|.+[»›>|/].+[»›>|/].+)\W*",
    re.IGNORECASE,
)
TITLE_WORDS, TITLE_CHARACTERS = 25, 200
# A question of one line is as good a title as any.
PROSE_END = re.compile(r"[.!…][\"'”’)\]]*$")

# Menus may be long; what stands further down is not the top of an article: 99 % of the titles
# of 676 labelled pages come before.
_TOP_BLOCKS = 400
_BELOW = 3
_WINDOW, _BODY_WORDS, _PAIR_WITHIN = 6, 80, 2
_PROSE_TOLD = 40
# The longest trail of links that ends in a title.
_TRAIL_CHARACTERS = 400
_FEWEST = 4

# Fitted by softmax regression on 676 labelled pages as pasted, cropped, without boilerplate and
# without title; over sites not fitted on, the title is right on four of five pages that have one.
_NO_TITLE = 4.3
_WEIGHTS = {
    "told": 4.2,
    "full": 4.1,
    "long": -1.2,
    "tiny": -0.9,
    "dated": 2.5,
    "trailed": 2.7,
    "tiny above": 1.8,
    "far": -1.2,
    "last": -0.3,
    "in text": -2.8,
    "amid text": -1.7,
    "bare": -1.1,
    "furniture": -2.4,
    "trail": -2.0,
    "cues": -1.7,
    "sentence": -1.5,
    "colon": -1.3,
    "lower": -1.5,
    "digits": 0.8,
    "first": 2.4,
    "below line": -0.8,
    "credit": -0.7,
    "below date": 0.7,
}

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_TRAIL = re.compile(r"\s[»›>/|]\s|[»›>→]")
_CREDIT = re.compile(
    r"\b(?:photos?|photograph(?:s|y|ed)?|images?|credit|illustration|getty)\b", re.I
)
_CUE = re.compile(
    r"\b(?:subscri\w+|cookies?|privacy|policy|newsletters?|sign|log ?in|account|menu|search"
    r"|navigation|contact|skip|share|tweet|follow|download|free|trial|register|donate|shop|cart"
    r"|get started|book now|read more|learn more|view all|see all|popular|related|trending|posted"
    r"|written|published|updated|categor\w+|tags?|comments?|advertis\w+|sponsor\w*|about us|click"
    r"|our|us|your|we)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Page:
    """The top of a text; `before` counts the words of prose above each block.

    `body` is where the text itself begins; `told` counts in how many of its first `told_in`
    blocks a word is.
    """

    blocks: Sequence[Block]
    words: list[int]
    before: list[int]
    keys: list[str]
    dated: list[bool]
    body: int
    told: Counter[str]
    told_in: int


def _page_of(blocks: Sequence[Block]) -> _Page:
    words = [len(block.text.split()) for block in blocks]
    prose = [w if _is_prose(b, w) else 0 for b, w in zip(blocks, words, strict=True)]
    before = list(accumulate(prose, initial=0))
    body = _body_in(prose)
    telling = [b for b, w in zip(blocks[body:], prose[body:], strict=True) if w][:_PROSE_TOLD]
    told = Counter(word for block in telling for word in _long_words(block.text))
    top = [block.text for block in blocks[: body + 2 * _BELOW]]
    keys = [normalised(text) if len(text) <= _TRAIL_CHARACTERS else "" for text in top]
    dated = [is_dateline(text) for text in top]
    return _Page(blocks, words, before, keys, dated, body, told, len(telling))


def _body_in(prose: list[int]) -> int:
    """Where the text itself begins: much prose close together, or else two pieces, or else one."""
    sentences = [i for i, words in enumerate(prose) if words]
    dense = (i for i in sentences if sum(prose[i : i + _WINDOW]) >= _BODY_WORDS)
    paired = (i for i, j in pairwise(sentences) if j - i <= _PAIR_WITHIN)
    return next(dense, next(paired, next(iter(sentences), len(prose))))


def _is_prose(block: Block, words: int) -> bool:
    if block.kind in (BlockKind.HEADING, BlockKind.IMAGE, BlockKind.LIST):
        return False
    return words > TITLE_WORDS or (words >= 8 and PROSE_END.search(block.text) is not None)


def _long_words(text: str) -> list[str]:
    """The words of four letters and more, each once."""
    return list(dict.fromkeys(_LONG_WORD.findall(text.lower())))


def _may_be_title(page: _Page, i: int) -> bool:
    if i >= len(page.blocks):
        return False
    block = page.blocks[i]
    is_line = block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    is_title_sized = page.words[i] <= TITLE_WORDS and len(block.text) <= TITLE_CHARACTERS
    is_other = _is_prose(block, page.words[i]) or page.dated[i]
    is_text = is_line and is_title_sized and any(map(str.isalnum, block.text))
    return is_text and not is_other


def _is_line(page: _Page, i: int) -> bool:
    """Whether block `i` is of the length of titles and decks."""
    return _FEWEST <= page.words[i] <= TITLE_WORDS and _may_be_title(page, i)


def _score(page: _Page, i: int) -> float:
    return sum(w * f for w, f in zip(_WEIGHTS.values(), _features(page, i), strict=True))


def _features(page: _Page, i: int) -> tuple[float, ...]:
    """What the model sees of block `i`, in the order of `_WEIGHTS`, 0 to 1."""
    words, text = page.words[i], page.blocks[i].text
    own = _long_words(text)
    often = max(1.0, page.told_in / 10)
    told = sum(min(1.0, page.told[word] / often) for word in own) / len(own) if own else 0.0
    key, above = page.keys[i], page.keys[max(0, i - 4) : i]
    total = page.before[-1] or 1
    to_body = page.body - i
    return (
        told,
        min(words, 8) / 8,
        words >= 14,
        words <= 2,
        any(page.dated[i + 1 : i + 4]),
        words >= 3 and any(key in line and key != line for line in above),
        sum(w <= 3 for w in page.words[max(0, i - 4) : i]) / 4,
        min(max(0, to_body), 30) / 30,
        to_body == 1,
        to_body <= 0,
        page.before[i] > total / 10,
        page.before[min(i + 9, len(page.words))] == page.before[i + 1],
        FURNITURE.fullmatch(text) is not None,
        _TRAIL.search(text) is not None,
        min(2, len(_CUE.findall(text))) / 2,
        PROSE_END.search(text) is not None,
        text[-1] in ":,;",
        text[0].islower(),
        any(map(str.isdigit, text)),
        i == 0,
        i > 0 and _is_line(page, i - 1),
        _CREDIT.search(text) is not None,
        any(page.dated[max(0, i - 3) : i]),
    )
