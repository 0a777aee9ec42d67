"""Questions that wait for a reviewer's word, and every no that was said."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, not_, select, update

from partwork.model.review import No, Objection, Review, ReviewPart
from partwork.store.review_schema import objections, review_parts, reviews
from partwork.store.rows import insert_if_new
from partwork.store.schema import approvals, issues


def save_review(conn: Connection, review: Review) -> bool:
    """Note that a question is asked; False, and nothing changed, where it is noted."""
    own = {"run_id": review.run_id, "key": review.key}
    is_new = insert_if_new(
        conn,
        reviews,
        **own,
        series=review.series,
        drafts=_name_of(part.content_hash for part in review.parts),
        asked_at=review.asked_at,
        closes_at=review.closes_at,
    )
    for position, part in enumerate(review.parts if is_new else ()):
        insert_if_new(
            conn,
            review_parts,
            **own,
            content_hash=part.content_hash,
            position=position,
            words=part.words,
            claims=part.claims,
        )
    return is_new


def load_review(conn: Connection, run_id: str, key: str) -> Review | None:
    """The question that this run asked under that key."""
    row = conn.execute(
        select(reviews).where(reviews.c.run_id == run_id, reviews.c.key == key)
    ).first()
    return None if row is None else _review(conn, row)


def open_reviews(conn: Connection, now: datetime) -> tuple[Review, ...]:
    """The questions that nobody has answered and that still can be, oldest first."""
    query = (
        select(reviews)
        .where(reviews.c.answered_at.is_(None), reviews.c.closes_at > now)
        .order_by(reviews.c.asked_at, reviews.c.run_id, reviews.c.key)
    )
    return tuple(_review(conn, row) for row in conn.execute(query).all())


def close_review(conn: Connection, review: Review, now: datetime) -> bool:
    """Whether the question could be answered now; it is answered then, and cannot be again."""
    answered = conn.execute(
        update(reviews)
        .where(
            reviews.c.run_id == review.run_id,
            reviews.c.key == review.key,
            reviews.c.answered_at.is_(None),
        )
        .values(answered_at=now)
    )
    return answered.rowcount == 1


def take_reminder(conn: Connection, review: Review, now: datetime) -> bool:
    """Whether to remind of these drafts: nobody has been, whoever asked about them."""
    other = reviews.alias()
    reminded = conn.execute(
        update(reviews)
        .where(
            reviews.c.run_id == review.run_id,
            reviews.c.key == review.key,
            not_(
                exists().where(other.c.drafts == reviews.c.drafts, other.c.reminded_at.is_not(None))
            ),
        )
        .values(reminded_at=now)
    )
    return reminded.rowcount == 1


def give_back_reminder(conn: Connection, review: Review) -> None:
    """The reminder could not be sent: the next tick tries again."""
    conn.execute(
        update(reviews)
        .where(reviews.c.run_id == review.run_id, reviews.c.key == review.key)
        .values(reminded_at=None)
    )


def shown_with(conn: Connection, content_hash: str) -> ReviewPart | None:
    """What was last shown with these words when it was asked about them; None: it never was."""
    query = (
        select(review_parts)
        .join(
            reviews,
            and_(reviews.c.run_id == review_parts.c.run_id, reviews.c.key == review_parts.c.key),
        )
        .where(review_parts.c.content_hash == content_hash)
        .order_by(reviews.c.asked_at.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else ReviewPart(row.content_hash, row.words, row.claims)


def save_objection(conn: Connection, said: Objection) -> None:
    """Record a no."""
    conn.execute(
        objections.insert().values(
            content_hash=said.content_hash,
            kind=said.kind.value,
            reviewer=said.reviewer,
            role=said.role,
            notes=said.notes,
            channel=said.channel,
            run_id=said.run_id,
            at=said.at,
        )
    )


def rejection_of(conn: Connection, content_hash: str) -> Objection | None:
    """Why these words may never be approved; None: they may, or it was taken back."""
    query = (
        select(objections)
        .where(objections.c.content_hash == content_hash, _REJECTS)
        .order_by(objections.c.id)
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _objection(row)


def take_back_rejections(conn: Connection, hashes: Collection[str], by: str, at: datetime) -> int:
    """These words may be approved again; how many rejections that ends. They stay on record."""
    done = conn.execute(
        update(objections)
        .where(objections.c.content_hash.in_(tuple(hashes)), _REJECTS)
        .values(taken_back_at=at, taken_back_by=by)
    )
    return done.rowcount


def notes_on(conn: Connection, series: str) -> tuple[tuple[str, Objection], ...]:
    """Every no to a part of the series that stands, oldest first, with the part's id.

    It stands until somebody in the same role approves some words of the part, or until it is
    taken back.
    """
    later, of_part = approvals.alias(), issues.alias()
    is_answered = exists().where(
        later.c.content_hash == of_part.c.content_hash,
        of_part.c.instalment == issues.c.instalment,
        later.c.role == objections.c.role,
        later.c.approved_at >= objections.c.at,
    )
    query = (
        select(objections, issues.c.instalment)
        .join(issues, issues.c.content_hash == objections.c.content_hash)
        .where(
            issues.c.series == series,
            objections.c.taken_back_at.is_(None),
            not_(is_answered),
        )
        .order_by(objections.c.id)
    )
    return tuple((row.instalment, _objection(row)) for row in conn.execute(query))


_REJECTS = and_(objections.c.kind == No.REJECTED.value, objections.c.taken_back_at.is_(None))


def _name_of(hashes: Iterable[str]) -> str:
    """What a set of drafts is known by, in whatever order."""
    return hashlib.sha256(" ".join(sorted(hashes)).encode()).hexdigest()


def _review(conn: Connection, row: Row[Any]) -> Review:
    query = (
        select(review_parts)
        .where(review_parts.c.run_id == row.run_id, review_parts.c.key == row.key)
        .order_by(review_parts.c.position)
    )
    parts = tuple(
        ReviewPart(part.content_hash, part.words, part.claims) for part in conn.execute(query)
    )
    return Review(row.run_id, row.key, row.series, row.asked_at, row.closes_at, parts)


def _objection(row: Row[Any]) -> Objection:
    return Objection(
        row.content_hash,
        No(row.kind),
        row.reviewer,
        row.role,
        row.notes,
        row.channel,
        row.at,
        row.run_id,
    )
