"""The web app on a port."""

import errno
import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_network

import uvicorn
from starlette.types import ASGIApp

from partwork.model.errors import PartworkError


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
) -> None:
    """Serves until interrupted or told to end. Raises PortInUse, CannotListen or NoProxy.

    `listening` is told the address once requests are waited for. `proxies` are addresses or
    networks whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are.
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
        ws="none",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with listener, suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


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
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        why = f"{error.strerror or 'error'}; choose another with --host and --port"
        raise CannotListen(host, port, why.lower()) from None
