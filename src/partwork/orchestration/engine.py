"""What a worker starts for each run: Prefect's engine, `python -m partwork.orchestration.engine`.

Most of a short run's time is imports. Where a warm process listens (see
`partwork.orchestration.warm`) that one becomes the run, and this one stands for it: it passes
signals on and ends as the run does. Else it runs here, and then a tenth of the imports' time would
be Python's looking for garbage among what they have just made, where there is none: 450 times, by
its own thresholds. With these it looks nine times.
"""

import gc
import json
import os
import runpy
import signal
import socket
import struct
import sys
from contextlib import chdir, suppress
from pathlib import Path

YOUNG, MIDDLE, OLD = 200_000, 50, 50  # objects; collections of the generation before
HEAD = struct.Struct("!I")  # octets of what follows: JSON of environment and folder
TAKEN = b"+"
END = struct.Struct("!i")  # an exit status, or less than 0: the signal that killed it
GREETING_SECONDS = 5
GONE = 1  # the status of a run of whose end nothing is known


def main() -> None:
    """Runs Prefect's engine, warm or in this process."""
    if (warm := _warm()) and _is_taken(warm):
        _end_as(_stand_for_run(warm))
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


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
        is_taken = conn.recv(1) == TAKEN
    except OSError:  # it ended just now, or stands still
        is_taken = False
    conn.settimeout(None)
    if not is_taken:
        conn.close()
    return is_taken


def _stand_for_run(conn: socket.socket) -> int:
    """The run's end; signals are handed to it meanwhile, and with this process it is gone."""

    def hand_on(number: int, _frame: object) -> None:
        with suppress(OSError):  # it has just ended
            conn.send(bytes([number]))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hand_on)
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
