"""A revision takes the place of what was published of a part, and each reader still gets one copy.

A delivery that has not been attempted, or was put off, keeps its row and gets the revision's hash,
so that the ledger still has one row for each reader and part. A lane that had claimed it finds its
claim gone when it notes the attempt. Rows that somebody works on just now are passed over, and
taken the next time.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import (
    Connection,
    case,
    exists,
    literal,
    or_,
    select,
    update,
)

from partwork.model.correction import Correction
from partwork.model.delivery import DeliveryState
from partwork.model.issue import Issue
from partwork.model.stop import Stop, StopKind
from partwork.store.bundles import bundles_with, lock_bundles
from partwork.store.campaigns import freeze, lock_instalment, make_campaign
from partwork.store.correction_schema import IS_WAITING, corrections, superseded
from partwork.store.ledger import tally
from partwork.store.listed import is_listed
from partwork.store.rows import new_rows
from partwork.store.schema import (
    bundle_parts,
    campaigns,
    deliveries,
    issues,
    subscribers,
    subscriptions,
)
from partwork.store.segments import reached
from partwork.store.sending_schema import folded
from partwork.store.stops import load_stop, save_stop
from partwork.store.unbundling import IS_CLAIMED, count_planned, open_rows, unbundle


def supersede(conn: Connection, correction: Correction, revision: Issue, now: datetime) -> bool:
    """Put the revision in the place of all that was published of its part; False: it was.

    From here nothing more of the former wordings is claimed. The revision is as much stopped as
    the last of them was by a person or a hold; what was cancelled does not go on in it. Mails about
    corrections before, which have the former text, end with it.
    """
    lock_instalment(conn, revision)
    noted = conn.execute(
        update(corrections)
        .where(
            corrections.c.id == correction.id,
            IS_WAITING,
            # As it was approved: not asked for in other words meanwhile.
            corrections.c.reason == correction.reason,
            corrections.c.wants_mail == correction.wants_mail,
        )
        .values(revision=revision.content_hash, applied_at=now)
    )
    if not noted.rowcount:
        return False
    published = (
        select(campaigns.c.content_hash, campaigns.c.due_at)
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(issues.c.instalment == revision.instalment)
        .order_by(campaigns.c.due_at, campaigns.c.id)
    )
    slots = conn.execute(published).all()
    for former in dict.fromkeys(h for h, _ in slots if h != revision.content_hash):
        _stand_aside(conn, former, revision, now)
    earlier = select(corrections.c.mail).where(
        corrections.c.instalment == revision.instalment,
        corrections.c.id != correction.id,
        corrections.c.mail.is_not(None),
    )
    for mail in conn.execute(earlier).scalars().all():
        why = f"corrected again: {revision.name} has taken the place of what it has"
        save_stop(conn, mail, Stop(StopKind.CANCELLED, why, now))
    make_campaign(conn, revision, slots[-1].due_at, now)  # by which it is published
    return True


def carry_over(conn: Connection, former: str, revision: Issue, now: datetime) -> int:
    """Move some 20,000 open deliveries of a former wording to the revision; how many.

    What went into the mail of a week that is not sent yet waits for a mail made anew.
    """
    lock_instalment(conn, revision)
    lock_bundles(conn, revision.audience.newsletter)
    if not _goes_on(conn, former):
        return 0
    opened = unbundle(conn, former)
    by_campaign: dict[int, list[int]] = defaultdict(list)
    for row, campaign, _ in open_rows(conn, former):
        by_campaign[campaign].append(row)
    for campaign, rows in by_campaign.items():
        due_at = conn.execute(
            select(campaigns.c.due_at).where(campaigns.c.id == campaign)
        ).scalar_one()
        into, _ = make_campaign(conn, revision, due_at, now)
        conn.execute(
            update(deliveries)
            .where(is_listed(conn, deliveries.c.id, rows))
            .values(
                content_hash=revision.content_hash,
                campaign=into.id,
                state=case((IS_CLAIMED, DeliveryState.PENDING.value), else_=deliveries.c.state),
                lane="",
                lease_until=None,
            )
        )
        count_planned(conn, campaign, -len(rows))
        count_planned(conn, into.id, len(rows))
    return opened + sum(map(len, by_campaign.values()))


def plan_mail(conn: Connection, correction: Correction, mail: Issue, now: datetime) -> int:
    """Make the deliveries of a correction's mail to those who have a former text; how many are new.

    They have it whose server accepted it, by itself or with others of a week. Planned again, those
    are added of whom that became known since, and nobody twice. Who has left, pauses, skips the
    series or is suppressed is left out.
    """
    if correction.applied_at is None:
        raise ValueError(f"correction {correction.id} is not in effect")
    former = select(superseded.c.content_hash).where(superseded.c.revision == correction.revision)
    bundles = select(bundle_parts.c.bundle).where(bundle_parts.c.part.in_(former))
    texts = conn.execute(former.union(bundles)).scalars().all()
    sent = select(campaigns.c.id).where(campaigns.c.content_hash.in_(texts))
    has_it = or_(
        exists().where(
            deliveries.c.content_hash.in_(texts),
            deliveries.c.subscriber == subscribers.c.id,
            deliveries.c.state == DeliveryState.ACCEPTED.value,
        ),
        exists().where(folded.c.subscriber == subscribers.c.id, folded.c.campaign.in_(sent)),
    )
    rule = mail.audience
    people = (
        select(subscribers.c.id, subscribers.c.address)
        .join(subscriptions, subscriptions.c.subscriber == subscribers.c.id)
        .where(*reached(conn, rule.newsletter, None, now, rule.series), has_it)
        .where(
            ~exists().where(
                deliveries.c.content_hash == mail.content_hash,
                deliveries.c.subscriber == subscribers.c.id,
            )
        )
    )
    if not conn.execute(select(exists(people))).scalar_one():
        return 0
    campaign, _ = make_campaign(conn, mail, correction.applied_at, now)
    return freeze(conn, campaign, people, literal(DeliveryState.PENDING.value))


def former_wordings(conn: Connection, revision: str) -> tuple[str, ...]:
    """The content hashes of all whose place the revision has taken."""
    query = select(superseded.c.content_hash).where(superseded.c.revision == revision)
    return tuple(conn.execute(query.order_by(superseded.c.content_hash)).scalars())


def is_open(conn: Connection, former: str) -> bool:
    """Whether something of a former wording may still go on, or turn out to have arrived.

    By itself, or in the mail of a week: what that had sent when the correction took effect may be
    put off, and is then to be taken apart.
    """
    if _is_open(conn, former, goes_on=_goes_on(conn, former)):
        return True
    bundles = ((one, load_stop(conn, one)) for one in bundles_with(conn, former))
    return any(
        _is_open(conn, bundle, goes_on=not (stop and stop.kind is StopKind.CANCELLED))
        for bundle, stop in bundles
    )


def _is_open(conn: Connection, content_hash: str, *, goes_on: bool) -> bool:
    """The same of one mail; what of it does not go on matters only if it may have arrived."""
    stands = tally(conn, content_hash)
    if goes_on:
        return bool(stands.pending or stands.deferred or stands.in_doubt or stands.gathered)
    under_way = exists().where(
        deliveries.c.content_hash == content_hash, deliveries.c.lease_until.is_not(None)
    )
    return bool(stands.in_doubt or conn.execute(select(under_way)).scalar_one())


def _stand_aside(conn: Connection, former: str, revision: Issue, now: datetime) -> None:
    """End a former wording for good; what a person or a hold said of it is said of the revision."""
    stop = load_stop(conn, former)
    before = conn.execute(select(superseded).where(superseded.c.content_hash == former)).first()
    # What is left of a wording that was corrected before went on in the last, or ended with it.
    heir = load_stop(conn, before.revision) if before else stop
    is_cancelled = heir is not None and heir.kind is StopKind.CANCELLED
    goes_on = not is_cancelled and (before is None or before.goes_on)
    if stop and stop.kind in {StopKind.PAUSED, StopKind.HELD}:
        save_stop(conn, revision.content_hash, Stop(StopKind.PAUSED, stop.reason, now))
    row = new_rows(conn, superseded).values(
        content_hash=former, revision=revision.content_hash, goes_on=goes_on
    )
    taken_over = {"revision": revision.content_hash, "goes_on": goes_on}
    conn.execute(row.on_conflict_do_update(index_elements=["content_hash"], set_=taken_over))
    why = f"corrected: {revision.name} has taken its place"
    save_stop(conn, former, Stop(StopKind.CANCELLED, why, now))


def _goes_on(conn: Connection, former: str) -> bool:
    query = select(superseded.c.goes_on).where(superseded.c.content_hash == former)
    return bool(conn.execute(query).scalar_one_or_none())
