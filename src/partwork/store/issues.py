"""Issues, immutable, with their drafts' pointers and approvals."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, select

from partwork.model.address import Mailbox
from partwork.model.issue import Approval, AudienceRule, Issue, Marked
from partwork.store.rows import insert_if_new, new_rows
from partwork.store.schema import approvals, campaigns, drafts, issues, marked_issues, newsletters


def save_draft(
    conn: Connection, issue: Issue, at: datetime, *, marked: Marked | None = None
) -> None:
    """Keep the issue, if its words are new, and make it the current draft of its instalment.

    Without `marked` no bundle will ever have it: it goes to each reader by itself.
    """
    save_issue(conn, issue, at)
    if marked:
        words = {"html": marked.html, "text": marked.text}
        insert_if_new(conn, marked_issues, content_hash=issue.content_hash, **words)
    current = {
        "series": issue.audience.series,
        "number": issue.number,
        "content_hash": issue.content_hash,
        "rendered_at": at,
    }
    conn.execute(
        new_rows(conn, drafts)
        .values(instalment=issue.instalment, **current)
        .on_conflict_do_update(index_elements=["instalment"], set_=current)
    )


def save_issue(conn: Connection, issue: Issue, at: datetime) -> None:
    """Keep the issue, if its words are new."""
    rule = issue.audience
    insert_if_new(conn, newsletters, slug=rule.newsletter, first_seen_at=at)
    conn.execute(
        new_rows(conn, issues)
        .values(
            content_hash=issue.content_hash,
            name=issue.name,
            newsletter=rule.newsletter,
            series=rule.series,
            segment=rule.segment,
            instalment=issue.instalment,
            number=issue.number,
            title=issue.title,
            subject=issue.subject,
            preheader=issue.preheader,
            sender_name=issue.sender.name,
            sender_address=issue.sender.address,
            reply_to_name=issue.reply_to.name,
            reply_to_address=issue.reply_to.address,
            html=issue.html,
            text=issue.text,
            page=issue.page,
            demo=issue.demo,
            rendered_at=at,
        )
        .on_conflict_do_nothing(index_elements=["content_hash"])
    )


def load_issue(conn: Connection, content_hash: str) -> Issue | None:
    """The issue with this content hash, draft or published."""
    row = conn.execute(select(issues).where(issues.c.content_hash == content_hash)).first()
    return None if row is None else _issue(row)


def load_marked(conn: Connection, content_hash: str) -> Marked | None:
    """The issue's strings with their stretches marked; None where they were not kept."""
    columns = marked_issues.c
    query = select(columns.html, columns.text).where(columns.content_hash == content_hash)
    row = conn.execute(query).first()
    return None if row is None else Marked(row.html, row.text)


def find_issues(conn: Connection, name: str) -> tuple[Issue, ...]:
    """The issue of this name, or else every issue whose name starts so, by name.

    The caller takes one, and shows several to choose from.
    """
    exact = conn.execute(select(issues).where(issues.c.name == name)).first()
    if exact is not None:
        return (_issue(exact),)
    if not name:
        return ()
    query = select(issues).where(issues.c.name.startswith(name, autoescape=True))
    return tuple(_issue(row) for row in conn.execute(query.order_by(issues.c.name)))


def current_drafts(conn: Connection, series: str) -> tuple[Issue, ...]:
    """The current rendering of each part of a series, in the order of the parts.

    Its `instalment` is the part it is the draft of now: a part that was made anew in the same
    words is the same issue. All else is as it was first rendered, and so is its name.
    """
    query = (
        select(issues, drafts.c.instalment.label("part"))
        .join(drafts, drafts.c.content_hash == issues.c.content_hash)
        .where(drafts.c.series == series)
        .order_by(drafts.c.number, drafts.c.instalment)
    )
    return tuple(replace(_issue(row), instalment=row.part) for row in conn.execute(query))


def drop_drafts(conn: Connection, series: str, keep: Collection[str]) -> None:
    """Forget the drafts of a series' instalments that are not in `keep`; issues stay."""
    conn.execute(
        delete(drafts).where(drafts.c.series == series, drafts.c.instalment.not_in(tuple(keep)))
    )


def save_approval(conn: Connection, approval: Approval) -> bool:
    """Record a yes; False where this reviewer had said it before."""
    said_before = exists().where(
        approvals.c.content_hash == approval.content_hash,
        approvals.c.reviewer == approval.reviewer,
    )
    if conn.execute(select(said_before)).scalar_one():
        return False
    return renew_approval(conn, approval)


def renew_approval(conn: Connection, approval: Approval) -> bool:
    """Record a yes beside those that this reviewer said before; False: it was said at that time."""
    return insert_if_new(
        conn,
        approvals,
        content_hash=approval.content_hash,
        reviewer=approval.reviewer,
        channel=approval.channel,
        run_id=approval.run_id,
        approved_at=approval.approved_at,
        role=approval.role,
    )


def approvals_of(conn: Connection, content_hash: str) -> tuple[Approval, ...]:
    """Every yes to an issue, oldest first."""
    query = (
        select(approvals)
        .where(approvals.c.content_hash == content_hash)
        .order_by(approvals.c.approved_at, approvals.c.reviewer)
    )
    return tuple(
        Approval(row.content_hash, row.reviewer, row.channel, row.approved_at, row.run_id, row.role)
        for row in conn.execute(query)
    )


def is_published(conn: Connection, content_hash: str) -> bool:
    """Whether a campaign for the issue has been planned."""
    query = select(exists().where(campaigns.c.content_hash == content_hash))
    return bool(conn.execute(query).scalar_one())


def published_instalments(conn: Connection, series: str) -> Mapping[str, int]:
    """The ids of a series' published instalments, with the number each was published under."""
    query = _published(select(issues.c.instalment, issues.c.number)).where(
        issues.c.series == series,
        issues.c.instalment != "",  # a correction's mail is no part
    )
    return {row.instalment: row.number for row in conn.execute(query.order_by(issues.c.number))}


def published_issue(conn: Connection, name: str) -> Issue | None:
    """The issue of exactly this name, once a campaign has been planned for it."""
    query = _published(select(issues)).where(issues.c.name == name)
    row = conn.execute(query).first()
    return None if row is None else _issue(row)


def published_issue_of(conn: Connection, instalment: str) -> Issue | None:
    """The issue last published of the instalment with this id: of a slot's, a revision."""
    query = (
        select(issues)
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .where(issues.c.instalment == instalment, issues.c.instalment != "")
        .order_by(campaigns.c.due_at.desc(), campaigns.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _issue(row)


def _published(query: Select[Any]) -> Select[Any]:
    return query.where(exists().where(campaigns.c.content_hash == issues.c.content_hash))


def _issue(row: Row[Any]) -> Issue:
    return Issue(
        instalment=row.instalment,
        number=row.number,
        title=row.title,
        subject=row.subject,
        preheader=row.preheader,
        sender=Mailbox(row.sender_name, row.sender_address),
        reply_to=Mailbox(row.reply_to_name, row.reply_to_address),
        html=row.html,
        text=row.text,
        page=row.page,
        demo=row.demo,
        audience=AudienceRule(row.newsletter, row.series, row.segment),
    )
