"""Reports on issues look up departures and what came back by time.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    against = "kind = 'bounce' OR kind = 'complaint'"
    partial_index("events_against", "events", ["received_at"], against)
    partial_index("consents_departures", "consents", ["newsletter", "at"], "act = 'ended'")


def partial_index(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
