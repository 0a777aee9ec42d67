"""The form in which a reviewer answers, and how a run waits for it and is woken.

Prefect keeps the form and what was entered in it beside the run, under keys that begin with the
question's own; it is never the record of what was decided.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Literal, NoReturn, cast
from uuid import UUID

from httpx import HTTPError, InvalidURL  # Prefect's client speaks by it
from prefect import suspend_flow_run
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRunInput
from prefect.exceptions import ObjectNotFound
from prefect.input import RunInput
from prefect.input.actions import filter_flow_run_input
from prefect.states import Cancelled, Scheduled
from pydantic import Field, ValidationError, create_model

from partwork.actions.reviewing import Answer
from partwork.model.review import MAX_NAME, MAX_NOTES, Decision

WITHIN_SECONDS = 5  # that a command waits for a server, which it does not need
_PREFIX, _RESPONSE = "suspended-", "-response"


class ReviewAnswer(RunInput):
    """What the form asks for; nothing is chosen beforehand."""

    decision: Literal["approve", "send back", "reject"] = Field(
        description="Approve these words; send them back with notes; or reject them for good."
    )
    reviewer: str = Field(
        min_length=1, max_length=MAX_NAME, pattern=r"\S", description="Your name; it is kept."
    )
    notes: str = Field(
        "", max_length=MAX_NOTES, description="What should be changed, or why; plain text."
    )


class _Entered(ReviewAnswer):
    """The same as it comes back: with a role, where one was asked for."""

    role: str = Field("", max_length=MAX_NAME)


def form_for(roles: tuple[str, ...], description: str) -> type[ReviewAnswer]:
    """The form under its description; where several roles are wanted, it asks in which one."""
    form: type[ReviewAnswer] = ReviewAnswer
    if len(roles) > 1:
        role: Any = (Literal[roles], Field(description="In which role you speak."))
        form = create_model("ReviewAnswer", role=role, __base__=ReviewAnswer)
    return form.with_initial_data(description=description)


def wait_for_answer(
    key: str, description: str, roles: tuple[str, ...], timeout_seconds: int
) -> NoReturn:
    """Ends the process; the run goes on from its top when somebody has answered.

    `description` is Markdown, with what comes from outside escaped.
    """
    suspend_flow_run(wait_for_input=form_for(roles, description), timeout=timeout_seconds, key=key)
    raise RuntimeError("Prefect did not suspend this run")


def questions_asked(run_id: str) -> int:
    """How many times the run has waited already."""
    with get_client(sync_client=True) as client:
        policy = client.read_flow_run(UUID(run_id)).empirical_policy
    return len(policy.pause_keys or ())


def answers_to(run_id: str) -> Iterator[tuple[str, Answer]]:
    """All that was entered for this run, each with the key of its question.

    What is no answer is passed over: Prefect's server has held the form to what it asks for.
    """
    prefix = f"{_PREFIX}approval-"
    found = filter_flow_run_input(prefix, limit=200, flow_run_id=UUID(run_id))
    for held in cast("list[FlowRunInput]", found):  # typed for coroutines, too, which flows await
        if not held.key.endswith(_RESPONSE):
            continue
        with suppress(ValidationError):
            given = _Entered.model_validate(held.decoded_value)
            key = held.key.removeprefix(_PREFIX).removesuffix(_RESPONSE)
            decision = Decision(given.decision)
            yield key, Answer(decision, given.reviewer, given.role, given.notes)


def wake(run_ids: Iterable[str]) -> None:
    """Has runs that wait look again, for what was decided elsewhere; best effort.

    What was decided stands in our database and needs no run: no server, or none of these runs, is
    no error.
    """
    _set(run_ids, lambda: Scheduled(name="Resuming"))


def call_off(run_ids: Iterable[str]) -> None:
    """Ends runs that wait in vain, since another asks what they asked; best effort, too."""
    _set(run_ids, lambda: Cancelled(message="Another run of review asks about these drafts now."))


def _set(run_ids: Iterable[str], state: Any) -> None:
    with (
        suppress(HTTPError, InvalidURL, ObjectNotFound, ValueError),
        get_client(sync_client=True, httpx_settings={"timeout": WITHIN_SECONDS}) as client,
    ):
        for run_id in run_ids:
            with suppress(ObjectNotFound):
                if client.read_flow_run(UUID(run_id)).state_type == "PAUSED":
                    client.set_flow_run_state(UUID(run_id), state())
