"""What a mail server's reply means for a delivery, and when to try again."""

import re
from datetime import datetime, timedelta

from partwork.model.delivery import Reply, Verdict

# Pauses after the first, second, … attempt: short ones for greylisting, which asks for 5 to 15
# minutes, then long ones as RFC 5321, 4.5.4.1 wants. Together 71 h 45 min: DESIGN 9 says 3 days.
PAUSES = (
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=16),
    timedelta(hours=16),
    timedelta(hours=24),
)


def verdict_of(reply: Reply) -> Verdict:
    """What the reply that ended an SMTP transaction means for the delivery.

    The first digit decides: 2 accepted, 4 try again later, 5 do not (RFC 5321, 4.2.1).
    Raises ValueError for any other, which cannot end a transaction.
    """
    match reply.code // 100:
        case 2:
            return Verdict.ACCEPTED
        case 4:
            return Verdict.DEFERRED
        case 5:
            return Verdict.REFUSED
    raise ValueError(f"SMTP reply {reply.code} cannot end a transaction")


def enhanced_status(reply: Reply) -> str | None:
    """The enhanced status code the reply begins with, such as `5.1.1` (RFC 3463, 2; RFC 2034).

    None where it has none, or one whose class is not the reply's: then the reply's digits hold.
    """
    found = _ENHANCED.match(reply.text)
    if found is None or found["class"] != str(reply.code)[0]:
        return None
    return found["status"]


def next_try_at(attempts: int, now: datetime) -> datetime | None:
    """When a delivery deferred at its `attempts`-th attempt is due again; None: never.

    Pauses grow; the last attempt is made within three days of the first.
    Raises ValueError for fewer than one attempt.
    """
    if attempts < 1:
        raise ValueError(f"a delivery is deferred by an attempt; it has had {attempts}")
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


# No leading zeros, at most three digits a number: RFC 3463, 2.
_ENHANCED = re.compile(
    r"(?P<status>(?P<class>[245])\.(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2}))(?![0-9.])"
)
