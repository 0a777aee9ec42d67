"""One connection to an IMAP server (RFC 3501, 9051): what it answers, or why it does not.

By imaplib, which every Python has.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Any

from partwork.mailbox.address import ImapAddress

_Command = Callable[..., tuple[str, Sequence[Any]]]


class Refused(Exception):
    """The server said no; the connection goes on."""


class Lost(Exception):
    """There is no connection, or none any more."""


class Session:
    """A login and an open folder, which has `mails` mails; their UIDs are below `uid_next`.

    What a server may say is bounded: for `silence_s` seconds it may say nothing, an answer may take
    ten times that, and of a literal a megabyte is kept. Words of errors have no password in them.
    """

    def __init__(self, address: ImapAddress, silence_s: float) -> None:
        """Raises Lost, and Refused for a login or a folder."""
        self._password = address.password
        try:
            self._imap = _Imap(address, silence_s)
        except (OSError, imaplib.IMAP4.error) as error:
            raise Lost(self._shown(_reason(error))) from None
        try:
            self._log_in(address.user)
            self._open(address.folder)
        except BaseException:
            self._imap.end()
            raise

    def fetch(self, first: int, last: int, items: str) -> Sequence[Any]:
        """What imaplib has of the answer about the mails of those numbers. Raises Lost, Refused."""
        self._imap.response("FETCH")  # what was told unasked, or before a refusal
        return self._asked(self._imap.fetch, f"{first}:{last}", items)

    def count_unseen(self) -> int:
        r"""How many mails are without the flag \Seen. Raises Lost, Refused."""
        return sum(
            self._unseen_among(first, min(first + _SEARCHED - 1, self.mails))
            for first in range(1, self.mails + 1, _SEARCHED)
        )

    def mark(self, uids: Sequence[str]) -> None:
        r"""Adds the flag \Seen. Raises Lost, Refused."""
        self._asked(self._imap.uid, "STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)")

    def gone(self) -> tuple[int, ...]:
        """The numbers of mails that others have removed, each counted after those before it."""
        _, numbers = self._imap.response("EXPUNGE")
        return tuple(number for told in numbers if (number := _number(told)))

    def end(self, *, politely: bool) -> None:
        """Closes the connection; nothing is expunged by that."""
        if politely:
            with suppress(Lost, Refused):
                self._asked(self._imap.logout)
        self._imap.end()

    def _log_in(self, user: str) -> None:
        try:
            # imaplib quotes the password alone.
            self._asked(self._imap.login, _as_string(user), self._password)
        except Refused:  # the server's words may repeat user and password
            why = "the login was refused; check user and password in PARTWORK_BOUNCE_MAILBOX"
            raise Refused(why) from None

    def _open(self, folder: str) -> None:
        try:
            (told, *_) = self._asked(self._imap.select, _as_string(folder))
        except imaplib.IMAP4.readonly:
            raise Refused("it may only be read; let this user set flags in it") from None
        self.mails = _number(told)
        self.uid_validity = _number(self._imap.response("UIDVALIDITY")[1][-1])
        self.uid_next = _number(self._imap.response("UIDNEXT")[1][-1])

    def _unseen_among(self, first: int, last: int) -> int:
        found = self._asked(self._imap.search, None, f"{first}:{last}", "UNSEEN")
        return sum(len(numbers.split()) for numbers in found if numbers)

    def _asked(self, command: _Command, *arguments: str | None) -> Sequence[Any]:
        try:
            with self._imap.in_time():
                status, answer = command(*arguments)
        except imaplib.IMAP4.readonly:
            raise
        except (imaplib.IMAP4.abort, OSError, ValueError) as error:
            raise Lost(self._shown(_reason(error))) from None
        except imaplib.IMAP4.error as error:
            raise Refused(self._shown(f"the server said {error}")) from None
        if status not in {"OK", "BYE"}:
            words = b" ".join(filter(None, answer)).decode("utf-8", "replace")
            raise Refused(self._shown(f"the server said {status} {words}"))
        return answer

    def _shown(self, words: str) -> str:
        """On one line, without the password, which some servers repeat."""
        plain = "".join(c if c.isprintable() else " " for c in words)
        return " ".join(plain.replace(self._password, "…").split())[:_WORDS]


class _Imap(imaplib.IMAP4):
    """imaplib's, with an end to what it waits for and to what it keeps."""

    def __init__(self, address: ImapAddress, silence_s: float) -> None:
        self._tls = ssl.create_default_context() if address.is_protected else None
        self._patience_s = 10 * silence_s
        with self.in_time():
            super().__init__(address.host, address.port, silence_s)

    def _create_socket(self, timeout: float | None = None) -> socket:
        plain: socket = super()._create_socket(timeout)  # type: ignore[misc]  # not in its stub
        return self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain

    def read(self, size: int) -> bytes:
        """The beginning of a literal: a server may send more than was asked for."""
        kept = super().read(min(size, _KEPT))
        left = size - len(kept)
        while left > 0 and (dropped := super().read(min(left, _KEPT))):
            left -= len(dropped)
        return kept

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Ends the connection if what is done takes too long."""
        timer = Timer(self._patience_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> None:
        """Closes the connection without a word."""
        with suppress(OSError):
            self.shutdown()

    def _cut(self) -> None:
        """What waits for the server fails at once."""
        connection = getattr(self, "sock", None)
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)


def _as_string(words: str) -> str:
    r"""A quoted string (RFC 9051, 4.3): \ and " after a backslash."""
    return '"' + re.sub(r'(["\\])', r"\\\1", words) + '"'


def _number(told: bytes | None) -> int:
    """What the server told, if it is a number (RFC 9051, 9); else 0, which is none of anything."""
    return int(told) if told and told.isdigit() and len(told) <= 10 else 0


def _reason(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})"
        case TimeoutError():
            return "no answer in time"
        case OSError():
            return error.strerror or str(error) or type(error).__name__
    return f"the connection was lost ({error})"


_KEPT = 1_000_000  # octets
_SEARCHED = 50_000  # mails at once, whose numbers fit into the line that imaplib allows
_WORDS = 200  # characters of what a server said
