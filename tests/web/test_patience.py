"""Slow clients, by real sockets: they are cut off, and others do not notice them."""

import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.conftest import free_port, wait_until

# Limits of a second, so that nobody has to wait for those of daily use.
SERVE = """
import asyncio, sys
from datetime import timedelta
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from partwork.web.patience import Patience
from partwork.web.serve import serve

async def page(request):
    return PlainTextResponse("a page")
async def form(request):
    return PlainTextResponse(str(len(await request.body())))
async def large(request):
    return Response(b"x" * 30_000_000)
async def long(request):
    print("asked", flush=True)
    await asyncio.sleep(float(request.query_params["seconds"]))
    return PlainTextResponse("at last")
def stuck(request):
    print("asked", flush=True)
    __import__("time").sleep(60)

second = timedelta(seconds=1)
routes = [Route("/", page), Route("/form", form, methods=["POST"]), Route("/large", large),
          Route("/long", long), Route("/stuck", stuck)]
serve(Starlette(routes=routes), "127.0.0.1", int(sys.argv[1]),
      patience=Patience(second, second, float(sys.argv[2]) * second))
"""


class Server:
    def __init__(self, ending: float = 5) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.port), str(ending)],
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_until(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return httpx.get(self.url).text == "a page"
        except httpx.TransportError:
            return False

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def asked(self) -> None:
        """Returns once a request has come to the app."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "asked\n"

    def end(self) -> float:
        """Tells it to end; how many seconds that took."""
        self.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        self.process.communicate(timeout=30)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    served = Server()
    yield served
    served.process.kill()
    served.process.communicate()


def is_cut_off(client: socket.socket, more: bytes = b"") -> bool:
    """Whether the server has ended the connection; else `more` is sent."""
    try:
        if more:
            client.sendall(more)
        client.settimeout(0.05)
        return client.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def bytes_left(client: socket.socket) -> int:
    """How much may still be read before the end, whichever kind of end it is."""
    got = 0
    with suppress(ConnectionResetError):
        while piece := client.recv(1_000_000):
            got += len(piece)
    return got


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: a.example.org\r\nX-Slow: ", b"a"),
        (b"POST /form HTTP/1.1\r\nHost: a.example.org\r\nContent-Length: 5000\r\n\r\n", b"a"),
        (
            b"POST /form HTTP/1.1\r\nHost: a.example.org\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\na\r\n",
        ),
    ],
    ids=["nothing at all", "headers", "body", "a body without end"],
)
def test_who_asks_too_slowly_is_cut_off_and_others_are_answered(
    shared: Server, begin: bytes, more: bytes
) -> None:
    with shared.connection() as slow:
        slow.sendall(begin)
        began = time.monotonic()

        def is_over() -> bool:
            assert shared.answers()
            return is_cut_off(slow, more)

        wait_until(is_over, within_seconds=10)
        assert time.monotonic() - began > 0.9


def test_who_never_reads_the_answer_is_cut_off(shared: Server) -> None:
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.settimeout(20)
        lazy.connect(("127.0.0.1", shared.port))
        lazy.sendall(b"GET /large HTTP/1.1\r\nHost: a.example.org\r\n\r\n")
        threading.Event().wait(3)  # what nobody reads can be waited for by time alone
        got = bytes_left(lazy)

    assert got < 30_000_000
    assert shared.answers()


def test_who_reads_slowly_but_reads_gets_all_of_it(shared: Server) -> None:
    with shared.connection() as slow:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: a.example.org\r\nConnection: close\r\n\r\n")
        got = 0
        for _ in range(25):  # more than two of the limit's seconds
            got += len(slow.recv(65_536))
            threading.Event().wait(0.1)
        got += bytes_left(slow)

    assert got > 30_000_000


def test_who_asks_again_and_again_over_one_connection_is_not_slow(shared: Server) -> None:
    with httpx.Client() as client:
        for _ in range(12):
            assert client.get(shared.url).text == "a page"
            threading.Event().wait(0.2)


def test_thousands_of_idle_connections_keep_nobody_else_out(shared: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = 2_000 if hard == resource.RLIM_INFINITY or hard > 2_500 else soft // 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, many + 500), hard))
    try:
        idle = [shared.connection() for _ in range(many)]
        assert shared.answers()
        wait_until(lambda: all(is_cut_off(client) for client in idle[::100]), within_seconds=20)
        for client in idle:
            client.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_request_under_way_is_answered_before_the_end() -> None:
    server = Server()
    answers: list[str] = []
    asking = threading.Thread(
        target=lambda: answers.append(httpx.get(f"{server.url}/long?seconds=1").text)
    )
    asking.start()
    server.asked()

    took = server.end()
    asking.join()

    assert answers == ["at last"]
    assert took < 5


@pytest.mark.parametrize("path", ["/long?seconds=60", "/stuck"])
def test_what_does_not_end_by_itself_ends_with_the_process(path: str) -> None:
    server = Server(ending=2)
    with server.connection() as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a.example.org\r\n\r\n".encode())
        server.asked()

        assert server.end() < 4
