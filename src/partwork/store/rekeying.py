"""Addresses compared by a new rule: the keys of those whom it tells apart otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, insert, literal, select, update

from partwork.model.audience import Act, SuppressionReason
from partwork.store.audience import save_suppression
from partwork.store.engine import read_only
from partwork.store.facts import load_fact, save_fact
from partwork.store.schema import consents, subscribers, suppressions

RULE_FACT = "addresses are compared by: "


@dataclass(frozen=True, slots=True)
class Keys:
    """What an address is known by: the key that tells it apart, and the hash of it."""

    address_key: str
    suppression_key: str


def rekey(engine: Engine, rule: str, keys_of: Callable[[str], Keys]) -> int:
    """Bring all subscribers under the rule of that name, once; how many have other keys now.

    Suppressions and departures follow the person to the new hash. Keys stay as they were where
    the rule has none (`keys_of` raises ValueError), and for the second of two subscribers who are
    one by it.
    """
    with read_only(engine) as conn:
        if load_fact(conn, RULE_FACT + rule):
            return 0
    with engine.begin() as conn:
        if not save_fact(conn, RULE_FACT + rule, "yes"):
            return 0  # another process was first
        return sum(
            _move(conn, person.id, person.suppression_key, keys)
            for person in _people(conn)
            if (keys := _keys(person, keys_of))
        )


def _people(conn: Connection) -> Iterator[Row[Any]]:
    """All subscribers, some at a time, since they are changed meanwhile."""
    columns = (subscribers.c[n] for n in ("id", "address", "address_key", "suppression_key"))
    query = select(*columns).order_by(subscribers.c.id).limit(1000)
    last = 0
    while rows := conn.execute(query.where(subscribers.c.id > last)).all():
        yield from rows
        last = rows[-1].id


def _keys(person: Row[Any], keys_of: Callable[[str], Keys]) -> Keys | None:
    """The person's keys by the rule; None where they are the same, or there are none."""
    try:
        keys = keys_of(person.address)
    except ValueError:
        return None
    return None if keys == Keys(person.address_key, person.suppression_key) else keys


def _move(conn: Connection, subscriber: int, old: str, keys: Keys) -> int:
    taken = select(
        exists().where(
            subscribers.c.address_key == keys.address_key, subscribers.c.id != subscriber
        )
    )
    if conn.execute(taken).scalar_one():
        return 0
    conn.execute(
        update(subscribers)
        .where(subscribers.c.id == subscriber)
        .values(address_key=keys.address_key, suppression_key=keys.suppression_key)
    )
    _follow(conn, subscriber, old, keys.suppression_key)
    return 1


def _follow(conn: Connection, subscriber: int, old: str, new: str) -> None:
    suppressed = select(suppressions).where(suppressions.c.suppression_key == old)
    if row := conn.execute(suppressed).first():
        save_suppression(conn, new, SuppressionReason(row.reason), row.at)
    columns = ("newsletter", "act", "at", "source", "wording")
    departures = select(
        literal(subscriber), literal(new), *(consents.c[name] for name in columns)
    ).where(
        consents.c.subscriber == subscriber,
        consents.c.suppression_key == old,
        consents.c.act.in_((Act.ENDED.value, Act.RETURNED.value)),
    )
    conn.execute(
        insert(consents).from_select(
            ["subscriber", "suppression_key", *columns], departures.order_by(consents.c.id)
        )
    )
