"""The flow that renders the drafts of a series, to be looked at before they are approved."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.before_sending import before_sending
from partwork.actions.look import look_urls, picture_urls
from partwork.actions.pictures import browser_of, take_pictures
from partwork.actions.preview import Previewed
from partwork.actions.preview import preview as render_drafts
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import leave_report
from partwork.orchestration.preflight_report import ABOUT as PREFLIGHT
from partwork.orchestration.preflight_report import page as preflight_page
from partwork.orchestration.preview_report import page
from partwork.screenshots.errors import NoPicture
from partwork.settings import Settings

ShortName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]


@flow(name="preview", flow_run_name="preview {series}")
def preview(
    series: ShortName = Field(description="The series' short name."),
    part: Annotated[int, Field(ge=0)] = Field(0, description="One part alone; 0 renders all."),
) -> State[Any]:
    """Render the drafts of a series, as they would be mailed.

    Under *Artifacts* are two pages. One links to each mail, with pictures of it on a phone and on a
    wide screen, in light, dark and forced dark. The other, *preflight*, says whom each would reach
    now, what keeps it from them, and what was measured: size, links, contrast and more. What is
    approved afterwards is just what was rendered here.

    Example: series `better-sleep`.
    """
    try:
        with assemble(Settings()) as press:
            shown = render_drafts(press, series, part or None, datetime.now(UTC))
            pictures = photograph(press, shown)
            issues = [item.issue for item in shown]
            now = datetime.now(UTC)
            links = look_urls(press, issues, now)
            seen = {issue.number: picture_urls(press, issue, now) for issue in issues}
            looked_at = [before_sending(press, issue, now) for issue in issues]
    except PartworkError as error:
        return Failed(message=str(error))
    leave_report(
        f"preview-{series}",
        page(series, shown, links, pictures, seen),
        "The drafts, with pictures of their mails.",
    )
    leave_report(f"preflight-{series}", preflight_page(series, looked_at), PREFLIGHT)
    found = sum(len(check.findings) for item in shown for check in item.checks)
    return Completed(message=f"{len(shown)} rendered, {found} faults and notices")


def photograph(press: Press, shown: tuple[Previewed, ...]) -> str:
    """Takes the pictures where a browser does; says whether there are any."""
    browser = browser_of(press)
    if browser is None:
        return "There are no pictures: no Chromium was found on the worker's machine."
    try:
        take_pictures(press, shown, browser)
    except NoPicture as error:
        return f"There are no pictures: {error}"
    return "Each mail's page has pictures of it at 375 and 600 pixels, light, dark and forced dark."
