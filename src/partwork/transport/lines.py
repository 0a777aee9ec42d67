"""The connections to one mail server, and which of them can go on."""

import selectors
import smtplib
from collections.abc import Iterator
from time import monotonic

from partwork.transport.line import Line


class Lines:
    """Open connections, in the order in which they were made."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._selector = selectors.DefaultSelector()

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(tuple(self._lines))  # they may be dropped on the way

    def add(self, session: smtplib.SMTP, *, blames_recipient: bool) -> Line:
        """A session that is ready for MAIL is a connection from now on."""
        line = Line(session, blames_recipient=blames_recipient)
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._lines.append(line)
        return line

    def drop(self, line: Line) -> None:
        """Says goodbye where nothing is owed, and closes."""
        self._selector.unregister(line.socket)
        self._lines.remove(line)
        line.close()

    def close(self) -> None:
        """Drops all of them, and can be used no more."""
        for line in self:
            self.drop(line)
        self._selector.close()

    def free(self, per_connection: int) -> Line | None:
        """One on which a message may be announced; drops those that have carried their share."""
        for line in self:
            if line.dialogue.is_free and line.dialogue.carried < per_connection:
                return line
            if line.dialogue.is_free:
                self.drop(line)
        return None

    def write(self, line: Line) -> None:
        """Writes what the connection takes now, and the rest as soon as it can. Raises OSError."""
        was_full, line.is_full = line.is_full, line.write()
        if was_full != line.is_full:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.is_full else 0)
            self._selector.modify(line.socket, wanted, line)

    def deadlines(self) -> list[float]:
        """When each that is owed a reply has waited too long, on the monotonic clock."""
        return [line.deadline for line in self._lines if line.deadline is not None]

    def moved(self, until: float) -> Iterator[Line]:
        """Waits until then at most for something to happen on any of them."""
        for chosen, _ in self._selector.select(max(0.0, until - monotonic())):
            line: Line = chosen.data
            yield line

    def overdue(self) -> list[Line]:
        """Those on which no step was made in time."""
        now = monotonic()
        return [line for line in self if line.deadline is not None and line.deadline <= now]
