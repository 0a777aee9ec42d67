"""The tables of what comes back: the inbox of events, what is held against an address, clicks."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    or_,
)

from partwork.model.feedback import FeedbackKind, Source
from partwork.store.columns import BIG_ID, Instant, is_one_of, metadata
from partwork.store.rows import literal_state

# An event as it was told, and behind it what it was judged to be: its own evidence. Where the
# person is erased, or nobody of ours, the words that may hold an address are emptied.
events = Table(
    "events",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("told_key", Text, nullable=False, unique=True),  # a hash: it names nobody
    Column("received_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("bounce_address", Text, nullable=False),
    Column("relay_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("told_at", Instant),
    Column("feedback_type", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Instant),  # none: judged, or set aside
    Column("set_aside", Text, nullable=False, server_default=""),  # why
    Column("judged_at", Instant),
    Column("rule", Text),
    Column("outcome", Text),
    Column("certainty", Text),
    Column("delivery", BigInteger),  # folded or not; none: not known, or a service message
    Column("subscriber", ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    Column(
        "campaign", BigInteger
    ),  # the one that it counts against, see `shares`; none: it does not
    CheckConstraint(is_one_of("source", Source), name="source"),
    CheckConstraint(is_one_of("kind", FeedbackKind), name="kind"),
    CheckConstraint("judged_at IS NULL OR next_try_at IS NULL", name="next_try"),
)

IS_UNJUDGED = events.c.judged_at.is_(None)
Index(
    "events_unjudged",
    events.c.next_try_at,
    events.c.id,
    sqlite_where=IS_UNJUDGED,
    postgresql_where=IS_UNJUDGED,
)

_COUNTS = events.c.campaign.is_not(None)
Index(
    "events_campaign",
    events.c.campaign,
    sqlite_where=_COUNTS,
    postgresql_where=_COUNTS,
)

# What may say that a mail did harm: few of all that is told, and looked for by time.
IS_AGAINST = or_(
    events.c.kind == literal_state(FeedbackKind.BOUNCE),
    events.c.kind == literal_state(FeedbackKind.COMPLAINT),
)
Index(
    "events_against",
    events.c.received_at,
    sqlite_where=IS_AGAINST,
    postgresql_where=IS_AGAINST,
)

# What came back from one person's address, for as long as nothing newer than `since` voids it.
bounce_records = Table(
    "bounce_records",
    metadata,
    Column(
        "subscriber",
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("since", Instant, nullable=False),
    Column("why", Text, nullable=False, server_default=""),  # it begins there, in a person's words
    Column("bounced", Text, nullable=False),  # instants in ISO 8601, in order
    Column("delivered", Instant),
    Column("probed_at", Instant),
    Column("probe", BigInteger),  # the number of the service message
    Column("left_out_until", Instant),
)

_IS_LEFT_OUT = bounce_records.c.left_out_until.is_not(None)
Index(
    "bounce_records_left_out",
    bounce_records.c.left_out_until,
    bounce_records.c.subscriber,
    sqlite_where=_IS_LEFT_OUT,
    postgresql_where=_IS_LEFT_OUT,
)

_IS_PROBED = bounce_records.c.probe.is_not(None)
Index(
    "bounce_records_probe",
    bounce_records.c.probe,
    sqlite_where=_IS_PROBED,
    postgresql_where=_IS_PROBED,
)

# How often the links of an issue were followed on a UTC day, by whomever: nobody is named. A link
# without a row was never counted.
clicks = Table(
    "clicks",
    metadata,
    Column("content_hash", ForeignKey("issues.content_hash"), primary_key=True),
    Column("link", Integer, primary_key=True, autoincrement=False),
    Column("day", Text, primary_key=True),  # in ISO 8601
    Column("count", BigInteger, nullable=False),
)
