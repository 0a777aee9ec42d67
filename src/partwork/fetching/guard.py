"""The guard of a fetch: what it may connect to, and until when.

Whatever names, redirects and name servers say, each connection is opened here: the host is
resolved once, every address it has is checked, and one of these is connected to. A name that
answers otherwise a moment later (DNS rebinding) is not asked again. URL, Host header, SNI and
certificate check keep the name, so nothing is rewritten.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from partwork.fetching.addresses import is_admitted

# The IP addresses of a host, best first; raises OSError where it has none.
Resolver = Callable[[str, int], Sequence[str]]


class Withheld(Exception):
    """A host leads to an address that must not be fetched from."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(f"{host} leads to a private or reserved address")


class OutOfTime(Exception):
    """The time of this fetch is over."""


def system_addresses(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says, in its order (RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Guard:
    """Opens the connections of one fetch, and ends them all when its time is up.

    `patience` is for all of it together: names, handshakes, redirects, headers and bodies. A
    timeout of the socket's alone begins anew with each byte, so a server that drips would win.
    """

    def __init__(self, resolver: Resolver, patience: timedelta, *, allows_private: bool) -> None:
        self._resolver, self._allows_private = resolver, allows_private
        self._ends_at = time.monotonic() + patience.total_seconds()
        self._lock = threading.Lock()
        self._twins: list[socket.socket] = []
        self._timer = threading.Timer(patience.total_seconds(), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._end()

    def left(self) -> float:
        """Seconds left. Raises OutOfTime where there are none."""
        seconds = self._ends_at - time.monotonic()
        if seconds <= 0:
            raise OutOfTime
        return seconds

    def session(self) -> requests.Session:
        """A session all of whose connections are this guard's.

        Proxies, logins and certificates of the environment are left out: a proxy would resolve
        the name again, out of our sight.
        """
        session = _PlainSession()
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _GuardedAdapter(self))
        return session

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the host, at an address that was checked.

        Raises Withheld if any of its addresses is not for us, OutOfTime, or OSError.
        """
        addresses = list(dict.fromkeys(self._resolved(host, port)))
        admitted = (is_admitted(a, allows_private=self._allows_private) for a in addresses)
        if not all(admitted):
            raise Withheld(host)
        refusal = OSError(f"{host} has no address")
        for tried, address in enumerate(addresses):
            share = self.left() / (len(addresses) - tried)  # one that is silent leaves some
            try:
                # A literal is not resolved again.
                connection = socket.create_connection((address, port), timeout=share)
            except OSError as error:
                refusal = error
            else:
                return self._kept(connection)
        raise refusal

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses. The system's resolver knows no time limit, so a thread asks it."""
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host.strip("[]"), port))
            except OSError as error:
                answers.put(error)
            except UnicodeError:  # a label that is empty or too long for a name
                answers.put(OSError(f"{host} is no name"))

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self.left())
        except queue.Empty:
            raise OutOfTime from None
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _kept(self, connection: socket.socket) -> socket.socket:
        """The connection, noted so that it ends in time.

        TLS takes the socket's descriptor away from the object, so a duplicate is noted.
        """
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._twins.append(connection.dup())
        try:
            connection.settimeout(self.left())  # the timer may have passed before it was noted
        except OutOfTime:
            connection.close()
            raise
        return connection

    def _end(self) -> None:
        with self._lock:
            twins, self._twins = self._twins, []
        for twin in twins:
            with suppress(OSError):  # it may have been closed by the other side
                twin.shutdown(socket.SHUT_RDWR)
            twin.close()


class _PlainSession(requests.Session):
    """A session that leaves redirects alone.

    Told not to follow one, requests still reads all of its body to prepare the next request; how
    much that is, is up to the server.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 theirs
        return None


class _GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections are opened by a guard."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._guard)


def _pool_classes(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's own pools and connections, but for the one method that opens the socket."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


# If urllib3 renamed it, ours would be passed over in silence, and with it the guard.
for _connection in (HTTPConnection, HTTPSConnection):
    if not hasattr(_connection, "_new_conn"):  # pragma: no cover
        raise ImportError("this urllib3 opens connections in another way; see constraints.txt")
