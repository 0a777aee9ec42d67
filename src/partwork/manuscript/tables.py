"""Tables with pipes, as articles and instalments write them (GitHub Flavored Markdown, 4.10)."""

import re
from collections.abc import Sequence

from markdown_it.token import Token


def print_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in CommonMark, one line each; the first is the header, short ones filled up."""
    width = max(map(len, rows))
    lines = []
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row))
        lines.append(f"| {' | '.join(cells)} |")
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


def table_rows(tokens: Sequence[Token]) -> list[list[Token]]:
    """The running text of each cell, row by row; all rows have as many cells as the header."""
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    return rows


def cells_on(line: str) -> int:
    """How many cells a line has; of those beyond the header's the parser says nothing."""
    cells = _PIPE.split(line.strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


_PIPE = re.compile(r"(?<!\\)\|")
