"""The tables of what waits for a reviewer's word, and of every no."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
)

from partwork.model.review import No
from partwork.store.columns import BIG_ID, Instant, is_one_of, metadata

# Questions that runs have asked; `drafts` is one for one set of drafts, whoever asks about it.
reviews = Table(
    "reviews",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("series", Text, nullable=False),
    Column("drafts", Text, nullable=False, index=True),
    Column("asked_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("reminded_at", Instant),
)

# The drafts of each, with what was shown of them that the issue itself does not tell.
review_parts = Table(
    "review_parts",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("claims", Text, nullable=False),
    ForeignKeyConstraint(["run_id", "key"], ["reviews.run_id", "reviews.key"]),
)

objections = Table(
    "objections",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_back_at", Instant),
    Column("taken_back_by", Text, nullable=False, server_default=""),
    CheckConstraint(is_one_of("kind", No), name="kind"),
)
