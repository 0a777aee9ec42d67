"""On a real server: what nobody sends any more is sent, and a report is there meanwhile."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from prefect import flow

from partwork.actions.subscribers import import_subscribers
from partwork.assembly import assemble
from partwork.model.address import Mailbox
from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue
from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.live import LiveReport
from partwork.settings import Settings
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from tests.actions.sending import ledger
from tests.conftest import wait_until
from tests.orchestration.runs import as_in

pytestmark = pytest.mark.prefect

LEFT = Issue(
    instalment="leftover",
    number=1,
    title="Left by a crash",
    subject="Left by a crash",
    preheader="",
    sender=Mailbox("", "editor@example.org"),
    reply_to=Mailbox("", ""),
    html="<p>Words \ue000address\ue001 \ue000unsubscribe_url\ue001 \ue000page_url\ue001</p>",
    text="Words \ue000address\ue001 \ue000unsubscribe_url\ue001 \ue000page_url\ue001",
    page="",
    audience=AudienceRule("quiet-hour", "left-by-a-crash"),
)


def test_an_issue_that_nobody_sends_any_more_is_sent(prefect: RunningPrefect, home: Path) -> None:
    now = datetime.now(UTC)
    with assemble(Settings(home=home)) as press:
        readers = press.settings.state / "swept.csv"
        press.library.write(readers, "email\nswept@example.org\n")
        import_subscribers(press, readers, "quiet-hour", note="asked at the fair", now=now)
        with press.engine.begin() as connection:
            save_draft(connection, LEFT, now)
            plan_campaign(connection, LEFT, now, now)

        result = prefect.trigger("sweep", {})

        assert result.name == "sweep"
        wait_until(
            lambda: (
                {row.state for row in ledger(press, LEFT.name).values()} == {DeliveryState.ACCEPTED}
            )
        )
    of_it = {"artifacts": {"key": {"any_": [f"send-{LEFT.name}"]}}}
    wait_until(lambda: prefect.api.post("/artifacts/filter", of_it))
    (report,) = prefect.api.post("/artifacts/filter", of_it)
    assert "| accepted |" in report["data"]
    assert "example" not in report["data"]


def test_a_live_report_is_one_artifact_that_is_written_anew(prefect: RunningPrefect) -> None:
    of_it = {"artifacts": {"key": {"any_": ["a-live-report"]}}}

    def said() -> list[str]:
        return [one["data"] for one in prefect.api.post("/artifacts/filter", of_it)]

    @flow(name="writes")
    def writes() -> None:
        with LiveReport("a live report", lambda done, of: f"{done} of {of}", first=0.05) as live:
            for done in (1, 2):
                live.tell(done, 3)
                wait_until(lambda done=done: said() == [f"{done} of 3"])
            live.end("all done")

    with as_in(prefect):
        writes()

    assert said() == ["all done"]
