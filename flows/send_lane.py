"""The flow that helps to send an issue: one lane more, on whichever machine takes the run."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.send import send as send_unsent
from partwork.actions.slowed import paces_time
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.gently import ending_gently
from partwork.orchestration.lane_end import as_of_now, leave_whole_report, tell_end
from partwork.settings import Settings


@flow(name="send_lane", flow_run_name="send {issue}, lane {shard}")
def send_lane(
    issue: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,99}$")] = Field(
        description="The issue's name, as publish reports it."
    ),
    shard: Annotated[int, Field(ge=1, le=64)] = Field(  # noqa: ARG001 the run is named for it
        1, description="Which of the lanes this is; it only names the run."
    ),
) -> State[Any]:
    """Help to send an issue: one lane beside that of `send`, which starts this flow by itself.

    How many `PARTWORK_LANES` says. The lanes share what is unsent by way of the ledger, where each
    delivery is claimed once. The one that ends last leaves the report on the whole issue.

    Example: none is needed; run `send`.
    """
    try:
        with assemble(Settings()) as press:
            began = paces_time(press)
            report = ending_gently(
                lambda told_to_end: send_unsent(
                    press, issue, clock=lambda: datetime.now(UTC), told_to_end=told_to_end
                )
            )
            report = as_of_now(press, report)
            if tell_end(press, report, began):
                leave_whole_report(report)
    except PartworkError as error:
        return Failed(message=str(error))
    words = f"{report.sent} sent by this lane"
    if report.stopped:
        return Failed(message=f"{words}; stopped: {report.stopped}")
    if not report.tally.pending:
        words += f", {report.tally.accepted} of {report.tally.planned} accepted by now"
    return Completed(message=words)
