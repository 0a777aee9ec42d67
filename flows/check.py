"""The flow that says what is wrong with a series, and what it claims."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.check import faults_of
from partwork.actions.claims import claims_markdown, claims_of
from partwork.actions.drafts import draft_urls
from partwork.actions.loading import load_series
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault, Severity
from partwork.orchestration.artifacts import CLAIMS_SHEET, escaped, leave_report, points
from partwork.orchestration.composing_report import drafts
from partwork.settings import Settings

ShortName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]


@flow(name="check", flow_run_name="check {series}")
def check(series: ShortName = Field(description="The series' short name.")) -> State[Any]:
    """List what is wrong with a series, and what a medical reviewer should read and tick.

    Under *Artifacts* are two pages: faults and notices by file and line, with links to the drafts,
    and the claims sheet with every figure, effect and person's words beside what their sources
    say. Nothing is changed.

    Example: series `better-sleep`.
    """
    try:
        with assemble(Settings()) as press:
            faults = faults_of(press, series)
            parts = () if is_unreadable(faults) else load_series(press, series).instalments
            shown = drafts(parts, draft_urls(press, series, parts, datetime.now(UTC)))
            leave_report(
                f"check-{series}",
                page(series, faults, shown),
                "What is wrong with the series, by file and line.",
            )
            sheet = claims_of(press, series)
    except PartworkError as error:
        return Failed(message=str(error))
    leave_report(f"claims-{series}", claims_markdown(sheet), CLAIMS_SHEET)
    return Completed(message=f"{counts(faults)}, claims to review: {len(sheet.claims)}")


def counts(faults: tuple[Fault, ...]) -> str:
    """How many faults and notices there are."""
    blocking = sum(fault.severity is Severity.FAULT for fault in faults)
    return f"faults: {blocking}, notices: {len(faults) - blocking}"


def is_unreadable(faults: tuple[Fault, ...]) -> bool:
    """Whether a file of the series cannot be read at all."""
    return any(fault.rule == "format" for fault in faults)


def page(series: str, faults: tuple[Fault, ...], shown: str = "") -> str:
    """The findings as Markdown: what blocks publishing first, each with place, rule and remedy.

    `shown` is Markdown with a link to each part's draft.
    """
    sections = [f"# {escaped(series)}\n", f"{counts(faults)}\n", shown]
    for severity, heading in (
        (Severity.FAULT, "To mend or sign off before it may be published"),
        (Severity.NOTICE, "To look at"),
    ):
        if found := [fault for fault in faults if fault.severity is severity]:
            sections += [f"## {heading}\n", points((place_of(f), f.message) for f in found)]
    return "\n".join(sections)


def place_of(fault: Fault) -> str:
    """File, line and rule."""
    line = f", line {fault.line}" if fault.line else ""
    return f"{fault.file}{line} ({fault.rule})"
