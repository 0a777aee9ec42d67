"""The flow that makes a series of articles."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from prefect import State, flow, get_run_logger
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.compose import compose as compose_series
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.model.fault import Severity
from partwork.model.series import Division
from partwork.orchestration.artifacts import leave_report
from partwork.orchestration.composing_report import page
from partwork.settings import Settings

ShortName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]


@flow(name="compose", flow_run_name="compose {series}")
def compose(
    series: ShortName = Field(description="Its short name: small letters, digits, hyphens."),
    *,
    title: str = Field("", description="Its title; empty keeps the one it has."),
    newsletter: str = Field(
        "", description="Short name of its newsletter; empty where there is only one."
    ),
    articles: list[str] = Field(
        [], description="Short names of articles; empty takes those it has, else all."
    ),
    division: Literal["as before", "theme", "article"] = Field(
        "as before",
        description="One part for each theme, or one for each article; a new series: theme.",
    ),
    parts: Annotated[int, Field(ge=0, le=100)] = Field(
        0, description="How many parts; 0: as many as there are themes."
    ),
    anew: bool = Field(False, description="Find all themes anew, whatever the parts were."),
) -> State[Any]:
    """Compose a series from clean articles: instalments in which each sentence cites its source.

    Composed again, hand edits are kept, published parts stay, and a part to which nothing new
    belongs is as it was. The report under *Artifacts* shows the plan, where each sentence comes
    from, and what has to be mended before a part may be published.

    Example: series `better-sleep`, title *Better sleep*, all else as it is.
    """
    try:
        with assemble(Settings()) as press:
            report = compose_series(
                press,
                series,
                articles,
                title=title,
                newsletter=newsletter,
                division=None if division == "as before" else Division(division),
                parts=parts or None,
                now=datetime.now(UTC),
                anew=anew,
            )
    except PartworkError as error:
        return Failed(message=str(error))
    for line in report.rewording:
        get_run_logger().info("language model: %s", line)
    leave_report(f"compose-{series}", page(report))
    faults = sum(fault.severity is Severity.FAULT for fault in report.faults)
    return Completed(
        message=f"{len(report.written)} parts written, {len(report.kept)} kept, "
        f"{faults} faults to mend"
    )
