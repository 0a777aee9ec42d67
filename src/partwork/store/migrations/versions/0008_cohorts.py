"""Subscriptions know their holder's cohort: segments of language and tags are counted by one index.

Revision ID: 0008
"""

from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "subscriptions"


def upgrade() -> None:
    column = sa.Column("cohort", sa.BigInteger, nullable=False, server_default="0")
    op.add_column(TABLE, column)
    op.drop_index("subscriptions_asked", TABLE)
    settle()
    columns = ["newsletter", "state", "cohort", "asked_at", "subscriber"]
    op.create_index("subscriptions_cohorts", TABLE, columns)
    op.drop_index("subscribers_language", "subscribers")
    op.drop_index("tags_held", "tags")


def settle() -> None:
    """Those without tags at once by language, the others each."""
    bind = op.get_bind()
    languages = bind.execute(sa.text("SELECT DISTINCT language FROM subscribers")).scalars().all()
    of_language = sa.text(
        "UPDATE subscriptions SET cohort = :cohort"
        " WHERE subscriber IN (SELECT id FROM subscribers WHERE language = :language)"
    )
    for language in languages:
        bind.execute(of_language, {"cohort": cohort(language, []), "language": language})
    tagged = bind.execute(
        sa.text(
            "SELECT subscriber, language, tag FROM tags JOIN subscribers ON id = subscriber"
            " ORDER BY subscriber"
        )
    )
    rows = [
        {"id": subscriber, "cohort": cohort(language, [row.tag for row in held])}
        for (subscriber, language), held in groupby(tagged, itemgetter(0, 1))
    ]
    if rows:
        bind.execute(
            sa.text("UPDATE subscriptions SET cohort = :cohort WHERE subscriber = :id"), rows
        )


def cohort(language: str, tags: list[str]) -> int:
    told = "\n".join((language, *sorted(tags)))
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big", signed=True)
