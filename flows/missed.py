"""The flow in which a person decides about parts that missed their slots."""

from datetime import UTC, datetime
from typing import Any, Literal

from prefect import State, flow, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.missed import Decided, MissedSeries, decide
from partwork.actions.missed import missed as all_missed
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.model.missed import Choice
from partwork.orchestration.artifacts import escaped, leave_report, table
from partwork.settings import Settings

SHOW = "show the dates"

ABOUT = "Parts whose slots passed while nothing ran, and the dates that each choice gives."


def run_name() -> str:
    """What the list of runs shows."""
    given = runtime.flow_run.parameters
    which = str(given.get("series") or "all series")[:80]
    return f"missed parts of {which}: {given.get('choice') or SHOW}"


@flow(name="missed", flow_run_name=run_name)
def missed(
    series: str = Field("", description="Short name of one series; empty shows all that wait."),
    choice: Literal["show the dates", "now", "skip", "shift"] = Field(
        default="show the dates",
        description="Showing changes nothing. Now: they go out at once. Skip: they are left out. "
        "Shift: they go in the next slots, and later parts move. All but showing need a series.",
    ),
) -> State[Any]:
    """Decide about parts whose slots passed while nothing ran: now, skip, or shift.

    Nothing of such a series goes out before somebody has decided. Run it once to see, under
    *Artifacts*, the dates that each choice gives; then again with a series and your choice.

    Example: series `better-sleep`, choice `shift`: its missed part goes in the next slot.
    """
    now = datetime.now(UTC)
    try:
        with assemble(Settings()) as press:
            if choice == SHOW:
                found = all_missed(press, series, now)
                leave_report("missed", page(found), ABOUT)
                return Completed(message=f"{len(found)} series wait for a decision")
            if not series:
                return Failed(message="say of which series; nothing was decided")
            decided = decide(press, series, Choice(choice), now)
    except PartworkError as error:
        return Failed(message=str(error))
    leave_report("missed", page_of(decided), ABOUT)
    return Completed(message=f"{series}: {choice}; {len(decided.issues)} go out now")


def page(found: tuple[MissedSeries, ...]) -> str:
    """What waits, with the dates of each choice, as Markdown."""
    sections = ["# Missed parts\n"]
    for one in found:
        rows = ((p.number, p.title, *map(_day, (p.was, p.now, p.skip, p.shift))) for p in one.parts)
        columns = ("part", "title", "was to come", "now", "skip", "shift")
        sections += [f"## {escaped(one.series)}\n", f"{escaped(one.why)}.\n", table(columns, rows)]
    if not found:
        sections += ["No part has missed its slot.\n"]
    return "\n".join(sections)


def page_of(decided: Decided) -> str:
    """The new dates of a series, as Markdown."""
    rows = ((number, title, _day(at)) for number, title, at in decided.dates)
    head = f"# {escaped(decided.series)}: {decided.choice.value}\n"
    return "\n".join((head, table(("part", "title", "comes, UTC"), rows)))


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "left out"
