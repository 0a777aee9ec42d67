"""Tables where there is little room: on a phone, and in plain text."""

from collections.abc import Callable, Sequence

from partwork.model.series import Table, cells_in, run_of
from partwork.rendering.wrapping import WIDTH, broadest, columns, wrapped

# Letters that stand side by side on the smallest phone, 320 px wide: 280 px of text, of 8.5 px each
# at 16 px (Arial's average in running text). The gap between two cells takes two of them.
_PHONE = 32
_GAP = 2


def is_wide(table: Table) -> bool:
    """Whether a phone would have to part words to show the cells of a row side by side."""
    rows = [[text for text, _ in cells_in(row)] for row in run_of(table)]
    return _breadth(rows, broadest) > _PHONE


def in_columns(rows: Sequence[Sequence[object]], is_wide: bool = False) -> str:
    """The rows one below the other, cells lined up, a rule under the header.

    Where they do not fit into `WIDTH` columns, or if `is_wide`, each row is told cell by cell, with
    the header's word for it: `Grit: 220`.
    """
    header, *others = cells = [[str(cell) for cell in row] for row in rows]
    if is_wide or _breadth(cells, columns) > WIDTH:
        return "\n\n".join(_told(header, row) for row in others)
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    ruled = [header, ["-" * width for width in widths], *others]
    return "\n".join(_line(row, widths) for row in ruled)


def _told(header: Sequence[str], row: Sequence[str]) -> str:
    """The cells that are not empty, a line each, those after the first set in."""
    cells = [
        f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=True) if cell
    ]
    return "\n".join(wrapped(cell, "  " if n else "", "    ") for n, cell in enumerate(cells))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
    return (" " * _GAP).join(cells)


def _breadth(rows: Sequence[Sequence[str]], of_cell: Callable[[str], int]) -> int:
    """How wide the broadest cells of all columns are together, with their gaps."""
    broadest_cells = [max(map(of_cell, column)) for column in zip(*rows, strict=True)]
    return sum(broadest_cells) + _GAP * (len(broadest_cells) - 1)
