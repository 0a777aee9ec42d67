"""The tables of what is said after publishing: corrections, and articles withdrawn."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text

from partwork.store.columns import Instant, metadata

# A part has one correction at a time that waits to take effect.
corrections = Table(
    "corrections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("series", Text, nullable=False, index=True),
    Column("instalment", Text, nullable=False, index=True),
    Column("corrects", ForeignKey("issues.content_hash"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("wants_mail", Boolean, nullable=False),
    Column("mail", ForeignKey("issues.content_hash")),
    Column("revision", ForeignKey("issues.content_hash")),
    Column("applied_at", Instant),
    Column("settled_at", Instant),  # nothing of the former wordings is open any more
    CheckConstraint("(revision IS NULL) = (applied_at IS NULL)", name="applied"),
)

IS_WAITING = corrections.c.applied_at.is_(None)
Index(
    "corrections_waiting",
    corrections.c.instalment,
    unique=True,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)

# Issues whose place a revision has taken. What is unsent of them goes on in the revision, unless
# a person had cancelled it.
superseded = Table(
    "superseded",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("revision", ForeignKey("issues.content_hash"), nullable=False, index=True),
    Column("goes_on", Boolean, nullable=False),
)

# The articles that an issue draws on, as its part cited them when it was rendered.
issue_sources = Table(
    "issue_sources",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("article", Text, primary_key=True, index=True),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("article", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("series", Text, nullable=False),  # JSON: the article's place in each that had it
)
