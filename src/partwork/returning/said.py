"""Addresses, dates and names of messages as header fields write them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def addresses_in(words: str) -> tuple[str, ...]:
    """Each address that stands in `words`, with or without angle brackets, in order.

    Not by `email.utils`: it calls itself once for each parenthesis.
    """
    return tuple(found[0].lstrip("'") for found in _ADDRESS.finditer(words))


def typed_address(words: str) -> str:
    r"""The address of a field such as `rfc822; ada@example.org` (RFC 3464, 2.1.2); "": none.

    In one of type utf-8, what stands as `\x{E9}` is that letter (RFC 6533, 3).
    """
    kind, parted, rest = words.partition(";")
    text = rest if parted else words
    if parted and kind.strip().lower() == "utf-8":
        text = _ESCAPED.sub(_letter, text)
    return next(iter(addresses_in(text)), "")


def without_xtext(address: str) -> str:
    """The same where `+2B` and `+3D` stand for `+` and `=`, as in an ORCPT (RFC 3461, 4)."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), address)


def message_id_in(words: str) -> str:
    """The first name of a message, in its angle brackets (RFC 5322, 3.6.4); "": none."""
    found = _MESSAGE_ID.search(words)
    return found[0] if found else ""


def instant_of(*dates: str) -> datetime | None:
    """The first of the `dates` (RFC 5322, 3.3) that is one, in UTC; one without zone is UTC."""
    return next(_instants(dates), None)


def _instants(dates: tuple[str, ...]) -> Iterator[datetime]:
    for written in dates:
        try:
            found = parsedate_to_datetime(written)
            yield (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue


def _letter(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16)) if int(escape[1], 16) < 0x110000 else ""
    return letter if letter.isprintable() else ""


# 64 and 255 octets are the longest (RFC 5321, 4.5.3.1); quotation marks hold the rarest of them.
_ADDRESS = re.compile(
    r'(?:"[^"\s\x00-\x1f\x7f-\x9f@<>]{1,64}"|[^\s\x00-\x1f\x7f-\x9f@<>()\[\]",;:]{1,64})'
    r'@[^\s\x00-\x1f\x7f-\x9f@<>()\[\]",;:\'!?=]{1,254}(?<!\.)'
)
_XTEXT = re.compile(r"\+(2B|3D)")
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
