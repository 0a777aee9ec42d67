"""The reports on issues that are made by themselves: which are due, and where they are kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from partwork.actions.issue_report import issue_report_html
from partwork.assembly import Press
from partwork.model.issue_report import WEEK, IssueReport, Period
from partwork.rendering.issue_report import report_data
from partwork.store.engine import read_only
from partwork.store.issue_figures import first_accepted, issues_planned_since

HELD_AT_MOST = timedelta(days=30)  # between planning and the first delivery; a guess


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that is to be made by itself: the issue's name, and how long after it began."""

    issue: str
    period: Period


def due_reports(press: Press, now: datetime) -> tuple[DueReport, ...]:
    """The reports that are due and have not been made, the oldest issue first.

    The first is due from a day to a week after the first delivery was accepted, the second for a
    week after that: who was away for longer is not flooded, and asks for the ones they want.
    """
    due: list[DueReport] = []
    with read_only(press.engine) as connection:
        for sent in issues_planned_since(connection, now - 2 * WEEK - HELD_AT_MOST):
            may_be_due = [p for p in Period if now - sent.planned_at >= p.length]
            missing = [p for p in may_be_due if not report_file(press, sent.name, p).exists()]
            first = first_accepted(connection, sent.content_hash) if missing else None
            if first is None:
                continue
            age = now - first
            due += [DueReport(sent.name, p) for p in missing if p.length <= age < _ends(p)]
    return tuple(due)


def report_file(press: Press, issue: str, period: Period) -> Path:
    """Where a report that was made by itself is kept; the page has the same name with `.html`."""
    return press.settings.state / "reports" / f"{issue}-{period}.json"


def keep_report(press: Press, report: IssueReport, period: Period) -> Path:
    """Writes the page, and then the figures, whose file says that it was made; the page's path.

    Raises TemplateError, LibraryError.
    """
    file = report_file(press, report.issue, period)
    page = file.with_suffix(".html")
    press.library.write(page, issue_report_html(press, report))
    press.library.write(file, json.dumps(report_data(report), ensure_ascii=False, indent=1) + "\n")
    return page


@contextmanager
def holding_reports(press: Press) -> Iterator[bool]:
    """Whether no other run makes reports that are due; if so, none does until the block ends."""
    with press.library.locked(press.settings.state / "reports.lock") as is_ours:
        yield is_ours


def _ends(period: Period) -> timedelta:
    return WEEK if period is Period.DAY else 2 * WEEK
