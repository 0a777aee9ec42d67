"""A process that has loaded what runs need, and forks into each run: `partwork up` keeps one.

    python -m partwork.orchestration.warm SOCKET

Three quarters of a short run's processor time, and two seconds before it begins, are imports. What
a worker starts for a run (`partwork.orchestration.engine`) hands its environment, folder and open
files over to here, passes signals on, and ends as the run ends; where nobody listens at SOCKET it
loads everything itself. A run is a process of its own as ever: killed, it harms no other.

One thread alone runs here, so that a fork is whole; the run's files are read anew by each.
"""

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import chdir, suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from partwork.orchestration.engine import (
    END,
    GREETING_SECONDS,
    HEAD,
    MIDDLE,
    OLD,
    TAKEN,
    YOUNG,
)

FILES = 3  # standard input, output and error


class Order(NamedTuple):
    """A run that somebody wants: who it is, where, and where it speaks to."""

    environment: dict[str, str]
    folder: str
    files: tuple[int, ...]

    def close(self) -> None:
        """Closes what was handed over."""
        for file in self.files:
            os.close(file)


def main() -> None:
    """Listens until it is told to end, or whoever started it is gone."""
    path = Path(sys.argv[1])
    load()
    if threading.active_count() > 1:
        print("a flow starts a thread as it is loaded: runs load everything themselves")  # noqa: T201 it is a program
        os.read(0, 1)  # ended, it would be started again and again
        sys.exit()
    gc.collect()
    gc.freeze()  # what is there now stays shared with the runs
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    listener = socket.socket(socket.AF_UNIX)
    with chdir(path.parent):  # addresses may have no more than a hundred octets
        listener.bind(path.name)
    os.umask(before)
    listener.listen()
    Warm(listener).serve()
    path.unlink(missing_ok=True)


def load() -> None:
    """All that a run imports but what lies beside the flows: it may be edited between two runs."""
    import prefect.deployments.steps  # noqa: PLC0415 after the settings were read, see `child`
    import prefect.flow_engine  # noqa: F401, PLC0415 see above

    from partwork.orchestration.child import load_flows  # noqa: PLC0415 it starts this one

    load_flows()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(Path("flows").absolute()):
            del sys.modules[name]


class Warm:
    """Whoever asks at `listener` gets a run."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._runs: dict[int, socket.socket] = {}
        self._is_ending = False

    def serve(self) -> None:
        """Until SIGTERM, and then until the last run has ended."""
        woken, wakes = socket.socketpair()
        for end in (woken, wakes):
            end.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno())
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            selector.register(0, selectors.EVENT_READ)  # the launcher's, which ends with it
            while self._runs or not self._is_ending:
                ready = {key.fileobj for key, _events in selector.select()}
                if 0 in ready and not os.read(0, 1):
                    os.killpg(0, signal.SIGKILL)
                if woken in ready:
                    woken.recv(1024)
                self._tell_ends()
                if self._listener in ready and not self._is_ending:
                    self._take()

    def _end(self, _number: int, _frame: object) -> None:
        self._is_ending = True

    def _tell_ends(self) -> None:
        with suppress(ChildProcessError):
            while True:
                run, status = os.waitpid(-1, os.WNOHANG)
                if not run:
                    return
                conn = self._runs.pop(run)
                with conn, suppress(OSError):
                    conn.sendall(END.pack(os.waitstatus_to_exitcode(status)))

    def _take(self) -> None:
        conn, _nobody = self._listener.accept()
        if (order := self._order_from(conn)) is None:
            conn.close()
            return
        run = os.fork()
        if not run:
            self._become(conn, order)
        order.close()
        self._runs[run] = conn

    def _order_from(self, conn: socket.socket) -> Order | None:
        """A run that is ours from here on; None: whoever asked does it, or is gone."""
        conn.settimeout(GREETING_SECONDS)
        try:
            order = received(conn)
        except (OSError, ValueError):
            return None
        conn.settimeout(None)
        try:
            if _steering(order.environment) == _steering(os.environ):
                conn.send(TAKEN)
                return order
        except OSError:  # it has waited for long enough
            pass
        order.close()
        return None

    def _become(self, conn: socket.socket, order: Order) -> NoReturn:
        signal.set_wakeup_fd(-1)
        for handled in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(handled, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._listener.close()
        for other in self._runs.values():
            other.close()
        os.setsid()
        for number, file in enumerate(order.files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(order.environment)
        os.chdir(order.folder)
        threading.Thread(target=_heed, args=(conn,), daemon=True, name="heed").start()
        run_engine()


def _steering(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python heeds when it starts: where that is another, a run starts by itself."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}


def received(conn: socket.socket) -> Order:
    """What somebody wants. Raises OSError, or ValueError where it is no order."""
    head, files, _flags, _from = socket.recv_fds(conn, HEAD.size, FILES)
    (size,) = HEAD.unpack(head) if len(head) == HEAD.size else (0,)
    body = b""
    while len(body) < size and (more := conn.recv(size - len(body))):
        body += more
    if not size or len(body) < size or len(files) != FILES:
        for file in files:
            os.close(file)
        raise ValueError("that is no order")
    environment, folder = json.loads(body)
    return Order(environment, folder, tuple(files))


def _heed(conn: socket.socket) -> None:
    """Signals that come to whoever stands for this run; when that is gone, so is the run."""
    with suppress(OSError):
        while told := conn.recv(1):
            os.kill(os.getpid(), told[0])
    os.killpg(0, signal.SIGKILL)


def run_engine() -> NoReturn:
    """Prefect's engine as if it had just been started, with the settings of its environment."""
    from prefect.context import refresh_global_settings_context  # noqa: PLC0415 see `load`
    from prefect.logging.configuration import setup_logging  # noqa: PLC0415 see `load`

    gc.set_threshold(YOUNG, MIDDLE, OLD)
    refresh_global_settings_context()
    setup_logging(incremental=False)  # a deployment may want another level
    sys.modules.pop("prefect.engine", None)  # it runs as a program, and minds to be there already
    sys.argv = ["prefect.engine"]
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
