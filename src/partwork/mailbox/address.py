"""Where a mailbox is, as an operator writes it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """A folder on an IMAP server, and who we are there; TLS from the start if `is_protected`."""

    host: str
    port: int
    is_protected: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    def __str__(self) -> str:
        """Folder, host and port: all of it that a message or a log may show."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.folder} on {host}:{self.port}"


class BadMailboxUrl(PartworkError):
    """The address of a mailbox that cannot be used. The message never repeats any of it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; write imaps://user:password@host/INBOX or maildir:/path/of/it")


def mailbox_address(url: str) -> ImapAddress | Path:
    """The parts of `imaps://user:password@host/folder`, or the folder of `maildir:/path`.

    `imap://` is for a server on this machine, for there is no TLS in it. User, password and
    folder are percent-decoded, a path is not. The ports are 993 and 143 (RFC 8314, 3.2; RFC 9051,
    2.1). Raises BadMailboxUrl.
    """
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "maildir":
        return _maildir(rest)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its words may hold a piece of the password
        raise BadMailboxUrl(f"it is no URL with a host and a port from 1 to 65535{_HINT}") from None
    if parts.scheme not in _PORTS:
        raise BadMailboxUrl("it must begin with imaps:// or maildir:")
    return _imap(parts, _PORTS[parts.scheme] if port is None else port)


def _maildir(path: str) -> Path:
    if path.startswith("///"):
        path = path.removeprefix("//")
    if not path.startswith("/") or path.startswith("//") or "\0" in path:
        raise BadMailboxUrl("after maildir: comes a path from the root")
    return Path(path)


def _imap(parts: SplitResult, port: int) -> ImapAddress:
    host = parts.hostname or ""
    is_protected = parts.scheme == "imaps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    if parts.query or parts.fragment:
        raise BadMailboxUrl(f"something follows the folder{_HINT}")
    if not host or not host.isprintable() or " " in host or port == 0:
        raise BadMailboxUrl("it names no host, or port 0")
    if not is_protected and not is_loopback(host):
        raise BadMailboxUrl("off this machine it must be imaps://, for imap:// shows the password")
    if not user or not password:
        raise BadMailboxUrl(f"it needs a user and a password{_HINT}")
    # imaplib sends ASCII alone; a line's end would begin a command of its own.
    if not all(words.isascii() and words.isprintable() for words in (user, password, folder)):
        raise BadMailboxUrl("user, password and folder must be printable ASCII")
    return ImapAddress(host, port, is_protected, user, password, folder)


_PORTS = {"imaps": 993, "imap": 143}
_HINT = " (in user and password, write % / ? # @ : as %25 %2F %3F %23 %40 %3A)"
