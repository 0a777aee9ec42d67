"""Bounce addresses: an envelope sender for each mail, so that what comes back names it."""

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error as NoBase32
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from partwork.delivering.addresses import UnfitAddress, wire_address
from partwork.model.errors import PartworkError

TOKEN = "{token}"  # noqa: S105 a place in an address, no secret
PROOF = 10  # octets of HMAC-SHA-256, 80 bits: nobody can guess one by mail (DESIGN 9)
SMALLEST, LARGEST = 5, 8  # octets of a number: 24 letters for what stays below 2^40


class MailKind(StrEnum):
    """What a bounce address was made for: the first letter of its token."""

    DELIVERY = "d"
    SERVICE = "s"
    TRIAL = "t"


class SentMail(NamedTuple):  # made for each message: a dataclass takes three times as long
    """One mail of ours: a delivery by its id in the ledger, else a service message or a trial."""

    kind: MailKind
    id: int


class UnfitPattern(PartworkError):
    """A bounce address that cannot be one."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; write an address such as bounces+{TOKEN}@example.org")


def checked_pattern(pattern: str) -> str:
    """`pattern`, if it is an ASCII address whose local part may hold one token at most.

    The local part with the longest token stays within 64 octets (RFC 5321, 4.5.3.1.1). Raises
    UnfitPattern.
    """
    local = pattern.rpartition("@")[0]
    if (
        not pattern.isascii()
        or pattern.count(TOKEN) > 1
        or pattern.count(TOKEN) != local.count(TOKEN)
    ):
        raise UnfitPattern(f"it is ASCII and holds {TOKEN} once, before the @, or not at all")
    if {"{", "}"} & set(pattern.replace(TOKEN, "")):
        raise UnfitPattern(f"what stands in braces is {TOKEN} or nothing")
    longest = _token(SentMail(MailKind.DELIVERY, 256**LARGEST - 1), "a secret")
    try:
        wire_address(pattern.replace(TOKEN, longest))
    except UnfitAddress as error:
        raise UnfitPattern(str(error).partition(": ")[2].partition(";")[0]) from None
    return pattern


def bounce_address(pattern: str, mail: SentMail, secrets: Sequence[str]) -> str:
    """The envelope sender for one mail; the first of `secrets` makes the token.

    `pattern` is as `checked_pattern` returns it; without a place for a token it is the sender.
    """
    return pattern.replace(TOKEN, _token(mail, secrets[0])) if TOKEN in pattern else pattern


def mail_behind(address: str, pattern: str, secrets: Sequence[str]) -> SentMail | None:
    """The mail for which that bounce address was made; None: we did not make it.

    Servers may have changed the case of letters; any of the `secrets` may have made the token.
    """
    before, place, after = pattern.partition(TOKEN)
    form = re.escape(before) + rf"([{_KINDS}])([a-z2-7]{{24,29}})" + re.escape(after)
    found = re.fullmatch(form.lower(), address.lower()) if place else None
    if found is None:
        return None
    try:
        octets = b32decode(found[2].upper() + "=" * (-len(found[2]) % 8))
    except NoBase32:
        return None
    mail = SentMail(MailKind(found[1]), int.from_bytes(octets[:-PROOF]))
    given = f"{found[1]}{found[2]}".encode()
    ours = any(hmac.compare_digest(given, _token(mail, secret).encode()) for secret in secrets)
    return mail if ours else None


_KINDS = "".join(MailKind)


@lru_cache(maxsize=256)  # of a mail that may be left by mail asked twice in a row
def _token(mail: SentMail, secret: str) -> str:
    """The kind's letter, then the number and its proof in base32 (RFC 4648, 6), lower case."""
    size = max(SMALLEST, (mail.id.bit_length() + 7) // 8)
    number = mail.id.to_bytes(size)
    proof = hmac.digest(
        secret.encode(), b"partwork.bounce." + mail.kind.encode() + number, "sha256"
    )
    return mail.kind + b32encode(number + proof[:PROOF]).decode().rstrip("=").lower()
