"""What is known of slots: when they were looked at, what was missed, what editors were told.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("looked_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("series", name="looks_pk"),
    )
    op.create_table(
        "missed",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("instalment", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("noted_at", AT, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("decided_at", AT),
        sa.PrimaryKeyConstraint("series", "due_at", name="missed_pk"),
        sa.CheckConstraint(
            "choice = 'now' OR choice = 'skip' OR choice = 'shift'", name="choice"
        ),
        sa.CheckConstraint(
            "(choice IS NULL) = (decided_at IS NULL)", name="decided"
        ),
    )
    op.create_table(
        "told",
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("told_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("about", name="told_pk"),
    )
