"""The flow that asks for a correction of a part that is published."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.correct import correct as ask_for
from partwork.actions.look import look_urls
from partwork.actions.preview import text_as_mailed
from partwork.assembly import assemble
from partwork.model.correction import LONGEST_REASON
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import leave_report
from partwork.orchestration.correcting_report import page
from partwork.settings import Settings


def run_name() -> str:
    """What the list of runs shows."""
    return f"correct {str(runtime.flow_run.parameters.get('issue') or '')[:80]}"


@flow(name="correct", flow_run_name=run_name)
def correct(
    issue: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Name of the published issue, or the start of it."
    ),
    because: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)] = Field(
        description="What was wrong, in words for readers."
    ),
    mail: bool = Field(
        default=False, description="Also mail those who have the first text what was wrong."
    ),
) -> State[Any]:
    """Ask for a correction of a part that is published. Mend the part's file first.

    Makes drafts of the mended part and, if you wish, of the mail about it; they stand under
    *Artifacts*. Nothing is published or sent by this: once both are approved, the revision takes
    the first one's place with the next run of *publish*, and nobody gets both.

    Example: issue `better-sleep-01`, because *Part 1 said 40 mg; it is 4 mg.*
    """
    now = datetime.now(UTC)
    try:
        with assemble(Settings()) as press:
            asked = ask_for(press, issue, because=because, mail=mail, now=now)
            links = look_urls(press, [one.issue for one in asked.drafts], now)
            mails = [one.issue for one in asked.drafts if one.issue.is_correction_mail]
            text = text_as_mailed(press, mails[0]) if mails else ""
    except PartworkError as error:
        return Failed(message=str(error))
    series = asked.drafts[0].issue.audience.series
    without = "There are no pictures of these drafts; *preview* takes some."
    leave_report(
        f"correct-{series}", page(asked, links, text, without), "The correction, with its drafts."
    )
    return Completed(message=f"the correction of {asked.corrects} waits for approval")
