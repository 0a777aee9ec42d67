"""Approvals have roles and may be said again; questions that wait, and every no, are kept.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = ["content_hash", "reviewer", "approved_at"]


REFUSAL = "rows of approvals are never changed or deleted"


def upgrade() -> None:
    approvals()
    reviews()


def approvals() -> None:
    """A reviewer may say yes again when the first yes has run out: both stay on record."""
    op.add_column(
        "approvals", sa.Column("role", sa.Text, nullable=False, server_default="editor")
    )
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint("approvals_pk", "approvals")
        op.create_primary_key("approvals_pk", "approvals", KEY)
        return
    op.create_table(
        "approvals_anew",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("approved_at", AT, nullable=False),
        sa.Column("role", sa.Text, nullable=False, server_default="editor"),
        sa.PrimaryKeyConstraint(*KEY, name="approvals_pk"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["issues.content_hash"], name="approvals_content_hash_fk"
        ),
    )
    names = "content_hash, reviewer, channel, run_id, approved_at, role"
    op.execute(f"INSERT INTO approvals_anew ({names}) SELECT {names} FROM approvals")
    op.drop_table("approvals")
    op.rename_table("approvals_anew", "approvals")
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER approvals_refuse_{act.lower()} BEFORE {act} ON approvals"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("drafts", sa.Text, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("closes_at", AT, nullable=False),
        sa.Column("answered_at", AT),
        sa.Column("reminded_at", AT),
        sa.PrimaryKeyConstraint("run_id", "key", name="reviews_pk"),
    )
    op.create_index("reviews_drafts", "reviews", ["drafts"])
    op.create_table(
        "review_parts",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("claims", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "key", "content_hash", name="review_parts_pk"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["issues.content_hash"], name="review_parts_content_hash_fk"
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "key"], ["reviews.run_id", "reviews.key"], name="review_parts_run_id_fk"
        ),
    )
    op.create_index("review_parts_content_hash", "review_parts", ["content_hash"])
    op.create_table(
        "objections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("taken_back_at", AT),
        sa.Column("taken_back_by", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="objections_pk"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["issues.content_hash"], name="objections_content_hash_fk"
        ),
        sa.CheckConstraint(
            "kind = 'sent back' OR kind = 'rejected'", name=op.f("objections_kind_check")
        ),
    )
    op.create_index("objections_content_hash", "objections", ["content_hash"])
