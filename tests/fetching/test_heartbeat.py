"""A sign of life is given, and nobody learns where to from the log."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from partwork.actions.publish import publish
from partwork.assembly import assemble
from partwork.fetching.heartbeat import ping
from partwork.settings import Settings
from tests.conftest import NOW, free_port


class Service(BaseHTTPRequestHandler):
    """Answers /ping/… with 200 and all else with 404, and notes what was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if self.path.startswith("/ping/") else 404)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Own", (Service,), {"asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_look_at_all_that_is_due_ends_in_a_sign_of_life(home, service) -> None:
    url, asked = service
    with assemble(Settings(home=home, heartbeat_url=f"{url}/ping/secret")) as press:
        publish(press, "", at_once=False, now=NOW)

    assert asked == ["/ping/secret"]


def test_a_sign_that_nobody_takes_is_a_line_in_the_log_without_the_address(
    home, service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    nowhere = f"http://127.0.0.1:{free_port()}/secret"

    assert not ping(f"{service[0]}/secret")
    assert not ping("http://[secret")
    with assemble(Settings(home=home, heartbeat_url=nowhere)) as press:
        publish(press, "", at_once=False, now=NOW)

    assert "answered with 404" in caplog.text
    assert "found nobody: ConnectionError" in caplog.text
    assert "secret" not in caplog.text
