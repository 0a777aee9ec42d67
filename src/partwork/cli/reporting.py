"""The cleaning report in the terminal."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partwork.cli.terminal import (
    DONE,
    WRITING,
    Flag,
    WrongUse,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    utc_now,
)
from partwork.model.errors import PartworkError

if TYPE_CHECKING:
    from partwork.model.article import Category
    from partwork.rendering.report import Judged, Passage, Report


@app.command(group=WRITING, sort_key=3)
def report(
    article: Annotated[str, Parameter(show_default=False)] = "",
    *,
    whole: Annotated[bool, Parameter(name="--all", negative="")] = False,
    output: Annotated[Literal["text", "json", "html"], Parameter(name="--format")] = "text",
    link: Flag = False,
) -> int:
    """Show what cleaning did to an article: each block with its number, what went and why.

    Example: partwork report two-weeks-with-a-notebook --all

    Parameters
    ----------
    article
        Its name, as `partwork ingest` printed it; all articles are listed where it is left out.
    whole
        Show what stays in full too, and not by its beginnings.
    output
        text for people, json for programs (docs/formats.md), html for a page to keep.
    link
        Print the signed address of the page instead, good for 14 days.
    """
    from partwork.actions.report import report_html, report_on, report_url
    from partwork.rendering.report import report_data

    if not article:
        if link or whole or output != "text":
            raise WrongUse("the report of which article? `partwork report` alone lists them")
        _list_articles()
        return DONE
    if link and (whole or output != "text"):
        raise WrongUse("--link prints the page's address alone; leave out --all and --format")
    if whole and output != "text":
        raise WrongUse(f"--format {output} has every line anyway; leave out --all")
    with press_of_home() as press:
        found = report_on(press, article)
        if link:
            sys.stdout.write(report_url(press, article, utc_now()) + "\n")
            if not press.has_public_url:
                err.print(
                    "PARTWORK_PUBLIC_URL is not set: the link opens on this machine alone, "
                    "while `partwork web` runs"
                )
        elif output == "json":
            print_json(report_data(found))
        elif output == "html":
            sys.stdout.write(report_html(press, found))
        else:
            _show(found, whole=whole)
    return DONE


def _list_articles() -> None:
    """Every article with its title; one that cannot be read says why."""
    from partwork.actions.loading import load_article

    with press_of_home() as press:
        slugs = press.library.article_slugs()
        rows = []
        for slug in slugs:
            try:
                rows.append((slug, load_article(press, slug).title))
            except PartworkError as error:
                rows.append((slug, str(error)))
    if rows:
        print_rows(("article", "title"), rows)
    else:
        out.print("no articles yet: `partwork ingest FILE` brings them in")


# What a line has beside the words: an indent, a sign, a number of three digits, gaps.
_MARGIN = 8
_NARROWEST = 40

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


def _show(report: "Report", *, whole: bool) -> None:
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
    room = None if whole else max(out.width, _NARROWEST) - _MARGIN
    _print_rows(row for passage in passages_of(report) for row in _passage_rows(passage, room))
    if room and (cut := sum(_is_cut(judged, room) for judged in report.blocks)):
        out.print(
            f"\n{counted(cut, 'block')} of the text cut to the beginning here; "
            f"to see every line: partwork report {article.slug} --all",
        )
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
    yield "", "", _beginning(passage.first, max(out.width, _NARROWEST) - _MARGIN)
    yield "", "", Text(command_for(report, passage), style="bold")


def _passage_rows(passage: "Passage", room: int | None) -> Iterator[tuple[str, str, Text]]:
    """Blocks under what is said of them; kept ones, of which nothing is, in a line of `room`
    characters where that is given.
    """
    from partwork.rendering.report_page import words_of

    verdict = passage.first.verdict.value
    sign = _SIGNS[verdict]
    if verdict != "kept":
        yield sign, "", _label(passage)
    for judged in passage.blocks:
        number = str(judged.number or "")
        if verdict == "kept" and room:
            yield sign, number, _beginning(judged, room)
        else:
            style = "dim" if verdict in {"removed", "gone"} else _style_of(judged)
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


def _beginning(judged: "Judged", room: int) -> Text:
    from partwork.rendering.report_page import first_words

    words = first_words(judged.block, room)
    return Text(words, style=_style_of(judged), no_wrap=True, overflow="ellipsis")


def _is_cut(judged: "Judged", room: int) -> bool:
    """Whether a line of that many characters does not hold all of a kept block."""
    from partwork.rendering.report_page import words_of

    words = words_of(judged.block)
    return judged.verdict.value == "kept" and ("\n" in words or cell_len(words) > room)


def _style_of(judged: "Judged") -> str:
    return "bold" if judged.block.kind == "heading" else ""


def _colour_of(category: "Category | None") -> str:
    if category is None:
        return ""
    return _COLOURS[list(type(category)).index(category) % len(_COLOURS)]
