"""The outbox: a transport that puts each message into a folder, for previews and dry runs."""

import hashlib
import os
import re
import tempfile
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

from partwork.model.delivery import Envelope, Event, NotSent, Reply, WireReady

NAME_LENGTH = 150  # bytes; file systems take 255, and archives and editors add to it


class Outbox:
    """One `.eml` file for each message, `ada@example.org--<message's id>.eml`.

    A message with the same recipient and Message-ID replaces its file, so that a second run
    leaves one copy. The files are readable by their owner alone: they hold addresses and links
    that act for their readers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._under_way: dict[int, tuple[Envelope, WireReady]] = {}
        self._happened: list[Event] = []
        self._failure: NotSent | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """Writes the message's bytes as they are, whole or not at all, durably; 250.

        Raises NotSent where the folder cannot be written.
        """
        file = self._folder / file_name(envelope.recipient, message)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(file, message)
        except OSError as error:
            raise NotSent(
                f"the outbox {self._folder} cannot be written "
                f"({error.strerror or type(error).__name__}); make room or mend its permissions"
            ) from error
        return Reply(250, "2.0.0 written to the outbox")  # no name: it would outlive the address

    def room(self) -> int:
        """One message at a time: it is written when it is let go."""
        return 1 - len(self._under_way)

    def offer(self, key: int, envelope: Envelope, message: WireReady) -> None:
        """See Transport; a folder awaits every message."""
        self._under_way[key] = (envelope, message)
        self._happened.append(Event(key, None))

    def events(self) -> list[Event]:
        """See Transport. Raises NotSent where a message that was let go could not be written."""
        failure, self._failure = self._failure, None
        happened, self._happened = self._happened, []
        if failure:
            self._under_way.clear()
            raise failure
        return happened

    def let_go(self, key: int) -> None:
        """See Transport."""
        envelope, message = self._under_way[key]
        try:
            self._happened.append(Event(key, self.send(envelope, message)))
            del self._under_way[key]
        except NotSent as error:
            self._failure = error

    def withdraw(self, key: int) -> None:
        """See Transport."""
        del self._under_way[key]

    def rest(self) -> bool:
        """See Transport; a folder needs none."""
        return False


def file_name(recipient: str, message: bytes) -> str:
    """A readable name that no recipient and no Message-ID can lead out of the folder.

    Letters, digits and `@._+-` stay, others become `_`; where one did, or the name is too long,
    a digest keeps two names apart.
    """
    identity = str(BytesHeaderParser().parsebytes(message)["Message-ID"] or "").strip()
    if not identity:
        identity = hashlib.sha256(message).hexdigest()
    local = identity.removeprefix("<").removesuffix(">").rpartition("@")[0] or identity
    wanted = f"{recipient}--{local}"
    name = _ODD.sub("_", wanted)[:NAME_LENGTH]
    if name != wanted or name.startswith((".", "-")):
        digest = hashlib.sha256(f"{recipient}\n{identity}".encode("utf-8", "surrogatepass"))
        name = f"{name.lstrip('.-')}--{digest.hexdigest()[:12]}"
    return f"{name}.eml"


_ODD = re.compile(r"[^A-Za-z0-9@._+-]")


def _write(file: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)  # the name is durable once its folder is
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
