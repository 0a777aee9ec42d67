"""Which articles issues draw on, and which of these were withdrawn."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select

from partwork.model.correction import Withdrawal
from partwork.store.correction_schema import issue_sources, withdrawals
from partwork.store.rows import add_new, new_rows
from partwork.store.schema import issues


def save_sources(conn: Connection, content_hash: str, articles: Collection[str]) -> None:
    """Note what an issue draws on."""
    rows = [{"content_hash": content_hash, "article": name} for name in articles]
    add_new(conn, issue_sources, rows)


def issues_drawing_on(conn: Connection, article: str) -> tuple[str, ...]:
    """The content hashes of all issues of which it is noted that they draw on the article."""
    query = select(issue_sources.c.content_hash).where(issue_sources.c.article == article)
    return tuple(conn.execute(query.order_by(issue_sources.c.content_hash)).scalars())


def issues_of_part(conn: Connection, instalment: str) -> Mapping[str, bool]:
    """The content hashes of a part's issues, and whether it is noted what each draws on."""
    is_noted = exists().where(issue_sources.c.content_hash == issues.c.content_hash)
    query = select(issues.c.content_hash, is_noted).where(issues.c.instalment == instalment)
    return {content_hash: bool(noted) for content_hash, noted in conn.execute(query)}


def save_withdrawal(conn: Connection, said: Withdrawal) -> None:
    """Keep it; said again, the last words stand and so does the first day."""
    words = {"reason": said.reason, "series": json.dumps(dict(said.series))}
    row = new_rows(conn, withdrawals).values(article=said.article, at=said.at, **words)
    conn.execute(row.on_conflict_do_update(index_elements=["article"], set_=words))


def drop_withdrawal(conn: Connection, article: str) -> None:
    """Forget it: the article's pages are there again."""
    conn.execute(delete(withdrawals).where(withdrawals.c.article == article))


def load_withdrawal(conn: Connection, article: str) -> Withdrawal | None:
    """What was said when the article was withdrawn; None: it is not."""
    row = conn.execute(select(withdrawals).where(withdrawals.c.article == article)).first()
    if row is None:
        return None
    return Withdrawal(row.article, row.reason, row.at, json.loads(row.series))


def withdrawal_behind(conn: Connection, content_hash: str) -> Withdrawal | None:
    """The last withdrawal of an article that the issue draws on; None where there is none."""
    query = (
        select(withdrawals.c.article)
        .join(issue_sources, issue_sources.c.article == withdrawals.c.article)
        .where(issue_sources.c.content_hash == content_hash)
        .order_by(withdrawals.c.at.desc(), withdrawals.c.article)
        .limit(1)
    )
    article = conn.execute(query).scalar_one_or_none()
    return load_withdrawal(conn, article) if article else None


def is_withdrawn(content_hash: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that an issue draws on an article that was withdrawn."""
    return exists(
        select(withdrawals.c.article)
        .join(issue_sources, issue_sources.c.article == withdrawals.c.article)
        .where(issue_sources.c.content_hash == content_hash)
    )


def withdrawals_so_far(conn: Connection) -> tuple[int, datetime | None]:
    """How many articles are withdrawn, and when the last was: what changes with each."""
    query = select(func.count(), func.max(withdrawals.c.at))
    row = conn.execute(query).one()
    return row[0], row[1]
