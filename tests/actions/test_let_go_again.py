"""A message that was let go and has not left leaves later only if it still may."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from partwork.actions.send import send
from partwork.actions.stopping import cancel, pause
from partwork.actions.subscribers import erase, story_of
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press
from partwork.model.audience import Evidence
from partwork.model.delivery import DeliveryState, Tally
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.actions.sending import ledger
from tests.actions.test_relaying import relay, relayed
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

ADA, GRACE, MARY = "ada@example.org", "grace@example.org", "mary@example.org"
QUOTA = "454 Throttling failure: Daily message quota exceeded."


@pytest.fixture
def other() -> Iterator[RoughServer]:
    """A second mail server."""
    with RoughServer() as running:
        yield running


@dataclass
class Turning:
    """A clock that does something as soon as `server` has got a message and not taken it."""

    server: RoughServer
    act: Callable[[], object]
    has_acted: bool = False

    def __call__(self) -> datetime:
        if not self.server.answers["."] and not self.has_acted:
            self.has_acted = True
            self.act()
        return NOW


@pytest.fixture
def by_both(press: Press, server: RoughServer, other: RoughServer) -> Iterator[Press]:
    """The press of a home with two relays, of which the first takes all messages but the second.

    That one has left for it before it says so.
    """
    server.answers["."] = deque(["250 2.0.0 OK", QUOTA])
    tables = relay(server.url, name="first"), relay(other.url, name="second")
    with relayed(press, *tables, canary_share=0) as by_relay:
        yield by_relay


def test_what_one_relay_does_not_take_the_next_one_does_and_it_is_one_attempt(
    by_both: Press, issue: str, server: RoughServer, other: RoughServer
) -> None:
    report = send(by_both, issue, clock=lambda: NOW)

    assert report.tally == Tally(accepted=3)
    assert report.sent == 3
    assert server.got + other.got == dict.fromkeys((ADA, GRACE, MARY), 1)
    assert other.got.total() == 1
    assert {row.attempts for row in ledger(by_both, issue).values()} == {1}


@pytest.mark.parametrize("stop", [pause, cancel])
def test_after_an_issue_is_stopped_it_does_not_leave_by_another_relay(
    by_both: Press,
    issue: str,
    server: RoughServer,
    other: RoughServer,
    stop: Callable[[Press, str, str, datetime], object],
) -> None:
    report = send(by_both, issue, clock=Turning(server, lambda: stop(by_both, issue, "", NOW)))

    assert report.stopped
    assert other.got.total() == 0
    assert report.tally == Tally(accepted=1, pending=2)
    rows = ledger(by_both, issue).values()
    assert sorted(row.attempts for row in rows) == [0, 0, 1]


@pytest.mark.parametrize("how", ["left", "erased"])
def test_who_has_gone_meanwhile_does_not_get_it_by_another_relay(
    by_both: Press, issue: str, server: RoughServer, other: RoughServer, how: str
) -> None:
    second: list[str] = []

    def go() -> None:
        rows = ledger(by_both, issue)
        (gone,) = (to for to, row in rows.items() if row.state is DeliveryState.ATTEMPTED)
        second.append(gone)
        if how == "erased":
            erase(by_both, gone, NOW)
            return
        departure = Departure(story_of(by_both, gone).subscriber.id, "the-bench", 0)
        token = unsubscribe_token(departure, by_both.secrets)
        unsubscribe(by_both, token, Evidence("one-click"), now=NOW)

    report = send(by_both, issue, clock=Turning(server, go))

    assert len(second) == 1
    assert second[0] not in server.got + other.got
    assert report.tally == Tally(accepted=2, left=1)
