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
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Set
from contextlib import chdir, suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from partwork.orchestration.engine import (
    END,
    ENDING_SECONDS,
    GO,
    GREETING_SECONDS,
    HEAD,
    MIDDLE,
    OLD,
    TAKEN,
    YOUNG,
    heed,
)

REST_SECONDS = 0.1
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
        self._watched = select.poll()
        self._to_be_killed: dict[int, float] = {}  # runs of which nobody is left, and when
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
        for file in (self._listener.fileno(), woken.fileno(), 0):  # 0 ends with the launcher
            self._watched.register(file, select.POLLIN)
        while self._runs or not self._is_ending:
            ready = {file for file, _events in self._watched.poll(self._patience_ms())}
            if 0 in ready and not os.read(0, 1):
                os.killpg(0, signal.SIGKILL)
            if woken.fileno() in ready:
                woken.recv(1024)
            self._tell_ends()
            self._kill_deaf(ready)
            if self._is_ending:
                self._stop_listening()
            elif self._listener.fileno() in ready:
                self._take()

    def _patience_ms(self) -> float | None:
        if not self._to_be_killed:
            return None
        return 1000 * max(0.0, min(self._to_be_killed.values()) - time.monotonic())

    def _kill_deaf(self, ready: Set[int]) -> None:
        """Runs end by themselves when nobody stands for them (`heed`), unless no line of it runs.

        One long call into C may hold all of Python's threads.
        """
        for run, conn in self._runs.items():
            if conn.fileno() in ready:  # nothing is asked of it but whether the other end is there
                self._watched.unregister(conn)
                self._to_be_killed[run] = time.monotonic() + ENDING_SECONDS + 1
        for run, at in list(self._to_be_killed.items()):
            if time.monotonic() >= at:
                del self._to_be_killed[run]
                with suppress(OSError):
                    os.killpg(run, signal.SIGKILL)

    def _stop_listening(self) -> None:
        """Whoever asks from now on, or waits, runs by themselves."""
        if self._listener.fileno() >= 0:
            self._watched.unregister(self._listener)
            self._listener.close()

    def _end(self, _number: int, _frame: object) -> None:
        self._is_ending = True

    def _tell_ends(self) -> None:
        with suppress(ChildProcessError):
            while True:
                run, status = os.waitpid(-1, os.WNOHANG)
                if not run:
                    return
                conn = self._runs.pop(run)
                if self._to_be_killed.pop(run, None) is None:
                    with suppress(KeyError):  # killed just now
                        self._watched.unregister(conn)
                with conn, suppress(OSError):
                    conn.sendall(END.pack(os.waitstatus_to_exitcode(status)))

    def _take(self) -> None:
        """One run more, unless this process cannot have one: then it is run by whoever asks."""
        try:
            conn, _nobody = self._listener.accept()
        except OSError:  # it is gone again, or there are too many files
            time.sleep(REST_SECONDS)
            return
        order = run = None
        with suppress(OSError, ValueError):
            order = _order_from(conn)
            run = os.fork()
        if run == 0 and order:
            self._become(conn, order)
        if order:
            order.close()
        if not run:
            conn.close()
            return
        self._runs[run] = conn
        self._watched.register(conn, 0)

    def _become(self, conn: socket.socket, order: Order) -> NoReturn:
        signal.set_wakeup_fd(-1)
        for handled in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(handled, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._listener.close()
        for other in self._runs.values():
            other.close()
        if not _is_wanted(conn):
            os._exit(0)
        os.setsid()
        for number, file in enumerate(order.files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(order.environment)
        os.chdir(order.folder)
        heed(conn)
        run_engine()


def _order_from(conn: socket.socket) -> Order:
    """A run that can be ours. Raises OSError or ValueError: whoever asked does it, or is gone."""
    conn.settimeout(GREETING_SECONDS)
    order = received(conn)
    conn.settimeout(None)
    if _steering(order.environment) != _steering(os.environ):
        order.close()
        raise ValueError("Python is to start otherwise")
    return order


def _is_wanted(conn: socket.socket) -> bool:
    """Whether whoever asked still waits for it, and so does not run it themselves."""
    with suppress(OSError):
        return conn.send(TAKEN) == len(TAKEN) and conn.recv(len(GO)) == GO
    return False


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
