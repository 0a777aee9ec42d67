"""Which lists and tables of a page only arrange it."""

from collections.abc import Iterator

from lxml import etree

from partwork.reading.walk import SKIPPED, Element

LISTS = frozenset({"ul", "ol", "menu"})


def layout_of(root: Element) -> frozenset[Element]:
    """The lists and tables that arrange a page instead of listing something.

    Those are lists and tables with headings, tables, quotations, code or sections inside,
    tables with lists, and tables of one row, of one column or with a cell as long as a text.
    """
    arranging: set[Element] = set()
    holders: list[Element] = []
    tables: list[Element] = []
    walker = etree.iterwalk(root, events=("start", "end"), tag=_TOLD)
    for event, element in walker:
        name = element.tag
        if name in SKIPPED:
            if event == "start":
                walker.skip_subtree()
        elif event == "end":
            if holders and holders[-1] is element:
                holders.pop()
            if name == "table":
                tables.pop()
                if element not in arranging and not _is_data(element):
                    arranging.add(element)
        else:
            _mark(tables if name in LISTS else holders, arranging)
            if name in LISTS or name == "table":
                holders.append(element)
            if name == "table":
                tables.append(element)
    return frozenset(arranging)


_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_STRUCTURE = frozenset({*_HEADINGS, "table", "blockquote", "pre", "article", "section"})
_TOLD = tuple(_STRUCTURE | LISTS | SKIPPED)
# A cell with more words than a long paragraph is a column of a page (a guess).
_CELL_WORDS = 150


def _mark(holders: list[Element], arranging: set[Element]) -> None:
    """Mark the open holders, innermost first; outside a marked one all are marked already."""
    for holder in reversed(holders):
        if holder in arranging:
            return
        arranging.add(holder)


def _is_data(table: Element) -> bool:
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    return all(_words_in(cell) <= _CELL_WORDS for row in rows for cell in row)


def _words_in(cell: Element) -> int:
    return sum(len(text.split()) for text in _texts(cell))


def _texts(cell: Element) -> Iterator[str]:
    for element in cell.iter():
        if element.text and element.tag not in SKIPPED:
            yield element.text
        if element.tail and element is not cell:
            yield element.tail
