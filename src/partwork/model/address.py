"""E-mail addresses as they are compared, stored and shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address, as in a From header (RFC 5322, 3.4). `name` may be empty."""

    name: str
    address: str


def address_key(address: str) -> str:
    """What tells two addresses apart: lower-cased, the domain in IDNA form.

    Dots and plus stay, since only the receiving server knows what they mean. The address is
    stored and sent as it was typed (DESIGN 8). Raises ValueError where there is no local part
    or no domain that IDNA can write.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise ValueError(f"{address!r} is not an e-mail address")
    try:
        ascii_domain = domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{address!r}: not a domain name after the @") from None
    return f"{local.lower()}@{ascii_domain}"
