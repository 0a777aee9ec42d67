"""Leaving all newsletters: a word on those too that somebody never subscribed to.

It stands in the consent record, under EVERYTHING in place of a newsletter.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from partwork.model.audience import EVERYTHING, Act, Consent, Evidence
from partwork.store.consents import last_consent, record_consent, record_consents
from partwork.store.newsletters import note_newsletter
from partwork.store.schema import consents, subscribers
from partwork.store.subscriptions import hold_people


def left_everything(conn: Connection, suppression_keys: Collection[str]) -> frozenset[str]:
    """Those of these who have left everything and not taken it back."""
    # In the order they were written, so that the last one stays.
    acts = dict(conn.execute(_WORDS, {"hashes": list(suppression_keys)}).tuples().all())
    return frozenset(key for key, act in acts.items() if act == Act.ENDED)


def leave_everything(
    conn: Connection, leaving: Mapping[int, Evidence], at: datetime
) -> frozenset[int]:
    """Record that these subscribers leave everything; those who had not before.

    What they hold is ended by `end_subscriptions`. Who is erased by now is left out.
    """
    if not leaving:
        return frozenset()
    people = sorted(leaving)
    hold_people(conn, people)
    keys = dict(conn.execute(_KEYS, {"people": people}).tuples().all())
    gone = left_everything(conn, keys.values())
    new = [one for one, key in keys.items() if key not in gone]
    if new:
        note_newsletter(conn, EVERYTHING, at)
        record_consents(conn, [Consent(p, EVERYTHING, Act.ENDED, at, leaving[p]) for p in new])
    return frozenset(new)


def take_back_everything(
    conn: Connection,
    subscriber: int,
    suppression_key: str,
    evidence: Evidence,
    *,
    ended_at: datetime,
    at: datetime,
) -> None:
    """Take it back if it was left at exactly that instant.

    What they held is taken up again by `return_to_subscription`, which holds them too.
    """
    if left_everything_at(conn, suppression_key, ended_at):
        record_consent(conn, subscriber, EVERYTHING, Act.RETURNED, evidence, at=at)


def left_everything_at(conn: Connection, suppression_key: str, at: datetime) -> bool:
    """Whether that is when everything was left for the last time, and not taken back since."""
    last = last_consent(conn, suppression_key, EVERYTHING)
    return last is not None and last.act is Act.ENDED and last.at == at


_WORDS = (
    select(consents.c.suppression_key, consents.c.act)
    .where(
        consents.c.suppression_key.in_(bindparam("hashes", expanding=True)),
        consents.c.newsletter == EVERYTHING,
    )
    .order_by(consents.c.id)
)
_KEYS = (
    select(subscribers.c.id, subscribers.c.suppression_key)
    .where(subscribers.c.id.in_(bindparam("people", expanding=True)))
    .order_by(subscribers.c.id)
)
