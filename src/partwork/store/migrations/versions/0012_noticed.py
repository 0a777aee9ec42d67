"""SQLite counts what lanes must notice, so that they need not look again after each other's commits.

Not so on PostgreSQL, where all who change readers would wait for the one row.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# All that may keep a mail from leaving that was claimed before.
NOTICED = {
    "subscriptions": ("UPDATE OF state, paused_until", "DELETE"),
    "subscribers": ("UPDATE OF suppression_key", "DELETE"),
    "skipped_series": ("INSERT",),
    "suppressions": ("INSERT",),
    "stops": ("INSERT", "UPDATE", "DELETE"),
}


def upgrade() -> None:
    op.create_table(
        "noticed",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="noticed_pk"),
    )
    if op.get_context().dialect.name != "sqlite":
        return
    op.execute("INSERT INTO noticed (id, changes) VALUES (1, 0)")
    for table, acts in NOTICED.items():
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_noticed_{act.split()[0].lower()} AFTER {act} ON {table}"
                " BEGIN UPDATE noticed SET changes = changes + 1; END"
            )
