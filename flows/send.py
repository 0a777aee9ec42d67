"""The flow that sends an issue to those it is due to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow, get_run_logger, runtime, task
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.listening import why_unheard_of
from partwork.actions.send import SendReport, standing_of, unsent_of
from partwork.actions.send import send as send_unsent
from partwork.actions.slowed import paces_time
from partwork.actions.turns import TurnTaken
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.fan_out import further_lanes, start_lanes
from partwork.orchestration.gently import ending_gently
from partwork.orchestration.lane_end import as_of_now, leave_whole_report, tell_end
from partwork.orchestration.live import LiveReport
from partwork.orchestration.send_report import page, page_so_far
from partwork.orchestration.send_runs import sending_alone
from partwork.settings import Settings


@task(task_run_name="lane of {issue}")
def run_lane(issue: str) -> SendReport:
    """One worker's run through the issue's deliveries, over one kept connection."""
    with assemble(Settings()) as press:
        if unheard := why_unheard_of(press, issue):
            get_run_logger().warning("%s", unheard)
        if runtime.deployment.id:
            lanes = further_lanes(unsent_of(press, issue), press.settings.lanes)
            start_lanes(issue, lanes, str(runtime.flow_run.id))
        shown_as = LiveReport(f"send-{issue}", so_far(press, issue), bar=f"sending-{issue}")
        with shown_as as live:
            report = ending_gently(
                lambda told_to_end: send_unsent(
                    press, issue, clock=_now, progress=live.tell, told_to_end=told_to_end
                )
            )
            if not report.tally.pending:  # also where there was nothing to send
                live.tell(1, 1)
            live.end(page(report))
        return report


def so_far(press: Press, issue: str) -> Callable[[int, int, bool], str]:
    """Writes the report while the issue is sent."""
    began = datetime.now(UTC)

    def page_of(done: int, _of: int, is_cut_short: bool) -> str:
        return page_so_far(
            issue,
            standing_of(press, issue),
            answered=done,
            since=began,
            now=datetime.now(UTC),
            is_cut_short=is_cut_short,
        )

    return page_of


@flow(name="send", flow_run_name="send {issue}")
def send(
    issue: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,99}$")] = Field(
        description="The issue's name, as publish reports it."
    ),
) -> State[Any]:
    """Send a published issue to each subscriber whose delivery is still unsent.

    Safe to run again, at once or elsewhere: the ledger lets each delivery be claimed once, and
    is the only retry there is. While one run sends an issue, a second ends at once and says so.
    What a person paused or cancelled, or what servers refused too often, is not sent: `partwork
    resume` lets it go on. To cancel this run, or to delete it, pauses the issue.

    Example: issue `better-sleep-01-1a2b3c4d`.
    """
    try:
        with assemble(Settings()) as press, sending_alone(press, issue) as name:
            began = paces_time(press)
            shown = run_lane(name)
            report = as_of_now(press, shown)
            tell_end(press, report, began)
    except TurnTaken as taken:
        return Completed(name="Already running", message=str(taken))
    except PartworkError as error:
        return Failed(message=str(error))
    tally = report.tally
    if shown.tally.pending and not tally.pending:  # other lanes ended just now
        leave_whole_report(report)
    words = f"{report.sent} sent now, {tally.accepted} of {tally.planned} accepted"
    if report.stopped:
        return Failed(message=f"{words}; stopped: {report.stopped}")
    if tally.pending:
        words += f"; further lanes have {tally.pending}, and the last one of them reports"
    return Completed(message=words)


def _now() -> datetime:
    return datetime.now(UTC)
