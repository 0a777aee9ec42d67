"""What is held against addresses, and until when campaigns leave their owners out.

The consent record is looked at each time: what a person confirmed, came back to or moved to since
a record began voids it, so that nobody has to take it away.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    func,
    or_,
    select,
)

from partwork.model.audience import CHANGE_OF_ADDRESS, Act, SuppressionReason
from partwork.store.event_schema import bounce_records
from partwork.store.rows import new_rows
from partwork.store.schema import consents, subscribers, suppressions


@dataclass(frozen=True, slots=True)
class BounceRecord:
    """What came back from a subscriber's address since the owner's last word on it.

    `bounced`, `delivered` and `probed_at` are instants at which mails left; `probe` is the number
    of the service message that was the probe, 0: there was none. `why` is what a person said when
    they lifted a suppression, with which the record began. `suppressed` is as the list has it.
    """

    subscriber: int
    address: str
    suppression_key: str
    since: datetime
    bounced: tuple[datetime, ...] = ()
    delivered: datetime | None = None
    probed_at: datetime | None = None
    probe: int = 0
    suppressed: SuppressionReason | None = None
    left_out_until: datetime | None = None
    why: str = ""


def hold_records(conn: Connection, people: Collection[int]) -> Mapping[int, BounceRecord]:
    """The records of these subscribers; nobody else changes one before the commit.

    Of who is gone there is none. They are locked in the order of imports, before they are read: a
    lock that was waited for reads nothing anew.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_HOLD, {"people": list(people)})
    return load_records(conn, people)


def load_records(conn: Connection, people: Collection[int]) -> Mapping[int, BounceRecord]:
    """The same, of one moment."""
    rows = conn.execute(_LOAD, {"people": list(people)}).all()
    return {row.id: _record(row) for row in rows}


def save_records(conn: Connection, records: Sequence[BounceRecord]) -> None:
    """Write records of subscribers who are held; what is suppressed the list knows."""
    if not records:
        return
    new = new_rows(conn, bounce_records)
    values = {name: new.excluded[name] for name in _COLUMNS}
    conn.execute(
        new.on_conflict_do_update(index_elements=["subscriber"], set_=values),
        [_row(record) for record in records],
    )


def begin_anew(conn: Connection, suppression_key: str, at: datetime, why: str) -> None:
    """Hold nothing from before `at` against the subscriber with this hash, if there is one."""
    query = select(subscribers.c.id).where(subscribers.c.suppression_key == suppression_key)
    held = hold_records(conn, conn.execute(query).scalars().all()).values()
    save_records(
        conn,
        [BounceRecord(h.subscriber, h.address, h.suppression_key, at, why=why) for h in held],
    )


def left_out(now: datetime) -> Select[tuple[int]]:
    """Those who are due a probe, or were sent one and it is not decided.

    Their last word is looked up for each of the few; joined, PostgreSQL may read all consents.
    """
    held = bounce_records.c
    return select(held.subscriber).where(
        held.left_out_until > now,
        func.coalesce(_last_word_of(held.subscriber), held.since) <= held.since,
    )


def _last_word_of(subscriber: ColumnElement[int]) -> ScalarSelect[datetime]:
    """When the owner last said that mail may come there; null: never."""
    at = select(func.max(consents.c.at)).where(consents.c.subscriber == subscriber, _is_word())
    return at.scalar_subquery()


def _is_word() -> ColumnElement[bool]:
    """Whether an entry of the consent record is the owner's word that mail may come there."""
    return or_(
        consents.c.act == Act.CONFIRMED.value,
        consents.c.act == Act.RETURNED.value,
        consents.c.source == CHANGE_OF_ADDRESS,
    )


_COLUMNS = ("since", "why", "bounced", "delivered", "probed_at", "probe", "left_out_until")
_PEOPLE = subscribers.c.id.in_(bindparam("people", expanding=True))
_HOLD = (
    select(subscribers.c.id)
    .where(_PEOPLE)
    .order_by(subscribers.c.address_key)
    .with_for_update(key_share=True)
)
_LOAD = (
    select(
        subscribers.c.id,
        subscribers.c.address,
        subscribers.c.suppression_key,
        subscribers.c.created_at,
        _last_word_of(subscribers.c.id).label("last_word"),
        *(bounce_records.c[name] for name in _COLUMNS),
        suppressions.c.reason,
    )
    .outerjoin(bounce_records, bounce_records.c.subscriber == subscribers.c.id)
    .outerjoin(suppressions, suppressions.c.suppression_key == subscribers.c.suppression_key)
    .where(_PEOPLE)
)


def _record(row: Row[Any]) -> BounceRecord:
    suppressed = SuppressionReason(row.reason) if row.reason else None
    since = max(filter(None, (row.created_at, row.last_word)))
    if row.since is None or row.since < since:
        return BounceRecord(row.id, row.address, row.suppression_key, since, suppressed=suppressed)
    return BounceRecord(
        row.id,
        row.address,
        row.suppression_key,
        row.since,
        tuple(map(datetime.fromisoformat, json.loads(row.bounced))),
        row.delivered,
        row.probed_at,
        row.probe or 0,
        suppressed,
        row.left_out_until,
        row.why,
    )


def _row(record: BounceRecord) -> dict[str, object]:
    return {
        "subscriber": record.subscriber,
        "since": record.since,
        "why": record.why,
        "bounced": json.dumps([left.isoformat() for left in record.bounced]),
        "delivered": record.delivered,
        "probed_at": record.probed_at,
        "probe": record.probe or None,
        "left_out_until": record.left_out_until,
    }
