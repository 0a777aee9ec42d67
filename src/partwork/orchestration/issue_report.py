"""The report on an issue as the dashboard shows it."""

from partwork.model.issue_report import IssueReport, Period
from partwork.orchestration.artifacts import bullets, escaped, points, table
from partwork.rendering.issue_report import CLICKS_SAY, counts_of
from partwork.rendering.issue_report_page import (
    Table,
    compared_table,
    days_table,
    domain_table,
    instant_in_words,
    links_table,
)


def page(report: IssueReport, period: Period | None = None) -> str:
    """Markdown: the numbers with what they mean, then who left, the issues before it, domains.

    `period` is that of a report which is made by itself.
    """
    when = f"{period.in_words}, " if period else ""
    lines = [
        f"# {escaped(report.title)}\n",
        f"{escaped(report.issue)}, {when}as of {escaped(instant_in_words(report.at))}\n",
    ]
    if report.notices:
        lines.append(bullets(report.notices))
    counts = [(f"{count:,} {name}", says) for name, count, says in counts_of(report) if count]
    lines.append(points(counts))
    if report.outcomes.left:
        lines.append(_section(days_table(report)))
    lines.append(_section(compared_table(report)))
    if report.domains:
        lines.append(_section(domain_table(report.domains)))
    if report.clicks:
        lines += [_section(links_table(report.clicks)), escaped(CLICKS_SAY) + "\n"]
    how = f"partwork issue-report {report.issue} --html FILE"
    return "\n".join([*lines, f"The page with plots: `{how}`\n"])


def _section(shown: Table) -> str:
    return f"## {escaped(shown.caption)}\n\n{table(shown.headings, shown.rows)}"
