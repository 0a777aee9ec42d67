"""The cleaning report in the terminal."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partwork.cli.terminal import (
    DONE,
    WRITING,
    Flag,
    app,
    err,
    out,
    press_of_home,
    print_json,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.model.article import Category
    from partwork.rendering.report import Judged, Passage, Report


@app.command(group=WRITING, sort_key=3)
def report(
    article: str,
    *,
    output: Annotated[Literal["text", "json", "html"], Parameter(name="--format")] = "text",
    link: Flag = False,
) -> int:
    """Show what cleaning did to an article: each block with its number, what went and why.

    Example: partwork report two-weeks-with-a-notebook

    Parameters
    ----------
    article
        Its name, as `partwork ingest` printed it.
    output
        text for people, json for programs (docs/formats.md), html for a page to keep.
    link
        Print the signed address of the page instead, good for 14 days.
    """
    from partwork.actions.report import has_public_url, report_html, report_on, report_url
    from partwork.rendering.report import report_data

    with press_of_home() as press:
        found = report_on(press, article)
        if link:
            sys.stdout.write(report_url(press, article, utc_now()) + "\n")
            if not has_public_url(press):
                err.print(
                    "PARTWORK_PUBLIC_URL is not set: the link opens on this machine alone, "
                    "while `partwork web` runs"
                )
        elif output == "json":
            print_json(report_data(found))
        elif output == "html":
            sys.stdout.write(report_html(press, found))
        else:
            _show(found)
    return DONE


# The six that every terminal has, in its own shades. A category is always named beside them.
_COLOURS = ("red", "green", "yellow", "blue", "magenta", "cyan")
_SIGNS = {
    "kept": " ",
    "removed": "−",
    "flagged": "⚑",
    "edited": "✎",
    "gone": "×",
    "written": "+",
}
_SAYS = {
    "flagged": "marked, and stays",
    "edited": "edited by hand",
    "gone": "taken out by hand",
    "written": "written by hand",
}


def _show(report: "Report") -> None:
    from partwork.rendering.report import doubtful, passages_of, summary_of
    from partwork.rendering.report_page import plain_line

    article = report.article
    out.print(Text(plain_line(article.title), style="bold"), soft_wrap=False)
    if article.source:
        out.print(f"from {plain_line(article.source)}", soft_wrap=False, style="dim")
    out.print(summary_of(report), soft_wrap=False)
    for notice in report.notices:
        out.print(notice, soft_wrap=False, style="yellow")
    doubts = doubtful(report)
    if doubts:
        out.print("\nLook at these, the least sure first", style="bold")
        _print_rows(row for doubt in doubts for row in _doubt_rows(report, doubt))
    out.print("\nAll that was read, in order", style="bold")
    _print_rows(row for passage in passages_of(report) for row in _passage_rows(passage))
    out.print(
        f"\nPut back: partwork keep {article.slug} NUMBER"
        f"\nTake out: partwork drop {article.slug} NUMBER",
        style="dim",
    )


def _print_rows(rows: Iterator[tuple[str, str, Text]]) -> None:
    """Sign, number and words in three columns; only the words break lines."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(justify="right", no_wrap=True, min_width=3)
    grid.add_column(ratio=1)
    for sign, number, words in rows:
        grid.add_row(sign, number, words)
    out.print(Padding(grid, (0, 0, 0, 1)), soft_wrap=False)


def _doubt_rows(report: "Report", passage: "Passage") -> Iterator[tuple[str, str, Text]]:
    from partwork.rendering.report_page import command_for

    yield "", passage.numbers, _label(passage)
    yield "", "", _beginning(passage.first)
    yield "", "", Text(command_for(report, passage), style="bold")


def _passage_rows(passage: "Passage") -> Iterator[tuple[str, str, Text]]:
    """Kept blocks by their beginnings, a line each; others whole, under what is said of them."""
    from partwork.rendering.report_page import words_of

    verdict = passage.first.verdict.value
    sign = _SIGNS[verdict]
    if verdict != "kept":
        yield sign, "", _label(passage)
    for judged in passage.blocks:
        number = str(judged.number or "")
        if verdict == "kept":
            yield sign, number, _beginning(judged)
        else:
            style = "dim" if verdict in {"removed", "gone"} else ""
            yield sign, number, Text(words_of(judged.block), style=style)


def _label(passage: "Passage") -> Text:
    from partwork.rendering.report_page import plain_line

    first = passage.first
    category = first.category.value if first.category else ""
    head = ": ".join(filter(None, (_SAYS.get(first.verdict.value), category)))
    label = Text(head, style=f"bold {_colour_of(first.category)}".strip())
    if first.confidence is not None:
        label.append(f" · {first.sureness}", style="not bold default")
        label.append(f" · {plain_line(first.reason)}", style="not bold default")
    return label


def _beginning(judged: "Judged") -> Text:
    from partwork.rendering.report_page import first_words

    style = "bold" if judged.block.kind == "heading" else ""
    words = first_words(judged.block, max(out.width, 40))
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")


def _colour_of(category: "Category | None") -> str:
    if category is None:
        return ""
    return _COLOURS[list(type(category)).index(category) % len(_COLOURS)]
