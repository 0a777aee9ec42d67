"""The web app on a port."""

import errno
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

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


def serve(
    app: ASGIApp, host: str, port: int, listening: Callable[[str], None] = lambda _address: None
) -> None:
    """Serves until interrupted or told to end. Raises PortInUse or CannotListen.

    `listening` is told the address once requests are waited for.
    The log goes to stderr: the app's own line for each request, which holds no token, and
    uvicorn's warnings; its access log, which has whole paths, stays off.
    """
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
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with listener, suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


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
