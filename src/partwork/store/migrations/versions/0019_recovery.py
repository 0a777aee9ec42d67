"""Who works alone on what, which runs were asked to send, which files of the inbox were seen.

Revision ID: 0019
"""

import sqlalchemy as sa
from alembic import op

from partwork.store.columns import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="turns_pk"),
    )
    op.create_table(
        "send_runs",
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("deployment", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("run", name="send_runs_pk"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["issues.content_hash"], name="send_runs_content_hash_fk"
        ),
    )
    op.create_index("send_runs_content_hash", "send_runs", ["content_hash"])
    op.create_table(
        "dropped",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("asked_at", Instant),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("name", name="dropped_pk"),
    )
