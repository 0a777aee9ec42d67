"""Mails are made beside the requests: in one place at a time, and goodbyes when nobody waits."""

import asyncio
import threading
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse

from partwork.actions.unsubscribe import Wish, unsubscribe_together
from partwork.assembly import Press
from partwork.model.audience import Evidence
from partwork.store.audience import list_subscribers
from partwork.store.engine import read_only
from partwork.store.service_messages import count_waiting
from partwork.subscribing.tokens import Departure
from partwork.web.doorkeeper import Doorkeeper
from partwork.web.mailing import REST_SECONDS, Visitors, mailing_of
from tests.actions.sending import subscribe
from tests.web.conftest import Client
from tests.web.test_leaving import without_database

MANY = 12


def waiting(press: Press) -> int:
    with read_only(press.engine) as connection:
        return count_waiting(connection)


@pytest.fixture
def goodbyes(press: Press) -> None:
    """Many have left by one click, of which mails are to tell them."""
    subscribe(press, [f"reader{n}@example.org" for n in range(MANY)], datetime.now(UTC))
    with read_only(press.engine) as connection:
        people = [person.id for person, *_ in list_subscribers(connection)]
    wishes = [Wish(Departure(one, "the-bench", 0), Evidence("one-click")) for one in people]
    unsubscribe_together(press, wishes, datetime.now(UTC))
    assert waiting(press) == MANY


class Watched(Visitors):
    """Visitors who see how many threads make mails."""

    def __init__(self) -> None:
        super().__init__()
        self.at_work: list[int] = []

    def let_by(self) -> None:
        self.at_work.append(sum(t.name == "together" for t in threading.enumerate()))
        super().let_by()


def test_whoever_rests_goes_on_when_the_last_visitor_is_served() -> None:
    visitors, is_by = Visitors(), Event()
    visitors.came()
    visitors.came()

    def let_by() -> None:
        visitors.let_by()
        is_by.set()

    visitors.served()
    thread = Thread(target=let_by)
    thread.start()
    assert not is_by.wait(REST_SECONDS / 10)
    visitors.served()
    thread.join()
    visitors.let_by()

    assert is_by.is_set()


@pytest.mark.usefixtures("goodbyes")
def test_goodbyes_are_mailed_also_if_there_is_always_somebody(press: Press) -> None:
    visitors = Visitors()
    visitors.came()

    asyncio.run(mailing_of(press, visitors)())

    assert waiting(press) == 0


@pytest.mark.usefixtures("goodbyes")
def test_however_many_ask_one_thread_mails(press: Press) -> None:
    visitors = Watched()
    mailing = mailing_of(press, visitors)

    async def all_ask() -> None:
        await asyncio.gather(*(mailing() for _ in range(50)))

    asyncio.run(all_ask())

    assert visitors.at_work == [1] * MANY
    assert waiting(press) == 0


def test_without_a_database_nothing_is_mailed_and_nobody_is_told_so(
    press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    without_database(press)

    asyncio.run(mailing_of(press, Visitors())())

    assert "service messages wait: database" in caplog.text


def test_a_request_is_over_when_it_is_answered() -> None:
    visitors, noted = Visitors(), list[int]()
    over: list[int] = []

    def after() -> None:
        visitors.let_by()
        over.extend(noted)

    app = PlainTextResponse("Here you are", background=BackgroundTask(after))
    door = Doorkeeper(
        app, PlainTextResponse, visitors, note=lambda _r, status, _s: noted.append(status)
    )

    assert Client(door).get("/").text == "Here you are"
    assert over == noted == [200]
