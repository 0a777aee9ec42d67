"""What the suppression log says, brought into the database."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, select

from partwork.model.audience import (
    EVERYTHING,
    Act,
    Evidence,
    SubscriptionState,
    SuppressionReason,
)
from partwork.store.audience import erase_subscriber, lift_suppression, save_suppression
from partwork.store.consents import last_consent, last_consents, record_of_hash
from partwork.store.engine import read_only
from partwork.store.positions import load_position, save_position
from partwork.store.schema import subscribers
from partwork.store.subscriptions import (
    end_subscription,
    load_subscription,
    load_subscriptions,
    return_to_subscription,
)
from partwork.store.suppression_log import LogAct, LogEntry, entries_since

FROM_THE_LOG = Evidence("suppression log")


def replay(engine: Engine, log: Path) -> int:
    """Apply what the log has that this database has not seen; how many entries that were.

    The database knows how far it has read, so that an old one, restored, reads on from its own
    day. May run in several processes at once, and again: an entry changes nobody of whom the
    consent record has a later one, since then it is known, or no longer what they wish. Raises
    LogUnusable.
    """
    with read_only(engine) as conn:
        position, known = load_position(conn, _NAME), load_position(conn, _EARLIER)
    read = 0
    while True:
        # Piece by piece, so that an unsubscribe never waits long for the write lock.
        entries, end = entries_since(log, position)
        if end == position:
            return read
        if end <= known:
            entries = tuple(entry for entry in entries if entry.act is LogAct.ERASED)
        with read_only(engine) as conn:
            done = _done(conn, entries)
        with engine.begin() as conn:
            for entry in entries:
                if entry not in done:
                    _apply(conn, entry)
            save_position(conn, _NAME, end)
        read += len(entries)
        position = end


def _done(conn: Connection, entries: Collection[LogEntry]) -> frozenset[LogEntry]:
    """Those departures that the consent record has already, or something later.

    After a burst of one-clicks that is most of the log; looked up here, they keep no lock. One
    that an older departure would make needless is not among them: what comes before it in the log
    may take that back.
    """
    left = [entry for entry in entries if entry.act is LogAct.LEFT and entry.suppression_key]
    last = last_consents(conn, {entry.suppression_key for entry in left})
    return frozenset(
        entry
        for entry in left
        if (known := last.get((entry.suppression_key, entry.newsletter)))
        and (known.at > entry.at or (known.at == entry.at and known.act is Act.ENDED))
    )


def _apply(conn: Connection, entry: LogEntry) -> None:
    person = _person(conn, entry)
    hashed = entry.suppression_key or (person.suppression_key if person else "")
    if not hashed:
        return  # whoever it was is gone, and nothing of them is left to change
    match entry.act:
        case LogAct.LEFT if entry.newsletter:
            _leave(conn, entry, person, hashed)
        case LogAct.LEFT:
            _leave_everything(conn, entry, person, hashed)
        case LogAct.RETURNED:
            _return(conn, entry, person, hashed)
        case LogAct.SUPPRESSED if entry.reason in set(SuppressionReason):
            save_suppression(conn, hashed, SuppressionReason(entry.reason), entry.at)
        case LogAct.LIFTED:
            lift_suppression(conn, hashed, entry.reason, entry.at)
        case LogAct.ERASED if person or not _is_somebody_s(conn, hashed):
            _leave(conn, replace(entry, newsletter=EVERYTHING), None, hashed)
            if person:
                erase_subscriber(conn, person.id)
        case _:
            pass


def _leave(conn: Connection, entry: LogEntry, person: Row[Any] | None, hashed: str) -> None:
    last = last_consent(conn, hashed, entry.newsletter)
    if last and (last.at > entry.at or last.act is Act.ENDED):
        return
    at, newsletter = entry.at, entry.newsletter
    if not (person and end_subscription(conn, person.id, newsletter, FROM_THE_LOG, at)):
        # No import subscribes them.
        record_of_hash(conn, hashed, newsletter, Act.ENDED, FROM_THE_LOG, at=at)


def _leave_everything(
    conn: Connection, entry: LogEntry, person: Row[Any] | None, hashed: str
) -> None:
    for held in load_subscriptions(conn, person.id) if person else ():
        _leave(conn, replace(entry, newsletter=held.newsletter), person, hashed)
    _leave(conn, entry, None, hashed)


def _return(conn: Connection, entry: LogEntry, person: Row[Any] | None, hashed: str) -> None:
    """Take back what the log itself has ended, and nothing else."""
    last = last_consent(conn, hashed, entry.newsletter)
    last = last or last_consent(conn, hashed, EVERYTHING)
    if last is None or last.at > entry.at or last.evidence != FROM_THE_LOG:
        return
    held = load_subscription(conn, person.id, entry.newsletter) if person else None
    if held is None:  # where an import may bring them in again
        if last.act is Act.ENDED:
            at, newsletter = entry.at, entry.newsletter
            record_of_hash(conn, hashed, newsletter, Act.RETURNED, FROM_THE_LOG, at=at)
    elif held.state is SubscriptionState.ENDED and held.ended_at:
        return_to_subscription(
            conn,
            held.subscriber,
            held.newsletter,
            FROM_THE_LOG,
            ended_at=held.ended_at,
            at=entry.at,
        )


def _person(conn: Connection, entry: LogEntry) -> Row[Any] | None:
    """Whom the entry speaks of: nobody who came after it, since numbers may be given anew."""
    query = select(subscribers.c.id, subscribers.c.suppression_key).where(
        subscribers.c.created_at <= entry.at
    )
    if entry.suppression_key:
        query = query.where(subscribers.c.suppression_key == entry.suppression_key)
    else:
        query = query.where(subscribers.c.id == entry.subscriber)
    return conn.execute(query).first()


def _is_somebody_s(conn: Connection, hashed: str) -> bool:
    """Whether a subscriber has that address now."""
    query = select(exists().where(subscribers.c.suppression_key == hashed))
    return bool(conn.execute(query).scalar_one())


_NAME = "suppression log, with everything"
_EARLIER = "suppression log"  # read without knowing that who is erased has left everything
