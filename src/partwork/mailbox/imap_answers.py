"""What an IMAP server answers to FETCH, as imaplib hands it on (RFC 9051, 7.5.2)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# One line of an answer, or one that ends in a literal, with that literal.
Piece = bytes | tuple[bytes, bytes] | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was told of one mail; `octets` is None where its content was not."""

    uid: int
    size_bytes: int
    octets: bytes | None


def mails_in(answer: Sequence[Piece]) -> Iterator[Fetched]:
    """Each mail of which the UID is told, in the order of the answer.

    Of others servers tell unasked that their flags have changed (RFC 9051, 7.5.2).
    """
    literals: list[tuple[bytes, bytes]] = []
    for piece in answer:
        if isinstance(piece, tuple):
            literals.append(piece)
        elif piece is not None:
            if fetched := _fetched(literals, piece):
                yield fetched
            literals = []


def _fetched(literals: Sequence[tuple[bytes, bytes]], last: bytes) -> Fetched | None:
    written = b"".join((*(line for line, _ in literals), last))
    # What stands in quotation marks could say anything.
    items = _QUOTED.sub(b'""', written)
    uid, size = _UID.search(items), _SIZE.search(items)
    if uid is None:
        return None
    content = next((octets for line, octets in literals if _LITERAL_BODY.search(line)), None)
    if content is None and (quoted := _QUOTED_BODY.search(written)):
        content = _ESCAPED.sub(rb"\1", quoted["octets"] or b"")
    size_bytes = int(size[1]) if size else len(content or b"")
    return Fetched(int(uid[1]), size_bytes, content)


_UID = re.compile(rb"(?i)[ (]UID (\d{1,10})[ )]")
_SIZE = re.compile(rb"(?i)[ (]RFC822\.SIZE (\d{1,18})[ )]")
_BODY = rb"(?i)[ (]BODY\[\](?:<\d+>)? "
_LITERAL_BODY = re.compile(_BODY + rb"\{\d+\}$")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
# NIL is an empty one too.
_QUOTED_BODY = re.compile(_BODY + rb'(?:"(?P<octets>(?:[^"\\]|\\.)*)"|NIL)')
_ESCAPED = re.compile(rb"\\(.)")
