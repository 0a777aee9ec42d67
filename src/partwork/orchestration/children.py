"""Processes that the launcher starts and that never outlive it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from partwork.orchestration.journal import Journal

GIST_CHARACTERS = 300
LAST_WORDS_SECONDS = 1  # something that it started may hold the pipe open for longer
FRAME = " \n│╭╮╰╯─"  # Prefect draws boxes around what it says


class Child:
    """A Python module that runs as a program in a process group of its own.

    `name` stands before each line that it says in the journal. `folder` is where it starts, see
    `partwork.orchestration.child`; `goes_to` is where the module then runs, at once, or if it
    `is_held` when it is let go.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        journal: Journal,
        goes_to: Path | None = None,
        is_held: bool = False,
    ) -> None:
        module, *rest = arguments
        self.name = name
        # -P: no file of the folder stands in for a module.
        command = [sys.executable, "-P", "-m", "partwork.orchestration.child"]
        command += ["--held", module] if is_held else [module]
        self.process = subprocess.Popen(  # noqa: S603 our own interpreter and arguments
            [*command, str(goes_to or folder), *rest],
            # What it says is to be in the journal when it is said, not when it ends.
            env={**environment, "PYTHONUNBUFFERED": "1"},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout  # noqa: S101 it was asked for
        self._words = journal.listen(name, self.process.stdout)

    def let_go(self) -> None:
        """Has one that is held begin; one that has ended stays so."""
        assert self.process.stdin  # noqa: S101 it was asked for
        with contextlib.suppress(BrokenPipeError):
            os.write(self.process.stdin.fileno(), b"\n")

    def ended(self, within: float) -> int | None:
        """The exit status, waited for at most `within` seconds; None while it runs."""
        try:
            return self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        """The last lines of what this child said, as one: for errors."""
        if self.process.poll() is not None:
            self._words.await_end(LAST_WORDS_SECONDS)
        words = ""
        for line in reversed(self._words.last()):
            longer = f"{line.strip(FRAME)} {words}".strip()
            if len(longer) > GIST_CHARACTERS:
                break
            words = longer
        return words

    def ask_to_stop(self) -> None:
        """SIGTERM to all of the group: a worker waits for its runs, which are to end as well."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGTERM)

    def stop(self, within: float) -> None:
        """Waits at most `within` seconds for the end, then kills whatever is left of the group.

        Runs of a worker speak by it, and may outlive it until they have heard out what has left.
        """
        deadline = time.monotonic() + within
        self.ended(within)
        self._words.await_end(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def end_all(children: Sequence[Child], within: float) -> None:
    """Asks all of them at once to end, and kills what has not after `within` seconds."""
    deadline = time.monotonic() + within
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(max(0.0, deadline - time.monotonic()))
