"""One log for all of the launcher's children: each line with its time and who said it."""

import logging
import re
from collections import deque
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Lock, Thread
from typing import IO

LARGEST_BYTES = 5_000_000
OLDER_FILES = 4
LONGEST_LINE_BYTES = 8192
SHORTEST_SECRET = 8  # characters: shorter ones would blacken words
GIST_LINES = 20
# What moves a terminal: in a log it is only noise, and from outside it is a danger.
CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Hearer = Callable[[str, str], None]  # who says it, and the line


def labelled(who: str, line: str) -> str:
    """The line as it stands in the log."""
    return f"{who:<9} {line}"


def nobody(_who: str, _line: str) -> None:
    """Hears each line, and does nothing with it."""


class Journal:
    """A file that is turned over at 5 MB, four older ones kept; `also` hears each line too.

    Of `secrets` it writes nothing, whoever says them.
    """

    def __init__(
        self,
        file: Path,
        *,
        secrets: Iterable[str] = (),
        also: Hearer = nobody,
    ) -> None:
        self.file = file
        self._also = also
        self._unsaid: set[str] = set()
        self._secrets: re.Pattern[str] | None = None
        self.hide(secrets)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._handler = _File(
            file, maxBytes=LARGEST_BYTES, backupCount=OLDER_FILES, encoding="utf-8"
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._lock = Lock()

    def hide(self, secrets: Iterable[str]) -> None:
        """Writes nothing of these either, from now on."""
        self._unsaid |= {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        said = sorted(self._unsaid, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, said))) if said else None

    def note(self, who: str, line: str) -> None:
        """Writes one line, as said by `who`."""
        line = CONTROLS.sub("", line.rstrip())
        if self._secrets:
            line = self._secrets.sub("…", line)
        with self._lock:  # the file, and what else hears it, in the same order
            self._handler.handle(
                logging.LogRecord("partwork", logging.INFO, "", 0, labelled(who, line), None, None)
            )
            self._also(who, line)

    def listen(self, who: str, stream: IO[bytes]) -> "Words":
        """Notes each line of a stream until it ends, in a thread; and keeps the last ones."""
        return Words(self, who, stream)

    def close(self) -> None:
        """No more is written."""
        self._handler.close()


class Words:
    """What one child says."""

    def __init__(self, journal: Journal, who: str, stream: IO[bytes]) -> None:
        self._last: deque[str] = deque(maxlen=GIST_LINES)
        self._thread = Thread(
            target=self._hear, args=(journal, who, stream), daemon=True, name=f"hears {who}"
        )
        self._thread.start()

    def last(self) -> list[str]:
        """The last lines, the oldest first."""
        return list(self._last)

    def await_end(self, within: float) -> None:
        """Waits until all was heard, at most so many seconds."""
        self._thread.join(within)

    def _hear(self, journal: Journal, who: str, stream: IO[bytes]) -> None:
        with stream:
            for line in iter(lambda: stream.readline(LONGEST_LINE_BYTES), b""):
                words = line.decode("utf-8", "replace")
                if words.strip():
                    self._last.append(words)
                    journal.note(who, words)


class _File(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 logging's name
        """A disk that is full costs the log, and no child its life."""
