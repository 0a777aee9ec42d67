"""What a mail server's reply means for a delivery, and when to try again."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from partwork.model.delivery import Reply, Stage, Verdict, without_addresses
from partwork.model.status import is_about_sender


class Concern(StrEnum):
    """What a reply that does not accept speaks of, and so whose affair it is."""

    RELAY = "relay"  # the connection, or the server that carries our mail: it wants less of it
    SENDER = "sender"  # us: our address, our login, our quota, the message or a policy against it
    DOMAIN = "domain"  # the recipient's servers and the way there
    RECIPIENT = "recipient"


_VERDICTS = {2: Verdict.ACCEPTED, 4: Verdict.DEFERRED, 5: Verdict.REFUSED}

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
    verdict = _VERDICTS.get(reply.code // 100)
    if verdict is None:
        raise ValueError(f"SMTP reply {reply.code} cannot end a transaction")
    return verdict


def enhanced_status(reply: Reply) -> str | None:
    """The enhanced status code the reply begins with, such as `5.1.1` (RFC 3463, 2; RFC 2034).

    None where it has none, or one whose class is not the reply's: then the reply's digits hold.
    """
    found = _ENHANCED.match(reply.text)
    if found is None or found["class"] != str(reply.code)[0]:
        return None
    return found["status"]


def in_words(reply: Reply) -> str:
    """Code and words of the reply without addresses, for what outlives the reader's erasure."""
    return f"{reply.code} {without_addresses(reply.text)}"


def concern_of(reply: Reply) -> Concern:
    """What a 4xx or 5xx speaks of. An enhanced status code tells more than the three digits.

    What answers MAIL has heard of no recipient yet.
    """
    status = enhanced_status(reply) or ""
    if _THROTTLED.match(reply.text):
        return Concern.SENDER if "quota" in reply.text.lower() else Concern.RELAY
    if reply.code in _SENDER_CODES or is_about_sender(status):
        return Concern.SENDER
    if reply.code == _CLOSING or status.startswith("4.3."):
        return Concern.RELAY
    if reply.stage is Stage.MAIL:
        return Concern.RELAY if reply.code // 100 == 4 else Concern.SENDER
    if _DOMAIN.fullmatch(status):
        return Concern.DOMAIN
    return Concern.RECIPIENT


def shuts_us_out(reply: Reply) -> bool:
    """Whether the relay takes nothing more of ours, whoever it is for: another one may.

    It refuses our sender or our login, or the quota is spent. A refusal that has heard of the
    recipient or the content may be everybody's, and is the campaign's affair.
    """
    if verdict_of(reply) is Verdict.ACCEPTED or concern_of(reply) is not Concern.SENDER:
        return False
    is_asked_for_login = reply.code in _SENDER_CODES
    return reply.stage is Stage.MAIL or is_asked_for_login or bool(_THROTTLED.match(reply.text))


def next_try_at(attempts: int, now: datetime) -> datetime | None:
    """When a delivery deferred at its `attempts`-th attempt is due again; None: never.

    Pauses grow; the last attempt is made within three days of the first.
    Raises ValueError for fewer than one attempt.
    """
    if attempts < 1:
        raise ValueError(f"a delivery is deferred by an attempt; it has had {attempts}")
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


_CLOSING = 421  # RFC 5321, 3.8
# A login is asked for, was refused, is too weak, needs TLS: RFC 4954, 6.
_SENDER_CODES = frozenset({530, 534, 535, 538})
# Bad system address, no mail taken there (RFC 7505, 4.2), network and routing: RFC 3463, 3.5.
_DOMAIN = re.compile(r"[45]\.1\.(?:2|10)|[45]\.4\.[0-9]+")
# "454 Throttling failure: Maximum sending rate exceeded." or ": Daily message quota exceeded.":
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html.
_THROTTLED = re.compile(r"(?i)(?:4\.[0-9]\.[0-9]+ )?throttling failure")
# No leading zeros, at most three digits a number: RFC 3463, 2.
_ENHANCED = re.compile(
    r"(?P<status>(?P<class>[245])\.(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2}))(?![0-9.])"
)
