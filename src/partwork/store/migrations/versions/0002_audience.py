"""Sign-ups, pauses and skipped series; consents with their evidence; what waits to be mailed.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("paused_until", AT))
    is_pending = sa.text("state = 'pending'")
    op.create_index(
        "subscriptions_pending",
        "subscriptions",
        ["asked_at"],
        sqlite_where=is_pending,
        postgresql_where=is_pending,
    )
    op.create_table(
        "skipped_series",
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "series", name="skipped_series_pk"),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscribers.id"],
            name="skipped_series_subscriber_fk",
            ondelete="CASCADE",
        ),
    )
    consents()
    op.create_table(
        "wordings",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_shown_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="wordings_pk"),
    )
    service_messages()
    op.create_table(
        "positions",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="positions_pk"),
    )


def service_messages() -> None:
    op.create_table(
        "service_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("suppression_key", sa.Text, nullable=False),
        sa.Column("network_key", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", AT),
        sa.PrimaryKeyConstraint("id", name="service_messages_pk"),
        sa.ForeignKeyConstraint(
            ["newsletter"], ["newsletters.slug"], name="service_messages_newsletter_fk"
        ),
        sa.CheckConstraint(
            "kind IN ('subscribe', 'welcome', 'goodbye', 'preferences', 'move')",
            name=op.f("service_messages_kind_check"),
        ),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("service_messages_of_address", ["suppression_key", "asked_at"]),
        ("service_messages_of_network", ["network_key", "asked_at"]),
        ("service_messages_asked_at", ["asked_at"]),
    ):
        op.create_index(name, "service_messages", columns)
    for name, column, condition in (
        ("service_messages_of_visitors", "asked_at", "network_key != ''"),
        ("service_messages_waiting", "next_try_at", "next_try_at IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            name, "service_messages", [column], sqlite_where=where, postgresql_where=where
        )


ACTS = "act IN ('asked', 'confirmed', 'imported', 'ended', 'returned')"
KEPT = "id, suppression_key, newsletter, act, at, source, wording"

# An erased person's consents lose the person, the network address and the browser's name.
FORGETTING = (
    "NEW.subscriber IS NULL AND NEW.network = '' AND NEW.user_agent = ''"
    f" AND ({', '.join(f'NEW.{c}' for c in KEPT.split(', '))})"
    f" = ({', '.join(f'OLD.{c}' for c in KEPT.split(', '))})"
)


def consents() -> None:
    if op.get_context().dialect.name == "sqlite":
        consents_on_sqlite()
        return
    op.drop_constraint(op.f("consents_act_check"), "consents", type_="check")
    op.create_check_constraint(op.f("consents_act_check"), "consents", ACTS)
    for column in evidence():
        op.add_column("consents", column)
    op.execute("DROP TRIGGER consents_refuse_update ON consents")
    op.execute(
        "CREATE TRIGGER consents_refuse_update BEFORE UPDATE ON consents FOR EACH ROW"
        f" WHEN (NOT ({FORGETTING})) EXECUTE FUNCTION consents_refuse()"
    )


def consents_on_sqlite() -> None:
    """SQLite changes no constraint in place: a new table takes the rows over, triggers and all."""
    op.create_table(
        "consents_0002",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscriber", sa.Integer),
        sa.Column("suppression_key", sa.Text, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        *evidence(),
        sa.PrimaryKeyConstraint("id", name="consents_pk"),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name="consents_subscriber_fk", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["newsletter"], ["newsletters.slug"], name="consents_newsletter_fk"
        ),
        sa.CheckConstraint(ACTS, name=op.f("consents_act_check")),
    )
    op.execute(
        f"INSERT INTO consents_0002 (subscriber, {KEPT}) SELECT subscriber, {KEPT} FROM consents"
    )
    op.drop_table("consents")
    op.rename_table("consents_0002", "consents")
    op.create_index("consents_subscriber", "consents", ["subscriber"])
    op.create_index("consents_of_hash", "consents", ["suppression_key", "newsletter"])
    why = "rows of consents are never changed or deleted"
    for act, condition in (("UPDATE", f"WHEN NOT ({FORGETTING})"), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER consents_refuse_{act.lower()} BEFORE {act} ON consents {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )


def evidence() -> list[sa.Column[str]]:
    return [
        sa.Column(name, sa.Text, nullable=False, server_default="")
        for name in ("network", "user_agent")
    ]
