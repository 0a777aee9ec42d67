"""The cleaning report as a web page: what its template may ask for, and the page itself."""

import colorsys
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from partwork.model.article import Block, BlockKind, Category
from partwork.model.colour import readable
from partwork.rendering.inline import one_line, safe_url
from partwork.rendering.report import (
    BlockVerdict,
    Judged,
    Passage,
    Report,
    doubtful,
    passages_of,
    totals_of,
)
from partwork.rendering.templates import filled
from partwork.rendering.words import day_in

TEMPLATE = "web/cleaning-report.html"
PAPER = {"light": "#fbfaf7", "dark": "#191a1c"}
PANEL = {"light": "#ffffff", "dark": "#202225"}  # what stands out from the paper

FOLDED = 4  # a kept run folds where it hides this many blocks or more
SHOWN = 2  # of a folded run, blocks at each end that stay in view: what a removal stands among
FIRST_WORDS = 160  # characters of a block where it is only named
MOST_DOUBTS = 8  # entries in the box: more would be no first look


@dataclass(frozen=True, slots=True)
class Row:
    """A block: `words` as plain text, a line each; `note` says what kind it is, if not plain."""

    number: int
    words: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class PassageFields:
    """Neighbours of which the same is to be said.

    `verdict` is that of `BlockVerdict`; `numbers` such as `12–15`, `anchor` the place of the
    first of them in the page. `command` puts removed blocks back, or clears a flag; it may be
    empty, as may `category`, `colour` (a class name), `reason` and `sureness`.
    """

    verdict: str
    numbers: str
    anchor: str
    rows: tuple[Row, ...]
    folded: tuple[Row, ...]
    rest: tuple[Row, ...]
    category: str
    colour: str
    reason: str
    sureness: str
    command: str
    first_words: str

    @property
    def folded_numbers(self) -> str:
        """`4–15` of what is folded; empty where blocks have no numbers."""
        first, last = self.folded[0].number, self.folded[-1].number
        return f"{first}–{last}" if first else ""


@dataclass(frozen=True, slots=True)
class CategoryFields:
    """A category that the report speaks of; colours are `#rrggbb`, for light and dark paper."""

    name: str
    count: int
    anchor: str
    colour: str
    light: str
    dark: str


def report_page(report: Report, templates: Mapping[str, str]) -> str:
    """The report as HTML that loads nothing. Raises TemplateError."""
    return filled(TEMPLATE, templates, _fields(report)).text


def words_of(block: Block) -> str:
    """The block's words as plain text that does nothing: lines stay, list items get their signs."""
    if block.kind is BlockKind.IMAGE:
        return plain_line(block.text)
    lines = [_line(line, block.kind) for line in _unturned(block.text).split("\n")]
    if block.kind is BlockKind.LIST:
        lines = list(_items(lines, ordered=block.ordered))
    return "\n".join(lines)


def plain_line(text: str) -> str:
    """`text` on one line, without what acts instead of being read or turns what follows."""
    return one_line(_unturned(text))


def first_words(block: Block, characters: int = FIRST_WORDS) -> str:
    """How the block begins, on one line."""
    words = " ".join(words_of(block).split())
    return words if len(words) <= characters else f"{words[:characters].rstrip()}…"


def note_of(block: Block) -> str:
    """What a block is, where its words alone would not tell."""
    match block.kind:
        case BlockKind.PARAGRAPH | BlockKind.LIST:
            return ""
        case BlockKind.IMAGE:
            return "image"
        case kind:
            return kind.value


def command_for(report: Report, passage: Passage) -> str:
    """The command that puts the passage's blocks back or clears their flag; empty for others."""
    first, last = passage.blocks[0].number, passage.blocks[-1].number
    undoable = passage.first.verdict in {BlockVerdict.REMOVED, BlockVerdict.FLAGGED}
    if not undoable or not first:
        return ""
    numbers = f"{first}" if first == last else f"{first}-{last}"
    return f"partwork keep {report.article.slug} {numbers}"


def colours_of(category: Category) -> dict[str, str]:
    """The category's colour, readable on `PAPER` and `PANEL`, light and dark.

    Hues are a golden angle apart, which keeps any number of them distinct and neighbours in
    the list far apart.
    """
    hue = list(Category).index(category) * 137.508 % 360 / 360
    channels = colorsys.hls_to_rgb(hue, 0.42, 0.62)
    colour = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
    return {name: readable(readable(colour, PAPER[name]), PANEL[name]) for name in PAPER}


def _fields(report: Report) -> dict[str, object]:
    passages = [_passage(report, passage) for passage in passages_of(report)]
    doubts = [_passage(report, passage) for passage in doubtful(report)]
    article = report.article
    day = day_in("en", article.published_on) if article.published_on else ""
    return {
        "article": {
            "slug": article.slug,
            "title": plain_line(article.title),
            "title_is_made": article.title_is_made,
            "deck": plain_line(article.deck),
            "details": " · ".join(filter(None, (plain_line(article.byline), day))),
            "source": plain_line(article.source),
            "source_url": safe_url(article.source),
            "language": re.sub(r"[^A-Za-z0-9-]", "", article.language),
        },
        "cleaner": plain_line(report.cleaner),
        "notices": report.notices,
        "totals": totals_of(report),
        "categories": _categories(report, passages),
        "doubts": doubts[:MOST_DOUBTS],
        "more_doubts": len(doubts[MOST_DOUBTS:]),
        "flags": [p for p in passages if p.verdict == BlockVerdict.FLAGGED],
        "passages": passages,
        "paper": PAPER,
        "panel": PANEL,
    }


def _passage(report: Report, passage: Passage) -> PassageFields:
    first = passage.first
    rows = tuple(_row(judged) for judged in passage.blocks)
    folds = first.verdict is BlockVerdict.KEPT and len(rows) >= FOLDED + 2 * SHOWN
    return PassageFields(
        verdict=first.verdict.value,
        numbers=passage.numbers,
        anchor=f"block-{first.number}" if first.number else "",
        rows=rows[:SHOWN] if folds else rows,
        folded=rows[SHOWN:-SHOWN] if folds else (),
        rest=rows[-SHOWN:] if folds else (),
        category=first.category.value if first.category else "",
        colour=_colour_class(first.category) if first.category else "",
        reason=plain_line(first.reason),
        sureness=first.sureness.value if first.confidence is not None else "",
        command=command_for(report, passage),
        first_words=first_words(first.block),
    )


def _row(judged: Judged) -> Row:
    block = judged.block
    return Row(judged.number, words_of(block), block.kind.value, note_of(block))


def _categories(report: Report, passages: Iterable[PassageFields]) -> list[CategoryFields]:
    """Those of removals, the most first; then those that only flags have."""
    counts = dict(report.removed_by_category)
    flags = {j.category for j in report.blocks if j.verdict is BlockVerdict.FLAGGED}
    anchors: dict[str, str] = {}
    for passage in passages:
        if passage.verdict == BlockVerdict.REMOVED:
            anchors.setdefault(passage.category, passage.anchor)
    return [
        CategoryFields(
            name=category.value,
            count=counts.get(category, 0),
            anchor=anchors.get(category.value, ""),
            colour=_colour_class(category),
            **colours_of(category),
        )
        for category in dict.fromkeys([*counts, *(c for c in Category if c in flags)])
    ]


def _colour_class(category: Category) -> str:
    return f"category-{category.name.lower()}"


_INDENT = re.compile(r" *")
_CELLS = re.compile(r" *\t *")
# Embeddings, overrides and isolates (UAX 9, 2): one that is not closed turns what follows.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _unturned(text: str) -> str:
    return text.translate(_TURNING)


def _line(line: str, kind: BlockKind) -> str:
    if kind is BlockKind.TABLE:
        line = _CELLS.sub(" │ ", line)
    indent = _INDENT.match(line)
    return (indent[0] if indent else "") + one_line(line)


def _items(lines: Iterable[str], *, ordered: bool) -> Iterator[str]:
    count = 0
    for line in lines:
        item = line.lstrip(" ")
        nested = len(item) < len(line)
        count += not nested
        sign = f"{count}." if ordered and not nested else "•"
        yield f"{line[: len(line) - len(item)]}{sign} {item}"
