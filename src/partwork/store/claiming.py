"""Claiming deliveries, and noting what becomes of them: the ledger before and after the wire.

A lane claims deliveries, notes the attempt before a message leaves and the reply after it. A
lane's name must be its own, never used by another or again: by it the ledger knows whose claim
a row is. Commit after each function; what is not committed did not happen.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    update,
)

from partwork.model.audience import SubscriptionState
from partwork.model.delivery import Delivery, DeliveryState
from partwork.store.columns import Instant
from partwork.store.driving import Prepared
from partwork.store.rows import literal_state, storable
from partwork.store.schema import (
    deliveries,
    issues,
    skipped_series,
    subscribers,
    subscriptions,
    suppressions,
)


class End(NamedTuple):
    """What became of one attempt: the server's last word, or the doubt that there was none.

    `words` are the server's, or for the operator; `relay_id` is the server's own name of the
    message, "" where it told none. `next_try_at` is for DEFERRED alone, which needs it.
    """

    delivery: int
    state: DeliveryState
    code: int | None
    words: str
    next_try_at: datetime | None = None
    relay_id: str = ""


def claim(
    conn: Connection,
    content_hash: str,
    lane: str,
    now: datetime,
    lease: timedelta,
    *,
    limit: int = 64,
) -> tuple[Delivery, ...]:
    """Up to `limit` deliveries of an issue for this lane alone, until `now + lease`.

    First those never tried, then the deferred whose time has come. Who has left, paused, skipped
    the series or was suppressed since planning is noted as left and passed over. Empty: nothing
    to do now.
    """
    claimed: list[Delivery] = []
    asked = {"hash": content_hash, "now": now}
    mine = {"of_lane": lane, "until": now + lease}
    for batch in (_PENDING, _DEFERRED):
        while (room := limit - len(claimed)) > 0:
            rows = batch.rows(conn, asked | {"room": room})
            if not rows:
                break
            wanted = [
                Delivery(row, campaign, content_hash, subscriber, to, _CLAIMED, attempts)
                for row, campaign, subscriber, to, attempts, is_wanted in rows
                if is_wanted
            ]
            _LEAVE.run(conn, _these([row for row, *_, is_wanted in rows if not is_wanted]))
            _LEASE.run_all(conn, _these([one.id for one in wanted]), mine)
            claimed += wanted
    return tuple(claimed)


def note_attempts(
    conn: Connection, claimed: Sequence[int], lane: str, at: datetime, *, are_wanted: bool = False
) -> frozenset[int]:
    """Note that messages are about to leave; those that may. The others must not leave.

    Of them the lane's claim was lost, the attempt was noted before, or the subscriber has left,
    paused, skipped the series, was suppressed or erased meanwhile. A message may leave once for
    each time it is among those that may, after the commit. With `are_wanted` it is known that
    none of them has since these were claimed, and subscribers are not looked at.
    """
    rows = _these(claimed)
    statement = _NOTE_WANTED if are_wanted else _NOTE_ATTEMPT
    noted = statement.run(conn, rows, {"of_lane": lane, "now": at})
    if not all(noted):
        gone = [row for row, is_noted in zip(rows, noted, strict=True) if not is_noted]
        _NOTE_LEFT.run(conn, gone, {"of_lane": lane})
    return _noted(claimed, noted)


def note_ends(conn: Connection, ends: Sequence[End], lane: str, at: datetime) -> frozenset[int]:
    """Note what became of this lane's attempts; the deliveries of which it was noted.

    A reply that comes after the sweep settles the doubt. Of the others the attempt was no
    longer this lane's, and nothing was changed. Raises ValueError for `next_try_at` where an end
    is not deferred, and for none where it is.
    """
    told = [_told(end) for end in ends]
    noted = _NOTE_END.run(conn, told, {"of_lane": lane, "at": at})
    return _noted([end.delivery for end in ends], noted)


def release(conn: Connection, held: Sequence[int], lane: str) -> frozenset[int]:
    """Give back what this lane claimed or attempted and of which nothing left: pending again.

    It was no attempt then. A doubt that the sweep has noted meanwhile is settled. Those of which
    it was noted; the others were no longer this lane's.
    """
    return _noted(held, _RELEASE.run(conn, _these(held), {"of_lane": lane}))


def hold_again(conn: Connection, held: Sequence[int], lane: str, until: datetime) -> frozenset[int]:
    """Have this lane hold on to what it attempted and of which nothing left: claimed, as before.

    It was no attempt, as with `release`.
    """
    common = {"of_lane": lane, "until": until}
    return _noted(held, _HOLD_AGAIN.run(conn, _these(held), common))


def postpone(conn: Connection, held: Mapping[int, datetime], lane: str) -> frozenset[int]:
    """Give back what this lane has and of which nothing left, each to be due again at its time.

    It was no attempt, as with `release`.
    """
    rows: list[dict[str, object]] = [{"delivery": one, "again": at} for one, at in held.items()]
    return _noted(list(held), _POSTPONE.run(conn, rows, {"of_lane": lane}))


# A reply line is at most 512 octets (RFC 5321, 4.5.3.1.5); how many lines there are is the
# server's choice. This keeps a few of them.
_REPLY_CHARACTERS = 2000

_NOW = bindparam("now", type_=Instant)

# Whether the row's subscriber may be written to now; false once the subscriber is erased.
_IS_WANTED = exists(
    select(subscribers.c.id)
    .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
    .join(issues, issues.c.newsletter == subscriptions.c.newsletter)
    .where(
        subscribers.c.id == deliveries.c.subscriber,
        issues.c.content_hash == deliveries.c.content_hash,
        # As a parameter it would have SQLite plan anew each time: an index might fit its value.
        subscriptions.c.state == literal_state(SubscriptionState.CONFIRMED),
        or_(subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until <= _NOW),
        ~exists().where(
            skipped_series.c.subscriber == subscribers.c.id,
            skipped_series.c.series == issues.c.series,
        ),
        ~exists().where(suppressions.c.suppression_key == subscribers.c.suppression_key),
    )
    .correlate(deliveries)
)

# Where a row goes that is to be tried again: nowhere, once its recipient has been erased.
_PENDING_OR_LEFT = case(
    (deliveries.c.recipient == "", DeliveryState.LEFT.value), else_=DeliveryState.PENDING.value
)


def _is_in(*states: DeliveryState) -> ColumnElement[bool]:
    return deliveries.c.state.in_([literal_state(state) for state in states])


_CLAIMED, _DEFER = DeliveryState.CLAIMED, DeliveryState.DEFERRED
_PENDING_ROWS = (
    deliveries.c.state == literal_state(DeliveryState.PENDING),
    (deliveries.c.campaign, deliveries.c.id),
)
_DEFERRED_ROWS = (
    and_(
        deliveries.c.state == literal_state(DeliveryState.DEFERRED),
        deliveries.c.next_try_at <= _NOW,
    ),
    (deliveries.c.next_try_at, deliveries.c.id),
)


def _open_rows(which: ColumnElement[bool], order: Sequence[ColumnElement[Any]]) -> Prepared:
    row = deliveries.c
    return Prepared(
        select(row.id, row.campaign, row.subscriber, row.recipient, row.attempts, _IS_WANTED)
        .where(deliveries.c.content_hash == bindparam("hash"), which)
        .order_by(*order)
        .limit(bindparam("room", type_=Integer))
        # On SQLite the clause is left out: there the transaction is the only writer.
        .with_for_update(of=deliveries, skip_locked=True)
    )


_PENDING, _DEFERRED = _open_rows(*_PENDING_ROWS), _open_rows(*_DEFERRED_ROWS)
_THIS = deliveries.c.id == bindparam("delivery")
_LEAVE = Prepared(
    update(deliveries).where(_THIS).values(state=DeliveryState.LEFT.value, next_try_at=None)
)
_LEASE = Prepared(
    update(deliveries)
    .where(_THIS)
    .values(
        state=DeliveryState.CLAIMED.value,
        lane=bindparam("of_lane"),
        lease_until=bindparam("until", type_=Instant),
        next_try_at=None,
    )
)
_MINE = and_(_THIS, deliveries.c.lane == bindparam("of_lane"))
_ATTEMPT = (
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.CLAIMED))
    .values(
        state=DeliveryState.ATTEMPTED.value,
        attempts=deliveries.c.attempts + 1,
        attempted_at=_NOW,
        replied_at=None,
        reply_code=None,
        reply_text="",
    )
)
_NOTE_WANTED, _NOTE_ATTEMPT = Prepared(_ATTEMPT), Prepared(_ATTEMPT.where(_IS_WANTED))
_NOTE_LEFT = Prepared(
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.CLAIMED))
    .values(state=DeliveryState.LEFT.value, lease_until=None)
)
# What became of a lane's attempt; in doubt may still turn into a reply.
_NOTE_END = Prepared(
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.ATTEMPTED, DeliveryState.IN_DOUBT))
    .values(
        lease_until=None,
        state=bindparam("state", type_=deliveries.c.state.type),
        replied_at=bindparam("at", type_=Instant),
        reply_code=bindparam("code", type_=deliveries.c.reply_code.type),
        next_try_at=bindparam("again", type_=Instant),
        relay_id=bindparam("relay", type_=deliveries.c.relay_id.type),
        # Servers repeat the address in their words: not kept for who was erased meanwhile.
        reply_text=case(
            (deliveries.c.recipient == "", ""),
            else_=bindparam("words", type_=deliveries.c.reply_text.type),
        ),
    )
)
_IS_HELD = and_(
    _MINE, _is_in(DeliveryState.CLAIMED, DeliveryState.ATTEMPTED, DeliveryState.IN_DOUBT)
)
_WITHOUT_IT = deliveries.c.attempts - case((_is_in(DeliveryState.CLAIMED), 0), else_=1)
_HOLD_AGAIN = Prepared(
    update(deliveries)
    .where(_IS_HELD)
    .values(
        state=DeliveryState.CLAIMED.value,
        lease_until=bindparam("until", type_=Instant),
        attempts=_WITHOUT_IT,
    )
)
_GIVEN_BACK = {"lane": "", "lease_until": None, "attempts": _WITHOUT_IT}
_RELEASE = Prepared(
    update(deliveries).where(_IS_HELD).values(state=_PENDING_OR_LEFT, **_GIVEN_BACK)
)
_IS_ERASED = deliveries.c.recipient == ""
_POSTPONE = Prepared(
    update(deliveries)
    .where(_IS_HELD)
    .values(
        state=case((_IS_ERASED, DeliveryState.LEFT.value), else_=DeliveryState.DEFERRED.value),
        next_try_at=case((_IS_ERASED, None), else_=bindparam("again", type_=Instant)),
        **_GIVEN_BACK,
    )
)


def _told(end: End) -> dict[str, object]:
    if (end.state is _DEFER) != (end.next_try_at is not None):
        raise ValueError("next_try_at is for deferred deliveries alone")
    return {
        "delivery": end.delivery,
        "state": end.state.value,
        "words": storable(end.words, _REPLY_CHARACTERS),
        "code": end.code,
        "again": end.next_try_at,
        "relay": storable(end.relay_id, _REPLY_CHARACTERS) if end.relay_id else None,
    }


def _these(deliveries: Sequence[int]) -> list[dict[str, object]]:
    return [{"delivery": one} for one in deliveries]


def _noted(asked: Sequence[int], rows: Sequence[int]) -> frozenset[int]:
    """The deliveries whose statement changed a row."""
    return frozenset(one for one, changed in zip(asked, rows, strict=True) if changed)
