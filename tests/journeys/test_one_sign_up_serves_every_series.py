"""A subscription is to a newsletter: two series run for four weeks, and one confirmation does.

Who wants all parts of a week in one mail gets four, and misses nothing.
"""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.approve import approve
from partwork.actions.confirming import confirm
from partwork.actions.letter import begin_letter
from partwork.actions.preferences import choose
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.actions.sign_up import Visitor, ask
from partwork.assembly import Press
from partwork.model.audience import ServiceRequest
from partwork.subscribing.wording import wording_of
from tests.conftest import NOW, Clock

GRACE, ADA = "grace@example.org", "ada@example.org"
VISITOR = Visitor("192.0.2.7", "Browser 1.0")
DAYS = {"soil": "tue", "seed": "fri"}
WEEKS = 4


@pytest.fixture(autouse=True)
def two_series(press: Press) -> None:
    """Two series of one newsletter, a part of each a week, all of them approved."""
    for series, day in DAYS.items():
        for number in range(1, WEEKS + 1):
            name = f"{series.title()} {number}"
            begin_letter(
                press,
                series,
                title=name,
                newsletter="",
                subject=name,
                preheader=f"What the {number}. part of {series} is about, in a line.",
                text=f"All there is to say of {series} in the {number}. week.",
            )
        file = press.library.series_folder(series) / "series.toml"
        cadence = f'\n[cadence]\ndays = ["{day}"]\ntime = "07:30"\nzone = "Europe/Berlin"\n'
        file.write_text(file.read_text() + cadence)
        preview(press, series, None, NOW)
        approve(press, series, None, reviewer="Eve", channel="cli", now=NOW)


def mails(press: Press, address: str) -> list[EmailMessage]:
    files = press.outbox.glob(f"{address}--*.eml")
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


def subjects(press: Press, address: str) -> list[str]:
    return sorted(str(m["Subject"]).removeprefix("[Demo] ") for m in mails(press, address))


def token(press: Press, address: str, kind: str) -> str:
    """That of the one link of this kind that was mailed to the address."""
    texts = (mail.get_body(("plain",)).get_content() for mail in mails(press, address))
    (found,) = (match[1] for text in texts if (match := re.search(rf"/{kind}/(\S+?)>", text)))
    return found


def sign_up(press: Press, address: str, clock: Clock) -> None:
    kind, wording = ServiceRequest.SUBSCRIBE, wording_of("The Bench")
    ask(press, kind, "the-bench", address, VISITOR, wording=wording, now=NOW)
    answer_requests(press, clock)
    confirm(press, token(press, address, "confirm"), VISITOR, NOW)
    answer_requests(press, clock)


def live(press: Press, clock: Clock) -> None:
    """Ticks as the schedule does, only twice a day, for four weeks and the Monday after them."""
    for half_days in range(2 * 7 * WEEKS + 1):
        clock.at = NOW + timedelta(hours=12 * half_days)
        for issue in publish(press, "", at_once=False, now=clock.at).unsent:
            send(press, issue, clock=clock)
        answer_requests(press, clock)


def test_one_sign_up_serves_two_series_for_four_weeks(press: Press, clock: Clock) -> None:
    sign_up(press, GRACE, clock)

    live(press, clock)

    assert subjects(press, GRACE) == sorted(
        [
            "Please confirm: The Bench",
            "Welcome to The Bench",
            *(f"{series.title()} {week + 1}" for series in DAYS for week in range(WEEKS)),
        ]
    )


def test_all_parts_of_each_week_come_in_one_mail_to_who_wants_it_so(
    press: Press, clock: Clock
) -> None:
    for address in (GRACE, ADA):
        sign_up(press, address, clock)
    ask(press, ServiceRequest.PREFERENCES, "the-bench", ADA, VISITOR, wording="", now=NOW)
    answer_requests(press, clock)
    opened = token(press, ADA, "preferences")
    choose(press, opened, "the-bench", series={}, pause_weeks=None, is_bundled=True, now=NOW)

    live(press, clock)

    weekly = [s for s in subjects(press, ADA) if s.startswith("The Bench: ")]
    assert weekly == [f"The Bench: Soil {week + 1} · Seed {week + 1}" for week in range(WEEKS)]
    assert len(subjects(press, ADA)) == len(weekly) + 3  # confirmation, welcome, link
    words = " ".join(mail.get_body(("plain",)).get_content() for mail in mails(press, ADA))
    for series in DAYS:
        for week in range(WEEKS):
            assert words.count(f"All there is to say of {series} in the {week + 1}. week.") == 1
    assert len(subjects(press, GRACE)) == 2 * WEEKS + 2
