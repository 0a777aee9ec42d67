"""The suppression log: who must not be written to, kept outside the database.

Lines of JSON in one file, appended and synced to the disk before the database hears of it, so that
a departure counts while the database is down and survives the restoring of an old backup.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from partwork.model.errors import PartworkError

PIECE = 64 * 1024  # bytes read at once: some 300 entries


class LogAct(StrEnum):
    """What a line of the log says of somebody.

    `RETURNED` takes back a `LEFT` before it, and `LIFTED` a `SUPPRESSED`.
    """

    LEFT = "left"
    RETURNED = "returned"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line. Of the person it has the hash or, where the database was down, the number.

    `newsletter` is set for departures and returns, `reason` for suppressions. A departure without
    a newsletter is one from all of them.
    """

    act: LogAct
    at: datetime
    suppression_key: str = ""
    subscriber: int = 0
    newsletter: str = ""
    reason: str = ""


class LogUnusable(PartworkError):
    """The log cannot be read or written: nobody's leaving would be kept for certain."""

    def __init__(self, file: Path, why: str) -> None:
        self.file = file
        super().__init__(f"the suppression log {file}: {why}")


def append(file: Path, entries: Iterable[LogEntry]) -> None:
    """Write entries to the end of the log; on the disk when this returns. Raises LogUnusable."""
    lines = "".join(f"{_line(entry)}\n" for entry in entries).encode()
    if not lines:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not file.exists()
        with _locked(file) as log:
            end = log.seek(0, os.SEEK_END)
            if end and os.pread(log.fileno(), 1, end - 1) != b"\n":
                lines = b"\n" + lines  # a line that a loss of power has torn stays by itself
            log.write(lines)
            log.flush()
            os.fsync(log.fileno())
        if is_new:
            _sync_folder(file.parent)
    except OSError as error:
        raise LogUnusable(file, _why(error, "written")) from None


def prepend_missing(file: Path, earlier: str) -> int:
    """Put the lines of an earlier copy that this log lacks at its beginning; how many.

    They are from before it began: a log only ever grows. Raises LogUnusable.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file) as log:
            own = log.read().decode(errors="replace").splitlines()
            known = frozenset(own)
            missing = [line for line in earlier.splitlines() if line and line not in known]
            if not missing:
                return 0
            _replace(file, [*missing, *own])
    except OSError as error:
        raise LogUnusable(file, _why(error, "written")) from None
    return len(missing)


def entries_since(file: Path, offset_bytes: int) -> tuple[tuple[LogEntry, ...], int]:
    """Some entries from `offset_bytes` on, in order, and where to read on; there: no more.

    From the beginning where the file has become shorter. What is no entry, such as a torn line,
    is passed over. Raises LogUnusable.
    """
    try:
        with file.open("rb") as log:
            size = os.fstat(log.fileno()).st_size
            start = offset_bytes if offset_bytes <= size else 0
            log.seek(start)
            piece = log.read(PIECE)
    except FileNotFoundError:
        return (), offset_bytes
    except OSError as error:
        raise LogUnusable(file, _why(error, "read")) from None
    whole = piece[: piece.rfind(b"\n") + 1]
    if not whole and len(piece) == PIECE:
        whole = piece  # no line of ours is so long
    entries = (_entry(line) for line in whole.splitlines())
    return tuple(entry for entry in entries if entry), start + len(whole)


@contextmanager
def _locked(file: Path) -> Iterator[BinaryIO]:
    """The log for oneself, from its beginning; another's replacing of it is over by then."""
    while True:
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(log.fileno()), file.stat()):
                yield log
                return


def _replace(file: Path, lines: Iterable[str]) -> None:
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as log:
        log.writelines(f"{line}\n" for line in lines)
        log.flush()
        os.fsync(log.fileno())
    new.replace(file)
    _sync_folder(file.parent)


def _line(entry: LogEntry) -> str:
    held = {
        "act": entry.act.value,
        "at": entry.at.isoformat(),
        "hash": entry.suppression_key,
        "subscriber": entry.subscriber,
        "newsletter": entry.newsletter,
        "reason": entry.reason,
    }
    return json.dumps({name: value for name, value in held.items() if value})


def _entry(line: bytes) -> LogEntry | None:
    try:
        held = json.loads(line)
        at = datetime.fromisoformat(held["at"])
        if at.utcoffset() is None:
            return None
        return LogEntry(
            LogAct(held["act"]),
            at,
            str(held.get("hash", "")),
            int(held.get("subscriber", 0)),
            str(held.get("newsletter", "")),
            str(held.get("reason", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _sync_folder(folder: Path) -> None:
    """A new file's name survives a loss of power once its folder is synced too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _why(error: OSError, what: str) -> str:
    reason = (error.strerror or "error").lower()
    return f"cannot be {what} ({reason}); mend its permissions or make room"
