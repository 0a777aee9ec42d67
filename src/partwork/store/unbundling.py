"""Mails of a week that have not left, taken apart: one of their parts goes out no more.

Only rows that nobody works on just now are changed; the others are taken the next time.
"""

from collections import Counter

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from partwork.model.delivery import DeliveryState
from partwork.model.stop import StopKind
from partwork.store.bundles import bundles_with
from partwork.store.listed import is_listed
from partwork.store.rows import literal_state
from partwork.store.schema import bundle_parts, campaigns, deliveries, issues
from partwork.store.sending_schema import stops
from partwork.store.stops import load_stop

# Rows in one transaction: so long an unsubscribe may wait for SQLite's one writer, see `bundles`.
AT_ONCE = 20_000


def cancelled_in_bundles(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Parts that are cancelled and that a mail of a week has which is to be sent.

    Each with its newsletter. A part whose place a revision has taken is cancelled too.
    """
    own = stops.alias()
    of_bundle = deliveries.c.content_hash == bundle_parts.c.bundle
    query = (
        select(issues.c.newsletter, bundle_parts.c.part)
        .join(bundle_parts, bundle_parts.c.part == issues.c.content_hash)
        .join(stops, stops.c.content_hash == bundle_parts.c.part)
        .where(
            stops.c.kind == literal_state(StopKind.CANCELLED),
            ~exists().where(
                own.c.content_hash == bundle_parts.c.bundle,
                own.c.kind != literal_state(StopKind.RESUMED),
            ),
            # One after the other, since each has an index of its own.
            or_(*(exists().where(of_bundle, state) for state in _TO_SEND)),
        )
        .order_by(issues.c.newsletter, bundle_parts.c.part)
        .distinct()
    )
    return tuple((row.newsletter, row.part) for row in conn.execute(query))


def unbundle(conn: Connection, part: str) -> int:
    """Take unsent mails of a week apart that have an issue among their parts; how many.

    Each reader of one waits again for all of its parts. Mails that are stopped themselves stay as
    they are. Take `lock_bundles` before.
    """
    taken = 0
    for bundle in bundles_with(conn, part):
        stop = load_stop(conn, bundle)
        rows = [] if stop and stop.is_on else open_rows(conn, bundle)
        if not rows:
            continue
        parts = select(bundle_parts.c.part).where(bundle_parts.c.bundle == bundle)
        people = [subscriber for _, _, subscriber in rows if subscriber is not None]
        conn.execute(
            update(deliveries)
            .where(
                deliveries.c.content_hash.in_(parts),
                deliveries.c.state == literal_state(DeliveryState.BUNDLED),
                is_listed(conn, deliveries.c.subscriber, people),
            )
            .values(state=DeliveryState.GATHERED.value)
        )
        ids = [row for row, _, _ in rows]
        conn.execute(delete(deliveries).where(is_listed(conn, deliveries.c.id, ids)))
        for campaign, count in Counter(campaign for _, campaign, _ in rows).items():
            count_planned(conn, campaign, -count)
        taken += len(rows)
    return taken


def open_rows(conn: Connection, content_hash: str) -> list[tuple[int, int, int | None]]:
    """Up to `AT_ONCE` rows of an issue that may still be changed: id, campaign, subscriber."""
    found: list[tuple[int, int, int | None]] = []
    for state in _OPEN:  # one after the other, since each has an index of its own
        rows = (
            select(deliveries.c.id, deliveries.c.campaign, deliveries.c.subscriber)
            .where(deliveries.c.content_hash == content_hash, state)
            .order_by(deliveries.c.id)
            .limit(AT_ONCE - len(found))
            # On SQLite the clause is left out: there the transaction is the only writer.
            .with_for_update(of=deliveries, skip_locked=True)
        )
        found += (tuple(row) for row in conn.execute(rows))
    return found


def count_planned(conn: Connection, campaign: int, more: int) -> None:
    """Note that a campaign has so many deliveries more."""
    row = update(campaigns).where(campaigns.c.id == campaign)
    conn.execute(row.values(planned=campaigns.c.planned + more))


IS_CLAIMED = and_(
    deliveries.c.lease_until.is_not(None),
    deliveries.c.state == literal_state(DeliveryState.CLAIMED),
)
_OPEN = (
    deliveries.c.state == literal_state(DeliveryState.PENDING),
    deliveries.c.state == literal_state(DeliveryState.DEFERRED),
    deliveries.c.state == literal_state(DeliveryState.GATHERED),
    IS_CLAIMED,
)
_TO_SEND = _OPEN[:2]  # what a lane has claimed is pending again once it sees the stop
