"""A session with a mail server, up to the point where it is ready for MAIL."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer

from partwork.model.delivery import Envelope, NotSent, Reply, Stage
from partwork.transport.dialogue import one_line, unaddressed
from partwork.transport.url import Security, SmtpAddress


def open_session(address: SmtpAddress, timeout: float) -> smtplib.SMTP:
    """A connection that is protected as the address asks, logged in and ready for MAIL.

    `timeout` is for each step, in seconds, and twice that for all of them: else a server that
    says an octet now and then would hold us for hours. What a server says before STARTTLS is
    forgotten after it (RFC 3207, 4.2). Raises NotSent.
    """
    if address.security is Security.TLS:
        tls = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=timeout, context=tls)
    else:
        smtp = smtplib.SMTP(timeout=timeout)
    watch = _Watch(smtp)
    timer = Timer(2 * timeout, watch.end)
    timer.daemon = True
    timer.start()
    try:
        _set_up(smtp, address)
    except BaseException as error:
        smtp.close()
        if isinstance(error, OSError):
            why = "no answer in time" if watch.has_ended else reason_of(error)
            # No cause: a server's words on a login may repeat the password.
            raise NotSent(f"{address}: {why}; the message has not left") from None
        raise
    finally:
        timer.cancel()
    return smtp


def mail_options(smtp: smtplib.SMTP, envelope: Envelope, message: bytes) -> str | Reply:
    """Parameters of MAIL (RFC 1870; RFC 6531, 3.4), or a reply of our own to an unfit message."""
    options = ""
    if smtp.has_extn("size"):
        limit = smtp.esmtp_features["size"]
        if limit.isdigit() and 0 < int(limit) < len(message):
            words = f"5.3.4 not asked: the server takes no message over {limit} octets"
            return Reply(552, words, Stage.MAIL)
        options = f" SIZE={len(message)}"
    if envelope.sender.isascii() and envelope.recipient.isascii() and _has_ascii_head(message):
        return options
    if smtp.has_extn("smtputf8"):
        return f"{options} BODY=8BITMIME SMTPUTF8"
    words = "5.6.7 not asked: the server takes no such addresses (SMTPUTF8)"
    return Reply(553, words, Stage.RCPT if envelope.sender.isascii() else Stage.MAIL)


def reason_of(error: OSError) -> str:
    """What went wrong, in one line without user or password."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the login was refused ({error.smtp_code}); check user and password of its URL"
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code} {unaddressed(error.smtp_error)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})"
        case TimeoutError():
            return "no answer in time"
    return one_line(error.strerror or str(error) or type(error).__name__)


def _has_ascii_head(message: bytes) -> bool:
    end = message.find(b"\r\n\r\n")
    return (message[:end] if end >= 0 else message).isascii()


def _set_up(smtp: smtplib.SMTP, address: SmtpAddress) -> None:
    # The name for which STARTTLS asks a certificate; smtplib takes it with a connection alone.
    smtp._host = address.host  # type: ignore[attr-defined]  # its stub leaves it out
    code, words = smtp.connect(address.host, address.port)
    if code != 220:  # RFC 5321, 3.1
        raise smtplib.SMTPConnectError(code, words)
    if address.security is Security.STARTTLS:
        smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo_or_helo_if_needed()
    if address.user:
        smtp.login(address.user, address.password)


@dataclass(slots=True)
class _Watch:
    """Ends a session that is being set up, from another thread."""

    smtp: smtplib.SMTP
    has_ended: bool = False

    def end(self) -> None:
        """What waits for the server fails at once."""
        self.has_ended = True
        if self.smtp.sock is not None:
            with suppress(OSError):
                self.smtp.sock.shutdown(socket.SHUT_RDWR)
