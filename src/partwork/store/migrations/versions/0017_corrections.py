"""Corrections of published parts, what issues draw on, and articles withdrawn.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def _issue(table: str, column: str) -> sa.ForeignKey:
    return sa.ForeignKey("issues.content_hash", name=f"{table}_{column}_fk")


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("instalment", sa.Text, nullable=False),
        sa.Column("corrects", sa.Text, _issue("corrections", "corrects"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("wants_mail", sa.Boolean, nullable=False),
        sa.Column("mail", sa.Text, _issue("corrections", "mail")),
        sa.Column("revision", sa.Text, _issue("corrections", "revision")),
        sa.Column("applied_at", Instant),
        sa.Column("settled_at", Instant),
        sa.CheckConstraint("(revision IS NULL) = (applied_at IS NULL)", name="applied"),
        sa.PrimaryKeyConstraint("id", name="corrections_pk"),
    )
    op.create_index("corrections_series", "corrections", ["series"])
    op.create_index("corrections_instalment", "corrections", ["instalment"])
    waiting = sa.text("applied_at IS NULL")
    op.create_index(
        "corrections_waiting",
        "corrections",
        ["instalment"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "superseded",
        sa.Column("content_hash", sa.Text, _issue("superseded", "content_hash"), nullable=False),
        sa.Column("revision", sa.Text, _issue("superseded", "revision"), nullable=False),
        sa.Column("goes_on", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="superseded_pk"),
    )
    op.create_index("superseded_revision", "superseded", ["revision"])
    op.create_table(
        "issue_sources",
        sa.Column("content_hash", sa.Text, _issue("issue_sources", "content_hash"), nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "article", name="issue_sources_pk"),
    )
    op.create_index("issue_sources_article", "issue_sources", ["article"])
    op.create_table(
        "withdrawals",
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article", name="withdrawals_pk"),
    )
