"""Addresses as servers and headers take them."""

import re
from functools import lru_cache

import idna

from partwork.model.errors import PartworkError


class UnfitAddress(PartworkError):
    """An address that no envelope and no header can hold.

    The message does not repeat the address, since it may end in a log; `address` holds it.
    """

    def __init__(self, address: str, why: str) -> None:
        self.address = address
        super().__init__(f"an address cannot be written to: {why}; correct it or take it out")


@lru_cache(maxsize=256)  # of each reader asked several times in a row
def wire_address(address: str) -> str:
    """`address` with its domain in ASCII (IDNA 2008), the local part as it was typed.

    What is not ASCII in the result is the local part, and needs SMTPUTF8 (RFC 6531). Raises
    UnfitAddress for all that RFC 5321, 4.1.2 does not allow, address literals included.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise UnfitAddress(address, "it needs a part before the @ and a domain after it")
    if not _LOCAL.fullmatch(local):
        raise UnfitAddress(address, "the part before the @ holds what may not stand there")
    if len(local.encode()) > 64:
        raise UnfitAddress(address, "the part before the @ is over 64 bytes (RFC 5321, 4.5.3.1.1)")
    ascii_domain = domain if domain.isascii() else _idna(address, domain)
    if not _DOMAIN.fullmatch(ascii_domain) or len(ascii_domain) > 255:
        raise UnfitAddress(address, "what stands after the @ is no domain name")
    return f"{local}@{ascii_domain}"


# Dot-atom or quoted string (RFC 5321, 4.1.2), either with letters beyond ASCII (RFC 6531, 3.3):
# no control characters, separators, direction marks, surrogates or private-use merge brackets.
_BEYOND_ASCII = "\u00a1-\u1fff\u2030-\u205e\u2070-\ud7ff\uf900-\ufffc\U00010000-\U000effff"
_ATOM = rf"[A-Za-z0-9!#$%&'*+\-/=?^_`{{|}}~{_BEYOND_ASCII}]+"
_QUOTED = rf'"(?:[ !#-\[\]-~{_BEYOND_ASCII}]|\\[ -~])+"'
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*|{_QUOTED}")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def _idna(address: str, domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        raise UnfitAddress(address, "what stands after the @ is no domain name") from None
