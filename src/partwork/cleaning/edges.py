"""What stands at the edges of a page: menus above the text, link lists and footers below it."""

from collections.abc import Iterator
from itertools import groupby

from partwork.cleaning.findings import Finding
from partwork.cleaning.surroundings import Surroundings, words_in
from partwork.model.article import BlockKind, Category


def menus(page: Surroundings) -> dict[int, Finding]:
    """Findings on long runs of very short lines, and lists of such, above the text."""
    found: dict[int, Finding] = {}
    finding = Finding("menu-run", Category.FURNITURE, "is one of many short lines of a menu", 0.9)
    for start, end in _runs([_is_menu_line(page, i) for i in range(max(page.first_prose, 0))]):
        lines = sum(len(page.folded[i]) for i in range(start, end))
        # The last may be the heading of the text below.
        stop = end - (end == page.first_prose and page.blocks[end - 1].kind is BlockKind.HEADING)
        if lines >= _MENU_LINES:
            found |= dict.fromkeys(range(start, stop), finding)
    return found


def edged(page: Surroundings, found: dict[int, Finding]) -> dict[int, Finding]:
    """Findings on what stands beyond an anchor, by position.

    An anchor is a line before or after all prose that another rule has found. What is further
    from the text than the nearest anchor is the page's, what is nearer is the text's: a heading
    above its first paragraph, a list below its last. A long run of findings with next to no
    prose beyond it is an anchor too, though there be some sentences: a footer has them.
    """
    anchors = [i for i, finding in found.items() if finding.category in _ANCHORS]
    above = max((i for i in anchors if page.is_above(i)), default=0)
    below = min((i for i in anchors if page.is_below(i)), default=len(page.blocks))
    for start, end in _runs([i in found for i in range(len(page.blocks))]):
        if end - start < _LONG_RUN:
            continue
        if page.prose_above[start] <= _LITTLE_PROSE * page.all_prose:
            above = max(above, start)
        elif page.prose_below(end - 1) <= _LITTLE_PROSE * page.all_prose:
            below = min(below, start)
    more: dict[int, Finding] = {}
    for i in (*range(above), *range(below + 1, len(page.blocks))):
        if i not in found and page.blocks[i].kind in _LOOSE:
            rule, where = _ABOVE if i < above else _BELOW
            more[i] = Finding(rule, Category.FURNITURE, where, 0.9)
    return more


_ABOVE = ("above-anchor", "stands among the page's menus, above the text")
_BELOW = ("below-anchor", "stands among the page's links and notices, below the text")
# A caption, an advertisement or a hidden line may stand next to the text itself.
_ANCHORS = frozenset(Category) - {Category.CAPTION, Category.ADVERT, Category.HIDDEN}
_LOOSE = (BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.IMAGE)

# Tried on 676 labelled pages: shorter runs cost paragraphs at the ends of texts.
_LONG_RUN = 6
_LITTLE_PROSE = 0.1
# Verse has longer lines, and a list of points above a text has fewer.
_MENU_WORDS, _MENU_LINES = 4, 8


def _is_menu_line(page: Surroundings, i: int) -> bool:
    block = page.blocks[i]
    lines = block.text.split("\n")
    return block.kind in _LOOSE and words_in(block.text) <= _MENU_WORDS * len(lines)


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of true flags."""
    at = 0
    for flag, group in groupby(flags):
        length = sum(1 for _ in group)
        if flag:
            yield at, at + length
        at += length
