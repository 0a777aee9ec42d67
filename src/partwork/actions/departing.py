"""How somebody goes: the suppression log first, on the disk, and then the database.

Who stops between the two has left: what the log has, the next start brings into the database.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.actions.wishes import wish_of
from partwork.assembly import Press, keys_of
from partwork.library import LibraryError
from partwork.model.audience import (
    EVERYTHING,
    Evidence,
    Request,
    ServiceRequest,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.store.audience import lift_suppression, save_suppressions
from partwork.store.engine import read_only
from partwork.store.everything import leave_everything, left_everything
from partwork.store.service_messages import save_farewells
from partwork.store.subscriptions import end_subscriptions
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.addresses import fault_of
from partwork.subscribing.tokens import LASTS, PassKind


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who goes: which of their subscriptions end, and how they said so.

    With `everything` no import brings them into any newsletter from then on, until they come back
    to it themselves.
    """

    person: Subscriber
    held: Collection[Subscription]
    evidence: Evidence
    everything: bool = False


def depart(
    press: Press,
    person: Subscriber,
    held: Collection[Subscription],
    evidence: Evidence,
    *,
    now: datetime,
    everything: bool = False,
    farewell: bool = False,
) -> tuple[str, ...]:
    """Ends these subscriptions of the person; the newsletters of those that had not ended before.

    `everything` as in `Leaver`. Committed when this returns, and may be repeated. With `farewell`
    one goodbye is mailed for those that were confirmed, with a link to take all of it back. Raises
    LogUnusable.
    """
    leaver = Leaver(person, held, evidence, everything)
    (ended,) = depart_together(press, [leaver], now=now, farewell=farewell)
    return ended


def depart_together(
    press: Press, leavers: Sequence[Leaver], *, now: datetime, farewell: bool
) -> tuple[tuple[str, ...], ...]:
    """The same for several: one sync of the log, one transaction, and of each what they ended.

    What two want to end at once the first has ended.
    """
    with read_only(press.engine) as connection:
        leaving = _leaving(press, connection, leavers)
    _log(press, leaving, now)
    if not leaving:
        return tuple(() for _ in leavers)
    with press.engine.begin() as connection:
        ended = _end(connection, leaving, now)
        if farewell:
            lasts = LASTS[PassKind.UNDO]
            save_farewells(connection, _goodbyes(press, ended, now), press.caps, lasts)
    return tuple(
        tuple(d.newsletter for d in ended if d.leaver is one and d.newsletter != EVERYTHING)
        for one in leavers
    )


def depart_within(
    press: Press, connection: Connection, leavers: Sequence[Leaver], now: datetime
) -> int:
    """The same without farewell in a transaction of the caller's; how many subscriptions ended."""
    leaving = _leaving(press, connection, leavers)
    _log(press, leaving, now)
    ended = _end(connection, leaving, now) if leaving else []
    return sum(departure.newsletter != EVERYTHING for departure in ended)


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
    """One newsletter that is left, or everything.

    `hashed` is the suppression key of the leaver's address.
    """

    leaver: Leaver
    newsletter: str
    hashed: str
    was_confirmed: bool = False


_Leaving = dict[tuple[int, str], _Departure]


def _leaving(press: Press, connection: Connection, leavers: Sequence[Leaver]) -> _Leaving:
    """What has not ended yet of what they want to end, each once."""
    leaving: _Leaving = {}
    gone = _gone(press, connection, leavers)
    for leaver in leavers:
        hashed = _hash_of(press, leaver.person.address)
        for one in leaver.held:
            if one.state is not SubscriptionState.ENDED:
                key = one.subscriber, one.newsletter
                was_confirmed = one.state is SubscriptionState.CONFIRMED
                departure = _Departure(leaver, one.newsletter, hashed, was_confirmed)
                leaving.setdefault(key, departure)
        if leaver.everything and hashed not in gone:
            key = leaver.person.id, EVERYTHING
            leaving.setdefault(key, _Departure(leaver, EVERYTHING, hashed))
    return leaving


def _gone(press: Press, connection: Connection, leavers: Sequence[Leaver]) -> Container[str]:
    """The hashes of those who want to leave everything and have done so before."""
    wanted = {_hash_of(press, one.person.address) for one in leavers if one.everything}
    return left_everything(connection, wanted) if wanted else ()


def _log(press: Press, leaving: _Leaving, now: datetime) -> None:
    append(
        press.suppression_log,
        [LogEntry(LogAct.LEFT, now, d.hashed, newsletter=d.newsletter) for d in leaving.values()],
    )


def _end(connection: Connection, leaving: _Leaving, now: datetime) -> list[_Departure]:
    """Those that had not ended when it came to it."""
    evidence = {key: departure.leaver.evidence for key, departure in leaving.items()}
    held = {key: said for key, said in evidence.items() if key[1] != EVERYTHING}
    of_all = {person: said for (person, what), said in evidence.items() if what == EVERYTHING}
    done = end_subscriptions(connection, held, now)
    gone = leave_everything(connection, of_all, now)
    done |= {(person, EVERYTHING) for person in gone}
    return [departure for key, departure in leaving.items() if key in done]


def _goodbyes(press: Press, ended: Sequence[_Departure], now: datetime) -> list[Request]:
    """One for each person who was confirmed, however many newsletters they have left.

    It goes out in the name of the first of these that there still is.
    """
    theirs = defaultdict[int, list[_Departure]](list)
    for departure in ended:
        if departure.was_confirmed:
            theirs[departure.leaver.person.id].append(departure)
    return [_goodbye(press, left, now) for left in theirs.values()]


def _goodbye(press: Press, left: Sequence[_Departure], now: datetime) -> Request:
    first, names = left[0].leaver, [departure.newsletter for departure in left]
    if len(names) > 1:
        there = press.library.newsletter_slugs()
        names.sort(key=lambda name: name not in there)
    kind, address = ServiceRequest.GOODBYE, first.person.address
    asked_by = Evidence(first.evidence.source)
    return wish_of(press, kind, names[0], address, evidence=asked_by, at=now)
