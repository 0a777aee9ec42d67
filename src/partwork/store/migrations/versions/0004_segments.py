"""Tags and imported fields of subscribers, by which segments choose; indexes that count them.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept("tags", [], ["subscriber", "tag"], ["tag", "subscriber"])
    kept(
        "imported_fields",
        [sa.Column("value", sa.Text, nullable=False)],
        ["subscriber", "name"],
        ["name", "value", "subscriber"],
    )
    op.create_index("subscribers_language", "subscribers", ["language", "id"])
    op.create_index(
        "subscriptions_asked", "subscriptions", ["newsletter", "state", "asked_at", "subscriber"]
    )
    is_paused = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "subscriptions_paused",
        "subscriptions",
        ["newsletter", "paused_until", "subscriber"],
        sqlite_where=is_paused,
        postgresql_where=is_paused,
    )
    op.create_index("skipped_series_by", "skipped_series", ["series", "subscriber"])


def kept(table: str, values: list[sa.Column[str]], key: list[str], index: list[str]) -> None:
    """A table of what is kept of subscribers by `key`, and goes with them."""
    op.create_table(
        table,
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column(key[-1], sa.Text, nullable=False),
        *values,
        sa.PrimaryKeyConstraint(*key, name=f"{table}_pk"),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=f"{table}_subscriber_fk", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(f"{table}_held", table, index)
