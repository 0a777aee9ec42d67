"""The tables by which lanes, people and relays agree on what is sent, when and by whom."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from partwork.model.stop import StopKind
from partwork.store.columns import BIG_ID, Instant, is_one_of, metadata

# Accepted deliveries of campaigns that are long over, in a tenth of the room. A person's
# are looked up by the index; instants are seconds since 1970, for SQLite's are as long as words.
folded = Table(
    "folded",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("subscriber", ForeignKey("subscribers.id", ondelete="SET NULL")),
    Column("accepted_s", BigInteger, nullable=False),
    Index("folded_subscriber_campaign", "subscriber", "campaign"),
)

# On SQLite one row, in which triggers count what may keep a mail that a lane has claimed; none on
# PostgreSQL, where all who change readers would wait for it.
noticed = Table(
    "noticed",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("changes", Integer, nullable=False),
)

# The lanes that are at work, or were when they were killed.
lanes = Table(
    "lanes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False, index=True),
    Column("machine", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("ledger_boot", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
)

# What a person, or a hold, has last said about sending an issue. None: it is sent.
stops = Table(
    "stops",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(is_one_of("kind", StopKind), name="kind"),
)

# How fast a relay, or a recipients' domain behind it, gets messages: see `store.pacing`.
paces = Table(
    "paces",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at", Instant, nullable=False),
    Column("apart_us", BigInteger, nullable=False),
    Column("slowed_at", Instant),
    Column("day", Text, nullable=False),
    Column("on_day", Integer, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
)
