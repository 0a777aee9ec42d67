"""The database goes away, and comes back: who leaves has left, and nobody sees our insides."""

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from partwork.actions.housekeeping import keep_house
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import SubscriptionState
from partwork.settings import Settings
from partwork.subscribing.tokens import Departure, unsubscribe_token
from partwork.web.app import create_app
from tests.actions.sending import subscribe
from tests.conftest import wait_until

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
READERS = 30

HOLD_THE_LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


class Readers:
    """Some who are subscribed, with their mails' links."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.addresses = [f"reader{n}@example.org" for n in range(READERS)]
        subscribe(press, self.addresses, datetime.now(UTC))
        self.links = [
            f"/u/{unsubscribe_token(Departure(self._id(a), 'the-bench', 0), press.secrets)}"
            for a in self.addresses
        ]

    def _id(self, address: str) -> int:
        return story_of(self.press, address).subscriber.id

    def states(self) -> set[SubscriptionState]:
        stories = [story_of(self.press, address) for address in self.addresses]
        return {story.subscriptions[0].state for story in stories}


def at_once(app: ASGIApp, *requests: tuple[str, str, Any]) -> list[httpx.Response]:
    """Method, path and form of each; the answers to all, asked at the same time."""

    async def answers() -> list[httpx.Response]:
        wire = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=wire, base_url="http://web", timeout=60) as client:
            asked = (client.request(method, path, data=data) for method, path, data in requests)
            return list(await asyncio.gather(*asked))

    return asyncio.run(answers())


def all_of(readers: Readers) -> list[tuple[str, str, Any]]:
    return [("POST", link, ONE_CLICK) for link in readers.links]


@pytest.mark.postgres
def test_a_server_that_stops_and_starts_again(
    home: Path, own_postgresql: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with assemble(Settings(home=home, database_url=own_postgresql.get_uri())) as press:
        readers, app = Readers(press), create_app(press)
        archive = ("GET", "/newsletters/the-bench/archive", None)
        assert {answer.status_code for answer in at_once(app, archive)} == {200}

        own_postgresql.stop()
        link = readers.links[0]
        clicked = at_once(app, *all_of(readers))
        (page, ready, well, signed_up, still_shown) = at_once(
            app,
            ("GET", link, None),
            ("GET", "/readyz", None),
            ("GET", "/healthz", None),
            ("POST", "/leave", {"email": "reader0@example.org"}),
            archive,
        )
        own_postgresql.start()
        wait_until(lambda: at_once(app, ("GET", "/readyz", None))[0].status_code == 200)
        keep_house(press, lambda: datetime.now(UTC))

        assert [answer.status_code for answer in clicked] == [200] * READERS
        assert (page.status_code, ready.status_code, well.status_code) == (503, 503, 200)
        assert signed_up.status_code == 503
        assert still_shown.status_code == 200
        for told in (page, signed_up):
            assert "Please try again in a few minutes" in told.text
            assert told.headers["Retry-After"]
        assert readers.states() == {SubscriptionState.ENDED}
        (after,) = at_once(app, ("GET", link, None))
        assert "You have left The Bench" in after.text
    assert_nothing_is_told(caplog.text, readers)


def test_a_file_that_another_program_keeps_locked(
    press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    """Who leaves waits, then it is done; pages are read all the while."""
    readers, app = Readers(press), create_app(press)
    file = str(press.settings.state / "partwork.sqlite")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert at_once(app, ("GET", readers.links[0], None))[0].status_code == 200

        threading.Timer(2, other.communicate, ["go\n"]).start()
        answers = at_once(
            app, *all_of(readers), *[("POST", "/leave", {"email": "a@example.org"})] * 45
        )
        other.wait()

    assert [answer.status_code for answer in answers[:READERS]] == [200] * READERS
    assert {answer.status_code for answer in answers[READERS:]} == {200}
    assert readers.states() == {SubscriptionState.ENDED}
    assert_nothing_is_told(caplog.text, readers)


def assert_nothing_is_told(log: str, readers: Readers) -> None:
    assert "Traceback" not in log
    assert "@example.org" not in log
    assert not any(link.removeprefix("/u/") in log for link in readers.links)
