"""Chromium as a child process that is spoken to over two pipes, in its DevTools protocol.

Messages are JSON, each ended by a NUL; Chromium reads them from its descriptor 3 and answers on 4.
No port is opened, so nobody else on the machine can steer it.
"""

import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from partwork.screenshots.errors import NoPicture

_ABOVE = 10  # our ends must not stand where the child's will: at 3 and 4
_LASTS = 5.0  # seconds a browser has to end by itself
_CHUNK = 1 << 16


Message = Mapping[str, Any]


class Pipe:
    """One running browser; `heard` is told of each event while an answer is waited for.

    Raises NoPicture where it does not start, answer within `patience` seconds, or stay.
    """

    def __init__(self, program: Path, arguments: Sequence[str], patience: float) -> None:
        self.heard: Callable[[Message], None] = lambda _event: None
        self._program, self._patience = program, patience
        theirs_in, self._to = _raised(os.pipe())
        self._from, theirs_out = _raised(os.pipe())
        self._rest = b""
        self._count = 0
        try:
            self._process = _spawned(program, arguments, theirs_in, theirs_out)
        except OSError as error:
            os.close(self._to)
            os.close(self._from)
            raise self._error(f"does not start ({(error.strerror or 'error').lower()})") from None
        finally:
            os.close(theirs_in)
            os.close(theirs_out)

    def ask(self, method: str, session: str = "", **parameters: object) -> Message:
        """The answer to one command."""
        number = self.tell(method, session, **parameters)
        while (message := self.next()).get("id") != number:
            pass
        if "error" in message:
            raise self._error(f"{method}: {message['error'].get('message', 'refused')}")
        result: Message = message["result"]
        return result

    def tell(self, method: str, session: str = "", **parameters: object) -> int:
        """Gives a command whose answer nobody waits for; its number."""
        self._count += 1
        command: dict[str, object] = {"id": self._count, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        raw = json.dumps(command).encode() + b"\0"
        try:
            while raw:
                raw = raw[os.write(self._to, raw) :]
        except OSError:
            raise self._error("ended") from None
        return self._count

    def next(self) -> Message:
        """The next message, after `heard` was told of it."""
        until = time.monotonic() + self._patience
        while b"\0" not in self._rest:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._from], [], [], left)[0]:
                raise self._error(f"does not answer within {self._patience:g} seconds")
            chunk = os.read(self._from, _CHUNK)
            if not chunk:
                raise self._error("ended")
            self._rest += chunk
        raw, _, self._rest = self._rest.partition(b"\0")
        message: Message = json.loads(raw)
        self.heard(message)
        return message

    def close(self) -> None:
        """Ends the browser, by force where it does not end by itself."""
        with suppress(NoPicture):
            self.tell("Browser.close")
        os.close(self._to)
        until = time.monotonic() + _LASTS
        while time.monotonic() < until and self._goes_on():
            # It closes its end as it goes; what it still has to say is nobody's.
            if select.select([self._from], [], [], 0.1)[0] and not os.read(self._from, _CHUNK):
                time.sleep(0.01)
        if self._goes_on():
            os.killpg(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._from)

    def _goes_on(self) -> bool:
        try:
            return os.waitpid(self._process, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def _error(self, why: str) -> NoPicture:
        return NoPicture(self._program.name, why)


def _raised(ends: tuple[int, int]) -> tuple[int, int]:
    """A pipe's two ends under numbers that no child's own can meet."""
    raised = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for end in ends]
    for end in ends:
        os.close(end)
    return raised[0], raised[1]


def _spawned(program: Path, arguments: Sequence[str], reads: int, writes: int) -> int:
    """The id of the child, which leads a process group of its own."""
    nothing = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    own = [(os.POSIX_SPAWN_DUP2, reads, 3), (os.POSIX_SPAWN_DUP2, writes, 4)]
    return os.posix_spawn(
        program,
        [str(program), *arguments],
        os.environ,
        file_actions=[*nothing, *own],
        setpgroup=0,
    )
