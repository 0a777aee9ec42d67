"""That an issue is held is an event, once, whichever process came upon it."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from prefect.flows import load_flow_from_entrypoint

from partwork.actions.feedback import take_in
from partwork.actions.send import send
from partwork.assembly import Press
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.orchestration.event_names import COMPOSED, HELD
from partwork.orchestration.events import tell_composed
from partwork.orchestration.launcher import RunningPrefect
from partwork.web.hooks import judging_of
from tests.conftest import wait_until
from tests.orchestration.runs import as_in, waiting_issue
from tests.orchestration.test_events import told
from tests.orchestration.test_quick_runs import ROOT

pytestmark = pytest.mark.prefect


def test_what_the_web_app_holds_is_told_by_the_next_sweep_and_by_no_other_flow_again(
    prefect: RunningPrefect, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTWORK_HOME", str(press.settings.home))
    readers = [f"reader-{n}@example.org" for n in range(6)]
    issue = waiting_issue(press, *readers)
    send(press, issue, clock=lambda: datetime.now(UTC))
    mails = [message_from_bytes(file.read_bytes()) for file in press.outbox.rglob("*.eml")]
    complaints = [
        Feedback(Source.MAILGUN, FeedbackKind.COMPLAINT, "1", m["To"], message_id=m["Message-ID"])
        for m in mails
    ]
    assert take_in(press, complaints, now=datetime.now(UTC)) == len(readers)
    asyncio.run(judging_of(press)())

    with as_in(prefect):
        for flow in ("sweep", "collect_bounces", "sweep"):
            state = load_flow_from_entrypoint(str(ROOT / "flows" / f"{flow}.py:{flow}"))(
                return_state=True
            )
            assert state.is_completed(), state.message
        tell_composed("all-is-told", "the-bench", parts=1, faults=0)

    wait_until(lambda: told(prefect, COMPOSED, "partwork.series.all-is-told"))
    (event,) = told(prefect, HELD, f"partwork.issue.{issue}")
    assert event["resource"]["partwork.newsletter"] == "the-bench"
    assert "example.org" not in str(event)
