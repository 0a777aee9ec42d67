"""Subscribers: brought in, found, listed, forgotten; and the suppression list."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from partwork.model.audience import (
    Act,
    Applicant,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import DeliveryState
from partwork.store.bounce_records import begin_anew
from partwork.store.consents import forget_in_consents
from partwork.store.events import forget_in_events
from partwork.store.rows import add_new, insert_if_new
from partwork.store.schema import (
    IS_PENDING,
    consents,
    deliveries,
    service_messages,
    subscribers,
    subscriptions,
    suppressions,
)
from partwork.store.subscriptions import subscription_of


def make_subscriber(
    conn: Connection,
    applicant: Applicant,
    *,
    address_key: str,
    suppression_key: str,
    at: datetime,
) -> int:
    """The id of the one with this address key; made of the applicant where there is nobody.

    Nobody erases them before the transaction ends; who is erased just now is made anew.
    """
    by_key = select(subscribers.c.id).where(subscribers.c.address_key == address_key)
    found: int | None = None
    while found is None:
        insert_if_new(
            conn,
            subscribers,
            address=applicant.address.strip(),
            address_key=address_key,
            suppression_key=suppression_key,
            name=applicant.name,
            language=applicant.language,
            created_at=at,
        )
        found = conn.execute(by_key.with_for_update(read=True)).scalar_one_or_none()
    return found


def move_subscriber(
    conn: Connection, subscriber: int, address: str, *, address_key: str, suppression_key: str
) -> bool:
    """Give a subscriber another address; False: somebody has it, or the subscriber is gone.

    What is planned and not sent goes to the new address. What a lane has claimed is pending again:
    it has the message for the old one made, and is told that its claim is gone.
    """
    taken = exists().where(subscribers.c.address_key == address_key, subscribers.c.id != subscriber)
    if conn.execute(select(taken)).scalar_one():
        return False
    try:
        with conn.begin_nested():
            moved = conn.execute(
                update(subscribers)
                .where(subscribers.c.id == subscriber)
                .values(address=address, address_key=address_key, suppression_key=suppression_key)
            )
    except IntegrityError:  # on PostgreSQL somebody took it since we looked
        return False
    not_attempted = deliveries.c.state.in_([s.value for s in _OPEN])
    is_claimed = deliveries.c.state == DeliveryState.CLAIMED.value
    conn.execute(
        update(deliveries)
        .where(deliveries.c.subscriber == subscriber, not_attempted)
        .values(
            recipient=address,
            state=case((is_claimed, DeliveryState.PENDING.value), else_=deliveries.c.state),
            lane=case((is_claimed, ""), else_=deliveries.c.lane),
            lease_until=None,
        )
    )
    return moved.rowcount == 1


def load_subscriber(conn: Connection, address_key: str) -> Subscriber | None:
    """The subscriber whose address is told from others by this key."""
    row = conn.execute(select(subscribers).where(subscribers.c.address_key == address_key)).first()
    return None if row is None else _subscriber(row)


def load_subscriber_by_id(conn: Connection, subscriber: int) -> Subscriber | None:
    """The subscriber; None for one who was erased or never was."""
    row = conn.execute(_BY_ID, {"id": subscriber}).first()
    return None if row is None else _subscriber(row)


def hold_subscriber(conn: Connection, subscriber: int) -> Subscriber | None:
    """The same; nobody else moves or erases them before the transaction ends."""
    row = conn.execute(_BY_ID.with_for_update(), {"id": subscriber}).first()
    return None if row is None else _subscriber(row)


def load_subscribers_by_id(conn: Connection, people: Collection[int]) -> Mapping[int, Subscriber]:
    """The same of several; who is gone: left out."""
    rows = conn.execute(_BY_IDS, {"people": list(people)})
    return {row.id: _subscriber(row) for row in rows}


class Listed(NamedTuple):
    """A subscriber with one subscription, and why no campaign goes there, if none does."""

    subscriber: Subscriber
    subscription: Subscription
    suppressed: SuppressionReason | None


def list_subscribers(
    conn: Connection, newsletter: str | None = None, state: SubscriptionState | None = None
) -> Iterator[Listed]:
    """Subscribers with each of their subscriptions, in order of joining; None: whichever.

    Rows are fetched as they are asked for, so take `engine.read_only` for the connection.
    """
    query = (
        select(subscribers, subscriptions, suppressions.c.reason)
        .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
        .outerjoin(suppressions, suppressions.c.suppression_key == subscribers.c.suppression_key)
        .order_by(subscribers.c.id, subscriptions.c.newsletter)
    )
    if newsletter is not None:
        query = query.where(subscriptions.c.newsletter == newsletter)
    if state is not None:
        query = query.where(subscriptions.c.state == state.value)
    for row in conn.execute(query, execution_options={"yield_per": 500}):
        why = SuppressionReason(row.reason) if row.reason else None
        yield Listed(_subscriber(row), subscription_of(row), why)


def count_subscriptions(conn: Connection) -> Mapping[tuple[str, SubscriptionState], int]:
    """How many subscriptions each newsletter has in each state; none: left out."""
    columns = (subscriptions.c.newsletter, subscriptions.c.state)
    query = select(*columns, func.count().label("held")).group_by(*columns)
    return {(row.newsletter, SubscriptionState(row.state)): row.held for row in conn.execute(query)}


def erase_subscriber(conn: Connection, subscriber: int) -> None:
    """Forget a person: address, name, language, tags and fields are nowhere in the database.

    Consents stay with hash, wording and instants, suppressions with the hash alone; ledger rows
    lose the subscriber, the recipient and the server's words, which often repeat the address, and
    so do events.
    What had not been attempted is `left`, and no service message is written any more. Whoever
    must not be imported again is to be suppressed, or to have the subscription ended, before.
    """
    _hold_with_traces(conn, subscriber)
    _erase(conn, subscriber)


def erase_unconfirmed(conn: Connection, subscriber: int, before: datetime) -> bool:
    """The same for who still asked before then and confirmed nothing; False: they have by now.

    In a transaction of its own for each person: of two that hold several each may wait for the
    other. Whoever confirms at this moment waits, or was waited for.
    """
    with conn.begin_nested() as attempt:
        _hold_with_traces(conn, subscriber)
        is_theirs = subscriptions.c.subscriber == subscriber
        is_so = exists().where(is_theirs, *_is_unconfirmed(before))
        if not conn.execute(select(is_so)).scalar_one():
            attempt.rollback()
            return False
        _erase(conn, subscriber)
    return True


def _hold_with_traces(conn: Connection, subscriber: int) -> None:
    """Empty what others lock before they lock the person, and hold the person then."""
    hashed = select(subscribers.c.suppression_key).where(subscribers.c.id == subscriber)
    conn.execute(
        update(service_messages)
        .where(
            or_(
                service_messages.c.suppression_key == hashed.scalar_subquery(),
                service_messages.c.subscriber == subscriber,
            )
        )
        .values(address="", network="", user_agent="", next_try_at=None)
    )
    forget_in_events(conn, subscriber)
    hold_subscriber(conn, subscriber)


def _erase(conn: Connection, subscriber: int) -> None:
    """Forget a person who is held, and what others lock once they hold the person."""
    not_attempted = deliveries.c.state.in_([state.value for state in _OPEN])
    conn.execute(
        update(deliveries)
        .where(deliveries.c.subscriber == subscriber)
        .values(
            subscriber=None,
            recipient="",
            reply_text="",
            state=case((not_attempted, DeliveryState.LEFT.value), else_=deliveries.c.state),
            lease_until=case((not_attempted, None), else_=deliveries.c.lease_until),
            next_try_at=None,
        )
    )
    forget_in_consents(conn, subscriber)
    # The foreign keys do the rest: subscriptions, skipped series, courses, tags and fields go.
    conn.execute(delete(subscribers).where(subscribers.c.id == subscriber))


def unconfirmed_since(conn: Connection, before: datetime, limit: int) -> tuple[int, ...]:
    """Subscribers who asked before then, confirmed nothing, and have nothing else; some of them."""
    query = select(subscriptions.c.subscriber).where(*_is_unconfirmed(before)).limit(limit)
    return tuple(dict.fromkeys(conn.execute(query).scalars()))


def count_unconfirmed(conn: Connection, before: datetime) -> int:
    """How many they are."""
    people = func.count(subscriptions.c.subscriber.distinct())
    return conn.execute(select(people).where(*_is_unconfirmed(before))).scalar_one()


def is_asked_in_vain(before: datetime) -> ColumnElement[bool]:
    """The condition that a subscription was asked for, the last time before then, and waits."""
    is_old = subscriptions.c.asked_at < before
    return and_(IS_PENDING, is_old, _last_asked_at(subscriptions) < before)


def has_others(before: datetime) -> ColumnElement[bool]:
    """The condition that a subscription's holder has one that is not asked for in vain so long."""
    other = subscriptions.alias()
    is_other = or_(
        other.c.state != SubscriptionState.PENDING.value, _last_asked_at(other) >= before
    )
    return exists().where(other.c.subscriber == subscriptions.c.subscriber, is_other)


def _last_asked_at(table: FromClause) -> ColumnElement[datetime]:
    """When a subscription was last asked for, as the consent record has it.

    `asked_at` has the first time and stays so: links from before it confirm nothing. It is looked
    up for each of the few; joined, PostgreSQL may read all consents.
    """
    last = select(func.max(consents.c.at)).where(
        consents.c.subscriber == table.c.subscriber,
        consents.c.newsletter == table.c.newsletter,
        consents.c.act == Act.ASKED.value,
    )
    return func.coalesce(last.scalar_subquery(), table.c.asked_at)


def _is_unconfirmed(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return is_asked_in_vain(before), ~has_others(before)


def save_suppression(
    conn: Connection, suppression_key: str, reason: SuppressionReason, at: datetime
) -> bool:
    """Put an address, known by its hash, on the suppression list; False: it was there.

    The first reason and instant stand.
    """
    return save_suppressions(conn, {suppression_key: reason}, at) == 1


def save_suppressions(
    conn: Connection, reasons: Mapping[str, SuppressionReason], at: datetime
) -> int:
    """The same for several, by their hashes; how many were not there."""
    # All lock them in one order, so that no two wait for each other.
    rows = [{"suppression_key": k, "reason": reasons[k].value, "at": at} for k in sorted(reasons)]
    return add_new(conn, suppressions, rows)


def lift_suppression(conn: Connection, suppression_key: str, why: str, at: datetime) -> bool:
    """Take an address off the suppression list; False: it was not on it.

    What came back from it before `at` is not held against it any more.
    """
    gone = conn.execute(
        delete(suppressions).where(suppressions.c.suppression_key == suppression_key)
    )
    if gone.rowcount:
        begin_anew(conn, suppression_key, at, why)
    return gone.rowcount == 1


def is_suppressed(conn: Connection, suppression_key: str) -> bool:
    """Whether the suppression list holds this hash."""
    query = select(exists().where(suppressions.c.suppression_key == suppression_key))
    return bool(conn.execute(query).scalar_one())


_OPEN = (
    DeliveryState.PENDING,
    DeliveryState.DEFERRED,
    DeliveryState.CLAIMED,
    DeliveryState.GATHERED,
)

_BY_ID = select(subscribers).where(subscribers.c.id == bindparam("id"))
_BY_IDS = select(subscribers).where(subscribers.c.id.in_(bindparam("people", expanding=True)))


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(row.id, row.address, row.name, row.language)
