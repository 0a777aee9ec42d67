"""Tables of what runs at this moment, from which what a crash has left is told and finished."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from partwork.store.columns import Instant, metadata

# Who works alone on a series or an issue, and until when nobody else does.
turns = Table(
    "turns",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

# Prefect's runs that were asked to send an issue and are not known to have ended.
send_runs = Table(
    "send_runs",
    metadata,
    Column("run", Text, primary_key=True),
    Column("deployment", Text, nullable=False),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False, index=True),
    Column("asked_at", Instant, nullable=False),
)

# What was last seen of a file of the inbox, and how often it was handed on as it is; `is_done`
# says that an ingest has come to an end with it, whatever that was.
dropped = Table(
    "dropped",
    metadata,
    Column("name", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("asked_at", Instant),
    Column("is_done", Boolean, nullable=False),
)
