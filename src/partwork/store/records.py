"""What the ledger tells people: each delivery with the server's words, and sums of many."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    select,
    update,
)

from partwork.model.delivery import DeliveryState
from partwork.model.stop import StopKind
from partwork.store.issue_figures import replies_by_domain
from partwork.store.rows import domain_of, literal_state
from partwork.store.schema import campaigns, deliveries, issues, subscribers
from partwork.store.sending_schema import folded, stops


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One delivery as the ledger has it; `issue` is the issue's name.

    `words` are the server's, with its code, or say why there are none; `relay_id` is the server's
    own name of the message. Of an erased person's, recipient and words are empty.
    """

    id: int
    issue: str
    recipient: str
    state: DeliveryState
    attempts: int
    attempted_at: datetime | None
    replied_at: datetime | None
    code: int | None
    words: str
    relay_id: str


def records_of(conn: Connection, subscriber: int) -> tuple[DeliveryRecord, ...]:
    """All deliveries to one subscriber, in the order of planning.

    Of those that were folded the server's words are gone.
    """
    whole = _records(conn, _ALL.where(deliveries.c.subscriber == subscriber))
    query = _FOLDED.where(folded.c.subscriber == subscriber)
    old = (
        DeliveryRecord(
            id=row.id,
            issue=row.name,
            recipient=row.address,
            state=DeliveryState.ACCEPTED,
            attempts=1,
            attempted_at=None,
            replied_at=datetime.fromtimestamp(row.accepted_s, UTC),
            code=None,
            words="",
            relay_id="",
        )
        for row in conn.execute(query)
    )
    return tuple(sorted((*whole, *old), key=lambda one: one.id))


def doubtful(conn: Connection, content_hash: str) -> tuple[DeliveryRecord, ...]:
    """The deliveries of an issue that an operator has to decide about, in that order."""
    return _records(conn, _of_issue(content_hash, DeliveryState.IN_DOUBT))


def last_refusals(conn: Connection, content_hash: str, most: int) -> tuple[DeliveryRecord, ...]:
    """What was last refused of an issue, the latest first."""
    query = _of_issue(content_hash, DeliveryState.REFUSED)
    latest_first = query.order_by(deliveries.c.replied_at.desc(), deliveries.c.id.desc())
    return tuple(map(_record, conn.execute(latest_first.limit(most))))


def by_domain(conn: Connection, content_hash: str) -> Mapping[str, Mapping[DeliveryState, int]]:
    """How many deliveries of an issue stand where, by the recipients' domain in small letters.

    Reads all of the issue's rows, and where some are folded all that were ever folded, which have
    no index for it. Erased recipients have none: "". What was folded counts under the address that
    its reader has today.
    """
    found: defaultdict[str, Counter[DeliveryState]] = defaultdict(Counter)
    for one in replies_by_domain(conn, content_hash):
        found[one.domain][one.state] = one.count
    planned = select(func.sum(campaigns.c.planned)).where(campaigns.c.content_hash == content_hash)
    if (conn.execute(planned).scalar_one() or 0) > sum(c.total() for c in found.values()):
        for row in conn.execute(_folded_by_domain(conn, content_hash)):
            found[row.domain][DeliveryState.ACCEPTED] += row.rows
    return {domain: dict(found[domain]) for domain in sorted(found)}


def _folded_by_domain(conn: Connection, content_hash: str) -> Select[Any]:
    domain = domain_of(conn, func.coalesce(subscribers.c.address, "")).label("domain")
    return (
        select(domain, func.count().label("rows"))
        .select_from(folded)
        .join(campaigns, campaigns.c.id == folded.c.campaign)
        .outerjoin(subscribers, subscribers.c.id == folded.c.subscriber)
        .where(campaigns.c.content_hash == content_hash)
        .group_by(domain)
    )


def waiting_since(conn: Connection) -> datetime | None:
    """When the oldest campaign was due of which something waits and nothing stops it."""
    is_waiting = deliveries.c.state == literal_state(DeliveryState.PENDING)
    query = select(func.min(campaigns.c.due_at)).where(
        select(deliveries.c.id)
        .where(
            deliveries.c.content_hash == campaigns.c.content_hash,
            deliveries.c.campaign == campaigns.c.id,
            is_waiting,
        )
        .exists(),
        ~select(stops.c.kind)
        .where(
            stops.c.content_hash == campaigns.c.content_hash, stops.c.kind != StopKind.RESUMED.value
        )
        .exists(),
    )
    found: datetime | None = conn.execute(query).scalar_one()
    return found


def settle_doubts(
    conn: Connection, content_hash: str, *, is_to_resend: bool, why: str, now: datetime
) -> int:
    """Decide what is in doubt: it is pending again, or accepted; how many. `why` is kept.

    Who was erased meanwhile has no address to send to, and has left.
    """
    is_erased = deliveries.c.recipient == ""
    values: dict[str, object] = {"state": DeliveryState.ACCEPTED.value}
    if is_to_resend:
        again = case((is_erased, DeliveryState.LEFT.value), else_=DeliveryState.PENDING.value)
        values = {"state": again, "lane": "", "attempted_at": None}
    return conn.execute(
        update(deliveries)
        .where(
            deliveries.c.content_hash == content_hash,
            deliveries.c.state == literal_state(DeliveryState.IN_DOUBT),
        )
        .values(replied_at=now, reply_text=case((is_erased, ""), else_=why), **values)
    ).rowcount


_FOLDED = (
    select(folded, issues.c.name, subscribers.c.address)
    .join(campaigns, campaigns.c.id == folded.c.campaign)
    .join(issues, issues.c.content_hash == campaigns.c.content_hash)
    .join(subscribers, subscribers.c.id == folded.c.subscriber)
)
_ALL = select(deliveries, issues.c.name).join(
    issues, issues.c.content_hash == deliveries.c.content_hash
)


def _of_issue(content_hash: str, state: DeliveryState) -> Select[Any]:
    is_so: ColumnElement[bool] = deliveries.c.state == literal_state(state)
    return _ALL.where(deliveries.c.content_hash == content_hash, is_so)


def _records(conn: Connection, query: Select[Any]) -> tuple[DeliveryRecord, ...]:
    return tuple(map(_record, conn.execute(query.order_by(deliveries.c.id))))


def _record(row: Row[Any]) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.id,
        issue=row.name,
        recipient=row.recipient,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        attempted_at=row.attempted_at,
        replied_at=row.replied_at,
        code=row.reply_code,
        words=row.reply_text,
        relay_id=row.relay_id or "",
    )
