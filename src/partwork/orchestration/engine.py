"""What a worker starts for each run: Prefect's engine, `python -m partwork.orchestration.engine`.

This process stands for the run, which is another: it passes signals on and ends as the run does. A
worker that is told to end kills what it has started at once (anyio, `Process.aclose`); the run has
some seconds then to hear what servers say of mails that have left.

Most of a short run's time is imports. Where a warm process listens (see
`partwork.orchestration.warm`) that one becomes the run. Else a fork of this one does, and then a
tenth of the imports' time would be Python's looking for garbage among what they have just made,
where there is none: 450 times, by its own thresholds. With these it looks nine times.
"""

import gc
import json
import os
import runpy
import signal
import socket
import struct
import sys
import threading
from contextlib import chdir, suppress
from pathlib import Path
from typing import NoReturn

from partwork.orchestration.gently import end_gently

YOUNG, MIDDLE, OLD = 200_000, 50, 50  # objects; collections of the generation before
HEAD = struct.Struct("!I")  # octets of what follows: JSON of environment and folder
TAKEN, GO = b"+", b"!"  # it has become the run, and may begin: whoever asked waits for it
END = struct.Struct("!i")  # an exit status, or less than 0: the signal that killed it
GREETING_SECONDS = 5
ENDING_SECONDS = 5  # of the six that the launcher waits; a server's answer takes less
GONE = 0  # the status of a run of whose end nothing is known: the worker then says nothing of it


def main() -> None:
    """Stands for a run, which is warm or a fork of this process."""
    if (warm := _warm()) and _is_taken(warm):
        _pass_signals_on(warm)
        _end_as(_told_end(warm))
    ours, its = socket.socketpair()
    run = os.fork()
    if not run:
        ours.close()
        _run(its)
    its.close()
    _pass_signals_on(ours)
    _end_as(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]))


def heed(conn: socket.socket) -> None:
    """Has this run heed whoever stands for it at the other end: its signals, and its death.

    When that is gone the run is killed; what is `ending_gently` has ENDING_SECONDS before.
    """

    def listen() -> None:
        with suppress(OSError):
            while told := conn.recv(1):
                os.kill(os.getpid(), told[0])
        end_gently(ENDING_SECONDS)

    threading.Thread(target=listen, daemon=True, name="heed").start()


def _run(conn: socket.socket) -> NoReturn:
    os.setsid()
    heed(conn)
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
    sys.exit()


def socket_in(state: Path) -> Path:
    """Where a warm process listens for runs of the Prefect whose own folder that is."""
    return state / "warm.socket"


def _warm() -> socket.socket | None:
    if not (state := os.environ.get("PREFECT_HOME")):
        return None
    place = socket_in(Path(state))
    conn = socket.socket(socket.AF_UNIX)
    try:
        with chdir(place.parent):  # addresses may have no more than a hundred octets
            conn.connect(place.name)
    except OSError:  # nobody is there
        conn.close()
        return None
    return conn


def _is_taken(conn: socket.socket) -> bool:
    """Hands over what makes this process that run."""
    order = json.dumps([dict(os.environ), str(Path.cwd())]).encode()
    conn.settimeout(2 * GREETING_SECONDS)
    try:
        socket.send_fds(conn, [HEAD.pack(len(order))], [0, 1, 2])
        conn.sendall(order)
        is_taken = conn.recv(1) == TAKEN and conn.send(GO) == len(GO)
    except OSError:  # it ended just now, or stands still
        is_taken = False
    conn.settimeout(None)
    if not is_taken:
        conn.close()
    return is_taken


def _pass_signals_on(conn: socket.socket) -> None:
    def hand_on(number: int, _frame: object) -> None:
        with suppress(OSError):  # it has just ended
            conn.send(bytes([number]))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hand_on)


def _told_end(conn: socket.socket) -> int:
    end = conn.recv(END.size)
    status: int = END.unpack(end)[0] if len(end) == END.size else GONE
    return status


def _end_as(status: int) -> None:
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
