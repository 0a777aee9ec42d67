"""The flow that mails editors that a run failed, died or waits for them."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import State, flow
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.run_notices import tell_of_run
from partwork.assembly import assemble
from partwork.model.errors import PartworkError
from partwork.orchestration.runs import state_of_run
from partwork.settings import Settings


@flow(name="notice", flow_run_name="notice")
def notice(
    run: Annotated[
        str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    ] = Field(description="The id of a run, as its address in the dashboard ends."),
) -> State[Any]:
    """Mail the editors whom it concerns that a run failed, died or waits for an answer.

    Started by itself when that happens. Of the same flow and the same series or issue that is
    told once in six hours. Without a mail server nobody is mailed.

    Example: none is needed; it can be tried with the id of a run that failed.
    """
    try:
        with assemble(Settings()) as press:
            told = tell_of_run(press, state_of_run(run), datetime.now(UTC))
    except PartworkError as error:
        return Failed(message=str(error))
    return Completed(message=told)
