"""The flow that reads what comes back."""

from datetime import UTC, datetime
from typing import Any

from prefect import State, flow, get_run_logger
from prefect.states import Completed, Failed

from partwork.actions.collect_bounces import Collected, in_words
from partwork.actions.collect_bounces import collect_bounces as collect
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import bullets, escaped, leave_report
from partwork.orchestration.held import tell_held
from partwork.settings import Settings


@flow(name="collect_bounces", flow_run_name="collect what came back")
def collect_bounces() -> State[Any]:
    """Read what has come back: bounces, complaints, automatic replies, wishes to leave.

    Runs by itself every 10 minutes: looks into the mailbox, if there is one, and judges what it and
    the services' webhooks have told. Who is suppressed and why is in `partwork subscribers show`.
    Nothing is deleted or answered.

    Example: run it once after setting the mailbox; the report under *Artifacts* says what was read.
    """
    try:
        with assemble(Settings()) as press:
            collected = collect(press, lambda: datetime.now(UTC))
            tell_held(press)
    except PartworkError as error:
        return Failed(message=str(error))
    for note in collected.notes:
        get_run_logger().warning("%s", note)
    for line in collected.unheeded:
        get_run_logger().info("%s", line)
    if collected.mails or collected.judged.judged:
        leave_report("collect-bounces", page(collected), "How much came back, and of what kind.")
    return Completed(message=in_words(collected))


def page(collected: Collected) -> str:
    """What came back and what was done about it, as Markdown."""
    sections = [f"# What came back\n\n{escaped(in_words(collected))}\n"]
    for heading, lines in (
        ("Not read, or not all of it", collected.notes),
        ("Counts for nothing", collected.unheeded),
    ):
        if lines:
            sections.append(f"## {heading}\n\n{bullets(lines)}")
    return "\n".join(sections)
