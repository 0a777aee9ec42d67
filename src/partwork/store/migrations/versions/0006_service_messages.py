"""Service mails counted by mailbox, and taken by what they are.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "service_messages"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("mailbox_key", sa.Text, nullable=False, server_default=""))
    # An address without a tag has one key in both columns, so that today's caps go on.
    op.execute("UPDATE service_messages SET mailbox_key = suppression_key")
    op.drop_index("service_messages_of_address", TABLE)
    op.create_index("service_messages_of_mailbox", TABLE, ["mailbox_key", "asked_at"])
    op.drop_index("service_messages_waiting", TABLE)
    waits = sa.text("next_try_at IS NOT NULL")
    op.create_index(
        "service_messages_waiting",
        TABLE,
        ["kind", "next_try_at"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
