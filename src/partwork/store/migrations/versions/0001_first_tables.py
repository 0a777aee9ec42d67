"""The first tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    audience()
    what_is_published()
    how_it_is_delivered()
    for table, what in UNCHANGING.items():
        refuse_changes(table, what)


def audience() -> None:
    op.create_table(
        "newsletters",
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("first_seen_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="newsletters_pk"),
    )
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("address_key", sa.Text, nullable=False),
        sa.Column("suppression_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="subscribers_pk"),
        sa.UniqueConstraint("address_key", name="subscribers_address_key_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("subscribers_suppression_key", "subscribers", ["suppression_key"])
    op.create_table(
        "subscriptions",
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("confirmed_at", AT),
        sa.Column("ended_at", AT),
        sa.PrimaryKeyConstraint("subscriber", "newsletter", name="subscriptions_pk"),
        of_subscriber("subscriptions", ondelete="CASCADE"),
        of_newsletter("subscriptions"),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'ended')", name=op.f("subscriptions_state_check")
        ),
    )
    op.create_index(
        "subscriptions_audience", "subscriptions", ["newsletter", "state", "subscriber"]
    )
    op.create_table(
        "courses",
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("next_number", sa.Integer, nullable=False),
        sa.Column("next_due_at", AT, nullable=False),
        sa.Column("enrolled_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "series", name="courses_pk"),
        of_subscriber("courses", ondelete="CASCADE"),
        of_newsletter("courses"),
        sa.CheckConstraint("next_number >= 1", name=op.f("courses_next_number_check")),
    )
    op.create_index("courses_due", "courses", ["series", "next_number", "next_due_at"])
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscriber", sa.Integer),
        sa.Column("suppression_key", sa.Text, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="consents_pk"),
        of_subscriber("consents", ondelete="SET NULL"),
        of_newsletter("consents"),
        sa.CheckConstraint(
            "act IN ('confirmed', 'imported', 'ended')", name=op.f("consents_act_check")
        ),
    )
    op.create_index("consents_subscriber", "consents", ["subscriber"])
    op.create_index("consents_of_hash", "consents", ["suppression_key", "newsletter"])
    op.create_table(
        "suppressions",
        sa.Column("suppression_key", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("suppression_key", name="suppressions_pk"),
        sa.CheckConstraint(
            "reason IN ('hard bounce', 'complaint', 'owner''s wish')",
            name=op.f("suppressions_reason_check"),
        ),
    )


def what_is_published() -> None:
    op.create_table(
        "issues",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("newsletter", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("instalment", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("preheader", sa.Text, nullable=False),
        sa.Column("sender_name", sa.Text, nullable=False),
        sa.Column("sender_address", sa.Text, nullable=False),
        sa.Column("reply_to_name", sa.Text, nullable=False),
        sa.Column("reply_to_address", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("rendered_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="issues_pk"),
        sa.UniqueConstraint("name", name="issues_name_key"),
        of_newsletter("issues"),
    )
    op.create_index("issues_instalment", "issues", ["instalment"])
    op.create_index("issues_of_series", "issues", ["series", "number"])
    op.create_table(
        "drafts",
        sa.Column("instalment", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("rendered_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("instalment", name="drafts_pk"),
        of_issue("drafts"),
    )
    op.create_index("drafts_series", "drafts", ["series"])
    op.create_table(
        "approvals",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("approved_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "reviewer", name="approvals_pk"),
        of_issue("approvals"),
    )


def how_it_is_delivered() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("planned_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="campaigns_pk"),
        sa.UniqueConstraint("content_hash", "due_at", name="campaigns_content_hash_due_at_key"),
        of_issue("campaigns"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("subscriber", sa.Integer),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("lease_until", AT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempted_at", AT),
        sa.Column("replied_at", AT),
        sa.Column("reply_code", sa.Integer),
        sa.Column("reply_text", sa.Text, nullable=False),
        sa.Column("next_try_at", AT),
        sa.PrimaryKeyConstraint("id", name="deliveries_pk"),
        sa.UniqueConstraint(
            "content_hash", "subscriber", name="deliveries_content_hash_subscriber_key"
        ),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name="deliveries_campaign_fk"),
        of_issue("deliveries"),
        of_subscriber("deliveries", ondelete="SET NULL"),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'attempted', 'accepted', 'deferred', 'refused',"
            " 'in doubt', 'left')",
            name=op.f("deliveries_state_check"),
        ),
        sa.CheckConstraint(
            "(state IN ('claimed', 'attempted')) = (lease_until IS NOT NULL)",
            name=op.f("deliveries_lease_check"),
        ),
        sa.CheckConstraint(
            "(state = 'deferred') = (next_try_at IS NOT NULL)",
            name=op.f("deliveries_next_try_check"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_subscriber", "deliveries", ["subscriber"])
    for name, columns, condition in (
        ("deliveries_pending", ["content_hash", "campaign", "id"], "state = 'pending'"),
        ("deliveries_deferred", ["content_hash", "next_try_at"], "state = 'deferred'"),
        ("deliveries_leased", ["lease_until"], "lease_until IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            name, "deliveries", columns, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="leases_pk"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="facts_pk"),
    )


def of_subscriber(table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["subscriber"], ["subscribers.id"], name=f"{table}_subscriber_fk", ondelete=ondelete
    )


def of_newsletter(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["newsletter"], ["newsletters.slug"], name=f"{table}_newsletter_fk"
    )


def of_issue(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["content_hash"], ["issues.content_hash"], name=f"{table}_content_hash_fk"
    )


# An erased person's consents lose the subscriber and nothing else.
FORGETTING = """NEW.subscriber IS NULL
    AND (NEW.id, NEW.suppression_key, NEW.newsletter, NEW.act, NEW.at, NEW.source, NEW.wording)
      = (OLD.id, OLD.suppression_key, OLD.newsletter, OLD.act, OLD.at, OLD.source, OLD.wording)"""

# Table: the only change it lets through (none: not any).
UNCHANGING = {"issues": "false", "approvals": "false", "consents": FORGETTING}


def refuse_changes(table: str, but: str) -> None:
    why = f"rows of {table} are never changed or deleted"
    if op.get_context().dialect.name == "sqlite":
        for act, condition in (("UPDATE", f"WHEN NOT ({but})"), ("DELETE", "")):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{why}'; END $$"
    )
    for act, condition in (
        ("UPDATE", f"FOR EACH ROW WHEN (NOT ({but}))"),
        ("DELETE", "FOR EACH ROW"),
        ("TRUNCATE", "FOR EACH STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} {condition}"
            f" EXECUTE FUNCTION {table}_refuse()"
        )
