"""Addresses that no newsletter is sent to, though mail could be: an operator's choice."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from disposable_email_domains import blocklist

from partwork.subscribing.addresses import address_key

# Mailboxes of a domain's own services (RFC 2142, 4 and 5), and who signs bounces. Those of section
# 3, such as info@ and sales@, are not among them: in small firms people read their mail there.
_ROLES = frozenset(
    {"abuse", "noc", "security"}
    | {"postmaster", "hostmaster", "usenet", "news", "webmaster", "www", "uucp", "ftp"}
    | {"mailer-daemon"}
)
_OF_A_LIST = "-request"  # RFC 2142, 6: a mailing list's own mailbox


class Refusal(StrEnum):
    """Why an address is refused that mail could be sent to."""

    DISPOSABLE = "disposable"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Refusing:
    """What an operator refuses. Domains are lower-cased, and as name servers know them.

    `listed`: the throw-away mailboxes of https://github.com/disposable-email-domains too.
    `disposable` are the operator's own, with all below them, `lasting` are none whatever else says.
    """

    listed: bool = False
    disposable: Collection[str] = frozenset()
    lasting: Collection[str] = frozenset()
    roles: bool = False


def refusing(*, listed: bool, domains: str, roles: bool) -> Refusing:
    """What settings say: `domains` are comma-separated, a lasting one has a minus before it.

    Raises ValueError for what is no domain.
    """
    words = [word.strip() for word in domains.split(",") if word.strip()]
    lasting = frozenset(_domain(word[1:]) for word in words if word.startswith("-"))
    disposable = frozenset(_domain(word) for word in words if not word.startswith("-"))
    return Refusing(listed, disposable, lasting, roles)


def refusal_of(address: str, what: Refusing) -> Refusal | None:
    """Why this address is refused; None: it is taken. Raises ValueError for what is no address."""
    local, _, domain = address_key(address).rpartition("@")
    if what.roles and (local in _ROLES or local.endswith(_OF_A_LIST)):
        return Refusal.ROLE
    for name in _upwards(domain):
        if name in what.lasting:
            return None
        if name in what.disposable or (what.listed and name in blocklist):
            return Refusal.DISPOSABLE
    return None


def _upwards(domain: str) -> Iterator[str]:
    """The domain, and each that it is below: `a.b.org`, `b.org`, `org`."""
    labels = domain.split(".")
    return (".".join(labels[first:]) for first in range(len(labels)))


def _domain(word: str) -> str:
    if "@" in word or " " in word.strip():
        raise ValueError(f"{word!r} is not a domain")
    return address_key(f"anybody@{word}").rpartition("@")[2]
