"""Bringing many subscribers in at once: whoever left stays away."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from time import monotonic, sleep

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    exists,
    select,
    text,
)

from partwork.model.audience import Act, Applicant, Evidence, SubscriptionState
from partwork.store.rows import insert_if_new
from partwork.store.schema import (
    Instant,
    consents,
    newsletters,
    subscribers,
    subscriptions,
    suppressions,
)

TURN = timedelta(milliseconds=60)
LEAST_IN_A_TURN = 125  # rows; below, most of a turn is the commit
MOST_IN_A_TURN = 2000


class ImportOutcome(StrEnum):
    """What became of one row of an import."""

    ADDED = "added"
    ALREADY = "already subscribed"
    LEFT_EARLIER = "left earlier"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody to be imported, and what their address is known by."""

    applicant: Applicant
    address_key: str
    suppression_key: str


def standings(
    conn: Connection, entrants: Collection[Entrant], newsletter: str
) -> tuple[ImportOutcome, ...]:
    """What importing each of them would do, in their order; changes nothing."""
    hashes = {"hashes": [e.suppression_key for e in entrants]}
    suppressed = frozenset(conn.execute(_SUPPRESSED, hashes).scalars())
    of_newsletter = {"newsletter": newsletter}
    # In the order they were written, so that the last one stays.
    acts = {row.suppression_key: row.act for row in conn.execute(_ACTS, hashes | of_newsletter)}
    keys = {"keys": [e.address_key for e in entrants]}
    states = {row.address_key: row.state for row in conn.execute(_STATES, keys | of_newsletter)}

    def standing(entrant: Entrant) -> ImportOutcome:
        state = states.get(entrant.address_key)
        if entrant.suppression_key in suppressed:
            return ImportOutcome.SUPPRESSED
        if state == SubscriptionState.CONFIRMED:
            return ImportOutcome.ALREADY
        if state == SubscriptionState.ENDED or acts.get(entrant.suppression_key) == Act.ENDED:
            return ImportOutcome.LEFT_EARLIER
        return ImportOutcome.ADDED

    return tuple(standing(entrant) for entrant in entrants)


def import_entrants(
    conn: Connection,
    entrants: Sequence[Entrant],
    newsletter: str,
    evidence: Evidence,
    *,
    at: datetime,
) -> tuple[ImportOutcome, ...]:
    """Subscribe people whose consent the operator has, confirmed at once; no address twice.

    Whoever ended the subscription is not brought back, not even after erasure, nor because
    somebody has asked for it again and not confirmed: the consent record still knows the hash. A
    known subscriber's name and language stay as they are. Once imported, an address is ALREADY
    there, so that an import that was cut short may be run again.
    """
    found = standings(conn, entrants, newsletter)
    # All imports lock addresses in one order, so that no two wait for each other.
    fresh = sorted(
        (e for e, outcome in zip(entrants, found, strict=True) if outcome is ImportOutcome.ADDED),
        key=lambda entrant: entrant.address_key,
    )
    if not fresh:
        return found
    if not conn.execute(_IS_SEEN, {"newsletter": newsletter}).scalar_one():
        insert_if_new(conn, newsletters, slug=newsletter, first_seen_at=at)
    ids = _subscribers_of(conn, fresh, at)
    people = {"people": list(ids.values()), "newsletter": newsletter, "at": at}
    new = frozenset(conn.execute(_CONFIRM, people).scalars())
    conn.execute(_RECORD, people | {"people": list(new), **asdict(evidence)})
    added = {e.address_key for e in fresh if ids.get(e.address_key) in new}
    return tuple(
        ImportOutcome.ALREADY  # another import, or the person's own answer, was quicker
        if outcome is ImportOutcome.ADDED and entrant.address_key not in added
        else outcome
        for entrant, outcome in zip(entrants, found, strict=True)
    )


def in_turns(engine: Engine, entrants: Iterator[Entrant]) -> Iterator[list[Entrant]]:
    """The entrants in chunks, each for one transaction, and other writers their turn between them.

    Chunks double and halve to what takes about `TURN`; so there are few sizes, and SQLite keeps
    few statements. After each, its write lock is free for 26 ms, since who waits for it looks at
    most 25 ms apart during the first tenth of a second (sqlite3.c, sqliteDefaultBusyCallback) and
    would miss a shorter pause for ever: nobody waits much longer than both together. PostgreSQL
    locks rows, and wakes who waits.
    """
    pause = 0.026 if engine.dialect.name == "sqlite" else 0.0
    size = LEAST_IN_A_TURN * 4
    ended = monotonic() - pause
    while chunk := list(islice(entrants, size)):  # which is a good part of the pause
        began = monotonic()
        if began < ended + pause:
            sleep(ended + pause - began)
            began = monotonic()
        yield chunk
        ended = monotonic()
        if ended - began > TURN.total_seconds():
            size = max(size // 2, LEAST_IN_A_TURN)
        elif ended - began < TURN.total_seconds() / 2:
            size = min(size * 2, MOST_IN_A_TURN)


_SUPPRESSED = select(suppressions.c.suppression_key).where(
    suppressions.c.suppression_key.in_(bindparam("hashes", expanding=True))
)
_ACTS = (
    select(consents.c.suppression_key, consents.c.act)
    .where(
        consents.c.suppression_key.in_(bindparam("hashes", expanding=True)),
        consents.c.newsletter == bindparam("newsletter"),
        consents.c.act != Act.ASKED.value,  # anybody may ask in anybody's name
    )
    .order_by(consents.c.id)
)
# The state comes from a subquery: joined, it may be looked for in all of the newsletter's.
_STATES = select(
    subscribers.c.address_key,
    select(subscriptions.c.state)
    .where(
        subscriptions.c.subscriber == subscribers.c.id,
        subscriptions.c.newsletter == bindparam("newsletter"),
    )
    .scalar_subquery()
    .label("state"),
).where(subscribers.c.address_key.in_(bindparam("keys", expanding=True)))
_IS_SEEN = select(exists().where(newsletters.c.slug == bindparam("newsletter")))
_IDS = (
    select(subscribers.c.address_key, subscribers.c.id)
    .where(subscribers.c.address_key.in_(bindparam("keys", expanding=True)))
    .with_for_update(read=True, key_share=True)  # nobody is erased before this is committed
)
# As text, since SQLAlchemy compiles an INSERT with ON CONFLICT anew each time: 5 ms of the lock.
_MAKE = text(
    "INSERT INTO subscribers"
    " (address, address_key, suppression_key, name, language, created_at)"
    " VALUES (:address, :address_key, :suppression_key, :name, :language, :at)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=Instant))
_CONFIRM = text(
    "INSERT INTO subscriptions (subscriber, newsletter, state, asked_at, confirmed_at)"
    " SELECT id, :newsletter, 'confirmed', :at, :at FROM subscribers"
    " WHERE id IN :people ORDER BY id"
    " ON CONFLICT (subscriber, newsletter) DO UPDATE"
    " SET state = excluded.state, confirmed_at = excluded.confirmed_at"
    " WHERE subscriptions.state = 'pending'"
    " RETURNING subscriber"
).bindparams(bindparam("people", expanding=True), bindparam("at", type_=Instant))
_RECORD = text(
    "INSERT INTO consents"
    " (subscriber, suppression_key, newsletter, act, at, source, wording, network, user_agent)"
    " SELECT id, suppression_key, :newsletter, 'imported', :at,"
    " :source, :wording, :network, :user_agent FROM subscribers"
    " WHERE id IN :people ORDER BY id"
).bindparams(bindparam("people", expanding=True), bindparam("at", type_=Instant))


def _subscribers_of(conn: Connection, entrants: Sequence[Entrant], at: datetime) -> dict[str, int]:
    """The id of each address key; made where there was nobody."""
    rows = [
        {
            "address": e.applicant.address.strip(),
            "address_key": e.address_key,
            "suppression_key": e.suppression_key,
            "name": e.applicant.name,
            "language": e.applicant.language,
            "at": at,
        }
        for e in entrants
    ]
    conn.execute(_MAKE, rows)
    keys = [e.address_key for e in entrants]
    return {row.address_key: row.id for row in conn.execute(_IDS, {"keys": keys})}
