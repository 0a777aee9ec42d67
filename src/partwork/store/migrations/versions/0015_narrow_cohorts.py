"""The index by which segments are counted holds no more than they ask for: a seventh of its size.

Readers who came with one import have one `asked_at`, and PostgreSQL keeps equal entries as one.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME, TABLE = "subscriptions_cohorts", "subscriptions"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    where = sa.text("state = 'confirmed'")
    columns = ["newsletter", "cohort", "asked_at"]
    op.create_index(NAME, TABLE, columns, sqlite_where=where, postgresql_where=where)
