"""The tables of what is known of slots beside the campaigns that were planned for them."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from partwork.model.missed import Choice
from partwork.store.columns import Instant, is_one_of, metadata

# When it was last looked whether a part of the series is due.
looks = Table(
    "looks",
    metadata,
    Column("series", Text, primary_key=True),
    Column("looked_at", Instant, nullable=False),
)

# Slots that nobody looked at in time, each with the part that was due and approved.
missed = Table(
    "missed",
    metadata,
    Column("series", Text, primary_key=True),
    Column("due_at", Instant, primary_key=True),
    Column("instalment", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("choice", Text),  # none: nobody has decided yet
    Column("decided_at", Instant),
    CheckConstraint(is_one_of("choice", Choice), name="choice"),
    CheckConstraint("(choice IS NULL) = (decided_at IS NULL)", name="decided"),
)

# What editors were told once, such as that an issue starts in a slot, and what automations were.
told = Table(
    "told",
    metadata,
    Column("about", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),
)
