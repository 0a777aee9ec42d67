"""Title and deck out of the first lines of an article, and what stands between them."""

import re
from dataclasses import replace
from itertools import pairwise

from partwork.model.article import Block, BlockKind, normalised
from partwork.reading.metadata import Metadata, byline_in, date_in, published_in


def lifted(blocks: tuple[Block, ...], said: Metadata) -> tuple[Metadata, tuple[Block, ...]]:
    """`said` completed from the first lines, and the blocks without those that it now holds.

    A block leaves only if the title or the deck holds its words exactly. Lines with a date or a
    byline are read and stay: they are cleaning's to remove. The title stays empty where the
    text begins with prose; the last block always stays.
    """
    top = _top(blocks)
    title_at = _title_at(blocks, top, said.title) if len(blocks) > 1 else None
    deck_at = None
    if title_at is not None:
        said = replace(said, title=blocks[title_at].text)
        deck_at = _deck_at(blocks, title_at) if not said.deck else None
    if deck_at is not None:
        said = replace(said, deck=blocks[deck_at].text)
    near = top if title_at is None else (*top, *blocks[title_at : title_at + _BELOW_TITLE])
    dates = (found for block in near if (found := published_in(block.text)))
    names = (name for block in near if (name := byline_in(block.text)))
    published_on = said.published_on or next(dates, None)
    below_title = near[-_BELOW_TITLE - 1 :]
    others = tuple(block.text for block in below_title if block.text != said.title)
    byline = said.byline or next(names, "") or _name_beside_a_date(others)
    said = replace(said, published_on=published_on, byline=byline)
    return said, tuple(b for i, b in enumerate(blocks) if i not in (title_at, deck_at))


def made_title(blocks: tuple[Block, ...]) -> str:
    """A title for a text that has none: the first words of its first prose, or of what there is."""
    first = next((b for b in blocks if _is_prose(b)), blocks[0])
    words = first.text.split()
    title = " ".join(words[:_MADE_TITLE_WORDS])[:_TITLE_CHARACTERS]
    return title if len(words) <= _MADE_TITLE_WORDS else f"{title.rstrip('.,;:')}…"


# Menus may be long; what stands further down is not the top of an article (a guess).
_TOP_BLOCKS = 200
_TITLE_WORDS, _TITLE_CHARACTERS = 25, 200
_MADE_TITLE_WORDS = 8
_DECK_WORDS = 40
# With more lines above the first prose there is a menu.
_MENU_LINES = 6
_PROSE_WITHIN, _NOTICE_WORDS = 2, 30
# Byline and date stand close below a title; few titles are shorter than eight words.
_DATED_BELOW, _FULL_WORDS = 3, 8
_BELOW_TITLE = 6

# Two to four capitalised words, and nothing else on the line unless a bar parts it.
_BARE_NAME = re.compile(
    r"[^\W\d_a-z][\w'’.-]*(?: (?:(?:de|di|da|van|von|der|la|le|bin|al) )*[^\W\d_a-z][\w'’.-]*){1,3}"
    r" *(?:$|[|·•,] *(?=\S))"
)

# A question of one line is as good a title as any.
_PROSE_END = re.compile(r"[.!…][\"'”’)\]]*$")
_DECK_CLASS = re.compile(
    r"^(?:dek|deck|standfirst|sub-?(?:title|head(?:line)?))|(?:-|_)(?:dek|deck|subtitle|standfirst)\b",
    re.I,
)
_FURNITURE = re.compile(
    r"\W*(?:logo|site logo|home|home ?page|(?:main )?menu|close(?: menu)?|search(?: for)?"
    r"|skip to .*|log ?in|sign (?:in|up)|subscribe|advertisement|toggle navigation|you are here.*"
    r"|open in app|share(?: this.*)?|print|\d+ min(?:ute)?s?(?: read)?|by|image"
    r"|.+[»›>|/].+[»›>|/].+)\W*",
    re.IGNORECASE,
)


def _top(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks before the first prose of the text: a notice above it is short and alone."""
    prose = [i for i, block in enumerate(blocks[:_TOP_BLOCKS]) if _is_prose(block)]
    texts = (
        at
        for at, following in pairwise(prose)
        if following - at <= _PROSE_WITHIN or len(blocks[at].text.split()) > _NOTICE_WORDS
    )
    return blocks[: next(texts, prose[0] if prose else _MENU_LINES)]


def _is_prose(block: Block) -> bool:
    words = len(block.text.split())
    if block.kind in (BlockKind.HEADING, BlockKind.IMAGE, BlockKind.LIST):
        return False
    return words > _TITLE_WORDS or (words >= 8 and _PROSE_END.search(block.text) is not None)


def _title_at(blocks: tuple[Block, ...], top: tuple[Block, ...], said: str) -> int | None:
    """Where the title stands: the words that the source's metadata names, or the likeliest line.

    A heading with those words may stand below prose, such as a cookie notice.
    """
    if said:
        key = normalised(said)
        equal = [i for i, b in enumerate(blocks[:_TOP_BLOCKS]) if normalised(b.text) == key]
        headings = [i for i in equal if blocks[i].kind is BlockKind.HEADING]
        return next(iter([*headings, *(i for i in equal if i < len(top))]), None)
    candidates = [i for i, block in enumerate(top) if _may_be_title(block)]
    first = [i for i in candidates if top[i].level == 1]
    if first:
        return first[0]
    told = {word for b in blocks[len(top) : _TOP_BLOCKS] for word in _long_words(b.text)}
    shares = {i: _share(_long_words(top[i].text), told) for i in candidates}
    if len(top) <= _MENU_LINES:
        labels = [i for i in candidates if not shares[i] and len(top[i].text.split()) <= 3]
        fitting = (i for i in candidates if i not in labels)
        return next(fitting, candidates[0] if candidates else None)
    return max(candidates, key=lambda i: _likeliness(blocks, i, shares[i]), default=None)


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) >= 4}


def _share(words: set[str], told: set[str]) -> float:
    """How much of a line the text goes on to speak of; menus name other things."""
    return len(words & told) / len(words) if words else 0.0


def _likeliness(blocks: tuple[Block, ...], at: int, share: float) -> float:
    """How much a line below a menu looks like the title; weights tried on 180 labelled pages."""
    below = blocks[at + 1 : at + 1 + _DATED_BELOW]
    is_dated = any(_is_dateline(block.text) for block in below)
    fullness = min(len(blocks[at].text.split()), _FULL_WORDS) / _FULL_WORDS
    return share + is_dated + fullness


def _name_beside_a_date(lines: tuple[str, ...]) -> str:
    """A name on a line of its own, or before a bar, where the date is on the next or the same."""
    for line, below in pairwise((*lines, "")):
        name = _BARE_NAME.match(line)
        if name is None:
            continue
        rest = line[name.end() :].strip()
        if date_in(rest) if rest else published_in(below):
            return name[0].rstrip(" |·•,")
    return ""


def _may_be_title(block: Block) -> bool:
    text = block.text
    is_line = block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    is_visible = block.markup is None or not block.markup.hidden
    is_title_sized = len(text.split()) <= _TITLE_WORDS and len(text) <= _TITLE_CHARACTERS
    if not (is_line and is_visible and is_title_sized) or not any(map(str.isalnum, text)):
        return False
    is_other = _is_prose(block) or _is_dateline(text) or text[-1] == ":"
    return not is_other and _FURNITURE.fullmatch(text) is None


def _is_dateline(text: str) -> bool:
    return bool(published_in(text) or byline_in(text))


def _deck_at(blocks: tuple[Block, ...], title_at: int) -> int | None:
    """Where the deck stands: below the title, with a sign that it is no heading of a section.

    The sign is a class that says so, or the byline or date on the next line, or that no blank
    line parts it from the title and one does from the text.
    """
    at = title_at + 1
    if at + 1 >= len(blocks) or not _may_be_deck(blocks[at]):
        return None
    title, deck, below = blocks[title_at : at + 2]
    if deck.markup is not None and any(_DECK_CLASS.search(c) for c in deck.markup.classes[:2]):
        return at
    if _is_dateline(below.text):
        return at
    touches_title = 0 < deck.first_line == title.last_line + 1
    is_parted = touches_title and below.first_line > deck.last_line + 1
    return at if is_parted and not _PROSE_END.search(deck.text) else None


def _may_be_deck(block: Block) -> bool:
    is_line = block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    is_deck_sized = len(block.text.split()) <= _DECK_WORDS
    is_other = _is_dateline(block.text) or _FURNITURE.fullmatch(block.text) is not None
    return is_line and is_deck_sized and not is_other
