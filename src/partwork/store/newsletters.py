"""The newsletters that rows speak of; what one is stands in its file."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select

from partwork.store.rows import insert_if_new
from partwork.store.schema import newsletters


def note_newsletter(conn: Connection, slug: str, at: datetime) -> None:
    """Make sure that rows may speak of a newsletter."""
    # Asked first, since SQLAlchemy compiles an INSERT with ON CONFLICT anew each time.
    if not conn.execute(_IS_KNOWN, {"newsletter": slug}).scalar_one():
        insert_if_new(conn, newsletters, slug=slug, first_seen_at=at)


_IS_KNOWN = select(exists().where(newsletters.c.slug == bindparam("newsletter")))
