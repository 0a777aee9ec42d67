"""A mail that came back, opened as far as reports need it and no further."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser, Parser
from itertools import islice

# A mail of ours has one reader, so a report on it is a few kB, and what it returns comes last.
# A thousand recipients of one report fit in.
READ_BYTES = 256 * 1024
# In time all of these are quadratic in `email`: a multipart's boundary is looked for in each line
# within it, and each `;` of a field in all that stands before it.
_MULTIPARTS = 64
_FIELD_BYTES = 2_000
_PARTS = 1_000
_WORDS = 998  # characters of one field: what one line may have (RFC 5322, 2.1.1)

DELIVERY_STATUS = frozenset({"text/message-delivery-status", "text/message-global-delivery-status"})
FEEDBACK_REPORT = "text/message-feedback-report"
DISPOSITION = frozenset(
    {"text/message-disposition-notification", "text/message-global-disposition-notification"}
)
RETURNED = frozenset(
    {
        "text/message-rfc822",
        "text/message-global",
        "text/message-global-headers",
        "text/rfc822-headers",
        "text/rfc822",  # some write so what should be message/rfc822
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail: its type, what its `Content-Description` says, its content decoded.

    `message/…` is a leaf too and named `text/message-…`: what a report returns is not opened.
    """

    kind: str
    description: str
    octets: bytes

    @property
    def text(self) -> str:
        """As UTF-8; of other encodings ASCII is right, and all that is looked for is ASCII."""
        return self.octets.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Mail:
    """Header and leaves of a mail, in order."""

    head: Message
    parts: tuple[Part, ...]

    def parts_of(self, kinds: frozenset[str]) -> Iterator[Part]:
        """Its leaves of those types."""
        return (part for part in self.parts if part.kind in kinds)


def opened(message: bytes) -> Mail:
    """The mail, whatever the bytes are; of a long one the beginning."""
    tree = Parser().parsestr(_tamed(message[:READ_BYTES]).decode("latin-1"))
    leaves = (part for part in tree.walk() if not part.is_multipart())
    return Mail(tree, tuple(_part(leaf) for leaf in islice(leaves, _PARTS)))


def head_of(octets: bytes) -> Message:
    """The fields that stand before the first empty line."""
    return HeaderParser().parsestr(octets.decode("latin-1"))


def field(head: Message, name: str) -> str:
    """What the first field of that name says, on one line and clipped; "": there is none."""
    return fields(head, name)[0] if name in head else ""


def fields(head: Message, name: str) -> tuple[str, ...]:
    """What each field of that name says, in order, as `field` has it."""
    return tuple(one_line(value.encode("latin-1")) for value in head.get_all(name, ()))


def one_line(octets: bytes) -> str:
    """UTF-8 as one line without controls, clipped."""
    text = octets.decode("utf-8", "replace")
    return _CONTROLS.sub("", " ".join(text.split()))[:_WORDS]


def _tamed(message: bytes) -> bytes:
    """The same with lines that end in LF, so that opening it takes little time and memory.

    A NUL in the name of an encoding would make `email` raise.
    """
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    nested = next(islice(_MULTIPART.finditer(lines), _MULTIPARTS, None), None)
    return _TYPE_FIELD.sub(_tame_type, lines[: nested.start()] if nested else lines)


def _tame_type(field: re.Match[bytes]) -> bytes:
    """`message/…` becomes text: else `email` opens it, each block of a status as a mail.

    A digest's parts would be messages without saying so.
    """
    text = _OPENED.sub(rb"\1text/message-", field[0][:_FIELD_BYTES], count=1)
    return _DIGEST.sub(rb"\1multipart/mixed", text, count=1)


def _part(leaf: Message) -> Part:
    content = leaf.get_payload(decode=True)
    octets = content if isinstance(content, bytes) else b""
    return Part(leaf.get_content_type(), field(leaf, "Content-Description"), octets)


_TYPE_FIELD = re.compile(rb"(?im)^content-type:[^\n]*(?:\n[ \t][^\n]*)*")
_OPENED = re.compile(rb"(?i)^(content-type:\s*)message/")
_DIGEST = re.compile(rb"(?i)^(content-type:\s*)multipart/digest")
_MULTIPART = re.compile(rb"(?im)^content-type:\s*multipart/")
# C0, DEL, C1, and what turns the direction of a line.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
