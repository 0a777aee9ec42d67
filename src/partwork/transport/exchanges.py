"""Whether a domain takes mail at all, as far as its name servers say."""

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import BoundedSemaphore

from dns.exception import DNSException
from dns.resolver import NXDOMAIN

from partwork.transport.names import PATIENCE, resolver_of

_AT_ONCE = BoundedSemaphore(8)  # of the web app's 40 threads, which others need meanwhile


def takes_mail(domain: str, servers: Sequence[str] = (), patience: timedelta = PATIENCE) -> bool:
    """False where DNS answered that nobody takes mail for `domain`, in A-labels; else True.

    That is: there is no such name, its MX is null (RFC 7505, 3), or it has neither MX nor an
    address (RFC 5321, 5.1). Silence, a failure, and too many look-ups at once say nothing.
    `servers` are asked, as `address` or `address:port`, or the system's where none is named.
    """
    if not _AT_ONCE.acquire(blocking=False):
        return True
    try:
        return _asked(domain, servers, time.monotonic() + patience.total_seconds())
    except NXDOMAIN:
        return False
    except DNSException:
        return True
    finally:
        _AT_ONCE.release()


def _asked(domain: str, servers: Sequence[str], until: float) -> bool:
    resolver = resolver_of(servers)

    def records(kind: str) -> list[str]:
        answer = resolver.resolve(
            f"{domain}.",
            kind,
            raise_on_no_answer=False,
            lifetime=max(0.001, until - time.monotonic()),
        )
        return [record.to_text() for record in answer.rrset or ()]

    if exchanges := records("MX"):
        return not all(exchange.endswith(" .") for exchange in exchanges)
    return bool(records("A") or records("AAAA"))
