"""Campaigns that are long over: of an accepted delivery stay its number, reader and instant.

What was refused or is in doubt stays whole, with the server's words: there is little of it.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from partwork.model.delivery import DeliveryState
from partwork.store.rows import literal_state, seconds_of
from partwork.store.schema import campaigns, deliveries
from partwork.store.sending_schema import folded


def foldable(conn: Connection, before: datetime) -> tuple[int, ...]:
    """Campaigns that were planned before then, of which nothing is open, oldest first."""
    open_states = (
        deliveries.c.state == literal_state(DeliveryState.PENDING),
        deliveries.c.state == literal_state(DeliveryState.DEFERRED),
        deliveries.c.state == literal_state(DeliveryState.GATHERED),
        deliveries.c.lease_until.is_not(None),
    )
    of_issue = deliveries.c.content_hash == campaigns.c.content_hash
    query = (
        select(campaigns.c.id)
        .where(campaigns.c.folded_at.is_(None), campaigns.c.planned_at < before)
        .where(*(~exists().where(of_issue, is_open) for is_open in open_states))
        .order_by(campaigns.c.id)
    )
    return tuple(conn.execute(query).scalars())


def fold(conn: Connection, campaign: int, limit: int, now: datetime) -> int:
    """Fold some accepted deliveries of a campaign; how many, fewer than `limit` at the last time.

    Then the campaign is noted as folded.
    """
    of_issue = select(campaigns.c.content_hash).where(campaigns.c.id == campaign)
    some = (
        select(deliveries.c.id)
        .where(
            deliveries.c.content_hash == of_issue.scalar_subquery(),
            deliveries.c.campaign == campaign,
            deliveries.c.state == literal_state(DeliveryState.ACCEPTED),
        )
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    ids = list(conn.execute(some).scalars())
    if ids:
        first, last = ids[0], ids[-1]
        these = (
            deliveries.c.id.between(first, last),
            deliveries.c.campaign == campaign,
            deliveries.c.state == literal_state(DeliveryState.ACCEPTED),
        )
        columns = [deliveries.c.id, deliveries.c.campaign, deliveries.c.subscriber]
        rows = select(*columns, seconds_of(conn, deliveries.c.replied_at)).where(*these)
        names = ["id", "campaign", "subscriber", "accepted_s"]
        conn.execute(insert(folded).from_select(names, rows))
        conn.execute(delete(deliveries).where(*these))
    if len(ids) < limit:
        conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(folded_at=now))
    return len(ids)
