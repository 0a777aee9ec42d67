"""The tables. `migrations` builds them; a test holds the two to each other.

Words are those of the glossary. Ids that stand in links we mail (subscribers) or that workers
keep while rows go (deliveries) are never used again, which SQLite has to be told.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    or_,
)

from partwork.model.audience import (
    Act,
    ServiceRequest,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import DeliveryState
from partwork.store import (  # noqa: F401 tables of the same metadata
    correction_schema,
    event_schema,
    review_schema,
    sending_schema,
)
from partwork.store.columns import BIG_ID, Instant, is_one_of, metadata
from partwork.store.rows import literal_state

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

# What the operator wanted kept of an import, for segments to choose by.
tags = Table(
    "tags",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
    sqlite_with_rowid=False,
)

imported_fields = Table(
    "imported_fields",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Index("imported_fields_held", "name", "value", "subscriber"),
    sqlite_with_rowid=False,
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
    Column("is_bundled", Boolean, nullable=False, server_default=false()),
    # Of the holder's language and tags, see `cohorts`: by it, segments are counted.
    Column("cohort", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(is_one_of("state", SubscriptionState), name="state"),
    Index("subscriptions_audience", "newsletter", "state", "subscriber"),
)

IS_CONFIRMED = subscriptions.c.state == literal_state(SubscriptionState.CONFIRMED)
Index(
    "subscriptions_cohorts",
    *(subscriptions.c[name] for name in ("newsletter", "cohort", "asked_at", "subscriber")),
    sqlite_where=IS_CONFIRMED,
    postgresql_where=IS_CONFIRMED,
)

IS_PAUSED = subscriptions.c.paused_until.is_not(None)
Index(
    "subscriptions_paused",
    subscriptions.c.newsletter,
    subscriptions.c.paused_until,
    subscriptions.c.subscriber,
    sqlite_where=IS_PAUSED,
    postgresql_where=IS_PAUSED,
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
    Index("skipped_series_by", "series", "subscriber"),
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
    Column("id", BIG_ID, primary_key=True),
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
    CheckConstraint(is_one_of("act", Act), name="act"),
    Index("consents_of_hash", "suppression_key", "newsletter"),
)

IS_DEPARTURE = consents.c.act == literal_state(Act.ENDED)
Index(
    "consents_departures",
    consents.c.newsletter,
    consents.c.at,
    sqlite_where=IS_DEPARTURE,
    postgresql_where=IS_DEPARTURE,
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
    CheckConstraint(is_one_of("reason", SuppressionReason), name="reason"),
)

# What waits to be mailed to one person, and for a day what was: by it, mails are capped.
service_messages = Table(
    "service_messages",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("newsletter", ForeignKey("newsletters.slug"), nullable=False),
    Column("subscriber", Integer, nullable=False),
    Column("address", Text, nullable=False),  # emptied once it is answered
    Column("suppression_key", Text, nullable=False),
    Column("mailbox_key", Text, nullable=False, server_default=""),
    Column("network_key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant),  # none: answered
    CheckConstraint(is_one_of("kind", ServiceRequest), name="kind"),
    Index("service_messages_of_mailbox", "mailbox_key", "asked_at"),
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
    service_messages.c.kind,
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
    Column("approved_at", Instant, primary_key=True),
    Column("role", Text, nullable=False, server_default="editor"),
)

# Issues' HTML and text with what a bundle treats by itself marked; a bundle has none.
marked_issues = Table(
    "marked_issues",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
)

# The issues that a bundle joins, in their order. Who was mailed a part in a bundle has a delivery
# of the bundle, and one of the part that is `bundled`.
bundle_parts = Table(
    "bundle_parts",
    metadata,
    Column("bundle", ForeignKey("issues.content_hash"), primary_key=True),
    Column("part", ForeignKey("issues.content_hash"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("content_hash", ForeignKey("issues.content_hash"), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("planned", Integer, nullable=False, server_default="0"),  # deliveries, folded or not
    Column("folded_at", Instant),
    UniqueConstraint("content_hash", "due_at"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BIG_ID, primary_key=True),
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
    Column("relay_id", Text),  # the server's own name of the message, from its reply
    UniqueConstraint("content_hash", "subscriber"),
    CheckConstraint(is_one_of("state", DeliveryState), name="state"),
    CheckConstraint(
        "(state IN ('claimed', 'attempted')) = (lease_until IS NOT NULL)", name="lease"
    ),
    CheckConstraint("(state = 'deferred') = (next_try_at IS NOT NULL)", name="next_try"),
    sqlite_autoincrement=True,
)

_IS_PENDING = deliveries.c.state == literal_state(DeliveryState.PENDING)
_IS_DEFERRED = deliveries.c.state == literal_state(DeliveryState.DEFERRED)
_IS_GATHERED = deliveries.c.state == literal_state(DeliveryState.GATHERED)
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
    "deliveries_gathered",
    deliveries.c.content_hash,
    deliveries.c.subscriber,
    sqlite_where=_IS_GATHERED,
    postgresql_where=_IS_GATHERED,
)
Index(
    "deliveries_leased",
    deliveries.c.lease_until,
    sqlite_where=_IS_LEASED,
    postgresql_where=_IS_LEASED,
)

# All that is neither open nor accepted, of which there is little: see `ledger.tally`.
# In single conditions for the reason of `is_one_of`.
_SETTLED = (
    DeliveryState.REFUSED,
    DeliveryState.IN_DOUBT,
    DeliveryState.LEFT,
    DeliveryState.BUNDLED,
)
IS_SETTLED = or_(*(deliveries.c.state == literal_state(state) for state in _SETTLED))
Index(
    "deliveries_settled",
    deliveries.c.content_hash,
    deliveries.c.state,
    deliveries.c.replied_at,
    sqlite_where=IS_SETTLED,
    postgresql_where=IS_SETTLED,
)

_IS_NAMED = deliveries.c.relay_id.is_not(None)
Index(
    "deliveries_relay_id",
    deliveries.c.relay_id,
    sqlite_where=_IS_NAMED,
    postgresql_where=_IS_NAMED,
)
