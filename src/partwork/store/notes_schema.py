"""The tables of what the database notes about itself and what is outside of it."""

from sqlalchemy import BigInteger, Column, Table, Text

from partwork.store.columns import metadata

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# How far things outside the database have been read, each in a measure of its own; the column is
# named for the first of them, a file.
positions = Table(
    "positions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("offset_bytes", BigInteger, key="reached", nullable=False),
)
