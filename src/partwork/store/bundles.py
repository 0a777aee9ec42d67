"""Deliveries that wait for the end of a week, and the bundles that take several of them along.

A gathered delivery becomes pending, where it goes by itself, or bundled, where another issue has
its part. Whoever has both a part and a bundle of it in the ledger was mailed the part in that.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    case,
    cast,
    except_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from partwork.model.delivery import DeliveryState
from partwork.model.issue import Issue
from partwork.store.campaigns import freeze, make_campaign
from partwork.store.issues import load_issue, save_issue
from partwork.store.rows import literal_state
from partwork.store.schema import (
    bundle_parts,
    campaigns,
    deliveries,
    issues,
    subscribers,
    subscriptions,
)
from partwork.store.segments import is_confirmed, reached
from partwork.store.stops import is_kept

MOST_PARTS = 60  # that are told apart by the bits of one integer of 64
# How far apart the numbers of subscribers are that one transaction works off, in about a second:
# so long an unsubscribe may wait for SQLite's one writer.
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Gathering:
    """A campaign some of whose deliveries wait for the end of the week of `due_at`."""

    newsletter: str
    series: str
    campaign: int
    content_hash: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Readers:
    """Those for whom just these parts wait in these campaigns, by content hash and in order.

    `parts` are some of `of`, at most `MOST_PARTS`; `first` and `last` are subscribers' numbers.
    """

    campaigns: tuple[int, ...]
    of: tuple[str, ...]
    parts: tuple[str, ...]
    first: int
    last: int


def gatherings(conn: Connection) -> tuple[Gathering, ...]:
    """The campaigns with gathered deliveries, by due slot; not of issues that are stopped."""
    query = (
        select(
            issues.c.newsletter,
            issues.c.series,
            campaigns.c.id,
            campaigns.c.content_hash,
            campaigns.c.due_at,
        )
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(
            exists().where(
                deliveries.c.content_hash == campaigns.c.content_hash,
                deliveries.c.campaign == campaigns.c.id,
                _IS_GATHERED,
            ),
            ~is_kept(campaigns.c.content_hash),
        )
        .order_by(campaigns.c.due_at, issues.c.series, issues.c.number, campaigns.c.id)
    )
    return tuple(Gathering(*row) for row in conn.execute(query))


def lock_bundles(conn: Connection, newsletter: str) -> None:
    """Let one transaction at a time work off what is gathered of a newsletter.

    Else two at once might give a reader the same part in two bundles. SQLite has one writer.
    """
    if conn.dialect.name == "postgresql":
        key = func.hashtextextended(f"bundles of {newsletter}", 0)
        conn.execute(select(func.pg_advisory_xact_lock(key)))


def leave_gathered(conn: Connection, gathering: Gathering, now: datetime) -> int:
    """Pass over who has left, pauses, skips the series or was suppressed; how many."""
    waiting = _gathered([gathering.campaign])
    may_have_it = reached(conn, gathering.newsletter, None, now, gathering.series)
    gone = except_(
        select(deliveries.c.subscriber).where(*waiting),
        select(subscriptions.c.subscriber).where(*may_have_it),
    )
    left = conn.execute(
        update(deliveries)
        .where(*waiting, deliveries.c.subscriber.in_(gone))
        .values(state=DeliveryState.LEFT.value)
    )
    return left.rowcount


def readers_of(conn: Connection, gathered: Sequence[Gathering]) -> tuple[Readers, ...]:
    """All who wait for any of these, apart by what they wait for.

    Of more than `MOST_PARTS` parts only the first ones are looked at.
    """
    if not gathered:
        return ()
    of = tuple(dict.fromkeys(g.content_hash for g in gathered))[:MOST_PARTS]
    in_campaigns = tuple(g.campaign for g in gathered)
    waits = _waiting(in_campaigns, of).subquery()
    first, last = func.min(waits.c.subscriber), func.max(waits.c.subscriber)
    sets = conn.execute(select(waits.c.parts, first, last).group_by(waits.c.parts))
    return tuple(
        Readers(
            in_campaigns,
            of,
            tuple(content_hash for place, content_hash in enumerate(of) if bits >> place & 1),
            lowest,
            highest,
        )
        for bits, lowest, highest in sorted(tuple(row) for row in sets)
    )


def in_turns(readers: Readers) -> Iterator[Readers]:
    """The same readers, no more at once than one transaction should work off."""
    for first in range(readers.first, readers.last + 1, AT_ONCE):
        yield replace(readers, first=first, last=min(first + AT_ONCE - 1, readers.last))


def count_readers(conn: Connection, readers: Readers) -> int:
    """How many they are now."""
    return conn.execute(select(func.count()).select_from(_ids(readers).subquery())).scalar_one()


def plan_bundle(
    conn: Connection,
    bundle: Issue,
    parts: Sequence[Issue],
    readers: Readers,
    *,
    due_at: datetime,
    now: datetime,
) -> int:
    """Make a bundle's deliveries to these readers; how many are new.

    They still wait for the parts: `end_waiting` says that they have them.
    """
    save_issue(conn, bundle, now)
    if not parts_of(conn, bundle.content_hash):
        of_bundle = [
            {"bundle": bundle.content_hash, "part": part.content_hash, "position": position}
            for position, part in enumerate(parts)
        ]
        conn.execute(insert(bundle_parts), of_bundle)
    campaign, _ = make_campaign(conn, bundle, due_at, now)
    audience = select(subscribers.c.id, subscribers.c.address).where(
        subscribers.c.id.in_(_ids(readers))
    )
    return freeze(conn, campaign, audience, literal(DeliveryState.PENDING.value))


def end_waiting(conn: Connection, readers: Readers, alone: Collection[str]) -> int:
    """Make pending what goes by itself, and bundled what a bundle has; how many go by themselves.

    Nothing is bundled for a reader who has no delivery of a bundle with that part.
    """
    by_itself = conn.execute(
        update(deliveries)
        .where(
            *_gathered(readers.campaigns),
            _is_among(readers),
            deliveries.c.content_hash.in_(alone),
            deliveries.c.subscriber.in_(_ids(readers)),
        )
        .values(state=DeliveryState.PENDING.value)
    )
    of_bundle = deliveries.alias()
    has_bundle = exists().where(
        bundle_parts.c.part == deliveries.c.content_hash,
        of_bundle.c.content_hash == bundle_parts.c.bundle,
        of_bundle.c.subscriber == deliveries.c.subscriber,
    )
    conn.execute(
        update(deliveries)
        .where(
            *_gathered(readers.campaigns),
            _is_among(readers),
            deliveries.c.content_hash.in_(set(readers.parts) - set(alone)),
            has_bundle,
        )
        .values(state=DeliveryState.BUNDLED.value)
    )
    return by_itself.rowcount


def parts_of(conn: Connection, bundle: str) -> tuple[Issue, ...]:
    """The issues that a bundle joins, by its content hash; of any other there are none."""
    query = (
        select(bundle_parts.c.part)
        .where(bundle_parts.c.bundle == bundle)
        .order_by(bundle_parts.c.position)
    )
    found = [load_issue(conn, part) for part in conn.execute(query).scalars()]
    return tuple(part for part in found if part)


def bundles_with(conn: Connection, part: str) -> tuple[str, ...]:
    """The content hashes of the bundles that have an issue among their parts."""
    query = select(bundle_parts.c.bundle).where(bundle_parts.c.part == part)
    return tuple(conn.execute(query.order_by(bundle_parts.c.bundle)).scalars())


def newest_bundles(conn: Connection, newsletter: str, limit: int) -> tuple[Issue, ...]:
    """The bundles of a newsletter that were planned last, at most so many, the oldest first."""
    last_planned = func.max(campaigns.c.id)
    query = (
        select(issues.c.content_hash)
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .where(issues.c.newsletter == newsletter, issues.c.instalment == "", issues.c.series == "")
        .group_by(issues.c.content_hash)
        .order_by(last_planned.desc())
        .limit(limit)
    )
    found = [load_issue(conn, bundle) for bundle in conn.execute(query).scalars()]
    return tuple(reversed([bundle for bundle in found if bundle]))


def count_bundled(conn: Connection, newsletter: str) -> int:
    """How many of a newsletter's readers want all parts of a week in one mail."""
    query = select(func.count()).where(is_confirmed(newsletter), subscriptions.c.is_bundled)
    return conn.execute(query).scalar_one()


_IS_GATHERED = deliveries.c.state == literal_state(DeliveryState.GATHERED)


def _gathered(in_campaigns: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    of_campaigns = select(campaigns.c.content_hash).where(campaigns.c.id.in_(in_campaigns))
    return (
        _IS_GATHERED,
        deliveries.c.content_hash.in_(of_campaigns),  # by which the index of the gathered goes
        deliveries.c.campaign.in_(in_campaigns),
    )


def _waiting(in_campaigns: Collection[int], of: Sequence[str]) -> Select[tuple[int, int]]:
    """Each reader, and which of these parts wait: the sum of a bit for each, by its place."""
    bits = {content_hash: 1 << place for place, content_hash in enumerate(of)}
    parts = cast(func.sum(case(bits, value=deliveries.c.content_hash, else_=0)), BigInteger)
    return (
        select(deliveries.c.subscriber, parts.label("parts"))
        .where(*_gathered(in_campaigns), deliveries.c.content_hash.in_(of))
        .group_by(deliveries.c.subscriber)
    )


def _ids(readers: Readers) -> Select[tuple[int]]:
    waits = _waiting(readers.campaigns, readers.of).where(_is_among(readers)).subquery()
    bits = sum(1 << readers.of.index(part) for part in readers.parts)
    return select(waits.c.subscriber).where(waits.c.parts == bits)


def _is_among(readers: Readers) -> ColumnElement[bool]:
    return deliveries.c.subscriber.between(readers.first, readers.last)
