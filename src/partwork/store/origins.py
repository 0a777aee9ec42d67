"""Which mails of ours, and which people, the things are about that events name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from partwork.store.event_schema import bounce_records
from partwork.store.schema import (
    campaigns,
    deliveries,
    issues,
    service_messages,
    subscribers,
)
from partwork.store.sending_schema import folded


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that left for somebody who is still a subscriber, or that person alone.

    `delivery` is 0 and `content_hash` empty for a service message; `sent_at` is then when it was
    asked for, of a probe when it left. Of a delivery that was folded, `recipient` is the address
    that its reader has today. `newsletter` is empty for a person alone, `campaign` 0 for all but
    deliveries.
    """

    subscriber: int
    recipient: str
    delivery: int = 0
    sent_at: datetime | None = None
    content_hash: str = ""
    newsletter: str = ""
    campaign: int = 0


def deliveries_numbered(conn: Connection, numbers: Collection[int]) -> Mapping[int, Mailed]:
    """The deliveries with these numbers, those folded long ago too, as far as they left."""
    if not numbers:
        return {}
    found = {row.id: _mailed(row) for row in conn.execute(_NUMBERED, {"ids": list(numbers)}).all()}
    if missing := [number for number in numbers if number not in found]:
        found |= {row.id: _folded(row) for row in conn.execute(_FOLDED, {"ids": missing}).all()}
    return found


def deliveries_of_relay(
    conn: Connection, relay_ids: Collection[str]
) -> Mapping[str, tuple[Mailed, ...]]:
    """The deliveries that relays gave these names, the latest first: they use names again."""
    found: dict[str, tuple[Mailed, ...]] = {}
    if relay_ids:
        for row in conn.execute(_OF_RELAY, {"relay_ids": list(relay_ids)}).all():
            found[row.relay_id] = (*found.get(row.relay_id, ()), _mailed(row))
    return found


def service_mails(conn: Connection, numbers: Collection[int]) -> Mapping[int, Mailed]:
    """The service messages with these numbers, for a day after they were answered.

    Of a probe it is known for as long as it is the last one.
    """
    if not numbers:
        return {}
    asked = {"ids": list(numbers)}
    rows = (*conn.execute(_SERVICE, asked), *conn.execute(_PROBES, asked))
    return {
        row.number: Mailed(
            row.subscriber, row.address, sent_at=row.sent_at, newsletter=row.newsletter or ""
        )
        for row in rows
    }


def people_with(conn: Connection, address_keys: Collection[str]) -> Mapping[str, Mailed]:
    """The subscribers whose addresses are told from others by these keys."""
    if not address_keys:
        return {}
    rows = conn.execute(_PEOPLE, {"keys": list(address_keys)}).all()
    return {row.address_key: Mailed(row.id, row.address) for row in rows}


_WHOLE = (
    select(
        deliveries.c.id,
        deliveries.c.subscriber,
        deliveries.c.recipient,
        deliveries.c.attempted_at,
        deliveries.c.content_hash,
        deliveries.c.campaign,
        deliveries.c.relay_id,
        issues.c.newsletter,
    )
    .join(issues, issues.c.content_hash == deliveries.c.content_hash)
    .where(deliveries.c.subscriber.is_not(None), deliveries.c.attempted_at.is_not(None))
)
_NUMBERED = _WHOLE.where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
_OF_RELAY = _WHOLE.where(
    deliveries.c.relay_id.in_(bindparam("relay_ids", expanding=True))
).order_by(deliveries.c.attempted_at.desc(), deliveries.c.id.desc())
_FOLDED = (
    select(folded, subscribers.c.address, issues.c.content_hash, issues.c.newsletter)
    .join(subscribers, subscribers.c.id == folded.c.subscriber)
    .join(campaigns, campaigns.c.id == folded.c.campaign)
    .join(issues, issues.c.content_hash == campaigns.c.content_hash)
    .where(folded.c.id.in_(bindparam("ids", expanding=True)))
)
_SERVICE = (
    select(
        service_messages.c.id.label("number"),
        subscribers.c.id.label("subscriber"),
        subscribers.c.address,
        service_messages.c.asked_at.label("sent_at"),
        service_messages.c.newsletter,
    )
    .join(subscribers, subscribers.c.suppression_key == service_messages.c.suppression_key)
    .where(service_messages.c.id.in_(bindparam("ids", expanding=True)))
)
_PROBES = (
    select(
        bounce_records.c.probe.label("number"),
        bounce_records.c.subscriber,
        subscribers.c.address,
        bounce_records.c.probed_at.label("sent_at"),
        service_messages.c.newsletter,
    )
    .join(subscribers, subscribers.c.id == bounce_records.c.subscriber)
    .outerjoin(service_messages, service_messages.c.id == bounce_records.c.probe)
    .where(bounce_records.c.probe.in_(bindparam("ids", expanding=True)))
)
_PEOPLE = select(subscribers.c.id, subscribers.c.address, subscribers.c.address_key).where(
    subscribers.c.address_key.in_(bindparam("keys", expanding=True))
)


def _mailed(row: Row[Any]) -> Mailed:
    return Mailed(
        row.subscriber,
        row.recipient,
        row.id,
        row.attempted_at,
        row.content_hash,
        row.newsletter,
        row.campaign,
    )


def _folded(row: Row[Any]) -> Mailed:
    return Mailed(
        row.subscriber,
        row.address,
        row.id,
        datetime.fromtimestamp(row.accepted_s, UTC),
        row.content_hash,
        row.newsletter,
        row.campaign,
    )
