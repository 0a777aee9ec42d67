"""Cohorts: subscribers of one language and the same tags, who are chosen together or not at all.

A subscription keeps the number of its holder's cohort where the audience is counted, so that
language and tags are asked for once a cohort and not once a reader. The number is made of what the
cohort has in common: nothing has to be looked up for it, and nothing is left when a person is
erased. With 64 bits, 100,000 cohorts have two of one number with a chance of 3 in 10 thousand
million.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from partwork.model.segment import Segment
from partwork.store.listed import run


def cohort_of(language: str, held: Iterable[str]) -> int:
    """The number of those with this language, as it was told, and these tags; signed, 64 bits."""
    told = "\n".join((language, *sorted(held)))  # neither has a line break
    digest = blake2b(told.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def cohorts_of(conn: Connection, people: Collection[int]) -> Mapping[int, int]:
    """The cohort of each of these subscribers."""
    return {
        subscriber: cohort_of(language, held)
        for subscriber, (language, held) in _traits_of(conn, people).items()
    }


def settle_cohorts(conn: Connection, cohorts: Mapping[int, int]) -> None:
    """Write the cohorts of subscribers anew who have got tags, into all they are subscribed to.

    They are locked before, else two who add tags would each write what the other does not know.
    """
    if cohorts:
        if conn.dialect.name == "postgresql":
            conn.execute(_SETTLING)
        conn.execute(_SETTLE, [{"id": id_, "cohort": cohorts[id_]} for id_ in sorted(cohorts)])


def hold_cohorts(conn: Connection) -> None:
    """Nobody's cohort changes before the transaction ends; new subscriptions may come.

    Else whoever gets a tag after `cohorts_in` has looked would be in none of those it found. SQLite
    has one writer.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_PLANNING)


def cohorts_in(conn: Connection, newsletter: str, segment: Segment) -> Sequence[int]:
    """The cohorts of a newsletter's confirmed readers whose language and tags a segment wants.

    The cohorts there are, few among many people, are found step by step on the index.
    """
    traits = _gathered(conn.execute(_EXAMPLES, {"newsletter": newsletter}))
    return [cohort for cohort, held in traits.items() if _is_wanted(segment, *held)]


def _traits_of(
    conn: Connection, people: Collection[int]
) -> Mapping[int, tuple[str, frozenset[str]]]:
    """Language and tags of each."""
    return _gathered(run(conn, _TRAITS, listed=list(people)))


def _gathered(rows: Iterable[Row[Any]]) -> Mapping[int, tuple[str, frozenset[str]]]:
    """Language and tags by the number that stands first in a row; a row has one tag or none."""
    languages: dict[int, str] = {}
    held: defaultdict[int, set[str]] = defaultdict(set)
    for number, language, tag in rows:
        languages[number] = language
        if tag is not None:
            held[number].add(tag)
    return {one: (language, frozenset(held[one])) for one, language in languages.items()}


def _is_wanted(segment: Segment, language: str, held: frozenset[str]) -> bool:
    """Whether the conditions on language (ranges of RFC 4647, 3.3.1) and tags hold."""
    tag = language.lower().replace("_", "-")
    return (
        (not segment.language or any(f"{tag}-".startswith(f"{one}-") for one in segment.language))
        and (not segment.tag or not held.isdisjoint(segment.tag))
        and (not segment.not_tag or held.isdisjoint(segment.not_tag))
    )


_TRAITS = (
    "SELECT id, language, tag FROM subscribers LEFT JOIN tags ON subscriber = id WHERE id IS_LISTED"
)
_SETTLE = text(
    "UPDATE subscriptions SET cohort = :cohort WHERE subscriber = :id AND cohort <> :cohort"
)
# In the order of the index: PostgreSQL would else read the table until it meets the first of each.
_EXAMPLES = text(
    "WITH RECURSIVE found (cohort) AS ("
    " SELECT min(cohort) FROM subscriptions WHERE newsletter = :newsletter AND state = 'confirmed'"
    " UNION ALL"
    " SELECT (SELECT min(cohort) FROM subscriptions"
    " WHERE newsletter = :newsletter AND state = 'confirmed' AND cohort > found.cohort)"
    " FROM found WHERE found.cohort IS NOT NULL)"
    " SELECT cohort, language, tag FROM found JOIN subscribers"
    " ON subscribers.id = (SELECT subscriber FROM subscriptions WHERE newsletter = :newsletter"
    " AND state = 'confirmed' AND cohort = found.cohort ORDER BY asked_at LIMIT 1)"
    " LEFT JOIN tags ON subscriber = id"
    " WHERE cohort IS NOT NULL"
)

# The first eight bytes of SHA-256("partwork cohorts"), signed.
_LOCK = 6581868927237701519
_SETTLING = select(func.pg_advisory_xact_lock_shared(_LOCK))
_PLANNING = select(func.pg_advisory_xact_lock(_LOCK))
