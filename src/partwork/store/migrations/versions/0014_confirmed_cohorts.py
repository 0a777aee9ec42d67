"""The index by which segments are counted holds confirmed readers alone: a quarter of its size.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME, TABLE = "subscriptions_cohorts", "subscriptions"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    where = sa.text("state = 'confirmed'")
    columns = ["newsletter", "cohort", "asked_at", "subscriber"]
    op.create_index(NAME, TABLE, columns, sqlite_where=where, postgresql_where=where)
