"""The flow that finishes what crashes have left."""

from datetime import UTC, datetime
from typing import Any

from prefect import State, flow, runtime
from prefect.states import Completed, Failed

from partwork.actions.sweep import Swept, in_words
from partwork.actions.sweep import sweep as sweep_up
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import bullets, leave_report
from partwork.orchestration.held import tell_held
from partwork.orchestration.runs import ask_for
from partwork.orchestration.send_runs import start_sending
from partwork.settings import Settings


@flow(name="sweep", flow_run_name="sweep")
def sweep() -> State[Any]:
    """Finish what a crash has left: unsent deliveries, events not judged, files in the inbox.

    Runs by itself every 5 minutes. Issues whose sending died are sent on, files that somebody put
    into the inbox ten minutes ago or earlier are ingested. What a person paused, cancelled or
    deleted is left alone: nothing but `partwork resume` lets it go on.

    Example: run it after a power cut, instead of waiting for the next tick.
    """
    is_deployed = bool(runtime.deployment.id)
    try:
        with assemble(Settings()) as press:
            swept = sweep_up(press, lambda: datetime.now(UTC), hands_on=is_deployed)
            tell_held(press)  # what the web app or a command has held, too
            started = start_sending(press, swept.unsent)
    except PartworkError as error:
        return Failed(message=str(error))
    if swept.dropped:  # where this is lost, a later sweep asks again
        ask_for("ingest", f"ingest-{runtime.flow_run.id}", {})
    words = in_words(swept)
    if swept.unsent or swept.dropped or swept.freed or swept.doubted:
        leave_report(
            "sweep", page(swept, started), "What crashes had left, and what was asked for."
        )
    return Completed(message=words)


def page(swept: Swept, started: tuple[str, ...] | None) -> str:
    """What was left, and what was done about it, as Markdown."""
    sections = [f"# Left by a crash, or just come in\n\n{in_words(swept)}\n"]
    if swept.unsent:
        sections += ["## With unsent deliveries\n", bullets(swept.unsent)]
        if started is None:
            sections.append("To send them: `partwork send ISSUE`\n")
        else:
            sections += ["## Of these, a run was asked for\n", bullets(started)]
    if swept.dropped:
        sections += ["## Files to ingest\n", bullets(swept.dropped)]
    return "\n".join(sections)
