"""Editors are mailed that a run failed, died or waits: once, without anybody's address in it."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from partwork.actions.loading import load_newsletter
from partwork.actions.run_notices import AGAIN, RunState, tell_of_run
from partwork.actions.stopping import pause, resume
from partwork.assembly import Press
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

URL = "http://127.0.0.1:4200/runs/flow-run/2f5c"
FAILED = RunState(
    "2f5c", "publish", "publish what is due", "Failed", "the database is away", {}, URL
)


def editor_of(press: Press) -> str:
    newsletter = load_newsletter(press, "the-bench")
    return newsletter.reply_to.address or newsletter.sender.address


def mail_of(press: Press, server: RoughServer) -> tuple[str, str, str]:
    """Subject, text and HTML of what the editors got last."""
    mail = message_from_bytes(server.contents[editor_of(press)], policy=policy.default)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return mail["Subject"], text, html


def test_a_run_that_fails_is_told_with_what_it_said_and_where_it_is(
    by_smtp: Press, server: RoughServer
) -> None:
    said = tell_of_run(by_smtp, FAILED, NOW)

    assert said == "mailed the editors of the-bench"
    subject, text, _ = mail_of(by_smtp, server)
    assert subject == "[Demo] Partwork: publish has failed"
    assert "The run publish what is due has failed, seen 2026-03-02 09:00 UTC." in text
    assert "the database is away" in text
    assert URL in text


def test_what_fails_at_each_tick_is_told_again_after_hours_and_another_thing_at_once(
    by_smtp: Press, server: RoughServer
) -> None:
    for minutes in range(0, 360, 15):
        tell_of_run(by_smtp, FAILED, NOW + timedelta(minutes=minutes))
    assert server.got[editor_of(by_smtp)] == 1

    tell_of_run(by_smtp, replace(FAILED, parameters={"series": "heaps"}), NOW)
    tell_of_run(by_smtp, replace(FAILED, state="Crashed"), NOW)
    tell_of_run(by_smtp, FAILED, NOW + AGAIN)

    assert server.got[editor_of(by_smtp)] == 4


def test_each_run_that_waits_for_an_answer_is_told_once(
    by_smtp: Press, server: RoughServer
) -> None:
    waits = replace(FAILED, flow="review", name="review heaps", state="Suspended")

    for one in (waits, waits, replace(waits, id="3a6d")):
        tell_of_run(by_smtp, one, NOW)

    assert server.got[editor_of(by_smtp)] == 2
    assert mail_of(by_smtp, server)[0] == "[Demo] Partwork: review waits for your answer"


def test_neither_addresses_nor_markup_are_mailed_on(by_smtp: Press, server: RoughServer) -> None:
    hostile = replace(
        FAILED,
        flow="x\r\nBcc: eve@example.org",
        name="<script>alert(1)</script> for ada@example.org",
        message="<b>550</b> no such mailbox ada@example.org\nand more " + "x" * 9000,
    )

    tell_of_run(by_smtp, hostile, NOW)

    subject, text, html = mail_of(by_smtp, server)
    assert subject == "[Demo] Partwork: a run has failed"
    assert "ada@example.org" not in text + html
    assert "eve" not in text + html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert len(text) < 2000


@pytest.mark.parametrize("state", ["Completed", "Cancelled", "Running", "Already running"])
def test_a_state_that_wants_nobody_is_told_to_nobody(
    by_smtp: Press, server: RoughServer, state: str
) -> None:
    tell_of_run(by_smtp, replace(FAILED, state=state), NOW)

    assert not server.got[editor_of(by_smtp)]


def test_of_an_issue_that_a_person_paused_nobody_is_told(
    by_smtp: Press, server: RoughServer, issue: str
) -> None:
    of_it = replace(FAILED, flow="send", parameters={"issue": issue})
    pause(by_smtp, issue, "my word", NOW)
    tell_of_run(by_smtp, of_it, NOW)
    assert not server.got[editor_of(by_smtp)]

    resume(by_smtp, issue, NOW)
    tell_of_run(by_smtp, of_it, NOW)
    assert server.got[editor_of(by_smtp)] == 1


def test_what_could_not_be_mailed_is_told_at_the_next_time(
    by_smtp: Press, server: RoughServer
) -> None:
    server.answers[f"RCPT {editor_of(by_smtp)}"] = deque(["450 4.2.0 not now"])

    assert tell_of_run(by_smtp, FAILED, NOW) == "nobody could be mailed"
    assert tell_of_run(by_smtp, FAILED, NOW) == "mailed the editors of the-bench"


def test_without_a_mail_server_the_outbox_stays_empty(press: Press) -> None:
    assert tell_of_run(press, FAILED, NOW) == "no mail server is set: nobody was mailed"
    assert not list(press.outbox.glob("*"))
