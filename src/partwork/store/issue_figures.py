"""What an issue's report counts: replies, what came back, who left, and the issues before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    exists,
    func,
    literal,
    select,
    union_all,
)

from partwork.model.audience import CHANGE_OF_ADDRESS, Act
from partwork.model.delivery import DeliveryState
from partwork.model.feedback import FeedbackKind, Source
from partwork.model.issue_report import WEEK
from partwork.store.columns import Instant
from partwork.store.event_schema import IS_AGAINST, events
from partwork.store.rows import domain_of, literal_state, seconds_of
from partwork.store.schema import IS_DEPARTURE, campaigns, consents, deliveries, issues
from partwork.store.sending_schema import folded


@dataclass(frozen=True, slots=True)
class Sent:
    """A published issue: when its first slot was due and its first campaign planned.

    `planned` counts its deliveries, folded or not.
    """

    content_hash: str
    name: str
    title: str
    due_at: datetime
    planned_at: datetime
    planned: int


@dataclass(frozen=True, slots=True)
class DomainReplies:
    """How many deliveries to a domain are in a state, with the first and the last reply."""

    domain: str
    state: DeliveryState
    count: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Against:
    """A judged bounce or complaint about a delivery, and the rule by which it was judged.

    It came `after_s` seconds after the reply that took the mail, 0 where there was none. Of
    folded deliveries the domain is not known: "".
    """

    content_hash: str
    delivery: int
    domain: str
    kind: FeedbackKind
    rule: str
    after_s: int


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody ended the subscription within a week after a delivery was accepted.

    That was `after_s` seconds later. Of folded deliveries the domain is not known: "".
    """

    content_hash: str
    delivery: int
    domain: str
    after_s: int


def sent_issue(conn: Connection, content_hash: str) -> Sent | None:
    """The issue as it was published; None where it was not."""
    row = conn.execute(_sent().where(issues.c.content_hash == content_hash)).first()
    return None if row is None else Sent(*row)


def issues_before(conn: Connection, newsletter: str, sent: Sent, limit: int) -> tuple[Sent, ...]:
    """The newsletter's issues that were due before this one and had a reader, the latest first."""
    query = (
        _sent()
        .where(issues.c.newsletter == newsletter, issues.c.content_hash != sent.content_hash)
        .having(literal(sent.due_at, Instant) > _DUE_AT, _PLANNED > 0)
        .order_by(_DUE_AT.desc(), issues.c.name)
        .limit(limit)
    )
    return tuple(Sent(*row) for row in conn.execute(query))


def issues_planned_since(conn: Connection, since: datetime) -> tuple[Sent, ...]:
    """Issues whose first campaign was planned then or later, in that order."""
    query = _sent().having(literal(since, Instant) <= _PLANNED_AT).order_by(_PLANNED_AT)
    return tuple(Sent(*row) for row in conn.execute(query))


def first_accepted(conn: Connection, content_hash: str) -> datetime | None:
    """When the first delivery of an issue was accepted; None: none was, or it is folded."""
    found: datetime | None = conn.execute(
        select(func.min(deliveries.c.replied_at)).where(
            deliveries.c.content_hash == content_hash,
            deliveries.c.state == literal_state(DeliveryState.ACCEPTED),
        )
    ).scalar_one()
    return found


def replies_by_domain(conn: Connection, content_hash: str) -> tuple[DomainReplies, ...]:
    """An issue's deliveries by the recipients' domain and state; what is folded is left out.

    Reads all of the issue's rows, and no others. Erased recipients have the domain "".
    """
    domain = domain_of(conn, deliveries.c.recipient).label("domain")
    query = (
        select(
            domain,
            deliveries.c.state,
            func.count(),
            func.min(deliveries.c.replied_at),
            func.max(deliveries.c.replied_at),
        )
        .where(deliveries.c.content_hash == content_hash)
        .group_by(domain, deliveries.c.state)
    )
    return tuple(
        DomainReplies(domain, DeliveryState(state), *more)
        for domain, state, *more in conn.execute(query)
    )


def against(
    conn: Connection, content_hashes: Sequence[str], since: datetime
) -> tuple[Against, ...]:
    """What was judged since then to be a bounce or complaint about deliveries of these issues.

    Replies in a session of ours are left out: those deliveries are refused or deferred.
    """
    came = seconds_of(conn, events.c.received_at)
    reply = func.coalesce(seconds_of(conn, deliveries.c.replied_at), came)
    whole = _about(deliveries.c, domain_of(conn, deliveries.c.recipient), came - reply)
    whole = whole.join(deliveries, deliveries.c.id == events.c.delivery).where(
        deliveries.c.content_hash.in_(content_hashes)
    )
    old = _about(campaigns.c, _UNKNOWN, came - folded.c.accepted_s)
    old = (
        old.join(folded, folded.c.id == events.c.delivery)
        .join(campaigns, campaigns.c.id == folded.c.campaign)
        .where(campaigns.c.content_hash.in_(content_hashes))
    )
    is_later = events.c.received_at >= since
    each = union_all(whole.where(is_later), old.where(is_later))
    return tuple(
        Against(content_hash, delivery, domain, FeedbackKind(kind), rule, max(0, after_s))
        for content_hash, delivery, domain, kind, rule, after_s in conn.execute(each)
    )


def departures(
    conn: Connection, newsletter: str, content_hashes: Sequence[str], since: datetime
) -> tuple[Departure, ...]:
    """Who left the newsletter since then, within a week after one of these issues; each once.

    Who took it back did not leave, nor who has another address now. Of erased people nothing is
    known.
    """
    left = seconds_of(conn, consents.c.at)
    accepted = seconds_of(conn, deliveries.c.replied_at)
    whole = (
        _leaving(deliveries, deliveries.c, domain_of(conn, deliveries.c.recipient), left - accepted)
        .join(deliveries, deliveries.c.subscriber == consents.c.subscriber)
        .where(
            deliveries.c.content_hash.in_(content_hashes),
            deliveries.c.state == literal_state(DeliveryState.ACCEPTED),
        )
    )
    its_campaigns = select(campaigns.c.id).where(campaigns.c.content_hash.in_(content_hashes))
    old = (
        _leaving(folded, campaigns.c, _UNKNOWN, left - folded.c.accepted_s)
        .join(folded, folded.c.subscriber == consents.c.subscriber)
        .join(campaigns, campaigns.c.id == folded.c.campaign)
        .where(folded.c.campaign.in_(conn.execute(its_campaigns).scalars().all()))
    )
    which = (IS_DEPARTURE, consents.c.newsletter == newsletter, consents.c.at >= since)
    found: dict[int, Departure] = {}
    for row in conn.execute(union_all(whole.where(*which), old.where(*which))):
        one = Departure(*row)
        if one.delivery not in found or one.after_s < found[one.delivery].after_s:
            found[one.delivery] = one
    return tuple(found.values())


_UNKNOWN = literal("", String)
_DUE_AT = func.min(campaigns.c.due_at)
_PLANNED_AT = func.min(campaigns.c.planned_at)
_PLANNED = func.sum(campaigns.c.planned)


def _sent() -> Select[Any]:
    named = (issues.c.content_hash, issues.c.name, issues.c.title)
    return (
        select(*named, _DUE_AT, _PLANNED_AT, _PLANNED)
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .group_by(*named)
    )


def _about(of: Any, domain: ColumnElement[str], after_s: ColumnElement[int]) -> Select[Any]:
    return (
        select(of.content_hash, events.c.delivery, domain, events.c.kind, events.c.rule, after_s)
        .select_from(events)
        .where(
            IS_AGAINST,
            events.c.judged_at.is_not(None),
            events.c.delivery.is_not(None),
            events.c.source != Source.SMTP.value,
        )
    )


def _leaving(
    table: FromClause, of: Any, domain: ColumnElement[str], after_s: ColumnElement[int]
) -> Select[Any]:
    returned = consents.alias()
    is_taken_back = exists().where(
        returned.c.subscriber == consents.c.subscriber,
        returned.c.newsletter == consents.c.newsletter,
        returned.c.act == Act.RETURNED.value,
        returned.c.id > consents.c.id,
    )
    return (
        select(of.content_hash, table.c.id, domain, after_s)
        .select_from(consents)
        .where(
            consents.c.source != CHANGE_OF_ADDRESS,
            after_s.between(0, int(WEEK.total_seconds()) - 1),
            ~is_taken_back,
        )
    )
