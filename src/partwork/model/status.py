"""Enhanced status codes: what of a server's verdict they tell (RFC 3463)."""

import re


def is_hard(status: str) -> bool:
    """Whether the code says that the address itself is no good, for ever."""
    return status in _HARD


def is_about_sender(status: str) -> bool:
    """Whether the code speaks of us: our address, our message's size, or a policy against us."""
    return bool(_SENDER.fullmatch(status))


# DESIGN 9: mailbox, system, syntax, moved, no mail taken there (RFC 7505, 4.2), mailbox disabled.
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# Bad sender's address, too big for the system, against policy: RFC 3463, 3.2, 3.4 and 3.8.
_SENDER = re.compile(r"5\.1\.[78]|5\.3\.4|5\.7\.[0-9]+")
