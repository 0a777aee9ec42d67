"""What webhooks told is judged behind the answer, and holds an issue where it is too much."""

import asyncio

from sqlalchemy import select

from partwork.actions.feedback import take_in
from partwork.assembly import Press
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.store.engine import read_only
from partwork.store.sending_schema import stops
from partwork.web.hooks import judging_of
from tests.actions.returned import send
from tests.actions.sending import subscribe
from tests.conftest import NOW

READERS = [f"reader-{n}@example.org" for n in range(6)]


def stopped(press: Press) -> list[str]:
    with read_only(press.engine) as connection:
        return list(connection.execute(select(stops.c.kind)).scalars())


def test_an_issue_is_held_by_the_one_bounce_that_is_too_much(press: Press) -> None:
    subscribe(press, READERS)
    mails = send(press)
    judging = judging_of(press)
    told = [
        Feedback(Source.SENDGRID, FeedbackKind.BOUNCE, "1", to, relay_id=mails[to].relay_id)
        for to in READERS
    ]

    take_in(press, told[:4], now=NOW)
    asyncio.run(judging())
    assert stopped(press) == []
    take_in(press, told[4:], now=NOW)
    asyncio.run(judging())

    assert stopped(press) == ["held"]
