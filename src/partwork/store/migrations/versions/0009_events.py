"""What comes back: the inbox of events, what is held against an address, and probes.

Revision ID: 0009
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
SOURCES = ("mailbox", "smtp", "ses", "postmark", "mailgun", "sendgrid")
KINDS = ("bounce", "delay", "delivered", "complaint", "unsubscribe", "auto-reply", "unrelated")
REQUESTS = ("subscribe", "welcome", "goodbye", "preferences", "move", "moved", "probe")
REASONS = ("hard bounce", "complaint", "owner's wish", "probe bounced")


def upgrade() -> None:
    events()
    bounce_records()
    widen("service_messages", "kind", REQUESTS)
    widen("suppressions", "reason", REASONS)


def events() -> None:
    texts = ("event", "recipient", "bounce_address", "relay_id", "message_id", "status", "words")
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told_key", sa.Text, nullable=False),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("told_at", AT),
        sa.Column("feedback_type", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try_at", AT),
        sa.Column("set_aside", sa.Text, nullable=False, server_default=""),
        sa.Column("judged_at", AT),
        sa.Column("rule", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("certainty", sa.Text),
        sa.Column("delivery", sa.BigInteger),
        sa.Column("subscriber", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="events_pk"),
        sa.UniqueConstraint("told_key", name="events_told_key_key"),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name="events_subscriber_fk", ondelete="SET NULL"
        ),
        sa.CheckConstraint(is_one_of("source", SOURCES), name=op.f("events_source_check")),
        sa.CheckConstraint(is_one_of("kind", KINDS), name=op.f("events_kind_check")),
        sa.CheckConstraint(
            "judged_at IS NULL OR next_try_at IS NULL", name=op.f("events_next_try_check")
        ),
    )
    op.create_index("events_subscriber", "events", ["subscriber"])
    partial_index("events_unjudged", "events", ["next_try_at", "id"], "judged_at IS NULL")


def bounce_records() -> None:
    table = "bounce_records"
    op.create_table(
        table,
        sa.Column("subscriber", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("why", sa.Text, nullable=False, server_default=""),
        sa.Column("bounced", sa.Text, nullable=False),
        sa.Column("delivered", AT),
        sa.Column("probed_at", AT),
        sa.Column("probe", sa.BigInteger),
        sa.Column("left_out_until", AT),
        sa.PrimaryKeyConstraint("subscriber", name="bounce_records_pk"),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscribers.id"],
            name="bounce_records_subscriber_fk",
            ondelete="CASCADE",
        ),
    )
    columns = ["left_out_until", "subscriber"]
    partial_index("bounce_records_left_out", table, columns, "left_out_until IS NOT NULL")
    partial_index("bounce_records_probe", table, ["probe"], "probe IS NOT NULL")


def partial_index(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def widen(table: str, column: str, values: tuple[str, ...]) -> None:
    """Lets a column hold one value more; no row is touched.

    https://www.sqlite.org/lang_altertable.html, 7: for changes that leave what is in the file as
    it is.
    """
    name, condition = f"{table}_{column}_check", is_one_of(column, values)
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)
        return
    bind = op.get_bind()
    of_table = {"name": table}
    found = "FROM sqlite_schema WHERE type = 'table' AND name = :name"
    before = bind.execute(sa.text(f"SELECT sql {found}"), of_table).scalar_one()
    check = re.compile(rf"(CONSTRAINT {name} CHECK )\((?:'(?:[^']|'')*'|[^()'])*\)")
    after, changed = check.subn(lambda match: f"{match[1]}({condition})", before)
    if changed != 1:
        raise RuntimeError(f"table {table} has no check of {column}")
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": after, "name": table},
    )
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = RESET"))


def is_one_of(column: str, values: tuple[str, ...]) -> str:
    quoted = (value.replace("'", "''") for value in values)
    return " OR ".join(f"{column} = '{value}'" for value in quoted)
