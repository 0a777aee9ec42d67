"""Addresses of which a glance shows that they can be written to; importing many lives on it."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES


def is_plain(address: str) -> bool:
    """Whether it is so ordinary that `fault_of` finds nothing; False says nothing of it.

    ASCII letters, digits and `_+-` with single dots, a domain of two labels or more that needs no
    IDNA and is set aside for no other use, 100 characters at most. email-validator needs fifty
    times as long (76 µs an address).
    """
    found = len(address) <= 100 and _PLAIN.fullmatch(address)
    return bool(found) and not f".{address.rpartition('@')[2].lower()}".endswith(_SET_ASIDE)


_LOCAL = r"[A-Za-z0-9_+-]{1,64}"
_LABEL = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"  # of two hyphens in a row IDNA has its own opinion
_PLAIN = re.compile(
    rf"(?=[^@]{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:(?=[^.]{{1,63}}\.){_LABEL}\.)+[A-Za-z]{{2,63}}"
)
_SET_ASIDE = tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)  # RFC 6761
