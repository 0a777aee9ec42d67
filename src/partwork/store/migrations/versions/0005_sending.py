"""What several lanes and machines need to send together.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("relay_id", sa.Text))
    is_named = sa.text("relay_id IS NOT NULL")
    op.create_index(
        "deliveries_relay_id",
        "deliveries",
        ["relay_id"],
        sqlite_where=is_named,
        postgresql_where=is_named,
    )
    is_settled = sa.text("state IN ('refused', 'in doubt', 'left', 'bundled')")
    op.create_index(
        "deliveries_settled",
        "deliveries",
        ["content_hash", "state", "replied_at"],
        sqlite_where=is_settled,
        postgresql_where=is_settled,
    )
    op.add_column(
        "campaigns", sa.Column("planned", sa.Integer, nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE campaigns SET planned ="
        " (SELECT count(*) FROM deliveries WHERE deliveries.campaign = campaigns.id)"
    )
    op.add_column("campaigns", sa.Column("folded_at", AT))
    folded()
    lanes()
    stops()
    paces()


def folded() -> None:
    op.create_table(
        "folded",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign", sa.Integer, nullable=False),
        sa.Column("subscriber", sa.Integer),
        sa.Column("accepted_s", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="folded_pk"),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name="folded_campaign_fk"),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name="folded_subscriber_fk", ondelete="SET NULL"
        ),
    )
    op.create_index("folded_subscriber_campaign", "folded", ["subscriber", "campaign"])


def lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("ledger_boot", sa.Text, nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="lanes_pk"),
        of_issue("lanes"),
    )
    op.create_index("lanes_content_hash", "lanes", ["content_hash"])


def stops() -> None:
    op.create_table(
        "stops",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="stops_pk"),
        of_issue("stops"),
        sa.CheckConstraint(
            "kind IN ('paused', 'held', 'cancelled', 'resumed')", name=op.f("stops_kind_check")
        ),
    )


def paces() -> None:
    op.create_table(
        "paces",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("next_at", AT, nullable=False),
        sa.Column("apart_us", sa.BigInteger, nullable=False),
        sa.Column("slowed_at", AT),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("on_day", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="paces_pk"),
    )


def of_issue(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["content_hash"], ["issues.content_hash"], name=f"{table}_content_hash_fk"
    )
