"""How somebody goes: the suppression log first, on the disk, and then the database.

Who stops between the two has left: what the log has, the next start brings into the database.
"""

from collections.abc import Collection
from datetime import datetime

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
from partwork.store.service_messages import save_request
from partwork.store.subscriptions import end_subscription
from partwork.store.suppression_log import LogAct, LogEntry, append


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
    open_ones = [s for s in held if s.state is not SubscriptionState.ENDED]
    if not open_ones:
        return ()
    hashed = keys_of(person.address, press.hash_key).suppression_key
    append(
        press.suppression_log,
        [LogEntry(LogAct.LEFT, now, hashed, newsletter=s.newsletter) for s in open_ones],
    )
    ended: list[str] = []
    with press.engine.begin() as connection:
        for one in open_ones:
            if not end_subscription(connection, person.id, one.newsletter, evidence, now):
                continue
            ended.append(one.newsletter)
            if farewell and one.state is SubscriptionState.CONFIRMED:
                kind, asked_by = ServiceRequest.GOODBYE, Evidence(evidence.source)
                goodbye = Request(kind, one.newsletter, person.address, hashed, "", asked_by, now)
                save_request(connection, goodbye, press.caps)
    return tuple(ended)


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
