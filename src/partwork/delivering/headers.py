"""Header fields, one at a time: nothing from outside can end a line or begin a field.

Written by hand and not by `email.policy.SMTP`, which turns a URL of 75 characters into encoded
words that no client decodes in List-Unsubscribe, and whose folding of names and addresses
differs between Python 3.11 and 3.13.
"""

import re
import unicodedata
from email.header import Header

from partwork.delivering.addresses import wire_address
from partwork.model.address import Mailbox
from partwork.model.errors import PartworkError

LINE = 76  # RFC 2047, 2: no line with an encoded word is longer; RFC 5322, 2.1.1 prefers 78
MAX_URL = 900  # leaves room for the field's name in the 998 that RFC 5322, 2.1.1 allows


class UnfitHeader(PartworkError):
    """A value that this header field cannot hold. `header` is the field's name."""

    def __init__(self, header: str, why: str) -> None:
        self.header = header
        super().__init__(f"the message's {header} field cannot be written: {why}")


def text_field(name: str, text: str) -> str:
    """A field of running text in any script (RFC 5322, 3.6.5), such as Subject."""
    words = one_line(text)
    if _is_plain(words) and len(name) + 2 + len(words) <= LINE:
        return f"{name}: {words}\r\n"
    return f"{name}: {_encoded(name, words)}\r\n"


def mailbox_field(name: str, mailbox: Mailbox) -> str:
    """A field of one mailbox (RFC 5322, 3.4), such as From. Raises UnfitAddress."""
    address = wire_address(mailbox.address)
    if not mailbox.name or not one_line(mailbox.name):
        return f"{name}: {address}\r\n"
    return _phrase_and(name, mailbox.name, f"<{address}>")


def list_id_field(name: str, slug: str, address: str) -> str:
    """List-Id (RFC 2919): the newsletter's name, and `slug` under the domain of `address`."""
    label = f"{slug}.{wire_address(address).rpartition('@')[2].lower()}"
    if not _LIST_LABEL.fullmatch(label) or len(label) > 255:
        raise UnfitHeader("List-Id", f"{slug!r} is no label; use small letters, digits, hyphens")
    if not one_line(name):
        return f"List-Id: <{label}>\r\n"
    return _phrase_and("List-Id", name, f"<{label}>")


def url_field(name: str, url: str, mailto: str = "") -> str:
    """A field of one URL in angle brackets on one line, however long (RFC 2369, 2).

    An address to write to instead stands on a second one.
    """
    if len(url) > MAX_URL:
        raise UnfitHeader(name, f"its URL has {len(url)} characters, over {MAX_URL}; shorten it")
    if not _URL.fullmatch(url):
        raise UnfitHeader(
            name,
            "its URL must begin with https:// or http:// and be ASCII without spaces; "
            "write other letters in percent or xn-- form",
        )
    if mailto and not _MAILTO.fullmatch(mailto):
        raise UnfitHeader(name, "its second address is no mailto: of visible ASCII")
    second = f",\r\n <{mailto}>" if mailto else ""
    return f"{name}: <{url}>{second}\r\n"


def token_field(name: str, value: str) -> str:
    """A field that is made by us alone: visible ASCII, one line."""
    if not _TOKEN.fullmatch(value) or len(name) + len(value) > 990:
        raise UnfitHeader(name, f"{value[:40]!r} is not one line of visible ASCII")
    return f"{name}: {value}\r\n"


def one_line(text: str) -> str:
    """`text` without control characters, every run of white space one space.

    Line breaks of any kind (CR, LF, NEL, LS, PS) are white space. Lone surrogates, which no
    encoding can carry, become U+FFFD.
    """
    spaced = " ".join(text.split())
    kept = (c for c in spaced if unicodedata.category(c) != "Cc")
    return " ".join("".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in kept).split())


_VISIBLE = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+")
_LIST_LABEL = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_URL = re.compile(r"https?://[!-;=?-~]+")  # visible ASCII but < and >
_MAILTO = re.compile(r"mailto:[!-;=?-~]{1,900}")
_TOKEN = re.compile(r"[!-~](?:[ -~]*[!-~])?")


def _phrase_and(name: str, words: str, rest: str) -> str:
    """A display name, folded where it must be, and what stands in angle brackets after it."""
    phrase = _phrase(name, one_line(words))
    column = len(f"{name}: {phrase}".rpartition("\r\n")[2])
    space = " " if column + 1 + len(rest) <= LINE else "\r\n "
    return f"{name}: {phrase}{space}{rest}\r\n"


def _phrase(name: str, words: str) -> str:
    """A display name: atoms as they are, else a quoted string, else encoded words."""
    if not _is_plain(words) or len(name) + len(words) > LINE - 8:
        return _encoded(name, words)
    if _ATOMS.fullmatch(words):
        return words
    escaped = words.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _is_plain(words: str) -> bool:
    """Visible ASCII that no client could take for an encoded word (RFC 2047, 6)."""
    return bool(_VISIBLE.fullmatch(words)) and "=?" not in words


def _encoded(name: str, words: str) -> str:
    return Header(words, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
