"""Tables for spreadsheets that do not come alive there."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """CSV (RFC 4180, CRLF), the header being the first row; formulas defused.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, which
    `applicants_in` takes off again.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [_defused(cell) for cell in row] for row in rows
    )
    return out.getvalue()


# What begins a formula in Excel and LibreOffice, also in full width; spaces, tabs and line ends
# before it may be trimmed on import (OWASP, CSV Injection).
_FORMULA = tuple("=+-@＝＋－＠")


def _defused(cell: str) -> str:
    # One with an apostrophe before it would lose that instead.
    return f"'{cell}" if cell.lstrip("'").lstrip().startswith(_FORMULA) else cell
