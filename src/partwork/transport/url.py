"""The address of a mail server, as an operator writes it."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback


class Security(StrEnum):
    """How the connection is protected: TLS from the start, STARTTLS demanded, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the server is and who we are there; `user` is empty where no login is wanted."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Host and port: all of it that a message or a log may show."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class BadSmtpUrl(PartworkError):
    """An SMTP URL that cannot be used, and `why`. The message never repeats any of it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"PARTWORK_SMTP_URL cannot be used: {why}; "
            "write smtp://user:password@host:587 or smtps://user:password@host:465"
        )


def smtp_address(url: str) -> SmtpAddress:
    """The parts of `smtp://…` (port 587, RFC 6409) or `smtps://…` (port 465, RFC 8314).

    User and password are percent-decoded. `smtp` demands STARTTLS, but for a server on this
    machine, where it does without. Raises BadSmtpUrl.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its words may hold a piece of the password
        raise BadSmtpUrl(f"it is no URL with a host and a port from 1 to 65535{_HINT}") from None
    if parts.scheme not in _PORTS:
        raise BadSmtpUrl("it must begin with smtp:// or smtps://")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BadSmtpUrl(f"something follows the host{_HINT}")
    if not parts.hostname or not parts.hostname.isprintable() or " " in parts.hostname:
        raise BadSmtpUrl("it names no host")
    if port == 0:
        raise BadSmtpUrl("port 0 is none")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise BadSmtpUrl("user and password come together or not at all")
    if not f"{user}{password}".isascii():
        raise BadSmtpUrl("user and password must be ASCII (Python's smtplib sends no other)")
    security = _security(parts.scheme, parts.hostname)
    return SmtpAddress(parts.hostname, port or _PORTS[parts.scheme], security, user, password)


_PORTS = {"smtp": 587, "smtps": 465}
_HINT = " (in a password, write % / ? # @ : as %25 %2F %3F %23 %40 %3A)"


def _security(scheme: str, host: str) -> Security:
    if scheme == "smtps":
        return Security.TLS
    return Security.NONE if is_loopback(host) else Security.STARTTLS
