"""SMTP: one message at a time over a kept connection, and the truth about what became of it."""

import re
import smtplib
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Self

from partwork.model.delivery import Envelope, LostInDoubt, NotSent, Reply
from partwork.transport.url import Security, SmtpAddress, smtp_address

REPLY_LENGTH = 500  # characters of a reply that are kept; RFC 5321, 4.5.3.1.5 gives a line 512


class SmtpServer:
    """The mail server at `url`, see `smtp_address`; a connection is made when first needed.

    `timeout` is for connecting and for each step up to the message's data, `last_timeout` for
    the data and the reply to it, in seconds: ten minutes, since a server that scans content is
    slow, and giving up on it early leaves in doubt what has arrived (RFC 5321, 4.5.3.2.6; 6.1).
    """

    def __init__(self, url: str, timeout: float = 30, last_timeout: float = 600) -> None:
        self._address = smtp_address(url)
        self._timeout = timeout
        self._last_timeout = last_timeout
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def open(self) -> None:
        """Connects and logs in, if that is not done yet. Raises NotSent."""
        self._opened()

    def send(self, envelope: Envelope, message: bytes) -> Reply:
        """Hands over `message`, byte for byte, and returns the server's last word on it.

        A refusal that speaks of the recipient or the message is that reply. Raises NotSent where
        the server refuses the sender or the connection, or the connection was lost or could not
        be made, before the message's data began to leave; LostInDoubt where it was
        lost after that and before the reply; ValueError for a message with a bare CR or LF,
        which servers read in different ways.
        """
        if _BARE.search(message):
            raise ValueError("a message's lines end in CRLF")
        for address, status, whose in (
            (envelope.sender, "5.1.7", "sender"),
            (envelope.recipient, "5.1.3", "recipient"),
        ):
            if not _PATH.fullmatch(address) and (address or whose == "recipient"):
                return Reply(553, f"{status} not asked: no envelope can hold this {whose}")
        kept = self._smtp is not None
        try:
            return self._transaction(envelope, message)
        except NotSent:
            if not kept:
                raise
        # A server may close what was idle or has carried enough messages: once more, anew.
        return self._transaction(envelope, message)

    def _transaction(self, envelope: Envelope, message: bytes) -> Reply:
        """MAIL, RCPT, DATA and the message (RFC 5321, 3.3); what fails drops the connection."""
        smtp = self._opened()
        begun = False
        try:
            options = _mail_options(smtp, envelope, message)
            if options is None:
                return Reply(553, "5.6.7 not asked: the server takes no such addresses (SMTPUTF8)")
            smtp.command_encoding = "utf-8"  # more than ASCII only where SMTPUTF8 is agreed on
            for command, wanted in (
                (f"MAIL FROM:<{envelope.sender}>{options}", 250),
                (f"RCPT TO:<{envelope.recipient}>", 250),
                ("DATA", 354),
            ):
                reply = _reply(*smtp.docmd(command), wanted)
                if reply.code // 100 != wanted // 100:
                    self._raise_if_about_us(reply, command)
                    return self._refused(reply, smtp)
            _wait_up_to(self._last_timeout, smtp)
            begun = True
            smtp.send(_dot_stuffed(message))
            reply = _reply(*smtp.getreply(), 250)
            _wait_up_to(self._timeout, smtp)
        except OSError as error:  # smtplib's own errors are OSErrors too
            self._drop()
            if begun:
                raise LostInDoubt(
                    f"{self._address}: the connection was lost after the message and before "
                    f"its reply ({_why(error)}); the reader may have it"
                ) from error
            raise NotSent(f"{self._address}: {_why(error)}; the message has not left") from error
        except BaseException:
            self._drop()
            raise
        if reply.code == 421:
            self._drop()
        return reply

    def _raise_if_about_us(self, reply: Reply, command: str) -> None:
        """What speaks of the connection or the sender refuses no recipient: NotSent, for all.

        421 closes the connection (RFC 5321, 3.8), 530 asks for a login (RFC 4954, 6), and at
        MAIL FROM no recipient has been named yet.
        """
        if reply.code in {421, 530} or command.startswith("MAIL"):
            self._drop()
            raise NotSent(
                f"{self._address}: does not take mail from us ({reply.code} {reply.text}); "
                "the message has not left"
            )

    def _refused(self, reply: Reply, smtp: smtplib.SMTP) -> Reply:
        """A refusal before the data; the connection is ready for the next message or dropped."""
        try:
            ready = smtp.rset()[0] == 250
        except OSError:
            ready = False
        if not ready:
            self._drop()
        return reply

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = _connected(self._address, self._timeout)
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
# What may stand between < and >; the rest is the server's to judge.
_PATH = re.compile(r"[^\x00-\x1f\x7f-\x9f<>\ud800-\udfff]+@[^\x00-\x20\x7f-\x9f<>@\ud800-\udfff]+")


def _connected(address: SmtpAddress, timeout: float) -> smtplib.SMTP:
    """A connection that is protected as the address asks, logged in and ready for MAIL."""
    smtp: smtplib.SMTP | None = None
    try:
        if address.security is Security.TLS:
            tls = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(address.host, address.port, timeout=timeout, context=tls)
        else:
            smtp = smtplib.SMTP(address.host, address.port, timeout=timeout)
        if address.security is Security.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if address.user:
            smtp.login(address.user, address.password)
    except BaseException as error:
        if smtp is not None:
            smtp.close()
        if isinstance(error, OSError):
            # No cause: a server's words on a login may repeat the password.
            raise NotSent(f"{address}: {_why(error)}; the message has not left") from None
        raise
    return smtp


def _mail_options(smtp: smtplib.SMTP, envelope: Envelope, message: bytes) -> str | None:
    """Parameters of MAIL (RFC 1870; RFC 6531, 3.4); None where the server lacks SMTPUTF8."""
    head = message.partition(b"\r\n\r\n")[0]
    size = f" SIZE={len(message)}" if smtp.has_extn("size") else ""
    if f"{envelope.sender}{envelope.recipient}".isascii() and head.isascii():
        return size
    return f"{size} BODY=8BITMIME SMTPUTF8" if smtp.has_extn("smtputf8") else None


def _reply(code: int, words: bytes, wanted: int) -> Reply:
    """What was answered: `wanted`'s first digit, or a refusal; anything else is not SMTP."""
    if code // 100 not in {wanted // 100, 4, 5}:
        raise smtplib.SMTPResponseException(code, words)
    return Reply(code, _one_line(words))


def _one_line(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:REPLY_LENGTH]


def _dot_stuffed(message: bytes) -> bytes:
    """The message as DATA carries it, with its end (RFC 5321, 4.5.2)."""
    end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
    return re.sub(rb"(?m)^\.", b"..", message) + end


def _wait_up_to(seconds: float, smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _why(error: OSError) -> str:
    """What went wrong, in one line without user or password."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return (
                f"the login was refused ({error.smtp_code}); "
                "check user and password in PARTWORK_SMTP_URL"
            )
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code} {_one_line(error.smtp_error)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})"
        case TimeoutError():
            return "no answer in time"
    return _one_line(error.strerror or str(error) or type(error).__name__)
