"""E-mail addresses as headers show them; how two are told apart is `subscribing`'s."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address, as in a From header (RFC 5322, 3.4). `name` may be empty."""

    name: str
    address: str


def domain_of(address: str) -> str:
    """The part after the @, in small letters."""
    return address.rpartition("@")[2].lower()
