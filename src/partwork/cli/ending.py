"""Ctrl-C, SIGTERM or a terminal that is closed while mails leave: what has left is heard out."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from partwork.cli.terminal import err

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
SAID = (
    "partwork: ending as soon as the server has answered for what has left; Ctrl-C again ends at "
    "once, and that is in doubt then"
)


class Ending:
    """Called, it says whether the command was told to end; `number` is the signal (0: none came).

    It is said to people too, once, from where it is asked: a signal may come in the midst of
    another line.
    """

    def __init__(self) -> None:
        self.number, self._is_said = 0, False

    def __call__(self) -> bool:
        """Whether a signal has come."""
        if self.number and not self._is_said:
            self._is_said = True
            with suppress(OSError):  # the terminal may be what is gone
                err.print(SAID)
        return bool(self.number)

    @property
    def status(self) -> int:
        """What a shell says of a command that this signal has ended: 130 after Ctrl-C."""
        return 128 + self.number

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.number and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.number = self.number or number


@contextmanager
def ending_gently() -> Iterator[Ending]:
    """Has signals noted instead of ending the process; a second Ctrl-C interrupts at once.

    In another thread than the main one nothing changes.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {number: signal.signal(number, ending._note) for number in SIGNALS}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
