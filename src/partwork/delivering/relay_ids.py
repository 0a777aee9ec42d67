"""The name that a server gave a message when it took it, by which its operators find it."""

import re

from partwork.model.delivery import Reply


def relay_id_in(reply: Reply) -> str:
    """The server's own name of a message it accepted, from the words of its reply; "": none.

    No standard says how it is told: these are the ways of Postfix and those who follow it, Exim,
    Sendmail, Exchange, Google, and Amazon, whose whole words it is.
    """
    in_small_letters = reply.text.lower()
    for word, pattern in _PATTERNS:
        if word in in_small_letters and (found := pattern.search(reply.text)):
            return found["id"]
    return ""


_ID = r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{5,127})"
# Each behind a word without which it need not be tried.
_PATTERNS = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("queued as ", rf"(?i)\bqueued as {_ID}"),  # Postfix: 2.0.0 Ok: queued as 4Y8cKT2Zx7z3B
        ("id=", rf"(?i)\bid={_ID}"),  # Exim: OK id=1tE5Zk-00AbCd-2f
        ("internalid=", rf"\bInternalId={_ID}"),  # Exchange: 2.6.0 <…> [InternalId=123456, …
        (" message accepted", rf"^(?:2\.\d\.\d )?{_ID} Message accepted"),  # Sendmail
        ("gsmtp", r"^(?:2\.\d\.\d )?OK +(?P<id>[0-9]+ [A-Za-z0-9.-]{6,127}) - gsmtp"),  # Google
        ("ok ", r"^Ok (?P<id>[0-9a-f]{16}-[0-9a-f-]{20,60})$"),  # Amazon SES: Ok 0102018f…-000000
    )
)
