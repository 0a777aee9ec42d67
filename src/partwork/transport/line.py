"""One connection to a mail server: a socket that never blocks, and the dialogue on it."""

import smtplib
import socket
import ssl
from contextlib import suppress
from time import monotonic

from partwork.model.delivery import Event
from partwork.transport.dialogue import Dialogue

CHUNK = 4096  # octets that are read at once: many replies
FAREWELL = 5.0  # seconds for the reply to QUIT, which nobody needs


class Line:
    """A session that is ready for MAIL; `deadline` is when the next step has taken too long.

    For `blames_recipient` see Dialogue.
    """

    def __init__(self, smtp: smtplib.SMTP, *, blames_recipient: bool = False) -> None:
        if smtp.sock is None:
            raise ValueError("the session is closed")
        self.smtp = smtp
        self.socket: socket.socket = smtp.sock
        self.dialogue = Dialogue(
            pipelining=smtp.has_extn("pipelining"), blames_recipient=blames_recipient
        )
        self.deadline: float | None = None
        self.is_full = False  # it takes no more octets for now
        self._has_moved = True
        self.socket.setblocking(False)

    def write(self) -> bool:
        """Writes what the connection takes now; whether some is left. Raises OSError."""
        outgoing = self.dialogue.outgoing
        try:
            while outgoing:
                outgoing.send_some(self.socket)
                self._has_moved = True
        except (BlockingIOError, ssl.SSLWantWriteError):
            return True
        except ssl.SSLWantReadError:  # goes on when the other side has spoken
            return False
        return False

    def read(self) -> list[Event]:
        """What the server has said. Raises OSError."""
        try:
            data = self.socket.recv(CHUNK)
            while isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
                data += self.socket.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return []
        if not data:
            raise ConnectionResetError("the server closed the connection")
        replies = self.dialogue.replies
        events = self.dialogue.receive(data)
        self._has_moved |= self.dialogue.replies > replies
        return events

    def set_deadline(self, seconds: float) -> None:
        """Allows that long for the next step, once there was one: a reply, or octets that left.

        No reply owed, no deadline. Octets of a reply are no step, or one could last for ever.
        """
        if not self.dialogue.is_waiting:
            self.deadline = None
        elif self._has_moved or self.deadline is None:
            self.deadline = monotonic() + seconds
        self._has_moved = False

    def close(self) -> None:
        """Says goodbye where nothing is owed, and closes."""
        dialogue = self.dialogue
        if dialogue.is_free and not dialogue.is_waiting and not dialogue.outgoing:
            with suppress(OSError):
                self.socket.settimeout(FAREWELL)
                self.smtp.quit()
        self.smtp.close()
