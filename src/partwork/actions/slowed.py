"""Recipients' domains that wanted less of us."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.pacing import clock_of, slowed
from partwork.store.telling import tell_newest


@dataclass(frozen=True, slots=True)
class Slowed:
    """A domain that is sent to more slowly, and the relay that it was said to."""

    relay: str
    domain: str


def paces_time(press: Press) -> datetime:
    """What time it is by the clock of `slowed_to_tell`."""
    with read_only(press.engine) as connection:
        return clock_of(connection)


def slowed_to_tell(press: Press, since: datetime) -> tuple[Slowed, ...]:
    """The domains that said so at that time or later, whoever sent to them, to be told by us.

    Each time that a domain is slowed down is told by one lane of all that saw it.
    """
    with press.engine.begin() as connection:
        now = clock_of(connection)
        return tuple(
            Slowed(relay, domain)
            for relay, domain, at in slowed(connection, since)
            if tell_newest(connection, _about(press, relay, domain), at, now)
        )


def _about(press: Press, relay: str, domain: str) -> str:
    """Under which it is noted; whose domain it is cannot be read from it, for it is kept."""
    return f"slowed {hmac.digest(press.hash_key, f'{relay} {domain}'.encode(), 'sha256').hex()}"
