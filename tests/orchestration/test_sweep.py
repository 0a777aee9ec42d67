"""On a real server: what nobody sends any more is sent."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from partwork.actions.subscribers import import_subscribers
from partwork.assembly import assemble
from partwork.model.address import Mailbox
from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue
from partwork.orchestration.launcher import RunningPrefect
from partwork.settings import Settings
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from tests.actions.sending import ledger
from tests.conftest import wait_until

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
