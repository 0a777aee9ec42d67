"""How often the links of an issue were followed, by day.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clicks",
        sa.Column(
            "content_hash",
            sa.Text,
            sa.ForeignKey("issues.content_hash", name="clicks_content_hash_fk"),
            nullable=False,
        ),
        sa.Column("link", sa.Integer, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "link", "day", name="clicks_pk"),
    )
