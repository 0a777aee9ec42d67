"""Run by Alembic. The connection, and the transaction, are `migrating.migrate`'s."""

from alembic import context

from partwork.store import schema  # noqa: F401 so that all tables are known
from partwork.store.columns import metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=metadata,
    version_table=attributes["version_table"],
)
context.run_migrations()
