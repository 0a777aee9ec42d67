"""The flow that reports on what became of an issue."""

from datetime import UTC, datetime
from typing import Any

from prefect import State, flow, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.issue_report import issue_report as report_on
from partwork.actions.kept_reports import due_reports, holding_reports, keep_report
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.model.issue_report import IssueReport, Period
from partwork.orchestration.artifacts import leave_report
from partwork.orchestration.issue_report import page
from partwork.settings import Settings

ABOUT = "What became of the issue: replies, bounces, complaints, and who left."


def run_name() -> str:
    """What the list of runs shows."""
    return f"report on {str(runtime.flow_run.parameters.get('issue') or 'what is due')[:80]}"


@flow(name="issue_report", flow_run_name=run_name)
def issue_report(
    issue: str = Field(
        "", description="Name of one issue, or the start of it; empty: all reports that are due."
    ),
) -> State[Any]:
    """Report on what became of an issue: replies, bounces, complaints, and who left.

    Runs by itself every hour: each issue is reported on once a day after its first delivery, and
    once a week after it. The report stands under *Artifacts*; its page with plots is a file in the
    home, `.partwork/reports`.

    Example: issue `better-sleep-01`: its figures as they are now.
    """
    try:
        with assemble(Settings()) as press:
            if issue:
                found = report_on(press, issue, datetime.now(UTC))
                leave(found)
                return Completed(message=f"reported on {found.issue}")
            return report_due(press)
    except PartworkError as error:
        return Failed(message=str(error))


def report_due(press: Press) -> State[Any]:
    """Makes the reports that are due; what a run that is ended leaves, the next one makes."""
    made = []
    with holding_reports(press) as is_ours:
        if not is_ours:
            return Completed(message="another run makes the reports")
        for due in due_reports(press, datetime.now(UTC)):
            found = report_on(press, due.issue, datetime.now(UTC))
            leave(found, due.period)
            keep_report(press, found, due.period)
            made.append(f"{due.issue} ({due.period})")
    return Completed(message=f"reported on {', '.join(made)}" if made else "no report is due")


def leave(found: IssueReport, period: Period | None = None) -> None:
    """Leaves a report under the one key of its issue, and says when it was made."""
    about = f"{ABOUT} Made {period.in_words}." if period else f"{ABOUT} Asked for."
    leave_report(f"issue-report-{found.issue}", page(found, period), about)
