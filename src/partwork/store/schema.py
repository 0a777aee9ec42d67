"""The tables. `migrations` builds them; a test holds the two to each other.

Words are those of the glossary. Ids that stand in links we mail (subscribers) or that workers
keep while rows go (deliveries) are never used again, which SQLite has to be told.
"""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.types import TypeDecorator

from partwork.model.audience import (
    Act,
    ServiceRequest,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import DeliveryState
from partwork.store.rows import literal_state


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, text that sorts by time on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant as the driver takes it. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a naive datetime names no instant: give it a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC, whatever time zone the database session is in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _one_of(states: type[StrEnum]) -> str:
    return ", ".join("'{}'".format(s.value.replace("'", "''")) for s in states)


_BIG_ID = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "pk": "%(table_name)s_pk",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

newsletters = Table(
    "newsletters",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True),
    Column("suppression_key", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("newsletter", ForeignKey("newsletters.slug"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("ended_at", Instant),
    Column("paused_until", Instant),
    CheckConstraint(f"state IN ({_one_of(SubscriptionState)})", name="state"),
    Index("subscriptions_audience", "newsletter", "state", "subscriber"),
)

IS_PENDING = subscriptions.c.state == literal_state(SubscriptionState.PENDING)
Index(
    "subscriptions_pending",
    subscriptions.c.asked_at,
    sqlite_where=IS_PENDING,
    postgresql_where=IS_PENDING,
)

skipped_series = Table(
    "skipped_series",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("series", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

courses = Table(
    "courses",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("series", Text, primary_key=True),
    Column("newsletter", ForeignKey("newsletters.slug"), nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("next_due_at", Instant, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    CheckConstraint("next_number >= 1", name="next_number"),
    Index("courses_due", "series", "next_number", "next_due_at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", _BIG_ID, primary_key=True),
    # Erasing a person empties this column, the network address and the browser's name; the hash
    # beside it is what stays as evidence.
    Column("subscriber", ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    Column("suppression_key", Text, nullable=False),
    Column("newsletter", ForeignKey("newsletters.slug"), nullable=False),
    Column("act", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("network", Text, nullable=False, server_default=""),
    Column("user_agent", Text, nullable=False, server_default=""),
    CheckConstraint(f"act IN ({_one_of(Act)})", name="act"),
    Index("consents_of_hash", "suppression_key", "newsletter"),
)

wordings = Table(
    "wordings",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("first_shown_at", Instant, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("suppression_key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"reason IN ({_one_of(SuppressionReason)})", name="reason"),
)

# What waits to be mailed to one person, and for a day what was: by it, mails are capped.
service_messages = Table(
    "service_messages",
    metadata,
    Column("id", _BIG_ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("newsletter", ForeignKey("newsletters.slug"), nullable=False),
    Column("subscriber", Integer, nullable=False),
    Column("address", Text, nullable=False),  # emptied once it is answered
    Column("suppression_key", Text, nullable=False),
    Column("network_key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant),  # none: answered
    CheckConstraint(f"kind IN ({_one_of(ServiceRequest)})", name="kind"),
    Index("service_messages_of_address", "suppression_key", "asked_at"),
    Index("service_messages_of_network", "network_key", "asked_at"),
    Index("service_messages_asked_at", "asked_at"),
    sqlite_autoincrement=True,
)

IS_VISITOR_S = service_messages.c.network_key != literal_column("''", Text)
Index(
    "service_messages_of_visitors",
    service_messages.c.asked_at,
    sqlite_where=IS_VISITOR_S,
    postgresql_where=IS_VISITOR_S,
)

_WAITS = service_messages.c.next_try_at.is_not(None)
Index(
    "service_messages_waiting",
    service_messages.c.next_try_at,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)

issues = Table(
    "issues",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("newsletter", ForeignKey("newsletters.slug"), nullable=False),
    Column("series", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("instalment", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("preheader", Text, nullable=False),
    Column("sender_name", Text, nullable=False),
    Column("sender_address", Text, nullable=False),
    Column("reply_to_name", Text, nullable=False),
    Column("reply_to_address", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("rendered_at", Instant, nullable=False),
    Index("issues_of_series", "series", "number"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("instalment", Text, primary_key=True),
    Column("series", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False),
    Column("rendered_at", Instant, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("reviewer", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("approved_at", Instant, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("planned_at", Instant, nullable=False),
    UniqueConstraint("content_hash", "due_at"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _BIG_ID, primary_key=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False),
    Column("subscriber", ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    Column("recipient", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", Instant),
    Column("replied_at", Instant),
    Column("reply_code", Integer),
    Column("reply_text", Text, nullable=False),
    Column("next_try_at", Instant),
    UniqueConstraint("content_hash", "subscriber"),
    CheckConstraint(f"state IN ({_one_of(DeliveryState)})", name="state"),
    CheckConstraint(
        "(state IN ('claimed', 'attempted')) = (lease_until IS NOT NULL)", name="lease"
    ),
    CheckConstraint("(state = 'deferred') = (next_try_at IS NOT NULL)", name="next_try"),
    sqlite_autoincrement=True,
)

_IS_PENDING = deliveries.c.state == literal_state(DeliveryState.PENDING)
_IS_DEFERRED = deliveries.c.state == literal_state(DeliveryState.DEFERRED)
_IS_LEASED = deliveries.c.lease_until.is_not(None)

# Partial, since of a ledger that grows for ever only the open rows are looked for. Pending ones
# come by campaign and id, an order that no other index has: else PostgreSQL, once it takes most
# rows for pending, walks a whole index past all that is done.
Index(
    "deliveries_pending",
    deliveries.c.content_hash,
    deliveries.c.campaign,
    deliveries.c.id,
    sqlite_where=_IS_PENDING,
    postgresql_where=_IS_PENDING,
)
Index(
    "deliveries_deferred",
    deliveries.c.content_hash,
    deliveries.c.next_try_at,
    sqlite_where=_IS_DEFERRED,
    postgresql_where=_IS_DEFERRED,
)
Index(
    "deliveries_leased",
    deliveries.c.lease_until,
    sqlite_where=_IS_LEASED,
    postgresql_where=_IS_LEASED,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# How far a file outside the database has been read, in bytes.
positions = Table(
    "positions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("offset_bytes", BigInteger, nullable=False),
)
