"""The inbox of what comes back: each event written once, taken by one, judged once.

Whoever judges takes some events, looks up whose they are, and in one transaction holds those that
are still unjudged, writes what follows from them, and that they are judged. Ended at any moment,
an event is either judged or comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, literal, select, update
from sqlalchemy.dialects import postgresql

from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.store.columns import Instant
from partwork.store.driving import Prepared
from partwork.store.event_schema import IS_UNJUDGED, events
from partwork.store.rows import add_new, storable
from partwork.store.schema import subscribers


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An event that waits; `failures` counts how often judging it went wrong."""

    id: int
    event: Feedback
    failures: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that could not be judged, and why; nothing in it names anybody."""

    id: int
    source: Source
    kind: FeedbackKind
    received_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What an event was judged to be: rule and outcome by name, and whom it is about.

    `delivery` and `subscriber` are 0 where they are not known, `campaign` is 0 where it counts
    against none; an event about nobody keeps no word that may hold an address.
    """

    id: int
    rule: str
    outcome: str
    certainty: Certainty
    delivery: int = 0
    subscriber: int = 0
    campaign: int = 0


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event of the inbox with what was decided, and when."""

    event: Feedback
    decided: Decided
    judged_at: datetime


def save_events(conn: Connection, told: Mapping[str, Feedback], at: datetime) -> int:
    """Write events by the key under which each is told once; how many were new."""
    # All writers lock keys in one order, so that no two wait for each other.
    return add_new(conn, events, [_row(key, told[key], at) for key in sorted(told)])


def note_events(conn: Connection, told: Mapping[str, Feedback], at: datetime) -> None:
    """The same in the transaction of a lane, which is the driver's own: see `driving`."""
    _NOTE.run(conn, [_row(key, told[key], at) for key in sorted(told)])


def take_events(
    conn: Connection, now: datetime, lease: timedelta, limit: int
) -> tuple[Unjudged, ...]:
    """Events to judge now, the oldest first; nobody else gets them before `now + lease`.

    Commit before judging. One that is neither judged nor put back comes again after the lease.
    """
    rows = conn.execute(_DUE, {"now": now, "room": limit}).all()
    if rows:
        until = {"ids": [row.id for row in rows], "until": now + lease}
        conn.execute(_TAKE, until)
    return tuple(Unjudged(row.id, _event(row), row.failures) for row in rows)


def hold_unjudged(conn: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Those of them that are not judged yet; nobody else judges them before the commit."""
    return frozenset(conn.execute(_HOLD, {"ids": list(ids)}).scalars())


def save_decisions(conn: Connection, decided: Sequence[Decided], at: datetime) -> None:
    """Note what events were judged to be."""
    for statement, these in (
        (_DECIDE, [one for one in decided if one.subscriber]),
        (_DECIDE_OF_NOBODY, [one for one in decided if not one.subscriber]),
    ):
        if these:
            conn.execute(statement, [_decision(one, at) for one in these])


def put_back(conn: Connection, failed: Unjudged, until: datetime) -> None:
    """Judge an event again then; one that was judged meanwhile stays so."""
    values = {"next_try_at": until, "failures": failed.failures + 1}
    conn.execute(update(events).where(events.c.id == failed.id, IS_UNJUDGED).values(values))


def set_aside(conn: Connection, failed: Unjudged, why: str) -> None:
    """Judge an event no more by itself; one that was judged meanwhile stays so.

    Its words go: whose address stands in them nobody could tell when a person is erased.
    """
    noted = {"failures": failed.failures + 1, "set_aside": storable(why, _CHARACTERS), "words": ""}
    values = {"next_try_at": None, **noted}
    conn.execute(update(events).where(events.c.id == failed.id, IS_UNJUDGED).values(values))


def count_unjudged(conn: Connection) -> tuple[int, int]:
    """How many events wait, and how many were set aside."""
    waiting = func.count(events.c.next_try_at)
    row = conn.execute(select(func.count().label("all"), waiting.label("some")).where(IS_UNJUDGED))
    found = row.one()
    return found.some, found.all - found.some


def list_set_aside(conn: Connection) -> tuple[SetAside, ...]:
    """The events that were set aside, in the order of coming."""
    rows = conn.execute(select(events).where(IS_SET_ASIDE).order_by(events.c.id))
    return tuple(
        SetAside(r.id, Source(r.source), FeedbackKind(r.kind), r.received_at, r.set_aside)
        for r in rows
    )


def judge_again(conn: Connection, now: datetime, limit: int) -> int:
    """Have events judged that were set aside, the oldest first; how many, at most `limit`."""
    some = select(events.c.id).where(IS_SET_ASIDE).order_by(events.c.id).limit(limit)
    values = {"next_try_at": now, "failures": 0, "set_aside": ""}
    these = (IS_SET_ASIDE, events.c.id.in_(some.scalar_subquery()))
    return conn.execute(update(events).where(*these).values(values)).rowcount


def judged_events_of(conn: Connection, subscriber: int) -> tuple[JudgedEvent, ...]:
    """What came back from one subscriber, in the order of judging."""
    query = select(events).where(events.c.subscriber == subscriber)
    rows = conn.execute(query.order_by(events.c.judged_at, events.c.id))
    return tuple(JudgedEvent(_event(row), _decided(row), row.judged_at) for row in rows)


def forget_in_events(conn: Connection, subscriber: int) -> None:
    """Empty what may hold the person's address; kinds, codes, instants and judgements stay.

    Before the person is held, as who judges has it: the events, then the people.
    """
    theirs = select(func.lower(subscribers.c.address)).where(subscribers.c.id == subscriber)
    is_to_them = and_(IS_UNJUDGED, func.lower(events.c.recipient) == theirs.scalar_subquery())
    for is_theirs in (events.c.subscriber == subscriber, is_to_them):
        conn.execute(update(events).where(is_theirs).values(EMPTIED | {"subscriber": None}))


# What may hold an address, and what stands there once that is not to be known any more.
TOLD = ("event", "recipient", "bounce_address", "relay_id", "message_id", "words")
EMPTIED: dict[str, Any] = dict.fromkeys((*TOLD, "set_aside"), "")
_KEPT = (*TOLD, "status", "feedback_type")
_CHARACTERS = 1000  # far more than one line that anybody tells; a guess

_WRITTEN = (
    *("told_key", "received_at", "next_try_at", "source", "kind", "told_at"),
    *_KEPT,
)
_NOTE = Prepared(  # SQLite is told the same words
    postgresql.insert(events)
    .values({name: bindparam(name, type_=events.c[name].type) for name in _WRITTEN})
    .on_conflict_do_nothing()
)
IS_SET_ASIDE = and_(IS_UNJUDGED, events.c.next_try_at.is_(None))
_IDS = events.c.id.in_(bindparam("ids", expanding=True))
_DUE = (
    select(events)
    .where(IS_UNJUDGED, events.c.next_try_at <= bindparam("now", type_=Instant))
    .order_by(events.c.next_try_at, events.c.id)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)
_TAKE = update(events).where(_IDS).values(next_try_at=bindparam("until", type_=Instant))
_HOLD = select(events.c.id).where(_IDS, IS_UNJUDGED).order_by(events.c.id).with_for_update()
_DECIDE = (
    update(events)
    .where(events.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name) for name in ("rule", "outcome", "certainty")}
        | {name: bindparam(f"of_{name}") for name in ("delivery", "subscriber", "campaign")}
        | {"judged_at": bindparam("at", type_=Instant), "next_try_at": None}
    )
)
_DECIDE_OF_NOBODY = _DECIDE.values({name: literal("") for name in TOLD})


def _row(key: str, told: Feedback, at: datetime) -> dict[str, object]:
    kept = {name: storable(getattr(told, name), _CHARACTERS) for name in _KEPT}
    told_at = {"source": told.source.value, "kind": told.kind.value, "told_at": told.at}
    return {"told_key": key, "received_at": at, "next_try_at": at, **told_at, **kept}


def _decision(decided: Decided, at: datetime) -> dict[str, object]:
    return {
        "of_id": decided.id,
        "rule": decided.rule,
        "outcome": decided.outcome,
        "certainty": decided.certainty.value,
        "of_delivery": decided.delivery or None,
        "of_subscriber": decided.subscriber or None,
        "of_campaign": decided.campaign or None,
        "at": at,
    }


def _event(row: Row[Any]) -> Feedback:
    return Feedback(
        source=Source(row.source),
        kind=FeedbackKind(row.kind),
        event=row.event,
        recipient=row.recipient,
        bounce_address=row.bounce_address,
        relay_id=row.relay_id,
        message_id=row.message_id,
        status=row.status,
        words=row.words,
        at=row.told_at,
        feedback_type=row.feedback_type,
    )


def _decided(row: Row[Any]) -> Decided:
    return Decided(
        row.id,
        row.rule,
        row.outcome,
        Certainty(row.certainty),
        row.delivery or 0,
        row.subscriber or 0,
        row.campaign or 0,
    )
