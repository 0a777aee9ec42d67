"""The flow that removes what is too old to be kept."""

from datetime import UTC, datetime
from typing import Any

from prefect import State, flow, get_run_logger
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.pruning import Pruned, in_words
from partwork.actions.pruning import prune as remove_old
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import bullets, leave_report, table
from partwork.orchestration.history import with_runs
from partwork.settings import Settings


@flow(name="prune", flow_run_name="prune")
def prune(
    dry_run: bool = Field(
        default=False, description="Remove nothing, and tell what would be removed."
    ),
) -> State[Any]:
    """Remove what is too old to be kept: sign-ups never confirmed, words of what came back, files.

    Runs by itself every day. After how many days what is removed stands in the settings. Nobody who
    left comes back by it; who was sent what, and why somebody is suppressed, stays.

    Example: *dry run* on tells what the next run would remove.
    """
    now = datetime.now(UTC)
    try:
        with assemble(Settings()) as press:
            pruned = remove_old(press, now, dry_run=dry_run)
            pruned = with_runs(pruned, now, press.settings.forget_runs)
    except PartworkError as error:
        return Failed(message=str(error))
    for note in pruned.notes:
        get_run_logger().warning("%s", note)
    get_run_logger().info("%s", in_words(pruned))
    leave_report("prune", page(pruned), "What was too old, and is gone.")
    return Completed(message=in_words(pruned))


def page(pruned: Pruned) -> str:
    """How much of what was removed, and what was not, as Markdown."""
    heading = "# What would be removed\n" if pruned.is_dry_run else "# What was removed\n"
    sections = [heading, table(("what", "how many"), pruned.counts.items())]
    if pruned.notes:
        sections += ["## Could not be done\n", bullets(pruned.notes)]
    return "\n".join(sections)
