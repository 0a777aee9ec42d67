"""A mail provider's burst of one-clicks, on a real port, and the end of the process amidst it."""

import signal
import threading
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from partwork.actions.subscribers import all_subscribers
from partwork.assembly import Press, assemble
from partwork.model.audience import SubscriptionState
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.subscriptions import load_subscription
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.actions.sending import subscribe
from tests.web.test_serve import serving

MANY = 1000
CONNECTIONS = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Burst:
    """Many subscribers, of whom everyone leaves by one click, over some connections at once.

    `answered` are those that have their 200; `late` those that had not left when they got it.
    """

    def __init__(self, press: Press) -> None:
        self.press = press
        subscribe(press, [f"reader{n}@example.org" for n in range(MANY)], datetime.now(UTC))
        self.everybody = sorted(person.id for person, *_ in all_subscribers(press, "", None))
        self.answered: list[int] = []
        self.late: list[int] = []

    def state(self, subscriber: int) -> SubscriptionState | None:
        with read_only(self.press.engine) as connection:
            held = load_subscription(connection, subscriber, "the-bench")
        return held.state if held else None

    def begin(self, url: str) -> list[threading.Thread]:
        port = int(url.rpartition(":")[2])
        clients = [
            threading.Thread(target=self._client, args=(port, n)) for n in range(CONNECTIONS)
        ]
        for client in clients:
            client.start()
        return clients

    def _client(self, port: int, number: int) -> None:
        server = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for subscriber in self.everybody[number::CONNECTIONS]:
                token = unsubscribe_token(Departure(subscriber, "the-bench", 0), self.press.secrets)
                server.request("POST", f"/u/{token}", "List-Unsubscribe=One-Click", FORM)
                answer = server.getresponse()
                answer.read()
                assert answer.status == 200
                self.answered.append(subscriber)
                if subscriber % 10 == 0 and self.state(subscriber) != "ended":
                    self.late.append(subscriber)
        except (ConnectionError, HTTPException):
            return  # the server is gone
        finally:
            server.close()


@pytest.fixture
def burst(press: Press) -> Burst:
    return Burst(press)


def test_a_thousand_leave_at_once_and_each_before_the_answer(
    burst: Burst, home: Path, tmp_path: Path
) -> None:
    with serving(home, tmp_path / "log") as (url, process):
        for client in burst.begin(url):
            client.join()
        process.send_signal(signal.SIGINT)  # its last line may come after the answer
        process.communicate(timeout=20)

    assert sorted(burst.answered) == burst.everybody
    assert burst.late == []
    assert {burst.state(subscriber) for subscriber in burst.everybody} == {SubscriptionState.ENDED}
    assert len(burst.press.suppression_log.read_text().splitlines()) == MANY
    lines = (tmp_path / "log").read_text()
    assert lines.count("POST /u/{token} 200") == MANY
    assert "Traceback" not in lines


def test_whoever_had_an_answer_before_a_kill_has_left(
    burst: Burst, home: Path, tmp_path: Path
) -> None:
    with serving(home, tmp_path / "log") as (url, process):
        clients = burst.begin(url)
        while len(burst.answered) < MANY // 4 and any(client.is_alive() for client in clients):
            threading.Event().wait(0.01)
        process.kill()
        for client in clients:
            client.join()

    assert MANY // 4 <= len(burst.answered) < MANY
    with assemble(Settings(home=home)):  # a start reads what the log has
        assert {burst.state(one) for one in burst.answered} == {SubscriptionState.ENDED}
