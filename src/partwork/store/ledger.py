"""The ledger: every delivery and what became of it, written before and after the wire.

A lane claims deliveries, notes the attempt before a message leaves and the reply after it. A
lane's name must be its own, never used by another or again: by it the ledger knows whose claim
a row is. Commit after each function; what is not committed did not happen.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from partwork.model.audience import SubscriptionState
from partwork.model.delivery import Delivery, DeliveryState, Reply, Tally, Verdict
from partwork.store.rows import literal_state
from partwork.store.schema import (
    Instant,
    deliveries,
    issues,
    skipped_series,
    subscribers,
    subscriptions,
    suppressions,
)


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
    pending = deliveries.c.state == literal_state(DeliveryState.PENDING)
    deferred = deliveries.c.state == literal_state(DeliveryState.DEFERRED)
    open_rows = select(deliveries, _IS_WANTED.label("is_wanted")).where(
        deliveries.c.content_hash == content_hash
    )
    claimed: list[Delivery] = []
    for batch in (
        open_rows.where(pending).order_by(deliveries.c.campaign, deliveries.c.id),
        open_rows.where(deferred, deliveries.c.next_try_at <= now).order_by(
            deliveries.c.next_try_at, deliveries.c.id
        ),
    ):
        while (room := limit - len(claimed)) > 0:
            rows = _locked(conn, batch.limit(room), now)
            if not rows:
                break
            wanted = [row for row in rows if row.is_wanted]
            _leave(conn, [row.id for row in rows if not row.is_wanted])
            _lease(conn, [row.id for row in wanted], lane, now + lease)
            claimed += (_delivery(row, DeliveryState.CLAIMED) for row in wanted)
    return tuple(claimed)


def note_attempt(conn: Connection, delivery: int, lane: str, at: datetime) -> bool:
    """Note that a message is about to leave. False: it must not leave.

    The lane's claim was lost, the attempt was noted before, or the subscriber has left, paused,
    skipped the series, was suppressed or erased meanwhile. A message may leave once for each
    True, after the commit.
    """
    mine = {"delivery": delivery, "of_lane": lane}
    if conn.execute(_NOTE_ATTEMPT, {**mine, "now": at}).rowcount:
        return True
    conn.execute(_NOTE_LEFT, mine)
    return False


def note_reply(
    conn: Connection,
    delivery: int,
    lane: str,
    verdict: Verdict,
    reply: Reply,
    *,
    at: datetime,
    next_try_at: datetime | None = None,
) -> bool:
    """Note the server's last word on this lane's attempt; `next_try_at` for DEFERRED alone.

    A reply that comes after the sweep settles the doubt. False: the attempt was no longer this
    lane's, and nothing was changed. Raises ValueError when `next_try_at` does not fit.
    """
    if (verdict is Verdict.DEFERRED) != (next_try_at is not None):
        raise ValueError(f"{verdict}: next_try_at is for deferred deliveries, and they need it")
    said = {"state": verdict.value, "words": _kept(reply.text), "code": reply.code}
    when = {"at": at, "again": next_try_at}
    mine = {"delivery": delivery, "of_lane": lane}
    return conn.execute(_NOTE_END, {**mine, **said, **when}).rowcount == 1


def note_doubt(conn: Connection, delivery: int, lane: str, why: str, at: datetime) -> bool:
    """Note that the connection was lost between message and reply; `why` is for the operator.

    False as for `note_reply`.
    """
    said = {"state": DeliveryState.IN_DOUBT.value, "words": _kept(why), "code": None}
    mine = {"delivery": delivery, "of_lane": lane}
    return conn.execute(_NOTE_END, {**mine, **said, "at": at, "again": None}).rowcount == 1


def release(conn: Connection, delivery: int, lane: str) -> bool:
    """Give back what this lane claimed or attempted and of which nothing left: pending again.

    It was no attempt then. A doubt that the sweep has noted meanwhile is settled.
    False: it was no longer this lane's, and nothing was changed.
    """
    released = conn.execute(
        update(deliveries)
        .where(
            deliveries.c.id == delivery,
            deliveries.c.lane == lane,
            _is_in(DeliveryState.CLAIMED, DeliveryState.ATTEMPTED, DeliveryState.IN_DOUBT),
        )
        .values(
            state=_PENDING_OR_LEFT,
            lane="",
            lease_until=None,
            attempts=deliveries.c.attempts - case((_is_in(DeliveryState.CLAIMED), 0), else_=1),
        )
    )
    return released.rowcount == 1


def sweep(conn: Connection, now: datetime) -> tuple[int, int]:
    """Work off leases that have run out: how many were freed, how many are in doubt.

    What was claimed and not attempted is pending again; what was attempted may have left.
    """
    over = deliveries.c.lease_until <= now
    doubted = conn.execute(
        update(deliveries)
        .where(over, _is_in(DeliveryState.ATTEMPTED))
        .values(
            state=DeliveryState.IN_DOUBT.value,
            lease_until=None,
            replied_at=now,
            reply_text="no reply was recorded while the lane's lease ran",
        )
    )
    freed = conn.execute(
        update(deliveries)
        .where(over, _is_in(DeliveryState.CLAIMED))
        .values(state=DeliveryState.PENDING.value, lane="", lease_until=None)
    )
    return freed.rowcount, doubted.rowcount


def tally(conn: Connection, content_hash: str) -> Tally:
    """How many deliveries of an issue stand where; claimed and attempted count as pending."""
    query = (
        select(deliveries.c.state, func.count().label("rows"))
        .where(deliveries.c.content_hash == content_hash)
        .group_by(deliveries.c.state)
    )
    counts = {DeliveryState(row.state): row.rows for row in conn.execute(query)}
    underway = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.ATTEMPTED)
    return Tally(
        pending=sum(counts.get(state, 0) for state in underway),
        accepted=counts.get(DeliveryState.ACCEPTED, 0),
        deferred=counts.get(DeliveryState.DEFERRED, 0),
        refused=counts.get(DeliveryState.REFUSED, 0),
        in_doubt=counts.get(DeliveryState.IN_DOUBT, 0),
        left=counts.get(DeliveryState.LEFT, 0),
    )


def load_deliveries(
    conn: Connection, content_hash: str, states: Collection[DeliveryState] = tuple(DeliveryState)
) -> tuple[Delivery, ...]:
    """An issue's deliveries in these states, in the order of planning.

    Of an erased person's, `subscriber` is 0 and `recipient` empty.
    """
    query = select(deliveries).where(
        deliveries.c.content_hash == content_hash,
        _is_in(*states),
    )
    return _deliveries(conn, query)


def deliveries_of(conn: Connection, subscriber: int) -> tuple[Delivery, ...]:
    """All deliveries to one subscriber, in the order of planning."""
    return _deliveries(conn, select(deliveries).where(deliveries.c.subscriber == subscriber))


def count_under_way(conn: Connection, subscriber: int, newsletter: str) -> int:
    """How many of a newsletter's mails to a subscriber have left and are not answered for yet."""
    held = {"subscriber": subscriber, "newsletter": newsletter}
    return conn.execute(_UNDER_WAY, held).scalar_one()


def series_of_delivery(conn: Connection, delivery: int, subscriber: int) -> str | None:
    """The series of which a part was sent to this subscriber by that delivery."""
    query = (
        select(issues.c.series)
        .join(deliveries, issues.c.content_hash == deliveries.c.content_hash)
        .where(deliveries.c.id == delivery, deliveries.c.subscriber == subscriber)
    )
    return conn.execute(query).scalar_one_or_none()


def in_doubt(conn: Connection, content_hash: str) -> tuple[Delivery, ...]:
    """The deliveries of an issue that an operator has to decide about."""
    return load_deliveries(conn, content_hash, (DeliveryState.IN_DOUBT,))


_UNDER_WAY = (
    select(func.count())
    .select_from(deliveries)
    .join(issues, issues.c.content_hash == deliveries.c.content_hash)
    .where(
        deliveries.c.subscriber == bindparam("subscriber"),
        deliveries.c.state == DeliveryState.ATTEMPTED.value,
        issues.c.newsletter == bindparam("newsletter"),
    )
)

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
        subscriptions.c.state == SubscriptionState.CONFIRMED.value,
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
    return deliveries.c.state.in_([state.value for state in states])


# Built once: SQLAlchemy takes longer to put a statement together than the database to run it.
_MINE = and_(deliveries.c.id == bindparam("delivery"), deliveries.c.lane == bindparam("of_lane"))
_NOTE_ATTEMPT = (
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.CLAIMED), _IS_WANTED)
    .values(
        state=DeliveryState.ATTEMPTED.value,
        attempts=deliveries.c.attempts + 1,
        attempted_at=_NOW,
        replied_at=None,
        reply_code=None,
        reply_text="",
    )
)
_NOTE_LEFT = (
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.CLAIMED))
    .values(state=DeliveryState.LEFT.value, lease_until=None)
)
# What became of a lane's attempt; in doubt may still turn into a reply.
_NOTE_END = (
    update(deliveries)
    .where(_MINE, _is_in(DeliveryState.ATTEMPTED, DeliveryState.IN_DOUBT))
    .values(
        lease_until=None,
        state=bindparam("state", type_=deliveries.c.state.type),
        replied_at=bindparam("at", type_=Instant),
        reply_code=bindparam("code", type_=deliveries.c.reply_code.type),
        next_try_at=bindparam("again", type_=Instant),
        # Servers repeat the address in their words: not kept for who was erased meanwhile.
        reply_text=case(
            (deliveries.c.recipient == "", ""),
            else_=bindparam("words", type_=deliveries.c.reply_text.type),
        ),
    )
)


def _locked(conn: Connection, query: Select[Any], now: datetime) -> list[Row[Any]]:
    # On SQLite the clause is left out: there the transaction is the only writer.
    locking = query.with_for_update(of=deliveries, skip_locked=True)
    return list(conn.execute(locking, {"now": now}))


def _leave(conn: Connection, ids: list[int]) -> None:
    if ids:
        left = {"state": DeliveryState.LEFT.value, "next_try_at": None}
        conn.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(left))


def _lease(conn: Connection, ids: list[int], lane: str, until: datetime) -> None:
    if ids:
        conn.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(ids))
            .values(
                state=DeliveryState.CLAIMED.value,
                lane=lane,
                lease_until=until,
                next_try_at=None,
            )
        )


def _kept(words: str) -> str:
    """A server's words as the database can hold them: valid Unicode, no NUL, not endless."""
    valid = words[:_REPLY_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return valid.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _deliveries(conn: Connection, query: Select[Any]) -> tuple[Delivery, ...]:
    rows = conn.execute(query.order_by(deliveries.c.id))
    return tuple(_delivery(row, DeliveryState(row.state)) for row in rows)


def _delivery(row: Row[Any], state: DeliveryState) -> Delivery:
    return Delivery(
        id=row.id,
        campaign=row.campaign,
        content_hash=row.content_hash,
        subscriber=row.subscriber or 0,
        recipient=row.recipient,
        state=state,
        attempts=row.attempts,
    )
