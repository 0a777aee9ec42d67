"""The flow that makes a series of articles, or begins a letter."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from prefect import State, flow, get_run_logger
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.check import faults_of
from partwork.actions.claims import claims_markdown, claims_of
from partwork.actions.compose import compose as compose_series
from partwork.actions.drafts import draft_urls
from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_parts
from partwork.actions.turns import TurnTaken
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault, Severity
from partwork.model.series import Division
from partwork.orchestration.artifacts import CLAIMS_SHEET, leave_report
from partwork.orchestration.composing_report import letter_page, page
from partwork.orchestration.events import tell_composed
from partwork.orchestration.runs import this_run
from partwork.settings import Settings

ShortName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]


@flow(name="compose", flow_run_name="compose {series}")
def compose(
    series: ShortName = Field(description="Its short name: small letters, digits, hyphens."),
    *,
    kind: Literal["composed", "letter"] = Field(
        "composed", description="Composed from articles, or a letter that you write yourself."
    ),
    title: str = Field("", description="Its title; empty keeps the one it has."),
    newsletter: str = Field(
        "", description="Short name of its newsletter; empty where there is only one."
    ),
    articles: list[str] = Field(
        [], description="Short names of all its articles; empty takes those it has, else all."
    ),
    division: Literal["as before", "theme", "article"] = Field(
        "as before",
        description="One part for each theme, or one for each article; a new series: theme.",
    ),
    parts: Annotated[int, Field(ge=0, le=100)] = Field(
        0, description="How many parts; 0: as many as there are themes."
    ),
    anew: bool = Field(False, description="Find all themes anew, whatever the parts were."),
    text: str = Field(
        "", description="Letter: its text, in Markdown; empty makes a file to write it into."
    ),
    subject: str = Field("", description="Letter: the subject of the mail."),
    preheader: str = Field("", description="Letter: the line that mailboxes show after it."),
) -> State[Any]:
    """Compose a series from clean articles: instalments in which each sentence cites its source.

    Composed again, hand edits are kept, published parts stay, and a part to which nothing new
    belongs is as it was. Under *Artifacts* are two pages: the plan, with where each sentence comes
    from and what has to be mended before a part may be published, and the claims sheet for a
    medical reviewer. A *letter* has no articles: each run begins its next part, under the title
    given.

    Example: series `better-sleep`, title *Better sleep*, all else as it is.
    """
    is_letter = kind == "letter"
    if is_letter and (articles or parts or anew or division != "as before"):
        return Failed(message="a letter has no articles: leave them and what is said of them out")
    if not is_letter and (text.strip() or subject or preheader):
        return Failed(message="text, subject and preheader are a letter's: choose the kind letter")
    try:
        with assemble(Settings()) as press:
            if is_letter:
                return begin(
                    press,
                    series,
                    title=title,
                    newsletter=newsletter,
                    subject=subject,
                    preheader=preheader,
                    text=text,
                )
            report = compose_series(
                press,
                series,
                articles,
                title=title,
                newsletter=newsletter,
                division=None if division == "as before" else Division(division),
                parts=parts or None,
                anew=anew,
                who=this_run(),
            )
            shown = report.series.instalments
            links = draft_urls(press, series, shown, datetime.now(UTC))
            sheet = claims_of(press, series)
    except TurnTaken as taken:
        return Completed(name="Already running", message=str(taken))
    except PartworkError as error:
        return Failed(message=str(error))
    for line in report.rewording:
        get_run_logger().info("language model: %s", line)
    faults = blocking(report.faults)
    tell_composed(series, report.series.newsletter, parts=len(shown), faults=faults)
    leave_report(
        f"compose-{series}",
        page(report, links),
        "The plan: parts, what is to be mended, and where each sentence comes from.",
    )
    leave_report(f"claims-{series}", claims_markdown(sheet), CLAIMS_SHEET)
    written = "1 part" if len(report.written) == 1 else f"{len(report.written)} parts"
    open_faults = "1 fault" if faults == 1 else f"{faults} faults"
    return Completed(message=f"{written} written, {len(report.kept)} kept, {open_faults} to mend")


def begin(press: Press, series: str, *, title: str, newsletter: str, **words: str) -> State[Any]:
    """Begins the letter's next part, and leaves a report that says where it is."""
    file = begin_letter(press, series, title=title, newsletter=newsletter, **words)
    part = next(part for part, path in load_parts(press, series) if path == file)
    name = press.library.shown(file)
    faults = [fault for fault in faults_of(press, series) if fault.file == name]
    link = draft_urls(press, series, [part], datetime.now(UTC)).get(part.number, "")
    leave_report(
        f"compose-{series}",
        letter_page(part, name, faults, link),
        "A letter: its file, and what it lacks.",
    )
    return Completed(message=f"begun: {name}, {blocking(faults)} faults to mend")


def blocking(faults: Iterable[Fault]) -> int:
    """How many of them keep a part from being published."""
    return sum(fault.severity is Severity.FAULT for fault in faults)
