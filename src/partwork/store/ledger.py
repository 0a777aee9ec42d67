"""The ledger: every delivery and what became of it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    select,
    true,
    union_all,
)

from partwork.model.delivery import Delivery, DeliveryState, Tally
from partwork.store.rows import literal_state
from partwork.store.schema import IS_SETTLED, campaigns, deliveries, issues
from partwork.store.sending_schema import folded


def tally(conn: Connection, content_hash: str) -> Tally:
    """How many deliveries of an issue stand where; claimed and attempted count as pending.

    What is accepted is not counted but what is left of all: so this reads the few that are not,
    however large the ledger has grown.
    """
    planned = select(func.coalesce(func.sum(campaigns.c.planned), 0)).where(
        campaigns.c.content_hash == content_hash
    )
    counts = dict.fromkeys(DeliveryState, 0)
    for row in conn.execute(_unaccepted(deliveries.c.content_hash == content_hash)):
        counts[DeliveryState(row.state)] += row.rows
    underway = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.ATTEMPTED)
    return Tally(
        pending=sum(counts[state] for state in underway),
        accepted=conn.execute(planned).scalar_one() - sum(counts.values()),
        deferred=counts[DeliveryState.DEFERRED],
        refused=counts[DeliveryState.REFUSED],
        in_doubt=counts[DeliveryState.IN_DOUBT],
        left=counts[DeliveryState.LEFT],
        gathered=counts[DeliveryState.GATHERED],
        bundled=counts[DeliveryState.BUNDLED],
    )


def count_unaccepted(conn: Connection) -> Mapping[tuple[str, DeliveryState], int]:
    """How many deliveries are in each state but accepted, by the issue's hash."""
    found: dict[tuple[str, DeliveryState], int] = {}
    for row in conn.execute(_unaccepted(true())):
        key = row.content_hash, DeliveryState(row.state)
        found[key] = found.get(key, 0) + row.rows
    return found


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
    """How many of a newsletter's mails to a subscriber have left and are not answered for yet.

    Without a newsletter, of all.
    """
    query = _UNDER_WAY.where(issues.c.newsletter == newsletter) if newsletter else _UNDER_WAY
    return conn.execute(query, {"subscriber": subscriber}).scalar_one()


def series_of_delivery(conn: Connection, delivery: int, subscriber: int) -> str | None:
    """The series of which a part was sent to this subscriber by that delivery."""
    this = {"delivery": delivery, "of_subscriber": subscriber}
    found: str | None = conn.execute(_SERIES, this).scalar()
    return found


def in_doubt(conn: Connection, content_hash: str) -> tuple[Delivery, ...]:
    """The deliveries of an issue that an operator has to decide about."""
    return load_deliveries(conn, content_hash, (DeliveryState.IN_DOUBT,))


_SERIES = union_all(
    *(
        select(issues.c.series)
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .join(table, table.c.campaign == campaigns.c.id)
        .where(
            table.c.id == bindparam("delivery"),
            table.c.subscriber == bindparam("of_subscriber"),
        )
        for table in (deliveries, folded)
    )
)

_UNDER_WAY = (
    select(func.count())
    .select_from(deliveries)
    .join(issues, issues.c.content_hash == deliveries.c.content_hash)
    .where(
        deliveries.c.subscriber == bindparam("subscriber"),
        deliveries.c.state == DeliveryState.ATTEMPTED.value,
    )
)


def _unaccepted(which: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Hash, state and number of rows, each kind by the index it has of its own."""
    columns = (deliveries.c.content_hash, deliveries.c.state)
    kinds = (
        *(
            deliveries.c.state == literal_state(state)
            for state in (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.GATHERED)
        ),
        deliveries.c.lease_until.is_not(None),
        IS_SETTLED,
    )
    return union_all(
        *(
            select(*columns, func.count().label("rows")).where(which, kind).group_by(*columns)
            for kind in kinds
        )
    )


def _is_in(*states: DeliveryState) -> ColumnElement[bool]:
    return deliveries.c.state.in_([literal_state(state) for state in states])


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
