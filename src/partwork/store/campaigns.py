"""Campaigns: planning freezes an audience into the ledger, each subscriber once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from partwork.model.delivery import Campaign, DeliveryState
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.segment import Segment, segment_of
from partwork.store.cohorts import hold_cohorts
from partwork.store.courses import is_of_zone
from partwork.store.rows import literal_state, new_rows, written
from partwork.store.schema import campaigns, courses, deliveries, issues, subscribers, subscriptions
from partwork.store.segments import is_confirmed, reached
from partwork.store.sending_schema import folded
from partwork.store.stops import is_kept


class UnknownSegment(PartworkError):
    """An issue is for a segment that nothing defines; nobody is planned for it."""

    def __init__(self, issue: str, segment: str) -> None:
        self.issue, self.segment = issue, segment
        super().__init__(
            f"{issue}: its newsletter defines no segment {segment!r}; "
            "define it, or take it out of the series to reach every reader"
        )


def plan_campaign(
    conn: Connection, issue: Issue, due_at: datetime, now: datetime
) -> tuple[Campaign, int]:
    """The campaign of an issue for a due slot, and how many deliveries were new in it.

    Reaches the newsletter's confirmed subscribers who are not suppressed, do not pause at `now` or
    skip the series, and have no delivery of this instalment, in this wording or another. The
    audience is frozen: planned again for the same slot, nobody is added, and 0 are new. Raises
    UnknownSegment.
    """
    lock_instalment(conn, issue)
    audience = _audience(conn, issue, now)
    campaign, is_new = make_campaign(conn, issue, due_at, now)
    if not is_new:
        return campaign, 0
    return campaign, freeze(conn, campaign, audience, _AT_ONCE_OR_GATHERED)


def count_audience(conn: Connection, issue: Issue, now: datetime) -> int:
    """How many deliveries planning the issue's campaign would make now. Raises UnknownSegment."""
    audience = _audience(conn, issue, now).subquery()
    return conn.execute(select(func.count()).select_from(audience)).scalar_one()


def plan_course(
    conn: Connection,
    issue: Issue,
    slot_due_at: datetime,
    next_due_at: datetime,
    now: datetime,
    *,
    since: datetime | None = None,
    zone: str | None = None,
) -> tuple[Campaign | None, int]:
    """The campaign of a course's part for a due slot, and how many deliveries were new in it.

    Reaches those whose next part is this one and due by `now`, by the rules of
    `plan_campaign`, and moves them on: the part after it is theirs at `next_due_at`. A reader
    who had this part already is moved on without a delivery. Without a reader there is no
    campaign: None and 0. Whose part was due before `since`, or who is of another time zone than
    `zone`, waits. Raises UnknownSegment.
    """
    lock_instalment(conn, issue)
    waits_for_it = [
        courses.c.series == issue.audience.series,
        courses.c.next_number == issue.number,
        courses.c.next_due_at <= now,
    ]
    if since is not None:
        waits_for_it.append(courses.c.next_due_at >= since)
    if zone is not None:
        waits_for_it.append(is_of_zone(courses.c.subscriber, zone))
    readers = _audience(conn, issue, now).where(
        subscriptions.c.subscriber.in_(select(courses.c.subscriber).where(*waits_for_it))
    )
    campaign, planned = None, 0
    if conn.execute(select(exists(readers))).scalar_one():
        campaign, _ = make_campaign(conn, issue, slot_due_at, now)
        planned = freeze(conn, campaign, readers, _AT_ONCE_OR_GATHERED)
    conn.execute(
        update(courses)
        # Only who has the part in the ledger moves on: nobody can miss one, whoever confirms
        # or leaves while this runs.
        .where(*waits_for_it, _has_instalment(conn, courses.c.subscriber, issue))
        .values(next_number=courses.c.next_number + 1, next_due_at=next_due_at)
    )
    return campaign, planned


def enrol(
    conn: Connection,
    newsletter: str,
    series: str,
    first_due_at: datetime,
    now: datetime,
    *,
    zone: str | None = None,
) -> int:
    """Put confirmed subscribers without a position in a course at part 1; how many.

    Of one time zone alone, where it is given.
    """
    positions = (
        select(
            subscriptions.c.subscriber,
            literal(series),
            subscriptions.c.newsletter,
            literal(1),
            literal(first_due_at, courses.c.next_due_at.type),
            literal(now, courses.c.enrolled_at.type),
        )
        .where(is_confirmed(newsletter))
        .where(true() if zone is None else is_of_zone(subscriptions.c.subscriber, zone))
        .where(
            ~exists().where(
                courses.c.subscriber == subscriptions.c.subscriber, courses.c.series == series
            )
        )
    )
    columns = ("subscriber", "series", "newsletter", "next_number", "next_due_at", "enrolled_at")
    rows = new_rows(conn, courses).from_select(columns, positions)
    with _joining_whole_tables(conn):
        return written(conn, rows.on_conflict_do_nothing())


def campaigns_of(conn: Connection, series: str) -> tuple[Campaign, ...]:
    """All campaigns of a series, by due slot."""
    query = (
        select(campaigns)
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(issues.c.series == series)
        .order_by(campaigns.c.due_at, campaigns.c.id)
    )
    return tuple(_read(row) for row in conn.execute(query))


def first_due_at(conn: Connection, content_hash: str) -> datetime | None:
    """The first slot that an issue was planned for; None where it is not published."""
    first = select(func.min(campaigns.c.due_at)).where(campaigns.c.content_hash == content_hash)
    found: datetime | None = conn.execute(first).scalar_one()
    return found


def last_campaign(conn: Connection, series: str) -> Campaign | None:
    """The campaign of a part of a series with the latest due slot; a correction's mail is none."""
    query = (
        select(campaigns)
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(issues.c.series == series, issues.c.instalment != "")
        .order_by(campaigns.c.due_at.desc(), campaigns.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _read(row)


def unfinished_issues(conn: Connection, now: datetime) -> tuple[str, ...]:
    """Names of the issues that have deliveries to claim at `now`, in the order of planning.

    What a person or a hold has stopped is none of them, nor is a bundle of which a part is.
    """
    pending = deliveries.c.state == literal_state(DeliveryState.PENDING)
    deferred = and_(
        deliveries.c.state == literal_state(DeliveryState.DEFERRED),
        deliveries.c.next_try_at <= now,
    )
    of_issue = deliveries.c.content_hash == issues.c.content_hash
    first_planned = (
        select(func.min(campaigns.c.id))
        .where(campaigns.c.content_hash == issues.c.content_hash)
        .scalar_subquery()
    )
    query = (
        select(issues.c.name)
        # Two conditions, for each of which there is an index of its own.
        .where(or_(exists().where(of_issue, pending), exists().where(of_issue, deferred)))
        .where(~is_kept(issues.c.content_hash))
        .order_by(first_planned)
    )
    return tuple(conn.execute(query).scalars())


def lock_instalment(conn: Connection, issue: Issue) -> None:
    """Let one transaction at a time plan an instalment, and nobody come into a segment meanwhile.

    Else two of its issues, planned at once, would each not see the other's deliveries. SQLite
    has one writer anyhow.
    """
    if conn.dialect.name == "postgresql":
        key = func.hashtextextended(issue.instalment, 0)
        conn.execute(select(func.pg_advisory_xact_lock(key)))
    hold_cohorts(conn)


def make_campaign(
    conn: Connection, issue: Issue, due_at: datetime, now: datetime
) -> tuple[Campaign, bool]:
    """The campaign of an issue for a due slot, and whether it is new."""
    row = new_rows(conn, campaigns).values(
        content_hash=issue.content_hash, due_at=due_at, planned_at=now
    )
    unless_there = row.on_conflict_do_nothing(index_elements=["content_hash", "due_at"])
    is_new = written(conn, unless_there) == 1
    query = select(campaigns).where(
        campaigns.c.content_hash == issue.content_hash, campaigns.c.due_at == due_at
    )
    return _read(conn.execute(query).one()), is_new


def freeze(
    conn: Connection,
    campaign: Campaign,
    audience: Select[tuple[int, str]],
    state: ColumnElement[str],
) -> int:
    """Make a delivery for each of an audience, its ids and addresses; how many are new."""
    same_for_all = {
        "campaign": campaign.id,
        "content_hash": campaign.content_hash,
        "lane": "",
        "attempts": 0,
        "reply_text": "",
    }
    rows = new_rows(conn, deliveries).from_select(
        ["subscriber", "recipient", "state", *same_for_all],
        audience.add_columns(state, *map(literal, same_for_all.values())).order_by(
            subscribers.c.id
        ),
    )
    unless_there = rows.on_conflict_do_nothing(index_elements=["content_hash", "subscriber"])
    with _joining_whole_tables(conn):
        new = written(conn, unless_there)
    more = campaigns.c.planned + new
    conn.execute(update(campaigns).where(campaigns.c.id == campaign.id).values(planned=more))
    return new


# What a reader gets by itself on its day; who wants all parts of a week in one mail, later.
_AT_ONCE_OR_GATHERED: ColumnElement[str] = case(
    (subscriptions.c.is_bundled, DeliveryState.GATHERED.value), else_=DeliveryState.PENDING.value
)


def _segment_of(issue: Issue) -> Segment | None:
    if not issue.audience.segment:
        return None
    try:
        return segment_of(issue.audience.segment)
    except ValueError:
        raise UnknownSegment(issue.name, issue.audience.segment) from None


@contextmanager
def _joining_whole_tables(conn: Connection) -> Iterator[None]:
    """Keep PostgreSQL from looking up row by row in the table that the statement fills.

    It plans by the size of that table before, which may be nothing, and then reads all of it
    again for each new row: 218 s for 100,000 readers, where this takes two.
    """
    if conn.dialect.name != "postgresql":
        yield
        return
    conn.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    conn.execute(text("SET LOCAL enable_nestloop = on"))


def _audience(conn: Connection, issue: Issue, now: datetime) -> Select[tuple[int, str]]:
    """Id and address of everyone who may get the issue and has not. Raises UnknownSegment."""
    rule = issue.audience
    return (
        select(subscribers.c.id, subscribers.c.address)
        .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
        .where(
            *reached(conn, rule.newsletter, _segment_of(issue), now, rule.series),
            ~_has_instalment(conn, subscribers.c.id, issue),
        )
    )


def _has_instalment(
    conn: Connection, subscriber: ColumnElement[int], issue: Issue
) -> ColumnElement[bool]:
    """Whether the ledger has a delivery of the issue's instalment, in any wording.

    The wordings and their campaigns are asked for first: few, and mostly there is none yet. Told
    them, PostgreSQL reads what they have; else all there is, of years.
    """
    is_its = or_(
        issues.c.instalment == issue.instalment, issues.c.content_hash == issue.content_hash
    )
    wordings = conn.execute(select(issues.c.content_hash).where(is_its)).scalars().all()
    planned = select(campaigns.c.id).where(
        campaigns.c.content_hash.in_(wordings), campaigns.c.planned > 0
    )
    in_ledger = exists().where(
        deliveries.c.content_hash.in_(wordings), deliveries.c.subscriber == subscriber
    )
    if not (its_campaigns := conn.execute(planned).scalars().all()):
        return in_ledger
    is_of_them = folded.c.campaign.in_(its_campaigns)
    return or_(in_ledger, exists().where(folded.c.subscriber == subscriber, is_of_them))


def _read(row: Row[Any]) -> Campaign:
    return Campaign(row.id, row.content_hash, row.due_at, row.planned_at)
