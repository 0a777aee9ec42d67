"""Run by Alembic. The connection, and the transaction, are `migrating.migrate`'s."""

from alembic import context

from partwork.store.schema import metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=metadata,
    version_table=attributes["version_table"],
)
context.run_migrations()
