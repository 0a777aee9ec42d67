"""Subscriptions: asked for, confirmed, paused, ended and taken up again.

What a person does is a change of one row and an entry of the consent record, in one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    select,
    update,
)

from partwork.model.audience import Act, Consent, Evidence, Subscription, SubscriptionState
from partwork.store.cohorts import cohorts_of
from partwork.store.consents import record_consent, record_consents
from partwork.store.listed import run
from partwork.store.newsletters import note_newsletter
from partwork.store.rows import insert_if_new, new_rows
from partwork.store.schema import courses, skipped_series, subscribers, subscriptions


def load_subscriptions(conn: Connection, subscriber: int) -> tuple[Subscription, ...]:
    """All of one subscriber's subscriptions, by newsletter."""
    rows = conn.execute(_ALL_OF_ONE, {"subscriber": subscriber})
    return tuple(subscription_of(row) for row in rows)


def load_subscriptions_of(
    conn: Connection, people: Collection[int]
) -> Mapping[int, tuple[Subscription, ...]]:
    """The same of several, by subscriber; of whom there are none: left out."""
    rows = map(subscription_of, conn.execute(_ALL_OF_MANY, {"people": list(people)}))
    return {one: tuple(theirs) for one, theirs in groupby(rows, lambda held: held.subscriber)}


def load_subscription(conn: Connection, subscriber: int, newsletter: str) -> Subscription | None:
    """One subscriber's subscription to one newsletter; None where there never was one."""
    query = select(subscriptions).where(_is(subscriber, newsletter))
    row = conn.execute(query).first()
    return None if row is None else subscription_of(row)


def ask_for_subscription(
    conn: Connection, subscriber: int, newsletter: str, evidence: Evidence, at: datetime
) -> bool:
    """Note that somebody asked for it in a subscriber's name; False: it is confirmed already.

    Nothing but the record changes where it was asked for before. Only a confirmation counts.
    """
    hold_people(conn, [subscriber], as_they_are=True)
    note_newsletter(conn, newsletter, at)
    asked = {"state": SubscriptionState.PENDING.value, "asked_at": at}
    cohort = cohorts_of(conn, [subscriber])[subscriber]
    row = new_rows(conn, subscriptions).values(
        subscriber=subscriber, newsletter=newsletter, cohort=cohort, **asked
    )
    ended = subscriptions.c.state == SubscriptionState.ENDED.value
    # What ended before stays to be seen in the consent record.
    emptied = {"confirmed_at": None, "ended_at": None, "paused_until": None, "is_bundled": False}
    anew = asked | emptied
    conn.execute(
        row.on_conflict_do_update(
            index_elements=["subscriber", "newsletter"], set_=anew, where=ended
        )
    )
    query = select(subscriptions.c.state).where(_is(subscriber, newsletter))
    if conn.execute(query).scalar_one() == SubscriptionState.CONFIRMED:
        return False
    record_consent(conn, subscriber, newsletter, Act.ASKED, evidence, at=at)
    return True


def confirm_subscription(
    conn: Connection,
    subscriber: int,
    newsletter: str,
    evidence: Evidence,
    *,
    linked_at: datetime,
    at: datetime,
) -> bool:
    """Confirm what was asked for by the time the link was made; False: nothing was changed.

    A link from before a departure brings nobody back.
    """
    hold_people(conn, [subscriber])
    confirmed = {"state": SubscriptionState.CONFIRMED.value, "confirmed_at": at}
    waits = _is(subscriber, newsletter, SubscriptionState.PENDING)
    changed = conn.execute(
        update(subscriptions).where(waits, subscriptions.c.asked_at <= linked_at).values(confirmed)
    )
    if not changed.rowcount:
        return False
    record_consent(conn, subscriber, newsletter, Act.CONFIRMED, evidence, at=at)
    return True


def end_subscription(
    conn: Connection, subscriber: int, newsletter: str, evidence: Evidence, at: datetime
) -> bool:
    """End a subscription, and record it; True where it had not ended before.

    May be repeated without effect, and asked for subscribers who are long erased. Deliveries
    that no lane has attempted yet will not leave: the ledger asks again before each.
    """
    return bool(end_subscriptions(conn, {(subscriber, newsletter): evidence}, at))


def end_subscriptions(
    conn: Connection, leaving: Mapping[tuple[int, str], Evidence], at: datetime
) -> frozenset[tuple[int, str]]:
    """The same for several, by subscriber and newsletter; those that had not ended before."""
    people = sorted({subscriber for subscriber, _ in leaving})
    hold_people(conn, people)
    # In one order, so that no two wait for each other.
    ended = frozenset(run(conn, _END, rows=sorted(leaving), at=at).tuples().all())
    record_consents(
        conn,
        [
            Consent(subscriber, newsletter, Act.ENDED, at, evidence)
            for (subscriber, newsletter), evidence in leaving.items()
            if (subscriber, newsletter) in ended
        ],
    )
    return ended


def return_to_subscription(
    conn: Connection,
    subscriber: int,
    newsletter: str,
    evidence: Evidence,
    *,
    ended_at: datetime,
    at: datetime,
) -> bool:
    """Take back the departure of exactly that instant; False: there is none such any more."""
    hold_people(conn, [subscriber])
    changed = conn.execute(
        update(subscriptions)
        .where(
            _is(subscriber, newsletter, SubscriptionState.ENDED),
            subscriptions.c.ended_at == ended_at,
            subscriptions.c.confirmed_at.is_not(None),
        )
        .values(state=SubscriptionState.CONFIRMED.value, ended_at=None)
    )
    if not changed.rowcount:
        return False
    record_consent(conn, subscriber, newsletter, Act.RETURNED, evidence, at=at)
    return True


def pause_subscription(
    conn: Connection, subscriber: int, newsletter: str, until: datetime | None
) -> bool:
    """Send nothing before `until` (None: go on at once); False: it is not confirmed."""
    paused = conn.execute(
        update(subscriptions)
        .where(_is(subscriber, newsletter, SubscriptionState.CONFIRMED))
        .values(paused_until=until)
    )
    return paused.rowcount == 1


def bundle_subscription(
    conn: Connection, subscriber: int, newsletter: str, *, is_bundled: bool
) -> bool:
    """Send all parts of a week in one mail, or each on its day; False: it is not confirmed.

    It holds for what is planned from now on.
    """
    changed = conn.execute(
        update(subscriptions)
        .where(_is(subscriber, newsletter, SubscriptionState.CONFIRMED))
        .values(is_bundled=is_bundled)
    )
    return changed.rowcount == 1


def load_skipped(conn: Connection, subscriber: int) -> frozenset[str]:
    """The series that a subscriber does not want of newsletters they are subscribed to."""
    query = select(skipped_series.c.series).where(skipped_series.c.subscriber == subscriber)
    return frozenset(conn.execute(query).scalars())


def load_courses(conn: Connection, subscriber: int) -> Mapping[str, int]:
    """The number of the part that comes next, by the series that the subscriber takes as a course.

    The first part has the number 1.
    """
    query = select(courses.c.series, courses.c.next_number)
    rows = conn.execute(query.where(courses.c.subscriber == subscriber).order_by(courses.c.series))
    return {row.series: row.next_number for row in rows}


def skip_series(conn: Connection, subscriber: int, series: str, at: datetime) -> bool:
    """Send nothing of this series from now on; False: it was so."""
    return insert_if_new(conn, skipped_series, subscriber=subscriber, series=series, at=at)


def take_up_series(conn: Connection, subscriber: int, series: Collection[str]) -> None:
    """Send these series again, from the next part on."""
    conn.execute(
        delete(skipped_series).where(
            skipped_series.c.subscriber == subscriber, skipped_series.c.series.in_(series)
        )
    )


def hold_people(conn: Connection, people: Sequence[int], *, as_they_are: bool = False) -> None:
    """Nobody erases or moves them before the transaction ends; before anything else is locked.

    `as_they_are`: nor does an import give them tags. On PostgreSQL the consent record asks for the
    same once the subscription is changed, and an erasure goes the other way round: each would wait
    for the other. SQLite has one writer.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_HOLD_AS_THEY_ARE if as_they_are else _HOLD, {"people": people})


def subscription_of(row: Row[Any]) -> Subscription:
    """A row of the table as the value it is."""
    return Subscription(
        row.subscriber,
        row.newsletter,
        SubscriptionState(row.state),
        row.asked_at,
        row.confirmed_at,
        row.ended_at,
        row.paused_until,
        row.is_bundled,
    )


# Built once, since providers' one-click requests come in bursts.
_HELD = (
    select(subscribers.c.id)
    .where(subscribers.c.id.in_(bindparam("people", expanding=True)))
    .order_by(subscribers.c.id)
)
_HOLD = _HELD.with_for_update(read=True, key_share=True)
_HOLD_AS_THEY_ARE = _HELD.with_for_update(read=True)
_ALL_OF_ONE = (
    select(subscriptions)
    .where(subscriptions.c.subscriber == bindparam("subscriber"))
    .order_by(subscriptions.c.newsletter)
)
_ALL_OF_MANY = (
    select(subscriptions)
    .where(subscriptions.c.subscriber.in_(bindparam("people", expanding=True)))
    .order_by(subscriptions.c.subscriber, subscriptions.c.newsletter)
)
_END = (
    "UPDATE subscriptions SET state = 'ended', ended_at = :at FROM LISTED_ROWS"
    " WHERE subscriber = CAST(VALUE_0 AS BIGINT) AND newsletter = VALUE_1 AND state <> 'ended'"
    " RETURNING subscriber, newsletter"
)


def _is(
    subscriber: int, newsletter: str, state: SubscriptionState | None = None
) -> ColumnElement[bool]:
    this = and_(subscriptions.c.subscriber == subscriber, subscriptions.c.newsletter == newsletter)
    return this if state is None else and_(this, subscriptions.c.state == state.value)
