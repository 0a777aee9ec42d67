"""The flow that plans what is due and starts its sending."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from prefect import State, flow, get_run_logger, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.planned import Planned
from partwork.actions.publish import PublishReport
from partwork.actions.publish import publish as plan_due
from partwork.actions.waiting import remind
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import bullets, leave_report, table
from partwork.orchestration.held import tell_held
from partwork.orchestration.send_runs import start_sending
from partwork.settings import Settings


def run_name() -> str:
    """What the list of runs shows."""
    given = runtime.flow_run.parameters
    when = " at once" if given.get("at_once") else ""
    return f"publish {str(given.get('series') or 'what is due')[:80]}{when}"


@flow(name="publish", flow_run_name=run_name)
def publish(
    series: str = Field("", description="Short name of one series; empty looks at all of them."),
    at_once: bool = Field(
        default=False, description="Do not wait for the series' next slot; needs a series."
    ),
) -> State[Any]:
    """Plan the next part of each series, if it is due and approved, and start its sending.

    Runs by itself every 15 minutes; the days and times are the newsletter's cadence. What waits,
    and for what, is in the report under *Artifacts*. Nothing is rendered here: what was approved
    is what is mailed.

    Example: series `better-sleep`, *at once* on: its next approved part goes out now.
    """
    try:
        with assemble(Settings()) as press:
            report = plan_due(press, series, at_once=at_once, now=datetime.now(UTC))
            tell_held(press)
            remind(press, datetime.now(UTC))
            if report.planned:
                look_before_sending(press, report.planned)
            started = start_sending(press, report.unsent)
    except PartworkError as error:
        return Failed(message=str(error))
    leave_report("publish", page(report, started is not None), "What goes out, and what waits.")
    return Completed(
        message=f"{len(report.planned)} planned, {len(report.waiting)} waiting, "
        f"{len(report.unsent)} to send"
    )


def look_before_sending(press: Press, planned: Sequence[Planned]) -> None:
    """Leaves what is to be known of issues that are about to go out; nothing waits for it."""
    # A look with nothing to do, and that is most of them, does without half of the house.
    from partwork.actions.before_sending import before_sending_named  # noqa: PLC0415
    from partwork.actions.listening import why_unheard  # noqa: PLC0415
    from partwork.orchestration.preflight_report import ABOUT  # noqa: PLC0415
    from partwork.orchestration.preflight_report import page as preflight_page  # noqa: PLC0415

    if unheard := why_unheard(press, sum(item.recipients for item in planned)):
        get_run_logger().warning("%s", unheard)
    for item in planned:
        now = datetime.now(UTC)
        try:
            found = before_sending_named(press, item.issue, item.recipients, now)
        except PartworkError as error:
            get_run_logger().warning("no preflight of %s: %s", item.issue, error)
            continue
        leave_report(f"preflight-{item.issue}", preflight_page(item.issue, [found]), ABOUT)


def page(report: PublishReport, started: bool) -> str:
    """What was planned, what waits and what is being sent, as Markdown."""
    planned = ((p.issue, f"{p.due_at:%Y-%m-%d %H:%M} UTC", p.recipients) for p in report.planned)
    sections = ["# Publishing\n"]
    if report.planned:
        sections += ["## Planned\n", table(("issue", "due", "recipients"), planned)]
    if report.waiting:
        sections += ["## Waiting\n", bullets(report.waiting)]
    if report.unsent:
        how = "Being sent" if started else "To send with `partwork send ISSUE`"
        sections += [f"## {how}\n", bullets(report.unsent)]
    if not (report.planned or report.waiting or report.unsent):
        sections += ["There is no series yet.\n"]
    return "\n".join(sections)
