"""How somebody goes: the suppression log first, on the disk, and then the database.

Who stops between the two has left: what the log has, the next start brings into the database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

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
from partwork.store.audience import lift_suppression, save_suppressions
from partwork.store.service_messages import save_farewells
from partwork.store.subscriptions import end_subscriptions
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.addresses import fault_of


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
    leaving = _leaving(press, leavers)
    _log(press, leaving, now)
    if not leaving:
        return tuple(() for _ in leavers)
    with press.engine.begin() as connection:
        ended = _end(connection, leaving, now)
        if farewell:
            confirmed = [d.goodbye(press, now) for d in ended if d.was_confirmed]
            save_farewells(connection, confirmed, press.caps)
    return tuple(tuple(d.newsletter for d in ended if d.leaver is one) for one in leavers)


def depart_within(
    press: Press, connection: Connection, leavers: Sequence[Leaver], now: datetime
) -> int:
    """The same without farewell in a transaction of the caller's; how many subscriptions ended."""
    leaving = _leaving(press, leavers)
    _log(press, leaving, now)
    return len(_end(connection, leaving, now)) if leaving else 0


def suppress(press: Press, address: str, reason: SuppressionReason, now: datetime) -> bool:
    """Puts an address on the suppression list; False: it was there.

    Raises LibraryError for what is no address, since a slip would keep nobody away; LogUnusable.
    """
    if fault_of(address.strip()):
        raise LibraryError(f"{address!r} is not an e-mail address")
    hashed = {_hash_of(press, address): reason}
    _log_suppressions(press, hashed, now)
    with press.engine.begin() as connection:
        return save_suppressions(connection, hashed, now) == 1


def suppress_within(
    press: Press, connection: Connection, hashed: Mapping[str, SuppressionReason], now: datetime
) -> int:
    """The same of several hashes in a transaction of the caller's; how many were not there."""
    _log_suppressions(press, hashed, now)
    return save_suppressions(connection, hashed, now)


def unsuppress(press: Press, address: str, reason: str, now: datetime) -> bool:
    """Takes an address off the suppression list; False: it was not on it.

    What came back before counts no more. `reason` is for people, and kept in the suppression log.
    Raises LibraryError for what is no address or where there is no reason; LogUnusable.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise LibraryError("say why the address may be written to again, with --reason")
    hashed = _hash_of(press, address)
    append(press.suppression_log, [LogEntry(LogAct.LIFTED, now, hashed, reason=reason)])
    with press.engine.begin() as connection:
        return lift_suppression(connection, hashed, reason, now)


def _log_suppressions(press: Press, hashed: Mapping[str, SuppressionReason], now: datetime) -> None:
    append(
        press.suppression_log,
        [LogEntry(LogAct.SUPPRESSED, now, key, reason=why.value) for key, why in hashed.items()],
    )


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


_Leaving = dict[tuple[int, str], _Departure]


def _leaving(press: Press, leavers: Sequence[Leaver]) -> _Leaving:
    """What has not ended yet of what they want to end, each once."""
    leaving: _Leaving = {}
    for leaver in leavers:
        hashed = _hash_of(press, leaver.person.address)
        for one in leaver.held:
            if one.state is not SubscriptionState.ENDED:
                key = one.subscriber, one.newsletter
                leaving.setdefault(key, _Departure(leaver, one, hashed))
    return leaving


def _log(press: Press, leaving: _Leaving, now: datetime) -> None:
    append(
        press.suppression_log,
        [LogEntry(LogAct.LEFT, now, d.hashed, newsletter=d.newsletter) for d in leaving.values()],
    )


def _end(connection: Connection, leaving: _Leaving, now: datetime) -> list[_Departure]:
    """Those that had not ended when it came to it."""
    evidence = {key: departure.leaver.evidence for key, departure in leaving.items()}
    done = end_subscriptions(connection, evidence, now)
    return [departure for key, departure in leaving.items() if key in done]
