"""What name servers say."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

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


def _server(given: str) -> Do53Nameserver:
    parts = urlsplit(f"//{given}")
    return Do53Nameserver(parts.hostname or "", parts.port or 53)
