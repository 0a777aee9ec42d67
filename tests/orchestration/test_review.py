"""A review on a real server: the run waits for days, and nothing but what was read is approved."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from partwork.actions.letter import begin_letter
from partwork.assembly import assemble
from partwork.model.review import MAX_NOTES
from partwork.orchestration.answers import form_for
from partwork.orchestration.launcher import RunningPrefect
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts
from tests.conftest import wait_until
from tests.orchestration.runs import question_of
from tests.orchestration.test_prefect import wait_for

SERIES = "under-review"
YES = {"decision": "approve", "reviewer": "Ada <b>North</b>"}


@pytest.fixture
def letter(home: Path) -> Iterator[Path]:
    """A letter of our own, gone after the test: its parts would wait in others' reports."""
    with assemble(Settings(home=home)) as press:
        file = begin_letter(
            press,
            SERIES,
            title="Under <i>review</i>",
            newsletter="",
            subject="Gloves & *spades*",
            preheader="What to bring on the first morning at the gate.",
            text="Bring gloves.\n",
        )
    yield file
    shutil.rmtree(file.parent)


def notices_of(prefect: RunningPrefect, run_id: str) -> list[str | None]:
    """What came of telling people of the run, by what each notice's run says in the end."""
    asked = {"flows": {"name": {"any_": ["notice"]}}}
    runs = prefect.api.post("/flow_runs/filter", asked)
    return [run["state"]["message"] for run in runs if run["parameters"] == {"run": run_id}]


def answered(prefect: RunningPrefect, run_id: str, **given: str) -> str:
    answer = prefect.api.post(f"/flow_runs/{run_id}/resume", {"run_input": given})
    return str(answer["status"])


def approvals(home: Path) -> list[str]:
    with assemble(Settings(home=home)) as press, read_only(press.engine) as connection:
        drafts = current_drafts(connection, SERIES)
        return [yes.reviewer for d in drafts for yes in approvals_of(connection, d.content_hash)]


@pytest.mark.prefect
def test_what_was_edited_while_it_waited_is_asked_again_and_a_yes_elsewhere_wakes_the_run(
    prefect: RunningPrefect, home: Path, letter: Path
):
    # given: a run that waits, of which people are told, and answers that are none
    deployment = prefect.api.get("/deployments/name/review/review")
    started = {"parameters": {"series": SERIES}, "state": {"type": "SCHEDULED"}}
    run = prefect.api.post(f"/deployments/{deployment['id']}/create_flow_run", started)["id"]
    first, text = question_of(prefect.api, run)
    assert r"Under \<i\>review\<\/i\>" in text
    assert r"Gloves \& \*spades\*" in text
    # Once at least: Prefect's server asks again where its SQLite was locked meanwhile.
    told = "no mail server is set: nobody was mailed"
    wait_until(lambda: told in notices_of(prefect, run))
    for wrong in (
        {"reviewer": "Ada"},
        {**YES, "reviewer": "  "},
        {**YES, "decision": "publish"},
        {**YES, "notes": "x" * (MAX_NOTES + 1)},
        {**YES, "text": "other words"},
    ):
        assert answered(prefect, run, **wrong) == "REJECT"

    # when: the file is edited, then two people approve what they have read, at once
    letter.write_text(letter.read_text().replace("Bring gloves.", "Bring a spade."))
    with ThreadPoolExecutor() as people:
        twice = sorted(people.map(lambda _: answered(prefect, run, **YES), range(2)))

    # then
    assert twice == ["ABORT", "ACCEPT"]
    _, again = question_of(prefect.api, run, before=first)
    assert "1 part was edited meanwhile" in again
    assert approvals(home) == []

    # and: who approves on the command line wakes the run
    approving = subprocess.run(
        [sys.executable, "-m", "partwork", "approve", SERIES, "--by", "Grace"],
        env={
            **os.environ,
            "PARTWORK_HOME": str(home),
            **{
                name: prefect.environment[name]
                for name in (
                    "PREFECT_API_URL",
                    "PREFECT_API_AUTH_STRING",
                    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED",
                )
            },
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert approving.returncode == 0, approving.stderr
    assert approvals(home) == ["Grace"]

    def is_over() -> bool:
        return prefect.api.get(f"/flow_runs/{run}")["state"]["type"] == "COMPLETED"

    assert wait_for(prefect, is_over, 90)
    state = prefect.api.get(f"/flow_runs/{run}")["state"]
    assert state["message"] == "part 1 is approved by Grace as editor"


def test_the_form_chooses_nothing_beforehand_and_asks_for_a_role_where_there_are_several():
    one, several = (
        form_for(roles, "Words").model_json_schema()
        for roles in (("editor",), ("editor", "medical"))
    )

    assert one["required"] == ["decision", "reviewer"]
    assert one["properties"]["decision"]["enum"] == ["approve", "send back", "reject"]
    assert "default" not in one["properties"]["decision"]
    assert "role" not in one["properties"]
    assert several["properties"]["role"]["enum"] == ["editor", "medical"]
    assert set(several["required"]) == {"decision", "reviewer", "role"}
