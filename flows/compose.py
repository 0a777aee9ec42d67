"""The flow that makes a series of articles."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.compose import ComposeReport
from partwork.actions.compose import compose as compose_series
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault, Severity
from partwork.model.series import Division, Instalment
from partwork.orchestration.artifacts import bullets, escaped, leave_report, points
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
    division: Division = Field(
        Division.THEME, description="One part for each theme, or one for each article."
    ),
    parts: Annotated[int, Field(ge=0, le=100)] = Field(
        0, description="How many parts; 0: as many as there are themes."
    ),
) -> State[Any]:
    """Compose a series from clean articles: instalments in which each sentence cites its source.

    Parts that were edited by hand or are published stay as they are. The report under
    *Artifacts* shows the plan and what has to be mended before a part may be published.

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
                division=division,
                parts=parts or None,
                now=datetime.now(UTC),
            )
    except PartworkError as error:
        return Failed(message=str(error))
    leave_report(f"compose-{series}", page(report))
    faults = sum(fault.severity is Severity.FAULT for fault in report.faults)
    return Completed(
        message=f"{len(report.written)} parts written, {len(report.kept)} kept, "
        f"{faults} faults to mend"
    )


def page(report: ComposeReport) -> str:
    """The plan of the series and its open faults, as Markdown."""
    series = report.series
    parts = (
        (f"{part.number}. {part.title}", f"{words_in(part)} words, from {', '.join(part.articles)}")
        for part in series.instalments
    )
    sections = [f"# {escaped(series.title)}\n", points(parts)]
    if report.faults:
        sections += [
            "## Faults and notices\n",
            points((f.severity, place_of(f)) for f in report.faults),
        ]
    if report.kept:
        sections += ["## Left as they are\n", bullets(report.kept)]
    if report.left_out:
        sections += ["## Left out\n", bullets(report.left_out)]
    return "\n".join(sections)


def place_of(fault: Fault) -> str:
    """What is wrong, and where."""
    line = f", line {fault.line}" if fault.line else ""
    return f"{fault.file}{line}: {fault.message}"


def words_in(part: Instalment) -> int:
    """How much there is to read."""
    return sum(len(sentence.text.split()) for sentence in part.sentences)
