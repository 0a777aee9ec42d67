"""What tells two addresses apart, and which can be written to at all."""

import unicodedata
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

RULE = "lower case, IDNA 2008, UTS 46"  # the name of what `address_key` does


@lru_cache(maxsize=256)  # of one address, several keys are made in a row
def address_key(address: str) -> str:
    """What tells two addresses apart: lower-cased, the domain as name servers know it.

    That is its A-labels by IDNA 2008 after the mapping of UTS 46, in which ß and ss are two
    letters. Dots and plus stay, since only the receiving server knows what they mean. The address
    is stored and sent as it was typed (DESIGN 8). Raises ValueError where there is no local part
    or no domain that IDNA can write.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise ValueError(f"{address!r} is not an e-mail address")
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    return f"{lowered}@{_ascii_domain(domain)}"


def mailbox_of(address: str) -> str:
    """The mailbox that takes what is sent to the address, as far as its spelling tells.

    It is cut before a `+` (RFC 5233, 1: many servers' tags), and Gmail's dots mean nothing
    (https://support.google.com/mail/answer/7436150). A guess, by which mails are counted and no
    two subscribers are told apart. Raises ValueError as `address_key`.
    """
    local, _, domain = address_key(address).rpartition("@")
    plain = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        plain, domain = plain.replace(".", "") or plain, _WITHOUT_DOTS[0]
    return f"{plain}@{domain}"


_WITHOUT_DOTS = ("gmail.com", "googlemail.com")


def fault_of(address: str) -> str:
    """Why nothing could be sent to this address; empty: it is written as addresses are.

    Syntax alone is judged, no server is asked. The words hold nothing of the address.
    """
    if not address:
        return "it has no address"
    if "@" not in address:
        return "its address has no @"
    try:
        validate_email(address, check_deliverability=False, strict=True)
        address_key(address)
    except (EmailNotValidError, ValueError):  # their words repeat the address
        return "its address is not written as e-mail addresses are, or its domain takes no mail"
    return ""


def masked(address: str) -> str:
    """The address as its owner knows it again and a stranger learns little: `a…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


@lru_cache(maxsize=4096)  # few have most of the addresses
def _ascii_domain(domain: str) -> str:
    try:
        plain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        plain = ""
    # RFC 1035, 2.3.4: what is longer is nobody's name. A final dot says nothing (RFC 1034, 3.1).
    labels = plain.lower().removesuffix(".").split(".")
    if not all(0 < len(label) <= 63 for label in labels):
        raise ValueError("not a domain name after the @")
    return ".".join(labels)
