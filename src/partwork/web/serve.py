"""The web app on a port."""

import errno
import logging
import resource
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_network

import uvicorn
from starlette.types import ASGIApp

from partwork.model.errors import PartworkError
from partwork.store.garbage import without_long_pauses
from partwork.web.patience import PATIENT, Patience, PatientServer

MOST_OPEN = 10_000  # files and connections; macOS takes no more
SEND_BUFFER = 128 * 1024  # bytes


class CannotListen(PartworkError):
    """An address on which nothing can be served. `host` and `port` say which."""

    def __init__(self, host: str, port: int, why: str) -> None:
        self.host, self.port = host, port
        super().__init__(f"cannot listen on {host}, port {port}: {why}")


class PortInUse(CannotListen):
    """Another program listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, "another program does; stop it, or choose another with --port")


class NoProxy(PartworkError):
    """What is named as a proxy to trust is no network address."""

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(
            f"{given!r} is no proxy's address; write one such as 10.0.0.7 or 10.0.0.0/24"
        )


def serve(
    app: ASGIApp,
    host: str,
    port: int,
    listening: Callable[[str], None] = lambda _address: None,
    *,
    proxies: Sequence[str] = (),
    patience: Patience = PATIENT,
) -> None:
    """Serves until interrupted or told to end. Raises PortInUse, CannotListen or NoProxy.

    `listening` is told the address once requests are waited for. `proxies` are addresses or
    networks whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are. Clients
    slower than `patience` allows are cut off, and its end is that of requests under way too.
    The log goes to stderr: the app's own line for each request, which holds no token, and
    uvicorn's warnings; its access log, which has whole paths, stays off.
    """
    for proxy in proxies:
        _demand_address(proxy)
    listener = _listener(host, port)
    shown = f"[{host}]" if ":" in host else host
    listening(f"http://{shown}:{listener.getsockname()[1]}")
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("partwork.web").setLevel(logging.INFO)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        http="h11",
        ws="none",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        server_header=False,
        timeout_graceful_shutdown=int(0.6 * patience.ending.total_seconds()),
    )
    _allow_many_connections()
    with listener, without_long_pauses(), suppress(KeyboardInterrupt):
        PatientServer(config, patience).run(sockets=[listener])


def _allow_many_connections() -> None:
    """Each takes a file descriptor, of which a shell allows 1,024 or, on macOS, 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < MOST_OPEN:
        wanted = MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _demand_address(proxy: str) -> None:
    try:
        ip_network(proxy, strict=False)
    except ValueError:
        raise NoProxy(proxy) from None


def _listener(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise CannotListen(host, port, "a port is a number from 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
        # Else the body of an answer waits 40 ms until its head is acknowledged (RFC 1122, 4.2.3.2
        # and 4.2.3.4); asyncio sees to this only for sockets of its own making.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # With megabytes of it, nobody could see for long whether a slow reader reads at all.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        return listener
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        why = f"{error.strerror or 'error'}; choose another with --host and --port"
        raise CannotListen(host, port, why.lower()) from None
