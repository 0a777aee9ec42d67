"""What was published, for everyone to read."""

from sqlalchemy import Connection, func, select

from partwork.model.archive import PublishedPart
from partwork.store.corrections import corrected_at
from partwork.store.schema import campaigns, issues
from partwork.store.sources import is_withdrawn


def published_parts(
    conn: Connection, newsletter: str, series: str | None = None
) -> tuple[PublishedPart, ...]:
    """A newsletter's published parts, or those of one of its series, the newest first.

    Those are left out whose text draws on an article that was withdrawn.
    """
    query = (
        select(
            is_withdrawn(issues.c.content_hash).label("is_withdrawn"),
            issues.c.series,
            issues.c.instalment,
            issues.c.number,
            issues.c.title,
            issues.c.preheader,
            campaigns.c.due_at,
        )
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .where(issues.c.newsletter == newsletter, issues.c.instalment != "")  # a bundle is no part
        .order_by(campaigns.c.due_at, campaigns.c.id)
    )
    if series is not None:
        query = query.where(issues.c.series == series)
    parts: dict[str, PublishedPart] = {}
    withdrawn: set[str] = set()
    rows = conn.execute(query).all()
    corrected = corrected_at(conn, {row.series for row in rows})
    for row in rows:
        (withdrawn.add if row.is_withdrawn else withdrawn.discard)(row.instalment)
        first = parts.get(row.instalment)
        parts[row.instalment] = PublishedPart(
            row.series,
            row.instalment,
            row.number,
            row.title,
            row.preheader,
            first.published_at if first else row.due_at,
            max(row.due_at, corrected.get(row.instalment, row.due_at)),
        )
    shown = (part for part in parts.values() if part.instalment not in withdrawn)
    newest = sorted(shown, key=lambda part: (part.published_at, part.number))
    return tuple(reversed(newest))


def published_series(conn: Connection, newsletter: str) -> tuple[str, ...]:
    """The newsletter's series of which a part was published, the newest first."""
    parts = published_parts(conn, newsletter)
    return tuple(dict.fromkeys(part.series for part in parts))


def newsletter_of_series(conn: Connection, series: str) -> str | None:
    """The newsletter in which parts of a series were published; None where none was."""
    query = (
        select(issues.c.newsletter)
        .join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
        .where(issues.c.series == series)
        .order_by(campaigns.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()


def campaigns_so_far(conn: Connection) -> tuple[int, int]:
    """How many campaigns were planned and the number of the last: what changes with each."""
    row = conn.execute(select(func.count(), func.max(campaigns.c.id)).select_from(campaigns)).one()
    return row[0], row[1] or 0
