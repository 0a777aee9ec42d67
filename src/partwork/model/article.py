"""Articles: what is read from a raw text, and what cleaning says of it."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from partwork.model.text import Span


class Rights(StrEnum):
    """What a source allows; it limits how much of an article a part may take."""

    OWN = "own"
    LICENSED = "licensed"
    QUOTATION = "quotation"
    UNKNOWN = "unknown"


class BlockKind(StrEnum):
    """What a block is; `text` of a block is laid out by its kind, see `Block`."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    IMAGE = "image"


class Category(StrEnum):
    """Kinds of boilerplate, in an editor's words."""

    FURNITURE = "site furniture"
    DATELINE = "date and byline"
    BIO = "author's bio"
    COMMENTS = "comments"
    SHARE = "share buttons"
    RELATED = "related links"
    SIGNUP = "sign-up"
    CONSENT = "cookie notice"
    LEGAL = "legal footer"
    ADVERT = "advertisement"
    CAPTION = "caption or credit"
    PROMOTION = "promotion"
    TAGS = "tags and counters"
    WALL = "paywall or login"
    CONTENTS = "table of contents"
    ANNOUNCEMENT = "author's announcement"
    DUPLICATE = "repeated line"
    HIDDEN = "hidden text"
    EDITOR = "editor's decision"


@dataclass(frozen=True, slots=True)
class Markup:
    """What a block looked like in its HTML, so that cleaning sees it without a parser.

    `link_density` is the share of the block's characters that stand in links, 0 to 1;
    `classes` are the class names, ids and landmark roles of the block and its ancestors, in
    lower case, nearest first; `within` are those ancestors that say what a part of a page is,
    as tag names (`nav` also for what has that role), the block's own among them, nearest first.
    """

    tag: str
    classes: tuple[str, ...] = ()
    link_density: float = 0.0
    hidden: bool = False
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest piece cleaning judges.

    `text` is plain text without markup. Lists have one item a line, two spaces of indentation
    for each level of nesting; tables one row a line, cells parted by tabs; code keeps its
    lines; images have their alternative text. Every other kind is one line.
    `level` is 1 to 6 for headings and 0 otherwise; `url` is set for images alone.
    `first_line` and `last_line` count from 1 in the decoded raw text (0: not known, as in HTML).
    `flag` marks a block that stays in the article and never enters a series.
    """

    kind: BlockKind
    text: str
    level: int = 0
    ordered: bool = False
    spans: tuple[Span, ...] = ()
    url: str = ""
    markup: Markup | None = None
    first_line: int = 0
    last_line: int = 0
    flag: Category | None = None

    @property
    def digest(self) -> str:
        """The name by which citations know this block: see `block_digest`."""
        return block_digest(self.text)


_SPACE = re.compile(r"\s+")


def normalised(text: str) -> str:
    """`text` in NFKC, case-folded, every run of white space one space: equal for equal words."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def block_digest(text: str) -> str:
    """First eight hexadecimal digits of the SHA-256 of the block's normalised text.

    A block keeps its digest when its layout changes and loses it when its words do, so a
    citation of words that are gone is noticed. One article has few enough blocks that eight
    digits do not collide in practice (birthday bound: 0.01 % at 1,000 blocks).
    """
    return hashlib.sha256(normalised(text).encode("utf-8", "surrogatepass")).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Article:
    """A title and an ordered run of blocks, read from one raw text.

    `source` is a URL or the raw file's name; `language` a BCP 47 tag ("und": not known);
    `sha256` is over the raw bytes, in hexadecimal. `title_is_made` says that the source had no
    title and that ours was made from its first words. From `withdrawn_on` it may be used no more.
    """

    slug: str
    title: str
    blocks: tuple[Block, ...]
    deck: str = ""
    byline: str = ""
    published_on: date | None = None
    source: str = ""
    language: str = "und"
    rights: Rights = Rights.UNKNOWN
    withdrawn_on: date | None = None
    sha256: str = ""
    title_is_made: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """A block that cleaning took out, and why.

    `position` counts from 0 in the article as it was read. `confidence` is 0 to 1.
    """

    position: int
    block: Block
    rule: str
    category: Category
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article after cleaning, and everything cleaning did to it.

    Kept blocks and removals, merged by position, are the article as it was read. `cleaner` is
    the version of the rules that judged, so that a later one can say what it judges otherwise.
    """

    article: Article
    removals: tuple[Removal, ...] = field(default=())
    cleaner: str = ""
