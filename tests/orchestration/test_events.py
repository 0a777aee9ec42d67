"""What flows do is told as events that lead to the thing, and to nobody's address."""

from typing import Any

import pytest
from prefect.flows import load_flow_from_entrypoint

from partwork.actions.send import SendReport
from partwork.assembly import Press
from partwork.model.delivery import Tally
from partwork.orchestration.event_names import ALL, APPROVED, COMPOSED, INGESTED, SENT, SLOWED
from partwork.orchestration.events import tell_approved
from partwork.orchestration.lane_end import tell_end
from partwork.orchestration.launcher import RunningPrefect
from partwork.store.pacing import clock_of, slow_down
from tests.conftest import NOW, wait_until
from tests.orchestration.runs import as_in, waiting_issue
from tests.orchestration.test_quick_runs import ROOT

pytestmark = pytest.mark.prefect

ISSUE = "partwork.issue.marl-01"
TEXT = (
    "Marl in the garden\n\nMarl loosens heavy soil, for it holds lime and clay in equal parts. "
    "Spread it in autumn, so that the frost may break it up.\n"
)


def told(prefect: RunningPrefect, name: str, resource: str) -> list[dict[str, Any]]:
    """The events of that name about that resource."""
    asked = {"filter": {"event": {"name": [name]}, "resource": {"id": [resource]}}}
    found: list[dict[str, Any]] = prefect.api.post("/events/filter", asked)["events"]
    return found


def test_each_step_from_text_to_mail_is_told(
    prefect: RunningPrefect, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTWORK_HOME", str(press.settings.home))
    issue = waiting_issue(press, "ada@example.org", "ben@example.org")

    with as_in(prefect):
        for flow, given in (
            ("ingest", {"text": TEXT, "rights": "own"}),
            ("compose", {"series": "marl", "articles": ["marl-in-the-garden"]}),
            ("send", {"issue": issue}),
        ):
            state = load_flow_from_entrypoint(str(ROOT / "flows" / f"{flow}.py:{flow}"))(
                **given, return_state=True
            )
            assert state.is_completed(), state.message
        tell_approved("marl-01-1a2b3c4d", "the-bench", "marl")

    wanted = {
        INGESTED: "partwork.article.marl-in-the-garden",
        COMPOSED: "partwork.series.marl",
        SENT: f"partwork.issue.{issue}",
        APPROVED: "partwork.issue.marl-01-1a2b3c4d",
    }
    for name, resource in wanted.items():
        wait_until(lambda name=name, resource=resource: told(prefect, name, resource))
    (sent,) = told(prefect, SENT, wanted[SENT])
    assert (sent["payload"]["accepted"], sent["payload"]["planned"]) == (2, 2)
    (composed,) = told(prefect, COMPOSED, wanted[COMPOSED])
    assert composed["resource"]["partwork.newsletter"] == "the-bench"
    assert composed["payload"]["parts"] == 1
    sheets = {"artifacts": {"key": {"any_": ["claims-marl", "compose-marl"]}}}
    assert len(prefect.api.post("/artifacts/filter", sheets)) == 2
    for name, resource in wanted.items():
        assert "example.org" not in str(told(prefect, name, resource))


def test_a_domain_that_wanted_less_of_us_is_told_by_its_name_by_one_lane_of_all(
    prefect: RunningPrefect, press: Press
) -> None:
    with press.engine.begin() as connection:
        slow_down(connection, "ses old.example.org", clock_of(connection) - NOW, NOW)
        since = clock_of(connection)
        slow_down(connection, "ses slow.example.org", since - since, since)

    of_many = SendReport("marl-01", Tally(pending=1, accepted=1), sent=1)
    with as_in(prefect):
        for _lane in range(2):
            assert not tell_end(press, of_many, since)
        tell_approved("marl-01", "the-bench", "told-after-the-lanes")

    wait_until(lambda: "told-after-the-lanes" in str(told(prefect, APPROVED, ISSUE)))
    (event,) = told(prefect, SLOWED, "partwork.domain.slow.example.org")
    assert event["resource"]["partwork.relay"] == "ses"
    assert told(prefect, SLOWED, "partwork.domain.old.example.org") == []


def test_every_event_stands_in_the_documents() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text()

    for name in ALL:
        assert f"| `{name}` |" in documented
