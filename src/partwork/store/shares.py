"""What of a campaign came to a bad end: in all, by recipients' domain and by sign-up source.

What was refused stands in the ledger, what came back later in the judged events; a delivery that
came back several times counts once. Folded campaigns are over and not counted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    func,
    select,
    union_all,
)

from partwork.model.audience import Act
from partwork.model.delivery import DeliveryState
from partwork.model.feedback import FeedbackKind, Source
from partwork.store.columns import Instant
from partwork.store.event_schema import events
from partwork.store.rows import domain_of, literal_state
from partwork.store.schema import IS_SETTLED, campaigns, consents, deliveries, issues


class Fate(StrEnum):
    """How a delivery ended badly."""

    REFUSED = "refused"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class SentCampaign:
    """A campaign, with its issue's name and newsletter."""

    id: int
    content_hash: str
    issue: str
    newsletter: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """How many deliveries with one fate went to one domain, to people of one sign-up source.

    "" is what nobody knows any more: the person was erased.
    """

    fate: Fate
    domain: str
    source: str
    deliveries: int


def campaigns_numbered(conn: Connection, ids: Collection[int]) -> tuple[SentCampaign, ...]:
    """The campaigns with these numbers that are not folded, in the order of planning."""
    return _campaigns(conn, campaigns.c.id.in_(ids)) if ids else ()


def campaigns_since(
    conn: Connection, content_hash: str, since: datetime
) -> tuple[SentCampaign, ...]:
    """An issue's campaigns that were planned since then and are not folded, in that order."""
    is_its = campaigns.c.content_hash == content_hash
    return _campaigns(conn, and_(is_its, campaigns.c.planned_at >= since))


def bad_ends(
    conn: Connection, campaign: SentCampaign, since: datetime | None = None
) -> tuple[Group, ...]:
    """What ended badly of a campaign, as far as it became known after `since` (None: all).

    Reads those deliveries alone, by indexes.
    """
    each = union_all(_refused(conn, since), _came_back(conn, since)).subquery()
    query = (
        select(each.c.fate, each.c.domain, each.c.source, func.count(distinct(each.c.id)))
        .group_by(each.c.fate, each.c.domain, each.c.source)
        .order_by(each.c.fate, each.c.domain, each.c.source)
    )
    rows = conn.execute(query, _of(campaign) | {"since": since} if since else _of(campaign))
    return tuple(
        Group(Fate(fate), domain or "", source or "", number)
        for fate, domain, source, number in rows
    )


def count_accepted(conn: Connection, campaign: SentCampaign) -> int:
    """How many deliveries of a campaign were accepted, whatever came back of them later.

    What is not accepted is taken from all, as in `ledger.tally`.
    """
    of_campaign = and_(
        deliveries.c.content_hash == campaign.content_hash, deliveries.c.campaign == campaign.id
    )
    states = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.GATHERED)
    kinds = (
        *(deliveries.c.state == literal_state(state) for state in states),
        deliveries.c.lease_until.is_not(None),
        IS_SETTLED,
    )
    others = (select(func.count()).where(of_campaign, kind).scalar_subquery() for kind in kinds)
    planned = select(campaigns.c.planned).where(campaigns.c.id == campaign.id).scalar_subquery()
    accepted: ColumnElement[int] = planned
    for other in others:
        accepted -= other
    return conn.execute(select(accepted)).scalar_one() or 0


def accepted_by_domain(
    conn: Connection, campaign: SentCampaign, domains: Collection[str]
) -> Mapping[str, int]:
    """The same for some recipients' domains. Reads the issue's rows: 100,000 take 0.1 s."""
    domain = domain_of(conn, deliveries.c.recipient)
    return _accepted_by(conn, campaign, domain, domains)


def accepted_by_source(
    conn: Connection, campaign: SentCampaign, sources: Collection[str]
) -> Mapping[str, int]:
    """The same for some sign-up sources; it also looks up each reader's consent record."""
    return _accepted_by(conn, campaign, _signed_up_by(), sources)


def count_came_back(conn: Connection, content_hash: str) -> Mapping[Fate, int]:
    """How many deliveries of an issue bounced later, and how many were complained about."""
    of_issue = select(campaigns.c.id).where(campaigns.c.content_hash == content_hash)
    query = (
        select(events.c.kind, func.count(distinct(events.c.delivery)))
        .where(events.c.campaign.in_(of_issue), _IS_FROM_LATER)
        .group_by(events.c.kind)
    )
    found = {_FATES[kind]: number for kind, number in conn.execute(query)}
    return dict.fromkeys(_FATES.values(), 0) | found


_FATES = {
    FeedbackKind.BOUNCE.value: Fate.BOUNCED,
    FeedbackKind.COMPLAINT.value: Fate.COMPLAINED,
}
# What a session of ours was told is the ledger's "refused".
_IS_FROM_LATER = events.c.source != Source.SMTP.value


def _campaigns(conn: Connection, which: ColumnElement[bool]) -> tuple[SentCampaign, ...]:
    query = (
        select(
            campaigns.c.id,
            campaigns.c.content_hash,
            issues.c.name,
            issues.c.newsletter,
            campaigns.c.due_at,
        )
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(which, campaigns.c.folded_at.is_(None))
        .order_by(campaigns.c.id)
    )
    return tuple(SentCampaign(*row) for row in conn.execute(query))


def _of(campaign: SentCampaign) -> dict[str, Any]:
    return {
        "hash": campaign.content_hash,
        "campaign": campaign.id,
        "newsletter": campaign.newsletter,
    }


def _signed_up_by() -> ScalarSelect[str]:
    """How the reader of a delivery last came to the newsletter, in the consent record's words."""
    is_entry = consents.c.act.in_((Act.CONFIRMED.value, Act.IMPORTED.value))
    return (
        select(consents.c.source)
        .where(
            consents.c.subscriber == deliveries.c.subscriber,
            consents.c.newsletter == bindparam("newsletter"),
            is_entry,
        )
        .order_by(consents.c.id.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )


def _each(conn: Connection, fate: ColumnElement[str]) -> Select[Any]:
    domain = domain_of(conn, deliveries.c.recipient).label("domain")
    return select(deliveries.c.id, fate.label("fate"), domain, _signed_up_by().label("source"))


def _refused(conn: Connection, since: datetime | None) -> Select[Any]:
    query = _each(conn, literal_state(Fate.REFUSED)).where(
        deliveries.c.content_hash == bindparam("hash"),
        deliveries.c.campaign == bindparam("campaign"),
        deliveries.c.state == literal_state(DeliveryState.REFUSED),
    )
    return query.where(deliveries.c.replied_at > _SINCE) if since else query


def _came_back(conn: Connection, since: datetime | None) -> Select[Any]:
    is_bounce = events.c.kind == FeedbackKind.BOUNCE.value
    fate = case((is_bounce, literal_state(Fate.BOUNCED)), else_=literal_state(Fate.COMPLAINED))
    query = (
        _each(conn, fate)
        .join(events, events.c.delivery == deliveries.c.id)
        .where(events.c.campaign == bindparam("campaign"), _IS_FROM_LATER)
    )
    return query.where(events.c.judged_at > _SINCE) if since else query


_SINCE = bindparam("since", type_=Instant)


def _accepted_by(
    conn: Connection,
    campaign: SentCampaign,
    what: ColumnElement[str],
    wanted: Collection[str],
) -> Mapping[str, int]:
    if not wanted:
        return {}
    each = (
        select(what.label("name"))
        .where(
            deliveries.c.content_hash == bindparam("hash"),
            deliveries.c.campaign == bindparam("campaign"),
            deliveries.c.state == literal_state(DeliveryState.ACCEPTED),
        )
        .subquery()
    )
    query = select(each.c.name, func.count()).where(each.c.name.in_(wanted)).group_by(each.c.name)
    found = dict(conn.execute(query, _of(campaign)).tuples().all())
    return dict.fromkeys(wanted, 0) | found
