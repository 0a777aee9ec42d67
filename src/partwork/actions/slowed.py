"""Recipients' domains that wanted less of us."""

from dataclasses import dataclass
from datetime import datetime

from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.pacing import clock_of, slowed


@dataclass(frozen=True, slots=True)
class Slowed:
    """A domain that is sent to more slowly, and the relay that it was said to."""

    relay: str
    domain: str


def paces_time(press: Press) -> datetime:
    """What time it is by the clock of `slowed_since`."""
    with read_only(press.engine) as connection:
        return clock_of(connection)


def slowed_since(press: Press, since: datetime) -> tuple[Slowed, ...]:
    """The domains that said so at that time or later, whoever sent to them."""
    with read_only(press.engine) as connection:
        return tuple(Slowed(relay, domain) for relay, domain in slowed(connection, since))
