"""The flow that asks whether drafts may be published, and waits for the answer."""

from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn

from prefect import State, flow, get_run_logger, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.claims import claims_markdown
from partwork.actions.reviewing import Outcome, Question, answer, ask, close, superseded
from partwork.assembly import Press, assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.answers import (
    answers_to,
    call_off,
    questions_asked,
    wait_for_answer,
)
from partwork.orchestration.artifacts import CLAIMS_SHEET, leave_report
from partwork.orchestration.events import tell_approved
from partwork.orchestration.review_page import description
from partwork.settings import Settings

ShortName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]


def run_name() -> str:
    """What the list of runs shows."""
    given = runtime.flow_run.parameters
    part = f", part {given['part']}" if given.get("part") else ""
    return f"review {str(given.get('series'))[:80]}{part}"


@flow(name="review", flow_run_name=run_name)
def review(
    series: ShortName = Field(description="The series' short name."),
    part: Annotated[int, Field(ge=0)] = Field(
        0, description="One part alone; 0 asks about all that are not decided."
    ),
) -> State[Any]:
    """Ask a reviewer whether drafts may be published, and wait for the answer.

    The run renders the drafts and then waits, *Suspended*: open it and press *Resume*. The form
    has links to the mails, and asks for a decision and your name. What you approve is just what
    you have read: words that are edited meanwhile are asked about again. Sent back, the notes are
    kept for the editor and nothing is lost.

    Example: series `better-sleep`.
    """
    if not runtime.deployment.id:
        return Failed(message="a review waits for an answer: start the deployment review/review")
    run_id = str(runtime.flow_run.id)
    now = datetime.now(UTC)
    outcome = Outcome("")
    try:
        with assemble(Settings()) as press:
            outcome = take_answers(press, run_id, now)
            if outcome.is_over:
                return Completed(message=outcome.message)
            question = ask(
                press,
                series,
                part or None,
                run_id=run_id,
                asked_before=questions_asked(run_id),
                now=now,
                remark=outcome.message,
            )
            if isinstance(question, str):
                return Completed(message=outcome.message or question)
            if given := replace_older(press, question, now):
                return Completed(message=f"{given}; run review again if more is to be decided")
    except PartworkError as error:
        if str(error) in outcome.message:  # which says why an answer was not taken
            return Failed(message=f"{outcome.message}; run review again")
        said = (outcome.message, str(error))  # what was taken stays taken
        return Failed(message="; ".join(filter(None, said)))
    return put(question, now)


def take_answers(press: Press, run_id: str, now: datetime) -> Outcome:
    """What became of all that was answered since the run last looked; nothing, if nothing was."""
    taken = Outcome("")
    for key, given in answers_to(run_id):
        if outcome := answer(press, run_id, key, given, now):
            get_run_logger().info("%s", outcome.message)
            for issue in outcome.approved:
                tell_approved(issue.name, issue.audience.newsletter, issue.audience.series)
            taken = outcome
    return taken


def replace_older(press: Press, question: Question, now: datetime) -> str:
    """Ends runs that wait for no other answer than this one.

    Somebody may have answered one of them just before: what became of that, and nothing is asked.
    """
    older = superseded(press, question, now)
    runs = {review.run_id for review in older}
    call_off(runs)  # from now on nobody answers there
    given = "; ".join(filter(None, (take_answers(press, run, now).message for run in runs)))
    close(press, (*older, question.review) if given else older, now)
    return given


def put(question: Question, now: datetime) -> NoReturn:
    """Leaves the claims sheet, and ends the process until somebody has answered."""
    asked = question.review
    leave_report(f"claims-{asked.series}", claims_markdown(question.sheet), CLAIMS_SHEET)
    seconds = int((asked.closes_at - now).total_seconds())
    wait_for_answer(asked.key, description(question), question.roles, seconds)
