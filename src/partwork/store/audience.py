"""Subscribers and their subscriptions, consents, and the suppression list."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from partwork.model.address import address_key
from partwork.model.audience import (
    Applicant,
    Consent,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import DeliveryState
from partwork.store.rows import insert_if_new, new_rows, written
from partwork.store.schema import (
    consents,
    deliveries,
    newsletters,
    subscribers,
    subscriptions,
    suppressions,
)


class ImportOutcome(StrEnum):
    """What became of one row of an import."""

    ADDED = "added"
    ALREADY = "already subscribed"
    LEFT_EARLIER = "left earlier"
    SUPPRESSED = "suppressed"


def import_subscriber(
    conn: Connection,
    applicant: Applicant,
    newsletter: str,
    *,
    suppression_key: str,
    source: str,
    wording: str,
    at: datetime,
) -> ImportOutcome:
    """Subscribe an address whose consent the operator has, confirmed at once.

    Whoever ended the subscription is not brought back, not even after erasure: the consent
    record still knows the hash. A known subscriber's name and language stay as they are.
    Raises ValueError where the applicant's address is none.
    """
    key = address_key(applicant.address)
    known = conn.execute(
        _STANDING, {"key": key, "hash": suppression_key, "newsletter": newsletter}
    ).one()
    if known.suppressed:
        return ImportOutcome.SUPPRESSED
    if known.state == SubscriptionState.CONFIRMED:
        return ImportOutcome.ALREADY
    if known.state == SubscriptionState.ENDED or known.last_act == "ended":
        return ImportOutcome.LEFT_EARLIER

    if not known.seen:
        insert_if_new(conn, newsletters, slug=newsletter, first_seen_at=at)
    subscriber = known.subscriber
    if subscriber is None:
        insert_if_new(
            conn,
            subscribers,
            address=applicant.address.strip(),
            address_key=key,
            suppression_key=suppression_key,
            name=applicant.name,
            language=applicant.language,
            created_at=at,
        )
        by_key = select(subscribers.c.id).where(subscribers.c.address_key == key)
        subscriber = conn.execute(by_key).scalar_one()
    if not _confirm(conn, subscriber, newsletter, at):
        return ImportOutcome.ALREADY
    _record_consent(conn, subscriber, newsletter, "imported", at=at, source=source, wording=wording)
    return ImportOutcome.ADDED


def load_subscriber(conn: Connection, address: str) -> Subscriber | None:
    """The subscriber with this address in any spelling of its case; None for nonsense too."""
    try:
        key = address_key(address)
    except ValueError:
        return None
    row = conn.execute(select(subscribers).where(subscribers.c.address_key == key)).first()
    return None if row is None else _subscriber(row)


def load_subscriber_by_id(conn: Connection, subscriber: int) -> Subscriber | None:
    """The subscriber; None for one who was erased or never was."""
    row = conn.execute(select(subscribers).where(subscribers.c.id == subscriber)).first()
    return None if row is None else _subscriber(row)


def load_subscriptions(conn: Connection, subscriber: int) -> tuple[Subscription, ...]:
    """All of one subscriber's subscriptions, by newsletter."""
    query = (
        select(subscriptions)
        .where(subscriptions.c.subscriber == subscriber)
        .order_by(subscriptions.c.newsletter)
    )
    return tuple(_subscription(row) for row in conn.execute(query))


def load_consents(conn: Connection, subscriber: int) -> tuple[Consent, ...]:
    """One subscriber's consent record, oldest first."""
    query = select(consents).where(consents.c.subscriber == subscriber).order_by(consents.c.id)
    return tuple(
        Consent(row.subscriber, row.newsletter, row.act, row.at, row.source, row.wording)
        for row in conn.execute(query)
    )


def list_subscribers(
    conn: Connection, newsletter: str | None = None, state: SubscriptionState | None = None
) -> Iterator[tuple[Subscriber, Subscription]]:
    """Subscribers with each of their subscriptions, in order of joining; None: whichever.

    Rows are fetched as they are asked for, so take `engine.read_only` for the connection.
    """
    query = (
        select(subscribers, subscriptions)
        .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
        .order_by(subscribers.c.id, subscriptions.c.newsletter)
    )
    if newsletter is not None:
        query = query.where(subscriptions.c.newsletter == newsletter)
    if state is not None:
        query = query.where(subscriptions.c.state == state.value)
    for row in conn.execute(query, execution_options={"yield_per": 500}):
        yield _subscriber(row), _subscription(row)


def count_confirmed(conn: Connection, newsletter: str) -> int:
    """How many confirmed subscriptions a newsletter has."""
    query = select(func.count()).where(
        subscriptions.c.newsletter == newsletter,
        subscriptions.c.state == SubscriptionState.CONFIRMED.value,
    )
    return conn.execute(query).scalar_one()


def end_subscription(
    conn: Connection, subscriber: int, newsletter: str, *, source: str, at: datetime
) -> bool:
    """End a subscription, and record it; True where it had not ended before.

    May be repeated without effect, and asked for subscribers who are long erased. Deliveries
    that no lane has attempted yet will not leave: the ledger asks again before each.
    """
    ended = conn.execute(
        update(subscriptions)
        .where(
            subscriptions.c.subscriber == subscriber,
            subscriptions.c.newsletter == newsletter,
            subscriptions.c.state != SubscriptionState.ENDED.value,
        )
        .values(state=SubscriptionState.ENDED.value, ended_at=at)
    )
    if not ended.rowcount:
        return False
    _record_consent(conn, subscriber, newsletter, "ended", at=at, source=source, wording="")
    return True


def erase_subscriber(conn: Connection, subscriber: int) -> None:
    """Forget a person: address, name and language are nowhere in the database afterwards.

    Consents stay with hash, wording and instants, suppressions with the hash alone; ledger rows
    lose the subscriber, the recipient and the server's words, which often repeat the address.
    What had not been attempted is `left`. Whoever must not be imported again is to be
    suppressed, or to have the subscription ended, before.
    """
    open_states = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
    not_attempted = deliveries.c.state.in_([state.value for state in open_states])
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
    # The foreign keys do the rest: subscriptions and courses go, consents lose the person.
    conn.execute(delete(subscribers).where(subscribers.c.id == subscriber))


def save_suppression(
    conn: Connection, suppression_key: str, reason: SuppressionReason, at: datetime
) -> bool:
    """Put an address, known by its hash, on the suppression list; False: it was there.

    The first reason and instant stand.
    """
    return insert_if_new(
        conn, suppressions, suppression_key=suppression_key, reason=reason.value, at=at
    )


def is_suppressed(conn: Connection, suppression_key: str) -> bool:
    """Whether the suppression list holds this hash."""
    query = select(exists().where(suppressions.c.suppression_key == suppression_key))
    return bool(conn.execute(query).scalar_one())


# What an import has to know of an address: always one row.
_STANDING = select(
    exists().where(suppressions.c.suppression_key == bindparam("hash")).label("suppressed"),
    exists().where(newsletters.c.slug == bindparam("newsletter")).label("seen"),
    select(subscribers.c.id)
    .where(subscribers.c.address_key == bindparam("key"))
    .scalar_subquery()
    .label("subscriber"),
    select(subscriptions.c.state)
    .join(subscribers, subscribers.c.id == subscriptions.c.subscriber)
    .where(
        subscribers.c.address_key == bindparam("key"),
        subscriptions.c.newsletter == bindparam("newsletter"),
    )
    .scalar_subquery()
    .label("state"),
    select(consents.c.act)
    .where(
        consents.c.suppression_key == bindparam("hash"),
        consents.c.newsletter == bindparam("newsletter"),
    )
    .order_by(consents.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("last_act"),
)


def _confirm(conn: Connection, subscriber: int, newsletter: str, at: datetime) -> bool:
    """Make the subscription, or confirm one that was asked for; False: it is neither."""
    confirmed = {"state": SubscriptionState.CONFIRMED.value, "confirmed_at": at}
    row = new_rows(conn, subscriptions).values(
        subscriber=subscriber, newsletter=newsletter, asked_at=at, **confirmed
    )
    asked_for = subscriptions.c.state == SubscriptionState.PENDING.value
    or_confirmed = row.on_conflict_do_update(
        index_elements=["subscriber", "newsletter"], set_=confirmed, where=asked_for
    )
    return written(conn, or_confirmed) == 1


def _record_consent(
    conn: Connection,
    subscriber: int,
    newsletter: str,
    act: str,
    *,
    at: datetime,
    source: str,
    wording: str,
) -> None:
    hashed = select(subscribers.c.suppression_key).where(subscribers.c.id == subscriber)
    conn.execute(
        insert(consents).values(
            subscriber=subscriber,
            suppression_key=hashed.scalar_subquery(),
            newsletter=newsletter,
            act=act,
            at=at,
            source=source,
            wording=wording,
        )
    )


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(row.id, row.address, row.name, row.language)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        row.subscriber,
        row.newsletter,
        SubscriptionState(row.state),
        row.asked_at,
        row.confirmed_at,
        row.ended_at,
    )
