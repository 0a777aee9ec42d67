"""What name servers say."""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from dns.reversename import from_address

PATIENCE = timedelta(seconds=2)  # in all; a person waits for it


def resolver_of(servers: Sequence[str]) -> Resolver:
    """Asks these, each `address` or `address:port`; the system's where none is named."""
    resolver = Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [_server(given) for given in servers]
    return resolver


def texts_at(
    name: str, servers: Sequence[str] = (), patience: timedelta = PATIENCE
) -> tuple[str, ...] | None:
    """The TXT records of a name, each in one piece; None where no answer could be had."""
    try:
        resolver = resolver_of(servers)
        answer = resolver.resolve(f"{name}.", "TXT", lifetime=patience.total_seconds())
    except (NXDOMAIN, NoAnswer):
        return ()
    except DNSException:
        return None
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def reverse_names_of(
    host: str, servers: Sequence[str] = (), patience: timedelta = PATIENCE
) -> tuple[str, ...] | None:
    """The names of a host's addresses that lead back to them, as receivers check (RFC 1912, 2.1).

    None where no answer could be had, or the host has no address.
    """
    resolver, within = resolver_of(servers), patience.total_seconds()

    def asked(name: str, kind: str) -> list[str]:
        try:
            return [record.to_text() for record in resolver.resolve(name, kind, lifetime=within)]
        except (NXDOMAIN, NoAnswer):
            return []

    try:
        addresses = [host] if _is_address(host) else asked(f"{host}.", "A")
        named = [(one, name) for one in addresses for name in asked(str(from_address(one)), "PTR")]
        led_back = [name for one, name in named if one in asked(name, "A")]
    except DNSException:
        return None
    return tuple(name.rstrip(".") for name in led_back) if addresses else None


def _is_address(host: str) -> bool:
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False


def _server(given: str) -> Do53Nameserver:
    parts = urlsplit(f"//{given}")
    return Do53Nameserver(parts.hostname or "", parts.port or 53)
