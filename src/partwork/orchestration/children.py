"""Processes that the launcher starts and that never outlive it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

GIST_CHARACTERS = 300
FRAME = " │╭╮╰╯─"  # Prefect draws boxes around what it says


class Child:
    """A Python module that runs as a program in a process group of its own.

    What it says goes to the end of `log`. `folder` is where it starts, see
    `partwork.orchestration.child`; `goes_to` is where the module then runs.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        goes_to: Path | None = None,
    ) -> None:
        module, *rest = arguments
        self.name = " ".join(arguments[:2])
        self.log = log
        self._log_begins = log.stat().st_size if log.exists() else 0
        # -P: no file of the folder stands in for a module.
        command = [sys.executable, "-P", "-m", "partwork.orchestration.child", module]
        with log.open("ab") as stream:
            self.process = subprocess.Popen(  # noqa: S603 our own interpreter and arguments
                [*command, str(goes_to or folder), *rest],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def ended(self, within: float) -> int | None:
        """The exit status, waited for at most `within` seconds; None while it runs."""
        try:
            return self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        """The last lines of what this child said, as one: for errors."""
        with self.log.open("rb") as stream:
            stream.seek(self._log_begins)
            said = stream.read().decode("utf-8", "replace")
        words = ""
        for line in reversed(said.splitlines()):
            longer = f"{line.strip(FRAME)} {words}".strip()
            if len(longer) > GIST_CHARACTERS:
                break
            words = longer
        return words

    def ask_to_stop(self) -> None:
        """SIGTERM to the child itself, which ends what it started."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)

    def stop(self, within: float) -> None:
        """Waits at most `within` seconds for the end, then kills whatever is left of the group."""
        self.ended(within)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def stop_all(children: Sequence[Child], within: float) -> None:
    """Stops children one after the other, the last started first, in `within` seconds in all."""
    deadline = time.monotonic() + within
    for left, child in zip(range(len(children), 0, -1), reversed(children), strict=True):
        child.ask_to_stop()
        child.stop(max(0.0, deadline - time.monotonic()) / left)
