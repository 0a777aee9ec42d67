"""Against which campaign an event counts.

What was judged before counts against none.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("campaign", sa.BigInteger))
    where = sa.text("campaign IS NOT NULL")
    op.create_index(
        "events_campaign", "events", ["campaign"], sqlite_where=where, postgresql_where=where
    )
