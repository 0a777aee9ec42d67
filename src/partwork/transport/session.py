"""A session with a mail server, up to the point where it is ready for MAIL."""

import smtplib
import ssl

from partwork.model.delivery import Envelope, NotSent, Reply, Stage
from partwork.transport.dialogue import one_line
from partwork.transport.url import Security, SmtpAddress


def open_session(address: SmtpAddress, timeout: float) -> smtplib.SMTP:
    """A connection that is protected as the address asks, logged in and ready for MAIL.

    `timeout` is for each step, in seconds. What a server says before STARTTLS is forgotten after
    it (RFC 3207, 4.2). Raises NotSent.
    """
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
            raise NotSent(f"{address}: {reason_of(error)}; the message has not left") from None
        raise
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
            return (
                f"the login was refused ({error.smtp_code}); "
                "check user and password in PARTWORK_SMTP_URL"
            )
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code} {one_line(error.smtp_error)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})"
        case TimeoutError():
            return "no answer in time"
    return one_line(error.strerror or str(error) or type(error).__name__)


def _has_ascii_head(message: bytes) -> bool:
    return message.isascii() or message[: message.find(b"\r\n\r\n") + 1].isascii()
