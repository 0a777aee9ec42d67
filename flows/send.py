"""The flow that sends an issue to those it is due to."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow, get_run_logger, task
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.listening import why_unheard_of
from partwork.actions.send import SendReport
from partwork.actions.send import send as send_unsent
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import escaped, leave_report, table
from partwork.orchestration.gently import ending_gently
from partwork.orchestration.held import tell_held
from partwork.orchestration.progress import shown_progress
from partwork.settings import Settings


@task(task_run_name="lane of {issue}")
def run_lane(issue: str) -> SendReport:
    """One worker's run through the issue's deliveries, over one kept connection."""
    with assemble(Settings()) as press:
        if unheard := why_unheard_of(press, issue):
            get_run_logger().warning("%s", unheard)
        progress = shown_progress(f"sending-{issue}", "Deliveries answered, of all in this run")
        with ending_gently() as told_to_end:
            return send_unsent(press, issue, clock=_now, progress=progress, told_to_end=told_to_end)


@flow(name="send", flow_run_name="send {issue}")
def send(
    issue: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,99}$")] = Field(
        description="The issue's name, as publish reports it."
    ),
) -> State[Any]:
    """Send a published issue to each subscriber whose delivery is still unsent.

    Safe to run again, at once or elsewhere: the ledger lets each delivery be claimed once, and
    is the only retry there is. What a person paused or cancelled, or what servers refused too
    often, is not sent: `partwork resume` lets it go on.

    Example: issue `better-sleep-01-1a2b3c4d`.
    """
    try:
        report = run_lane(issue)
    except PartworkError as error:
        return Failed(message=str(error))
    tell_held(report.held)
    leave_report(f"send-{report.issue}", page(report))
    tally = report.tally
    words = f"{report.sent} sent now, {tally.accepted} of {tally.planned} accepted"
    if report.stopped:
        return Failed(message=f"{words}; stopped: {report.stopped}")
    return Completed(message=words)


def _now() -> datetime:
    return datetime.now(UTC)


def page(report: SendReport) -> str:
    """Where the issue's deliveries stand, as Markdown."""
    tally = report.tally
    counted = (
        ("accepted", tally.accepted),
        ("waiting", tally.pending),
        ("deferred, tried again later", tally.deferred),
        ("refused", tally.refused),
        ("in doubt, for an operator to decide", tally.in_doubt),
        ("left before it was sent", tally.left),
        ("waiting for the mail with all parts of the week", tally.gathered),
        ("in such a mail", tally.bundled),
        ("all", tally.planned),
    )
    canary = f"\nFirst readers: {escaped(report.canary)}\n" if report.canary else ""
    stopped = f"\nStopped: {escaped(report.stopped)}\n" if report.stopped else ""
    return f"# {escaped(report.issue)}\n\n{table(('deliveries', ''), counted)}{canary}{stopped}"
