"""Which lists and tables of a page only arrange it."""

from bs4 import Tag

from partwork.reading.walk import Event, walked

LISTS = frozenset({"ul", "ol", "menu"})


def layout_of(root: Tag) -> frozenset[int]:
    """The `id()`s of lists and tables that arrange a page instead of listing something.

    Those are lists and tables with headings, tables, quotations, code or sections inside,
    tables with lists, and tables of one row, of one column or with a cell as long as a text.
    """
    arranging: set[int] = set()
    holders: list[Tag] = []
    for event, node in walked(root):
        if not isinstance(node, Tag):
            continue
        if event is Event.CLOSE:
            if holders and holders[-1] is node:
                if node.name == "table" and id(node) not in arranging and not _is_data(node):
                    arranging.add(id(node))
                holders.pop()
            continue
        if node.name in _STRUCTURE or node.name in LISTS:
            _mark(holders, arranging, tables_only=node.name in LISTS)
        if node.name in LISTS or node.name == "table":
            holders.append(node)
    return frozenset(arranging)


_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_STRUCTURE = frozenset({*_HEADINGS, "table", "blockquote", "pre", "article", "section"})
# A cell with more words than a long paragraph is a column of a page (a guess).
_CELL_WORDS = 150


def _mark(holders: list[Tag], arranging: set[int], *, tables_only: bool) -> None:
    """Mark the open holders, innermost first; outside a marked one all are marked already."""
    for holder in reversed(holders):
        if tables_only and holder.name != "table":
            continue
        if id(holder) in arranging:
            return
        arranging.add(id(holder))


def _is_data(table: Tag) -> bool:
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    return all(len(cell.get_text().split()) <= _CELL_WORDS for row in rows for cell in row)
