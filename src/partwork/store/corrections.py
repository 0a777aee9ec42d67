"""Corrections: asked for, waiting, in effect; and which issue stands in whose place."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from partwork.model.correction import Correction, Erratum
from partwork.model.issue import Issue
from partwork.store.correction_schema import IS_WAITING, corrections, superseded
from partwork.store.issues import load_issue
from partwork.store.schema import campaigns, issues


def ask_correction(conn: Connection, asked: Correction) -> None:
    """Keep what was asked for; it takes the place of what waits for the same part."""
    drop_correction(conn, asked.instalment)
    conn.execute(
        insert(corrections).values(
            id=asked.id,
            series=asked.series,
            instalment=asked.instalment,
            corrects=asked.corrects,
            reason=asked.reason,
            asked_at=asked.asked_at,
            wants_mail=asked.wants_mail,
            mail=asked.mail or None,
        )
    )


def drop_correction(conn: Connection, instalment: str) -> bool:
    """Forget the part's correction that waits; False where none does."""
    waiting = delete(corrections).where(corrections.c.instalment == instalment, IS_WAITING)
    return conn.execute(waiting).rowcount == 1


def waiting_corrections(conn: Connection, series: str = "") -> tuple[Correction, ...]:
    """All that wait to take effect, or those of one series, the first asked for first."""
    query = select(corrections).where(IS_WAITING)
    if series:
        query = query.where(corrections.c.series == series)
    return _read_all(conn, query.order_by(corrections.c.asked_at, corrections.c.id))


def waiting_correction(conn: Connection, instalment: str) -> Correction | None:
    """The part's correction that waits; None where none does."""
    query = select(corrections).where(IS_WAITING, corrections.c.instalment == instalment)
    row = conn.execute(query).first()
    return None if row is None else _correction(row)


def unsettled_corrections(conn: Connection) -> tuple[Correction, ...]:
    """Those in effect of whose former wordings something is still open, in that order."""
    query = select(corrections).where(~IS_WAITING, corrections.c.settled_at.is_(None))
    return _read_all(conn, query.order_by(corrections.c.applied_at, corrections.c.id))


def settle_correction(conn: Connection, correction: str, at: datetime) -> None:
    """Note that nothing of the former wordings is open any more."""
    row = update(corrections).where(corrections.c.id == correction)
    conn.execute(row.values(settled_at=at))


def save_mail_draft(conn: Connection, correction: str, mail: str) -> None:
    """Note which issue is the draft of the mail, until the correction takes effect."""
    row = update(corrections).where(corrections.c.id == correction, IS_WAITING)
    conn.execute(row.values(mail=mail))


def mail_drafts(conn: Connection, series: str) -> tuple[Issue, ...]:
    """The current drafts of mails about corrections of a series that wait."""
    found = [load_issue(conn, one.mail) for one in waiting_corrections(conn, series) if one.mail]
    return tuple(issue for issue in found if issue)


def errata_of(conn: Connection, instalments: Collection[str]) -> Mapping[str, tuple[Erratum, ...]]:
    """What readers are told of each part, the newest first: of what waits too, for its draft."""
    query = select(corrections).where(corrections.c.instalment.in_(instalments))
    found: dict[str, tuple[Erratum, ...]] = {}
    for one in _read_all(conn, query.order_by(corrections.c.asked_at.desc(), corrections.c.id)):
        found[one.instalment] = (*found.get(one.instalment, ()), one.erratum)
    return found


def revision_of(conn: Connection, content_hash: str) -> str:
    """The content hash of the issue that has taken this one's place; "" where none has."""
    query = select(superseded.c.revision).where(superseded.c.content_hash == content_hash)
    return conn.execute(query).scalar_one_or_none() or ""


def newest_wording(conn: Connection, instalment: str) -> str:
    """The content hash of the part's issue that was published last; "" where none was."""
    query = (
        select(campaigns.c.content_hash)
        .join(issues, issues.c.content_hash == campaigns.c.content_hash)
        .where(issues.c.instalment == instalment)
        .order_by(campaigns.c.due_at.desc(), campaigns.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none() or ""


def corrected_at(conn: Connection, series: Collection[str]) -> Mapping[str, datetime]:
    """When each part of these series was corrected last, by its id."""
    last = func.max(corrections.c.applied_at).label("last")
    query = (
        select(corrections.c.instalment, last)
        .where(corrections.c.series.in_(series), ~IS_WAITING)
        .group_by(corrections.c.instalment)
    )
    return {row.instalment: row.last for row in conn.execute(query)}


def _read_all(conn: Connection, query: Any) -> tuple[Correction, ...]:
    return tuple(_correction(row) for row in conn.execute(query))


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        row.id,
        row.series,
        row.instalment,
        row.corrects,
        row.reason,
        row.asked_at,
        row.wants_mail,
        row.mail or "",
        row.revision or "",
        row.applied_at,
    )
