"""What a launcher holds while it runs: the home's lock, its ports, and the signals that end it."""

import errno
import fcntl
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partwork.model.errors import PartworkError
from partwork.orchestration.environment import LOOPBACK

ENDING = (signal.SIGTERM, signal.SIGHUP)


class PortTaken(PartworkError):
    """Something else listens on the port that was asked for."""

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        self.port, self.host = port, host
        super().__init__(f"port {port} of {host} is in use; stop what uses it or name another")


class CannotListenHere(PartworkError):
    """An address or port that this process may not listen on."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        self.host, self.port = host, port
        why = (error.strerror or "error").lower()
        super().__init__(f"cannot listen on port {port} of {host} ({why}); name another")


class HomeInUse(PartworkError):
    """Another launcher runs this home's Prefect: two servers would work on one database."""

    def __init__(self, home: Path, holder: str) -> None:
        self.home, self.holder = home, holder
        who = f" (process {holder})" if holder else ""
        super().__init__(f"another `partwork`{who} runs Prefect for {home}; stop that one first")


class ToldToEnd(SystemExit):
    """SIGTERM, or a terminal that was closed: children are stopped in order, as on any way out."""


def free_port(asked: int | None, host: str = LOOPBACK) -> int:
    """A port of an address of this machine that is free now: the one asked for, else any.

    Raises PortTaken, or CannotListenHere where that is not for us to use.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, asked or 0))
            probe.listen()  # a port that is listened to can be bound to, by SO_REUSEADDR
        except PermissionError as error:
            raise CannotListenHere(host, asked or 0, error) from None
        except OSError as error:
            if asked and error.errno == errno.EADDRINUSE:
                raise PortTaken(asked, host) from None
            raise CannotListenHere(host, asked or 0, error) from None
        found: int = probe.getsockname()[1]
        return found


def preferred_port(port: int, host: str = LOOPBACK) -> int:
    """The port if it is free, else any that is. Raises CannotListenHere."""
    try:
        return free_port(port, host)
    except PortTaken:
        return free_port(None, host)


@contextmanager
def only_launcher(home: Path, lock: Path) -> Iterator[None]:
    """Holds the home's lock; the kernel frees it however the process ends. Raises HomeInUse."""
    with lock.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            raise HomeInUse(home, stream.read(20).strip()) from None
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Makes SIGTERM and SIGHUP raise ToldToEnd, so that the children are stopped in order.

    SIGHUP that is ignored, as by `nohup`, stays so. SIGINT raises KeyboardInterrupt, also where a
    script has started this in the background: its shell has SIGINT ignored then, and whoever sends
    it all the same means it. Signals are the main thread's affair; in another one nothing changes.
    """

    def leave(number: int, _frame: object) -> None:
        raise ToldToEnd(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.getsignal(s) for s in (*ENDING, signal.SIGINT)}
    for each in ENDING:
        if before[each] is not signal.SIG_IGN:
            signal.signal(each, leave)
    if before[signal.SIGINT] is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
