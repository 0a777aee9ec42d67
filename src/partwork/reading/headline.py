"""Title and deck out of the first lines of an article, and what stands between them."""

import re
from dataclasses import replace
from itertools import pairwise

from partwork.model.article import Block, BlockKind, normalised
from partwork.reading.bylines import author_in, author_in_bio, byline_in
from partwork.reading.dates import published_in
from partwork.reading.furniture import is_furniture
from partwork.reading.metadata import Metadata
from partwork.reading.titles import title_at
from partwork.reading.top import TITLE_CHARACTERS, ends_a_sentence, is_dateline, is_prose


def lifted(blocks: tuple[Block, ...], said: Metadata) -> tuple[Metadata, tuple[Block, ...]]:
    """`said` completed from the first lines, and the blocks without those that it now holds.

    A block leaves only if the title or the deck holds its words exactly. Lines with a date or a
    byline are read and stay: they are cleaning's to remove. The title stays empty where the
    text begins with prose; the last block always stays.
    """
    shown = _shown(blocks)
    top = _top(shown)
    has_title_line = len(shown) > 1 and not said.title_is_made
    at = _title_at(shown, top, said.title) if has_title_line else None
    if at is not None:
        said = replace(said, title=shown[at].text)
    below, above = _lines_beside(shown, top, at)
    dates = (found for line in (*below, *reversed(above)) if (found := published_in(line)))
    bio = [block.text for block in shown[-_BIO_WITHIN:]]
    byline = said.byline or author_in(below, above) or author_in_bio(bio)
    said = replace(said, published_on=said.published_on or next(dates, None), byline=byline)
    deck_at = _deck_at(shown, at, said) if at is not None else None
    if deck_at is not None:
        said = replace(said, deck=shown[deck_at].text)
    taken = {id(shown[i]) for i in (at, deck_at) if i is not None}
    return said, tuple(block for block in blocks if id(block) not in taken)


def made_title(blocks: tuple[Block, ...], *, is_clean: bool = False) -> str:
    """A title for a text that has none: the heading above its first prose, or its first sentence.

    Of several headings it is the nearest, since those above may be a menu's; if `is_clean`, what
    is left is the text's own, and it is the first.
    """
    shown = [b for b in _shown(blocks) if b.kind is not BlockKind.IMAGE] or _shown(blocks)
    at = next((i for i, block in enumerate(shown) if is_prose(block)), 0)
    headings = [block for block in shown[:at] if block.kind is BlockKind.HEADING]
    if is_clean:
        return _cut(next(iter(headings), shown[0]).text)
    if at and headings and headings[-1] is shown[at - 1]:
        return _cut(headings[-1].text)
    return _cut(shown[0 if all(map(_opens_text, shown[:at])) else at].text)


def _opens_text(block: Block) -> bool:
    """Whether a line above the first prose is of it: a few words that end as sentences do."""
    return block.kind is BlockKind.PARAGRAPH and ends_a_sentence(block.text)


def _cut(text: str) -> str:
    """The first sentence of a text, or its beginning if that is long, without a sign at its end."""
    sentence = _FIRST_SENTENCE.match(text)
    words = (text if sentence is None else sentence[0]).split()
    if len(words) <= _MADE_TITLE_WORDS:
        title = " ".join(words)
        title = title if title.endswith("..") else title.removesuffix(".")
        if len(title) <= TITLE_CHARACTERS:
            return title or text
    title = " ".join(words[:_MADE_TITLE_WORDS])
    if len(title) > TITLE_CHARACTERS:
        title = title[:TITLE_CHARACTERS].rpartition(" ")[0] or title[:TITLE_CHARACTERS]
    title = title.rstrip(_HANGING)
    closing = _QUOTES.get(title[:1])
    return f"{title if closing is None or closing in title[1:] else title[1:]}…"


def _shown(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that a reader of the source sees, all where none is seen."""
    shown = tuple(b for b in blocks if b.markup is None or not b.markup.hidden)
    return shown or blocks


# Menus may be long; what stands further down is not the top of an article (a guess).
_TOP_BLOCKS = 200
_MADE_TITLE_WORDS = 8
# Shorter ones end in an abbreviation as often: "Dr. Varga had …".
_FIRST_SENTENCE = re.compile(r"\S.{15,200}?[.!?…][\"'”’)]*(?=\s+[\"'“‘(]?[^\W\d_a-z])")
_HANGING = " .,;:–—-(“\"'‘«…"
_QUOTES = {"“": "”", '"': '"', "‘": "’", "«": "»", "(": ")"}
# A label or a row of tags is below a title as often (a guess).
_DECK_FEWEST, _DECK_WORDS = 3, 40
# With more lines above the first prose there is a menu.
_MENU_LINES = 6
_PROSE_WITHIN, _NOTICE_WORDS = 2, 30
# Between title and text stand deck, byline, date, counters and a picture's caption (a guess).
_BELOW_TITLE, _ABOVE_TITLE, _BELOW_BYLINE = 16, 6, 3
_ITEMS = 4

# Bios stand below the text, and comments below them (a guess).
_BIO_WITHIN = 60

_SUBJECT = re.compile(r"subject: +(.+)", re.IGNORECASE)
_HEADER_LINES = 12

_DECK_CLASS = re.compile(
    r"^(?:dek|deck|standfirst|sub-?(?:title|head(?:line)?))|(?:-|_)(?:dek|deck|subtitle|standfirst)\b",
    re.I,
)


def _top(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks before the first prose of the text: a notice above it is short and alone."""
    prose = [i for i, block in enumerate(blocks[:_TOP_BLOCKS]) if is_prose(block)]
    texts = (
        at
        for at, following in pairwise(prose)
        if following - at <= _PROSE_WITHIN or len(blocks[at].text.split()) > _NOTICE_WORDS
    )
    return blocks[: next(texts, prose[0] if prose else _MENU_LINES)]


def _title_at(blocks: tuple[Block, ...], top: tuple[Block, ...], said: str) -> int | None:
    """Where the title stands: the words that the source's metadata names, or the likeliest line.

    A heading with those words may stand below prose, such as a cookie notice.
    """
    if said:
        key = normalised(said)
        near = [i for i, b in enumerate(blocks[:_TOP_BLOCKS]) if len(b.text) <= 2 * len(said)]
        equal = [i for i in near if normalised(blocks[i].text) == key]
        headings = [i for i in equal if blocks[i].kind is BlockKind.HEADING]
        return next(iter([*headings, *(i for i in equal if i < len(top))]), None)
    first = next((i for i, block in enumerate(top) if block.level == 1), None)
    if first is None:
        first = _named_by_a_subject(top)
    return first if first is not None else title_at(blocks)


def _named_by_a_subject(top: tuple[Block, ...]) -> int | None:
    """Where the words stand with which the Subject of a mail above the text ends (RFC 5322)."""
    for n, block in enumerate(top[:_HEADER_LINES]):
        subject = _SUBJECT.fullmatch(block.text)
        if subject is None:
            continue
        words = normalised(subject[1])
        keys = ((i, normalised(top[i].text)) for i in range(n + 1, len(top)))
        return next((i for i, key in keys if len(key.split()) > 1 and words.endswith(key)), None)
    return None


def _lines_beside(
    blocks: tuple[Block, ...], top: tuple[Block, ...], at: int | None
) -> tuple[list[str], list[str]]:
    """The lines between the title and the text, and those above the title, in their order.

    Where there is no title, those above the text. A date in the text is one of its subject.
    """
    if at is None:
        return _lines_of(top[-_BELOW_TITLE:]), []
    under = blocks[at + 1 : at + 1 + _BELOW_TITLE]
    prose = (n for n, block in enumerate(under) if is_prose(block))
    text = len(top) - at - 1 if at < len(top) else next(prose, len(under))
    bylines = (n for n, block in enumerate(under, start=_BELOW_BYLINE) if byline_in(block.text))
    text = max(text, next(bylines, 0))
    above = blocks[max(0, at - _ABOVE_TITLE) : at]
    return _lines_of(under[:text]), _lines_of(above)


def _lines_of(blocks: tuple[Block, ...]) -> list[str]:
    """The blocks' lines, of a long list the first few."""
    return [line for block in blocks for line in block.text.split("\n", _ITEMS)[:_ITEMS]]


def _deck_at(blocks: tuple[Block, ...], title_at: int, said: Metadata) -> int | None:
    """Where the deck stands: below the title, with a sign that it is no heading of a section.

    The sign is that the source says so, or a class, or the byline or date on the next line, or
    that no blank line parts it from the title and one does from the text.
    """
    at = title_at + 1
    if at + 1 >= len(blocks) or not _may_be_deck(blocks[at]):
        return None
    if not any(is_prose(block) and not is_furniture(block.text) for block in blocks[at + 1 :]):
        return None
    title, deck, below = blocks[title_at : at + 2]
    if said.deck:
        return at if normalised(deck.text) == normalised(said.deck) else None
    if deck.markup is not None and any(_DECK_CLASS.search(c) for c in deck.markup.classes[:2]):
        return at
    is_name = said.byline != "" and deck.text.startswith(said.byline)
    if len(deck.text.split()) < _DECK_FEWEST or deck.text[0] == "#" or is_name:
        return None
    if is_dateline(below.text):
        return at
    touches_title = 0 < deck.first_line == title.last_line + 1
    is_parted = touches_title and below.first_line > deck.last_line + 1
    return at if is_parted and not ends_a_sentence(deck.text) else None


def _may_be_deck(block: Block) -> bool:
    is_line = block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    is_deck_sized = len(block.text.split()) <= _DECK_WORDS
    is_other = is_dateline(block.text) or is_furniture(block.text)
    return is_line and is_deck_sized and not is_other
