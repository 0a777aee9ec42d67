"""Of several lanes that send an issue, whichever ends last says so, once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import State
from prefect.flows import load_flow_from_entrypoint

from partwork.actions.init import init_home, wishes_from
from partwork.actions.issue_named import issue_named
from partwork.assembly import Press, assemble
from partwork.orchestration.event_names import SENT
from partwork.orchestration.launcher import RunningPrefect
from partwork.settings import Settings
from partwork.store.claiming import claim, release
from partwork.store.lanes import close_lane, open_lane
from partwork.store.workers import this_worker
from tests.conftest import wait_until
from tests.orchestration.runs import as_in, waiting_issue
from tests.orchestration.test_events import told
from tests.orchestration.test_quick_runs import ROOT

pytestmark = [pytest.mark.prefect, pytest.mark.postgres]

READERS = ("ada@example.org", "ben@example.org", "cem@example.org")
FURTHER = "a further lane"
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def press(
    postgresql_at_head: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Press]:
    """A home of the test's own, as several machines share one, in which flows work that it runs."""
    url = postgresql_at_head()
    monkeypatch.setenv("PARTWORK_DATABASE_URL", url)
    folder = tmp_path / "own home"
    monkeypatch.setenv("PARTWORK_HOME", str(folder))
    init_home(folder, wishes_from("The Bench", "", "", "", None))
    with assemble(Settings(home=folder, database_url=url)) as assembled:
        yield assembled


def ran(flow: str, **given: object) -> State[Any]:
    found = load_flow_from_entrypoint(str(ROOT / "flows" / f"{flow}.py:{flow}"))
    state: State[Any] = found(**given, return_state=True)
    return state


def reports(prefect: RunningPrefect, issue: str) -> list[tuple[str, str]]:
    """What the dashboard shows of a sending: report and bar, the newest of each."""
    asked = {"artifacts": {"key": {"any_": [f"send-{issue}", f"sending-{issue}"]}}}
    found = prefect.api.post("/artifacts/latest/filter", asked)
    return sorted((one["type"], str(one["data"])) for one in found)


def test_the_lane_that_ends_last_tells_it_and_leaves_the_report_on_all(
    prefect: RunningPrefect, press: Press
) -> None:
    # given: a further lane that is at work on one of three deliveries
    issue = waiting_issue(press, *READERS, series="by-several-lanes")
    content_hash, now = issue_named(press, issue).content_hash, datetime.now(UTC)
    with press.engine.begin() as conn:
        open_lane(conn, FURTHER, content_hash, this_worker(), now)
        (held,) = claim(conn, content_hash, FURTHER, now, AN_HOUR, limit=1)

    # when: the first lane ends before it
    with as_in(prefect):
        first = ran("send", issue=issue)

        # then: it says how far all of them are, and not that all is sent
        assert first.message == (
            "2 sent now, 2 of 3 accepted; further lanes have 1, and the last one of them reports"
        )
        assert "| waiting | 1 |" in dict(reports(prefect, issue))["markdown"]

        # when: the other one ends, as a lane and a run of its own
        with press.engine.begin() as conn:
            release(conn, (held.id,), FURTHER)
            close_lane(conn, FURTHER)
        last = ran("send_lane", issue=issue, shard=1)
        assert last.message == "1 sent by this lane, 3 of 3 accepted by now"
        assert ran("send", issue=issue).message == "0 sent now, 3 of 3 accepted"

    # then
    wait_until(lambda: told(prefect, SENT, f"partwork.issue.{issue}"))
    (sent,) = told(prefect, SENT, f"partwork.issue.{issue}")
    assert (sent["payload"]["accepted"], sent["payload"]["planned"]) == (3, 3)
    page = dict(reports(prefect, issue))["markdown"]
    assert "| accepted | 3 |" in page
    assert "| waiting | 0 |" in page
    assert dict(reports(prefect, issue))["progress"] == "100"
