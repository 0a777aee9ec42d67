"""What is to be mailed to one person: asked for, capped, taken, answered.

A form writes a row and nothing else, whoever the address belongs to; who they are is looked at
later. Answered rows keep hashes for a day, by which further wishes are counted, and no address.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from partwork.model.audience import Evidence, Request, ServiceRequest
from partwork.store.columns import Instant
from partwork.store.listed import run
from partwork.store.newsletters import note_newsletter
from partwork.store.schema import IS_VISITOR_S, service_messages

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Of a burst of one-click requests, and of a large provider that refused all for days.
IN_BURSTS = (ServiceRequest.GOODBYE, ServiceRequest.PROBE)

# The first eight bytes of SHA-256("partwork service messages"), signed.
_LOCK = -4838787922001092696


@dataclass(frozen=True, slots=True)
class Caps:
    """How many wishes count: of one kind for a mailbox a day, from a network and in all an hour.

    What has no network, such as a farewell, is capped by its mailbox alone.
    """

    of_address: int
    of_network: int
    in_all: int


class Taken(StrEnum):
    """What became of a wish."""

    TAKEN = "taken"
    TOO_MANY_OF_ADDRESS = "too many of this address"
    TOO_MANY_OF_NETWORK = "too many of this network"
    TOO_MANY_IN_ALL = "too many in all"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish that is to be answered; `attempts` counts this one."""

    id: int
    request: Request
    attempts: int


def save_request(conn: Connection, request: Request, caps: Caps) -> Taken:
    """Keep a wish until it is answered, unless there are too many of its like already."""
    _let_nobody_else_count(conn)
    if over := _over(conn, request, caps):
        return over
    _keep(conn, [request])
    return Taken.TAKEN


def save_farewells(
    conn: Connection, farewells: Sequence[Request], caps: Caps, lasts: timedelta
) -> None:
    """Keep goodbyes of one instant until they are mailed, to a mailbox no more a day than its cap.

    What is above it waits until there is room again, unless their links, which are good for
    `lasts`, are in their last day by then: whoever is made to leave again and again learns of the
    last time. Of one address and newsletter at most one waits, since who left anew can take back no
    more than that.
    """
    if not farewells:
        return
    _let_nobody_else_count(conn)
    now = farewells[0].asked_at
    whose = list({farewell.mailbox_key for farewell in farewells})
    held = run(conn, _OF_EACH, listed=whose, kind=ServiceRequest.GOODBYE.value, at=now - DAY)
    of_mailbox = Counter(dict(held.tuples().all()))
    at_once, later = list[Request](), list[Request]()
    for farewell in farewells:
        of_mailbox[farewell.mailbox_key] += 1
        has_room = of_mailbox[farewell.mailbox_key] <= caps.of_address
        (at_once if has_room else later).append(farewell)
    _keep(conn, at_once)
    for farewell in later:
        _keep_for_later(conn, farewell, caps, lasts)


def take_requests(
    conn: Connection, now: datetime, lease: timedelta, limit: int
) -> tuple[Waiting, ...]:
    """Wishes to answer now; nobody else gets them before `now + lease`.

    The oldest first of what somebody waits for, then what comes in bursts of thousands: this has
    a fifth of the places at least. Commit before answering. One that is neither
    answered nor put off comes again after the lease.
    """
    rows = _due(conn, _WAITED_FOR, now, limit - limit // 5)
    rows += _due(conn, IN_BURSTS, now, limit - len(rows))
    if rows:
        conn.execute(
            update(service_messages)
            .where(service_messages.c.id.in_([row.id for row in rows]))
            .values(attempts=service_messages.c.attempts + 1, next_try_at=now + lease)
        )
    return tuple(Waiting(row.id, _request(row), row.attempts + 1) for row in rows)


def still_waits(conn: Connection, waiting: int) -> bool:
    """Whether a wish is still to be answered; nobody answers or erases it meanwhile."""
    query = select(service_messages.c.next_try_at).where(service_messages.c.id == waiting)
    return conn.execute(query.with_for_update()).scalar_one_or_none() is not None


def put_off(conn: Connection, waiting: int, until: datetime) -> None:
    """Try a wish again then; one that was answered meanwhile stays answered."""
    conn.execute(
        update(service_messages)
        .where(service_messages.c.id == waiting, service_messages.c.next_try_at.is_not(None))
        .values(next_try_at=until)
    )


def note_answered(conn: Connection, waiting: int) -> None:
    """A wish is answered: of whoever had it the hashes are left, until `prune_answered`.

    A goodbye, which may have waited for a day, counts from now on, to some minutes.
    """
    when = {"asked_at": case((_IS_GOODBYE, _COUNTS_FROM), else_=service_messages.c.asked_at)}
    conn.execute(
        update(service_messages)
        .where(service_messages.c.id == waiting)
        .values(address="", network="", user_agent="", next_try_at=None, **when)
    )


def prune_answered(conn: Connection, now: datetime) -> int:
    """Forget what no cap counts any more; how many."""
    return conn.execute(delete(service_messages).where(is_over(now))).rowcount


def is_over(now: datetime) -> ColumnElement[bool]:
    """The condition that a wish was answered and no cap counts it any more."""
    return and_(service_messages.c.next_try_at.is_(None), service_messages.c.asked_at < now - DAY)


def count_waiting(conn: Connection) -> int:
    """How many wishes are not answered yet."""
    query = select(func.count()).where(service_messages.c.next_try_at.is_not(None))
    return conn.execute(query).scalar_one()


_WAITED_FOR = [kind for kind in ServiceRequest if kind not in IN_BURSTS]


def _due(
    conn: Connection, kinds: Sequence[ServiceRequest], now: datetime, limit: int
) -> list[Row[Any]]:
    query = (
        select(service_messages)
        .where(service_messages.c.kind.in_(kinds), service_messages.c.next_try_at <= now)
        .order_by(service_messages.c.next_try_at, service_messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(conn.execute(query))


def _let_nobody_else_count(conn: Connection) -> None:
    """On PostgreSQL two at once would not see each other; SQLite has one writer."""
    if conn.dialect.name == "postgresql":
        conn.execute(_COUNT_ALONE)


def _keep(conn: Connection, requests: Sequence[Request], due: datetime | None = None) -> None:
    """Keeps them, to be answered at once, or when they are `due`."""
    for newsletter in {request.newsletter for request in requests}:
        note_newsletter(conn, newsletter, requests[0].asked_at)
    for asked_at, these in groupby(requests, key=attrgetter("asked_at")):
        rows = [_told(request) for request in these]
        run(conn, _KEEP, rows=rows, at=asked_at, due=due or asked_at)


def _keep_for_later(conn: Connection, farewell: Request, caps: Caps, lasts: timedelta) -> None:
    """Keeps a goodbye in place of an earlier one, to be mailed once its mailbox has room again."""
    earlier = (
        select(service_messages.c.id)
        .where(
            _OF_ADDRESS,
            service_messages.c.newsletter == farewell.newsletter,
            service_messages.c.attempts == 0,
            service_messages.c.next_try_at.is_not(None),
        )
        # Who erases the person has the message and waits for the person, whom we have.
        .with_for_update(skip_locked=True)
    )
    told = {"hash": farewell.suppression_key, "mailbox": farewell.mailbox_key}
    void = list(conn.execute(earlier, told).scalars())
    conn.execute(delete(service_messages).where(service_messages.c.id.in_(void)))
    query = _COUNTED.offset(caps.of_address - 1).limit(1)
    last = conn.execute(query, {"mailbox": farewell.mailbox_key}).scalar_one_or_none()
    due = max(farewell.asked_at, last + DAY) if last else farewell.asked_at
    if due + DAY <= farewell.asked_at + lasts:
        _keep(conn, [farewell], due)


def _told(request: Request) -> tuple[object, ...]:
    hashes = (request.suppression_key, request.mailbox_key, request.network_key)
    whose = (request.kind.value, request.newsletter, request.subscriber, request.address, *hashes)
    return (*whose, *astuple(request.evidence))


def _over(conn: Connection, request: Request, caps: Caps) -> Taken | None:
    """Which cap a wish would break. A visitor's is counted in the same time, whatever it is."""
    known = {
        "hour_ago": request.asked_at - HOUR,
        "day_ago": request.asked_at - DAY,
        "network": request.network_key,
        "mailbox": request.mailbox_key,
        "kind": request.kind.value,
    }
    of_mailbox = conn.execute(_OF_MAILBOX, known).scalar_one()
    if request.network_key:
        if conn.execute(_IN_ALL, known).scalar_one() >= caps.in_all:
            return Taken.TOO_MANY_IN_ALL
        if conn.execute(_OF_NETWORK, known).scalar_one() >= caps.of_network:
            return Taken.TOO_MANY_OF_NETWORK
    return Taken.TOO_MANY_OF_ADDRESS if of_mailbox >= caps.of_address else None


# Built once, since providers' one-click requests come in bursts.
_KEEP = (
    "INSERT INTO service_messages (kind, newsletter, subscriber, address, suppression_key,"
    " mailbox_key, network_key, source, wording, network, user_agent, asked_at, attempts,"
    " next_try_at)"
    " SELECT VALUE_0, VALUE_1, CAST(VALUE_2 AS BIGINT), VALUE_3, VALUE_4, VALUE_5, VALUE_6,"
    " VALUE_7, VALUE_8, VALUE_9, VALUE_10, :at, 0, :due FROM LISTED_ROWS"
)
_COUNT_ALONE = select(func.pg_advisory_xact_lock(_LOCK))
_ROWS = select(func.count()).select_from(service_messages)
_THIS_HOUR = service_messages.c.asked_at > bindparam("hour_ago", type_=Instant)
_IN_ALL = _ROWS.where(_THIS_HOUR, IS_VISITOR_S)
_OF_NETWORK = _ROWS.where(_THIS_HOUR, service_messages.c.network_key == bindparam("network"))
_OF_MAILBOX = _ROWS.where(
    service_messages.c.mailbox_key == bindparam("mailbox"),
    service_messages.c.kind == bindparam("kind"),
    service_messages.c.asked_at > bindparam("day_ago", type_=Instant),
)


# Each mailbox is looked up: else PostgreSQL, which knows a table only as it was a while ago, reads
# all that was asked within the day, thousands in a burst.
_OF_EACH = (
    "SELECT value, (SELECT count(*) FROM service_messages"
    " WHERE mailbox_key = value AND kind = :kind"
    " AND (asked_at > :at OR next_try_at IS NOT NULL)) FROM LISTED_TEXTS"
)

# A goodbye that waits counts from when it is due, and one that was mailed from then on.
_IS_GOODBYE = service_messages.c.kind == ServiceRequest.GOODBYE.value
_COUNTS_FROM = func.coalesce(service_messages.c.next_try_at, service_messages.c.asked_at)
_COUNTED = (
    select(_COUNTS_FROM)
    .where(service_messages.c.mailbox_key == bindparam("mailbox"), _IS_GOODBYE)
    .order_by(_COUNTS_FROM.desc())
)
_OF_ADDRESS = and_(
    _IS_GOODBYE,
    service_messages.c.mailbox_key == bindparam("mailbox"),
    service_messages.c.suppression_key == bindparam("hash"),
)


def _request(row: Row[Any]) -> Request:
    return Request(
        ServiceRequest(row.kind),
        row.newsletter,
        row.address,
        row.suppression_key,
        row.mailbox_key,
        row.network_key,
        Evidence(row.source, row.wording, row.network, row.user_agent),
        row.asked_at,
        row.subscriber,
    )
