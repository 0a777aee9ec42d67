"""What `partwork up` runs for a home just now, and where: told to whoever works beside it."""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LONGEST = 10_000  # characters; what is longer is no note of ours


@dataclass(frozen=True, slots=True)
class Launched:
    """Where a launcher has put the dashboard, and the web pages ("": it runs none).

    The dashboard listens on `host` and `port`, with that login; a proxy may show it at `url`.
    """

    port: int
    login: str = field(repr=False)
    host: str
    url: str = ""
    pages: str = ""


def launched(state: Path) -> Launched | None:
    """What runs for the home that keeps its things in `state`; None: nothing, on this machine.

    Whoever wrote the note holds a lock on it, so that a note that a crash has left is not believed;
    nor is one that another machine wrote, or that another user may not read.
    """
    try:
        with _file(state).open(encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _understood(stream.read(LONGEST))
    except (OSError, UnicodeDecodeError):
        pass
    return None


@contextmanager
def told_beside(state: Path, what: Launched) -> Iterator[None]:
    """Tells of it until the context ends; only the home's one launcher may.

    It holds the login, so its owner alone may read it.
    """
    file = _file(state)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC  # what a crash has left goes before it is locked
    with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), 0o600)
        fcntl.flock(stream, fcntl.LOCK_EX)  # who looks whether it is held has it for an instant
        stream.write(json.dumps({"machine": platform.node(), **asdict(what)}))
        stream.flush()
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def _file(state: Path) -> Path:
    return state / "prefect" / "running"


def _understood(words: str) -> Launched | None:
    """What a note says; None for one that is half written, or another machine's."""
    try:
        said: dict[str, Any] = json.loads(words)
        if said.pop("machine") != platform.node():
            return None
        found = Launched(**said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    texts = (found.login, found.host, found.url, found.pages)
    is_ours = isinstance(found.port, int) and all(isinstance(text, str) for text in texts)
    return found if is_ours else None
