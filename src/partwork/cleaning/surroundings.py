"""A block's surroundings: what stands above and below it, and how much of it is prose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from partwork.cleaning.vocabulary import tokens_of
from partwork.cleaning.wording_page import PATTERNS
from partwork.model.article import Article, Block, BlockKind


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The blocks of one article and what rules ask about them, counted once.

    Each is itself alone: what rules find on one is kept for as long as it is asked about.

    `prose_words[i]` are the words of block `i` if it is prose, else 0; `prose_above[i]` those of
    all blocks before it, with one entry more for the whole. `last_dated` is the last heading that
    is a date; it, `first_prose` and `last_prose` are -1 where there is none. `folded[i]` are the
    block's lines as patterns see them, and `tokens[i]` the words of these; `title` and `byline`,
    which may be empty, are folded as well.
    """

    title: str
    byline: str
    blocks: tuple[Block, ...]
    folded: tuple[tuple[str, ...], ...]
    tokens: tuple[tuple[str, ...], ...]
    prose_words: tuple[int, ...]
    prose_above: tuple[int, ...]
    first_prose: int
    last_prose: int
    last_dated: int

    @property
    def all_prose(self) -> int:
        """Words of prose in the whole article."""
        return self.prose_above[-1]

    def prose_below(self, i: int) -> int:
        """Words of prose after block `i`."""
        return self.all_prose - self.prose_above[i + 1]

    def is_above(self, i: int) -> bool:
        """Whether block `i` stands before all prose. In a text without prose nothing does."""
        return 0 <= i < self.first_prose

    def is_below(self, i: int) -> bool:
        """Whether block `i` stands after all prose. In a text without prose nothing does."""
        return self.last_prose >= 0 and i > self.last_prose

    def only(self, at: Sequence[int]) -> "Surroundings":
        """The same of these blocks alone, in this order."""
        return _surroundings(
            self.title,
            self.byline,
            blocks=tuple(self.blocks[i] for i in at),
            folded=tuple(self.folded[i] for i in at),
            tokens=tuple(self.tokens[i] for i in at),
            prose_words=tuple(self.prose_words[i] for i in at),
        )


def surroundings_in(article: Article) -> Surroundings:
    """What the rules need to know of an article; a title that was made tells nothing of it."""
    title = "" if article.title_is_made else article.title
    return surroundings_of(title, article.byline, article.blocks)


def surroundings_of(title: str, byline: str, blocks: tuple[Block, ...]) -> Surroundings:
    """What the rules need to know of `blocks`."""
    lines = tuple(tuple(map(folded, block.text.split("\n"))) for block in blocks)
    tokens = tuple(map(tokens_of, lines))
    # Where words stand apart they are the tokens, and need not be counted again.
    counts = (
        words_in(block.text) if _is_unspaced(block.text) else len(found)
        for block, found in zip(blocks, tokens, strict=True)
    )
    return _surroundings(
        folded(title),
        folded(byline),
        blocks=blocks,
        folded=lines,
        tokens=tokens,
        prose_words=tuple(map(_prose_of, blocks, counts)),
    )


def _surroundings(
    title: str,
    byline: str,
    *,
    blocks: tuple[Block, ...],
    folded: tuple[tuple[str, ...], ...],
    tokens: tuple[tuple[str, ...], ...],
    prose_words: tuple[int, ...],
) -> Surroundings:
    prose = [i for i, count in enumerate(prose_words) if count]
    return Surroundings(
        title,
        byline,
        blocks,
        folded,
        tokens,
        prose_words,
        prose_above=(0, *accumulate(prose_words)),
        first_prose=prose[0] if prose else -1,
        last_prose=prose[-1] if prose else -1,
        last_dated=max((i for i, block in enumerate(blocks) if _is_dated(block)), default=-1),
    )


def _is_dated(block: Block) -> bool:
    return block.kind is BlockKind.HEADING and is_date(block.text.lower())


@lru_cache(maxsize=2**12)
def is_date(line: str) -> bool:
    """Whether a folded line is a date and nothing else."""
    return _DATE.fullmatch(line) is not None


def prose_words_of(block: Block) -> int:
    """The number of words if `block` reads as sentences, else 0.

    Prose is a paragraph or quotation of 8 words or more that ends as sentences do, or of 20
    words anyhow. Short sentences count for nothing: every kind of notice has them.
    """
    return _prose_of(block, words_in(block.text))


def _prose_of(block: Block, words: int) -> int:
    is_text = block.kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE)
    is_prose = words >= 20 or (words >= 8 and ends_sentence(block.text))
    return words if is_text and is_prose else 0


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as a sentence does, quotes and brackets aside."""
    return text.rstrip("\"'”’)]")[-1:] in _ENDS


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and _UNSPACED.search(text) is not None


def words_in(text: str) -> int:
    """Words of `text`; in scripts without spaces each character counts as one."""
    return len(_WORD.findall(text))


def folded(text: str) -> str:
    """`text` in lower case with typewriter punctuation and single spaces."""
    return " ".join(typewritten(text).lower().split())


def typewritten(text: str) -> str:
    """`text` with typewriter quotes, dashes and dots."""
    if not text.isascii():
        for print_sign, sign in _TYPEWRITER:  # six times as quick as `translate`
            text = text.replace(print_sign, sign)
    return text


_DATE = re.compile("|".join(next(p.says for p in PATTERNS if p.rule == "date")))
_ENDS = frozenset(".!?:…。！？")
_UNSPACED = re.compile("[぀-ヿ㐀-䶿一-鿿]")
_WORD = re.compile(rf"{_UNSPACED.pattern}|[^\W_]++(?:['’-][^\W_]++)*+")
_TYPEWRITER = (
    *(("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"')),
    *(("–", "-"), ("—", "-"), ("…", "...")),
)
