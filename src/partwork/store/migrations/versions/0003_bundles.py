"""Parts of a week in one mail; a word to the old address after a move.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "'pending', 'claimed', 'attempted', 'accepted', 'deferred', 'refused', 'in doubt', 'left'"
KINDS = "'subscribe', 'welcome', 'goodbye', 'preferences', 'move'"


def upgrade() -> None:
    op.add_column(
        "subscriptions",
        sa.Column("is_bundled", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "marked_issues",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="marked_issues_pk"),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["issues.content_hash"], name="marked_issues_content_hash_fk"
        ),
    )
    op.create_table(
        "bundle_parts",
        sa.Column("bundle", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bundle", "part", name="bundle_parts_pk"),
        sa.ForeignKeyConstraint(
            ["bundle"], ["issues.content_hash"], name="bundle_parts_bundle_fk"
        ),
        sa.ForeignKeyConstraint(["part"], ["issues.content_hash"], name="bundle_parts_part_fk"),
    )
    op.create_index("bundle_parts_part", "bundle_parts", ["part"])
    also_allow("deliveries", "state", STATES, "'gathered', 'bundled'")
    also_allow("service_messages", "kind", KINDS, "'moved'")
    is_gathered = sa.text("state = 'gathered'")
    op.create_index(
        "deliveries_gathered",
        "deliveries",
        ["content_hash", "subscriber"],
        sqlite_where=is_gathered,
        postgresql_where=is_gathered,
    )


def also_allow(table: str, column: str, known: str, more: str) -> None:
    """Widens what a column's check lets in."""
    if op.get_context().dialect.name == "sqlite":
        on_sqlite(table, f"{column} IN ({known})", f"{column} IN ({known}, {more})")
        return
    check = op.f(f"{table}_{column}_check")
    op.drop_constraint(check, table, type_="check")
    op.create_check_constraint(check, table, f"{column} IN ({known}, {more})")


def on_sqlite(table: str, check: str, wider: str) -> None:
    """SQLite changes no check in place: a table that has the wider one takes the rows over.

    It goes on to number where the other was, and has the same indexes.
    """
    bind = op.get_bind()
    of_table = {"table": table}
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL AND type "
    (create,) = bind.execute(sa.text(f"{made} = 'table'"), of_table).scalars()
    indexes = bind.execute(sa.text(f"{made} = 'index'"), of_table).scalars().all()
    if check not in create:
        raise RuntimeError(f"table {table} has no {check}")
    anew = f"{table}_0003"
    op.execute(create.replace(check, wider).replace(f"TABLE {table}", f"TABLE {anew}", 1))
    op.execute(f"INSERT INTO {anew} SELECT * FROM {table}")
    op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{anew}'")
    op.execute(
        f"INSERT INTO sqlite_sequence SELECT '{anew}', seq FROM sqlite_sequence"
        f" WHERE name = '{table}'"
    )
    op.drop_table(table)
    op.rename_table(anew, table)
    for index in indexes:
        op.execute(index)
