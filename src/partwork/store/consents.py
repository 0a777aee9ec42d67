"""The consent record: who agreed or left, when, how and to which words. It only grows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from partwork.model.audience import Act, Consent, Evidence
from partwork.store.listed import run
from partwork.store.newsletters import note_newsletter
from partwork.store.rows import insert_if_new
from partwork.store.schema import consents, subscribers, wordings


@dataclass(frozen=True, slots=True)
class EarlierHash:
    """An address that somebody gave up, and when they last did something by it.

    `is_another_s`: a subscriber has it again.
    """

    suppression_key: str
    last_at: datetime
    is_another_s: bool


def record_consent(
    conn: Connection,
    subscriber: int,
    newsletter: str,
    act: Act,
    evidence: Evidence,
    *,
    at: datetime,
) -> None:
    """Add one entry. Nothing can change or delete it, but for `forget_in_consents`."""
    record_consents(conn, [Consent(subscriber, newsletter, act, at, evidence)])


def record_consents(conn: Connection, new: Sequence[Consent]) -> None:
    """The same for several entries, each of somebody who is not erased."""
    for at, entries in groupby(new, key=attrgetter("at")):
        run(conn, _RECORD, rows=[_told(consent) for consent in entries], at=at)


def record_of_hash(
    conn: Connection,
    suppression_key: str,
    newsletter: str,
    act: Act,
    evidence: Evidence,
    *,
    at: datetime,
) -> None:
    """Add what somebody did of whom we know the hash alone.

    Who left is brought in by no import then, and who came back may be.
    """
    note_newsletter(conn, newsletter, at)
    conn.execute(
        insert(consents).values(
            suppression_key=suppression_key,
            newsletter=newsletter,
            act=act.value,
            at=at,
            source=evidence.source,
            wording=evidence.wording,
        )
    )


def load_consents(conn: Connection, subscriber: int) -> tuple[Consent, ...]:
    """One subscriber's consent record, oldest first."""
    query = select(consents).where(consents.c.subscriber == subscriber).order_by(consents.c.id)
    return tuple(_consent(row) for row in conn.execute(query))


def last_consent(conn: Connection, suppression_key: str, newsletter: str) -> Consent | None:
    """The last entry of an address for a newsletter, whoever has it; None where there is none."""
    query = (
        select(consents)
        .where(consents.c.suppression_key == suppression_key, consents.c.newsletter == newsletter)
        .order_by(consents.c.at.desc(), consents.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _consent(row)


def last_consents(
    conn: Connection, suppression_keys: Collection[str]
) -> Mapping[tuple[str, str], Consent]:
    """The same for several addresses, by suppression key and newsletter."""
    rows = conn.execute(_IN_ORDER, {"hashes": list(suppression_keys)})
    return {(row.suppression_key, row.newsletter): _consent(row) for row in rows}


def has_ever_left(conn: Connection, suppression_key: str) -> bool:
    """Whether whoever had the address ever left anything, erased or not."""
    ended = and_(consents.c.suppression_key == suppression_key, consents.c.act == Act.ENDED.value)
    return bool(conn.execute(select(exists().where(ended))).scalar_one())


def earlier_hashes(conn: Connection, people: Collection[int]) -> tuple[EarlierHash, ...]:
    """Those of the addresses that these had before they changed them."""
    last = func.max(consents.c.at, type_=consents.c.at.type).label("last_at")
    key, owner = consents.c.suppression_key, subscribers.alias()
    is_another_s = exists().where(subscribers.c.suppression_key == key)
    rows = conn.execute(
        select(key, last, is_another_s.label("is_another_s"))
        .join(owner, owner.c.id == consents.c.subscriber)
        .where(owner.c.id.in_(list(people)), owner.c.suppression_key != key)
        .group_by(key)
        .order_by(last)
    )
    return tuple(EarlierHash(*row) for row in rows)


def forget_in_consents(conn: Connection, subscriber: int) -> None:
    """Take person, network address and browser out of the record; hash, words and times stay."""
    conn.execute(
        update(consents)
        .where(consents.c.subscriber == subscriber)
        .values(subscriber=None, network="", user_agent="")
    )


def save_wording(conn: Connection, digest: str, text: str, at: datetime) -> None:
    """Keep words that people are asked to agree to, under their digest; once is enough."""
    insert_if_new(conn, wordings, digest=digest, text=text, first_shown_at=at)


def load_wording(conn: Connection, digest: str) -> str | None:
    """The words with that digest; None where nobody was shown them."""
    query = select(wordings.c.text).where(wordings.c.digest == digest)
    return conn.execute(query).scalar_one_or_none()


_IN_ORDER = (
    select(consents)
    .where(consents.c.suppression_key.in_(bindparam("hashes", expanding=True)))
    .order_by(consents.c.at, consents.c.id)
)
# One statement for all of a burst: a row of a driver's own costs as much as ten of these.
_RECORD = (
    "INSERT INTO consents"
    " (subscriber, suppression_key, newsletter, act, at, source, wording, network, user_agent)"
    " SELECT CAST(VALUE_0 AS BIGINT),"
    " (SELECT suppression_key FROM subscribers WHERE id = CAST(VALUE_0 AS BIGINT)),"
    " VALUE_1, VALUE_2, :at, VALUE_3, VALUE_4, VALUE_5, VALUE_6 FROM LISTED_ROWS"
)


def _told(consent: Consent) -> tuple[object, ...]:
    who_and_what = (consent.subscriber, consent.newsletter, consent.act.value)
    return (*who_and_what, *astuple(consent.evidence))


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        row.subscriber or 0,
        row.newsletter,
        Act(row.act),
        row.at,
        Evidence(row.source, row.wording, row.network, row.user_agent),
    )
