"""Whoever presses *Quick run* on anything sends nothing that is not approved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from prefect import State
from prefect.flows import load_flow_from_entrypoint

from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.assembly import Press
from partwork.orchestration.api import PrefectRefused
from partwork.orchestration.launcher import RunningPrefect
from partwork.store.campaigns import campaigns_of
from partwork.store.engine import read_only
from tests.actions.sending import subscribe
from tests.orchestration.runs import as_in

pytestmark = pytest.mark.prefect

ROOT = Path(__file__).parents[2]


def test_no_form_with_its_defaults_sends_what_is_not_approved(
    prefect: RunningPrefect, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a draft whose slot has come, and somebody to read it
    monkeypatch.setenv("PARTWORK_HOME", str(press.settings.home))
    monkeypatch.setenv("PARTWORK_CHROMIUM", "/nowhere")  # pictures take their time
    words = {"subject": "Spring is here", "preheader": "What to bring on the first morning."}
    begin_letter(press, "spring", title="Spring", newsletter="", **words, text="Bring gloves.\n")
    toml = press.library.series_folder("spring") / "series.toml"
    at = datetime.now(UTC) - timedelta(minutes=5)
    day = at.strftime("%a").lower()
    cadence = f'[cadence]\ndays = ["{day}"]\ntime = "{at:%H:%M}"\nzone = "UTC"\n'
    toml.write_text(f"{toml.read_text()}\n{cadence}")
    subscribe(press, ["ada@example.org"])
    (shown,) = preview(press, "spring", None, datetime.now(UTC))
    # what a form asks for; all else it has by itself
    asked_for = {
        "series": "spring",
        "issue": shown.issue.name,
        "because": "There was a slip.",
        "run": str(uuid4()),
    }

    # when: each is run as it is
    states: dict[str, State[Any]] = {}
    with as_in(prefect):
        for one in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]:
            flow = load_flow_from_entrypoint(str(ROOT / one["entrypoint"]))
            given = {name: asked_for[name] for name in flow.parameters.required}
            states[flow.name] = flow(**given, return_state=True)

    # then: it was seen to be due, and nobody was sent anything
    assert "1 waiting" in str(states["publish"].message)
    assert "is not published" in str(states["send"].message)
    assert not list(press.outbox.glob("*.eml"))
    with read_only(press.engine) as connection:
        assert campaigns_of(connection, "spring") == ()


@pytest.mark.parametrize(
    ("flow", "parameters"),
    [
        ("compose", {"series": "spring", "parts": "three"}),
        ("compose", {"series": "spring", "kind": "novel"}),
        ("ingest", {"rights": "mine"}),
        ("ingest", {"urls": "https://example.org/"}),
        ("publish", {"at_once": "perhaps"}),
        ("send", {"issue": "../up"}),
        ("preview", {"series": "spring", "part": -1}),
        ("check", {}),
    ],
)
def test_a_form_of_the_wrong_type_is_refused_before_there_is_a_run(
    prefect: RunningPrefect, flow: str, parameters: dict[str, object]
) -> None:
    deployment = prefect.api.get(f"/deployments/name/{flow}/{flow}")["id"]
    of_it = {"deployments": {"id": {"any_": [deployment]}}, "flow_runs": {"tags": {"all_": ["x"]}}}
    body = {"parameters": parameters, "state": {"type": "SCHEDULED"}, "tags": ["x"]}

    with pytest.raises(PrefectRefused) as refused:
        prefect.api.post(f"/deployments/{deployment}/create_flow_run", body)

    assert refused.value.status in {409, 422}
    assert prefect.api.post("/flow_runs/filter", of_it) == []
