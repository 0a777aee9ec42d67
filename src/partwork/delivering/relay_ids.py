"""The name that a server gave a message when it took it, by which its operators find it."""

import re

from partwork.model.delivery import Reply


def relay_id_in(reply: Reply) -> str:
    """The server's own name of a message it accepted, from the words of its reply; "": none.

    No standard says how it is told: these are the ways of Postfix and those who follow it, Exim,
    Sendmail, Exchange, Google, and Amazon, whose whole words it is.
    """
    for pattern in _PATTERNS:
        if found := pattern.search(reply.text):
            return found["id"]
    return ""


_ID = r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{5,127})"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i)\bqueued as {_ID}",  # Postfix: 2.0.0 Ok: queued as 4Y8cKT2Zx7z3B
        rf"(?i)\bid={_ID}",  # Exim: OK id=1tE5Zk-00AbCd-2f
        rf"\bInternalId={_ID}",  # Exchange: 2.6.0 <…> [InternalId=123456, Hostname=…] Queued
        rf"^(?:2\.\d\.\d )?{_ID} Message accepted",  # Sendmail: 2.0.0 4AM9xQ5x012345 Message …
        r"^(?:2\.\d\.\d )?OK +(?P<id>[0-9]+ [A-Za-z0-9.-]{6,127}) - gsmtp",  # Google
        r"^Ok (?P<id>[0-9a-f]{16}-[0-9a-f-]{20,60})$",  # Amazon SES: Ok 0102018f…-000000
    )
)
