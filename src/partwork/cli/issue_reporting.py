"""The report on an issue in the terminal, and as files."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from partwork.cli.terminal import (
    DONE,
    SENDING,
    STANDARD_OUTPUT,
    WrongUse,
    app,
    out,
    press_of_home,
    print_rows,
    shown,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.assembly import Press
    from partwork.model.issue_report import IssueReport
    from partwork.rendering.issue_report_page import Table

_WIDTH = 24  # characters of a bar


@app.command(name="issue-report", group=SENDING, sort_key=5)
def issue_report(
    issue: str,
    *,
    html: Annotated[Path | None, Parameter(name="--html")] = None,
    as_json: Annotated[Path | None, Parameter(name="--json")] = None,
    csv: Annotated[Path | None, Parameter(name="--csv")] = None,
) -> int:
    """Show what became of an issue: replies, bounces, complaints, who left and when.

    By recipients' domain too, and beside the ten issues of the newsletter before it.

    Example: partwork issue-report better-sleep-01 --html sleep-01.html

    Parameters
    ----------
    issue
        Its name, or the start of it.
    html
        Write a page with plots to that file instead; it loads nothing. A lone - is standard output.
    as_json
        Write it for programs to that file instead (docs/formats.md).
    csv
        Write one table for spreadsheets to that file instead.
    """
    from partwork.actions.issue_report import issue_report as report_on

    files = {"html": html, "json": as_json, "csv": csv}
    named = {kind: file for kind, file in files.items() if file is not None}
    if len({file.absolute() for file in named.values()}) < len(named):
        raise WrongUse("--html, --json and --csv each need a file of their own")
    with press_of_home() as press:
        report = report_on(press, issue, utc_now())
        for kind, file in named.items():
            _write(press, file, _written(press, report, kind))
    if not named:
        _show(report)
    return DONE


def _write(press: "Press", file: Path, words: str) -> None:
    """Puts the words where they were asked for, and names the file."""
    from partwork.library import LibraryError

    if file in {STANDARD_OUTPUT, Path("-")}:
        sys.stdout.write(words)
        return
    if file.exists() and not file.is_file():  # a device must not become a file
        raise LibraryError(f"{file}: is no ordinary file; name another")
    press.library.write(file.absolute(), words)
    out.print(str(file))


def _written(press: "Press", report: "IssueReport", kind: str) -> str:
    from partwork.actions.issue_report import issue_report_csv, issue_report_html
    from partwork.rendering.issue_report import report_data

    match kind:
        case "html":
            return issue_report_html(press, report)
        case "csv":
            return issue_report_csv(report)
    return json.dumps(report_data(report), ensure_ascii=False, indent=1) + "\n"


def _show(report: "IssueReport") -> None:
    from partwork.rendering.issue_report import CLICKS_SAY, counts_of
    from partwork.rendering.issue_report_page import (
        compared_table,
        days_table,
        domain_table,
        hours_table,
        instant_in_words,
        links_table,
    )

    out.print(Text(shown(report.title), style="bold"), soft_wrap=False)
    out.print(f"{report.issue}, as of {instant_in_words(report.at)}", style="dim", soft_wrap=False)
    for notice in report.notices:
        out.print(notice, soft_wrap=False, style="yellow")
    print_rows(
        ("", "deliveries", ""),
        [(name, f"{count:>10,}", says) for name, count, says in counts_of(report) if count],
    )
    if report.outcomes.left:
        for table in (hours_table(report), days_table(report)):
            _head(table.caption)
            _bars(table)
    for table in (
        compared_table(report),
        domain_table(report.domains),
        links_table(report.clicks),
    ):
        if table.rows:
            _head(table.caption)
            print_rows(table.headings, table.rows)
    if report.clicks:
        out.print(CLICKS_SAY, style="dim", soft_wrap=False)


def _head(words: str) -> None:
    out.print()
    out.print(Text(words, style="bold"), soft_wrap=False)


def _bars(table: "Table") -> None:
    """The rows in which there is something, each with a bar beside its number."""
    counts = [int(row[1].replace(",", "")) for row in table.rows]
    highest = max(counts)
    rows: Sequence[Sequence[str]] = [
        (row[0], f"{row[1]:>6}", "█" * max(1, round(_WIDTH * count / highest)))
        for row, count in zip(table.rows, counts, strict=True)
        if count
    ]
    print_rows((*table.headings, ""), rows)
