"""The web app on a real port."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from partwork.web.serve import CannotListen, PortInUse, serve

SERVE_HOME = """
import sys
from pathlib import Path
from partwork.assembly import assemble
from partwork.settings import Settings
from partwork.web.app import create_app
from partwork.web.serve import serve
with assemble(Settings(home=Path(sys.argv[1]))) as press:
    serve(create_app(press), "127.0.0.1", int(sys.argv[2]))
print("ended")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(home: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE_HOME, str(home), str(port)],
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
