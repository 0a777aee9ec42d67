"""A subscription is to a newsletter: two series run for four weeks, and one confirmation does."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

from partwork.actions.answering import answer_requests
from partwork.actions.confirming import confirm
from partwork.actions.send import send
from partwork.actions.sign_up import Visitor, ask
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.audience import ServiceRequest
from partwork.model.issue import AudienceRule, Issue, MergeField
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.subscribing.wording import wording_of
from tests.conftest import NOW, Clock

GRACE = "grace@example.org"
VISITOR = Visitor("192.0.2.7", "Browser 1.0")
SERIES = ("soil", "seed")
WEEKS = 4


def part(series: str, number: int) -> Issue:
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule("the-bench", series)
    name = f"{series} {number}"
    text = f"{name} for {MergeField.ADDRESS.mark}"
    return Issue(
        f"{series}{number:04}", number, name, name, "", editor, editor, text, text, "", rule
    )


def subjects(press: Press) -> list[str]:
    files = press.outbox.glob(f"{GRACE}--*.eml")
    mails = (message_from_bytes(f.read_bytes(), policy=policy.default) for f in files)
    return sorted(str(mail["Subject"]).removeprefix("[Demo] ") for mail in mails)


def test_one_sign_up_serves_two_series_for_four_weeks(press: Press, clock: Clock) -> None:
    kind, wording = ServiceRequest.SUBSCRIBE, wording_of("The Bench")
    ask(press, kind, "the-bench", GRACE, VISITOR, wording=wording, now=NOW)
    answer_requests(press, clock)
    (mail,) = press.outbox.glob("*.eml")
    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("plain",))
    token = re.search(r"/confirm/(\S+?)>", text.get_content())[1]
    confirm(press, token, VISITOR, NOW)
    answer_requests(press, clock)

    for week in range(WEEKS):
        for day, series in enumerate(SERIES):
            clock.at = NOW + timedelta(weeks=week, days=day)
            issue = part(series, week + 1)
            with press.engine.begin() as connection:
                save_draft(connection, issue, clock.at)
                plan_campaign(connection, issue, clock.at, clock.at)
            send(press, issue.name, clock=clock)

    assert subjects(press) == [
        "Please confirm: The Bench",
        "Welcome to The Bench",
        *sorted(f"{series} {week + 1}" for series in SERIES for week in range(WEEKS)),
    ]
