"""The web app on a real port."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from partwork.assembly import keys_of
from partwork.model.audience import Evidence, Request, ServiceRequest
from partwork.store.service_messages import save_request
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.web.serve import CannotListen, NoProxy, PortInUse, serve
from tests.conftest import free_port, wait_until

SERVE_HOME = """
import sys
from pathlib import Path
from partwork.assembly import assemble
from partwork.settings import Settings
from partwork.web.app import create_app
from partwork.web.serve import serve
with assemble(Settings(home=Path(sys.argv[1]))) as press:
    serve(create_app(press), "127.0.0.1", int(sys.argv[2]), proxies=sys.argv[3:])
print("ended")
"""


@contextmanager
def serving(home: Path, log: Path, *proxies: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE_HOME, str(home), str(port), *proxies],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None:
            assert time.monotonic() < deadline
            try:
                if httpx.get(f"{url}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                threading.Event().wait(0.05)
        yield url, process
    finally:
        process.kill()
        process.communicate()


def test_a_reader_leaves_by_a_real_request(ada, home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(home, log) as (url, process):
        asked = httpx.get(f"{url}/u/{ada.token}")
        assert asked.status_code == 200
        assert ada.departures == ()
        assert httpx.head(f"{url}/u/{ada.token}").content == b""
        done = httpx.post(f"{url}/u/{ada.token}", data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert len(ada.departures) == 1
        large = httpx.post(f"{url}/u/{ada.token}", content=b"x" * 100_000)
        assert large.status_code == 413
        assert "server" not in asked.headers

        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20)[0] == "ended\n"

    lines = log.read_text()
    assert "POST /u/{token} 200" in lines
    assert ada.token not in lines
    assert "Traceback" not in lines


def test_what_waited_while_nobody_served_is_mailed(ada, home: Path, tmp_path: Path) -> None:
    """A wish and a departure of an hour in which neither database nor mail server was up."""
    key = keys_of("bob@example.org", ada.press.hash_key).suppression_key
    wish = Request(
        ServiceRequest.SUBSCRIBE,
        ada.newsletter,
        "bob@example.org",
        key,
        key,
        "",
        Evidence("subscribe form"),
        datetime.now(UTC),
    )
    with ada.press.engine.begin() as connection:
        save_request(connection, wish, ada.press.caps)
    gone = LogEntry(LogAct.LEFT, datetime.now(UTC), subscriber=ada.id, newsletter=ada.newsletter)
    append(ada.press.suppression_log, [gone])

    with serving(home, tmp_path / "log"):
        wait_until(lambda: list(ada.press.outbox.glob("bob@example.org--*.eml")))

    assert len(ada.departures) == 1


@pytest.mark.parametrize(
    ("proxies", "network"), [((), "127.0.0.0/24"), (("127.0.0.1",), "203.0.113.0/24")]
)
def test_a_visitor_s_network_is_what_a_trusted_proxy_says(
    ada, home: Path, tmp_path: Path, proxies: tuple[str, ...], network: str
) -> None:
    with serving(home, tmp_path / "log", *proxies) as (url, _):
        forwarded = {"X-Forwarded-For": "203.0.113.7"}
        httpx.post(f"{url}/u/{ada.token}", data={"leave": "newsletter"}, headers=forwarded)

    assert [c.evidence.network for c in ada.departures] == [network]


def test_what_is_no_proxy_is_said_in_a_sentence() -> None:
    with pytest.raises(NoProxy, match="no proxy's address"):
        serve(Starlette(), "127.0.0.1", 0, proxies=["example.org"])


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUse) as refusal:
            serve(Starlette(), "127.0.0.1", port)

    assert f"127.0.0.1, port {port}" in str(refusal.value)
    assert "--port" in str(refusal.value)


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 0), ("no such host", 0), ("127.0.0.1", 70_000)]
)
def test_an_address_that_is_not_ours_is_said_in_a_sentence(host: str, port: int) -> None:
    with pytest.raises(CannotListen, match="cannot listen"):
        serve(Starlette(), host, port)
