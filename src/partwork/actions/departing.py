"""How somebody goes: the suppression log first, on the disk, and then the database.

Who stops between the two has left: what the log has, the next start brings into the database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.wishes import wish_of
from partwork.assembly import Press, keys_of
from partwork.library import LibraryError
from partwork.model.audience import (
    Evidence,
    Request,
    ServiceRequest,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.store.audience import lift_suppression, save_suppression
from partwork.store.service_messages import save_farewells
from partwork.store.subscriptions import end_subscriptions
from partwork.store.suppression_log import LogAct, LogEntry, append


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who goes: which of their subscriptions end, and how they said so."""

    person: Subscriber
    held: Collection[Subscription]
    evidence: Evidence


def depart(
    press: Press,
    person: Subscriber,
    held: Collection[Subscription],
    evidence: Evidence,
    *,
    now: datetime,
    farewell: bool = False,
) -> tuple[str, ...]:
    """Ends these subscriptions of the person; the newsletters of those that had not ended before.

    Committed when this returns, and may be repeated. With `farewell` a goodbye is mailed for each
    that was confirmed, which has a link to take it back. Raises LogUnusable.
    """
    leaver = Leaver(person, held, evidence)
    (ended,) = depart_together(press, [leaver], now=now, farewell=farewell)
    return ended


def depart_together(
    press: Press, leavers: Sequence[Leaver], *, now: datetime, farewell: bool
) -> tuple[tuple[str, ...], ...]:
    """The same for several: one sync of the log, one transaction, and of each what they ended.

    What two want to end at once the first has ended.
    """
    leaving: dict[tuple[int, str], _Departure] = {}
    for leaver in leavers:
        hashed = _hash_of(press, leaver.person.address)
        for one in leaver.held:
            if one.state is not SubscriptionState.ENDED:
                key = one.subscriber, one.newsletter
                leaving.setdefault(key, _Departure(leaver, one, hashed))
    if not leaving:
        return tuple(() for _ in leavers)
    append(
        press.suppression_log,
        [LogEntry(LogAct.LEFT, now, d.hashed, newsletter=d.newsletter) for d in leaving.values()],
    )
    with press.engine.begin() as connection:
        evidence = {key: departure.leaver.evidence for key, departure in leaving.items()}
        done = end_subscriptions(connection, evidence, now)
        ended = [departure for key, departure in leaving.items() if key in done]
        if farewell:
            confirmed = [d.goodbye(press, now) for d in ended if d.was_confirmed]
            save_farewells(connection, confirmed, press.caps)
    return tuple(tuple(d.newsletter for d in ended if d.leaver is one) for one in leavers)


def suppress(press: Press, address: str, reason: SuppressionReason, now: datetime) -> bool:
    """Puts an address on the suppression list; False: it was there.

    Raises LibraryError for what is no address, LogUnusable.
    """
    hashed = _hash_of(press, address)
    append(press.suppression_log, [LogEntry(LogAct.SUPPRESSED, now, hashed, reason=reason.value)])
    with press.engine.begin() as connection:
        return save_suppression(connection, hashed, reason, now)


def unsuppress(press: Press, address: str, now: datetime) -> bool:
    """Takes an address off the suppression list; False: it was not on it. Raises as `suppress`."""
    hashed = _hash_of(press, address)
    append(press.suppression_log, [LogEntry(LogAct.LIFTED, now, hashed)])
    with press.engine.begin() as connection:
        return lift_suppression(connection, hashed)


def _hash_of(press: Press, address: str) -> str:
    try:
        return keys_of(address, press.hash_key).suppression_key
    except ValueError as error:
        raise LibraryError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Departure:
    """One subscription that ends; `hashed` is the suppression key of its holder's address."""

    leaver: Leaver
    held: Subscription
    hashed: str

    @property
    def newsletter(self) -> str:
        return self.held.newsletter

    @property
    def was_confirmed(self) -> bool:
        return self.held.state is SubscriptionState.CONFIRMED

    def goodbye(self, press: Press, now: datetime) -> Request:
        kind, address = ServiceRequest.GOODBYE, self.leaver.person.address
        asked_by = Evidence(self.leaver.evidence.source)
        return wish_of(press, kind, self.newsletter, address, evidence=asked_by, at=now)
