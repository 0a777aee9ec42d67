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

from sqlalchemy import Connection, text

from partwork.model.audience import SubscriptionState
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
        conn.execute(_SETTLE, [{"id": id_, "cohort": cohorts[id_]} for id_ in sorted(cohorts)])


def cohorts_in(conn: Connection, newsletter: str, segment: Segment) -> Sequence[int]:
    """The cohorts of a newsletter's confirmed readers whose language and tags a segment wants.

    The cohorts there are, few among many people, are found step by step on the index.
    """
    of_newsletter = {"newsletter": newsletter, "state": SubscriptionState.CONFIRMED.value}
    examples = dict(conn.execute(_EXAMPLES, of_newsletter).tuples().all())
    traits = _traits_of(conn, list(examples))
    return [c for one, c in examples.items() if _is_wanted(segment, *traits[one])]


def _traits_of(
    conn: Connection, people: Collection[int]
) -> Mapping[int, tuple[str, frozenset[str]]]:
    """Language and tags of each."""
    languages: dict[int, str] = {}
    held: defaultdict[int, set[str]] = defaultdict(set)
    for subscriber, language, tag in run(conn, _TRAITS, listed=list(people)):
        languages[subscriber] = language
        if tag is not None:
            held[subscriber].add(tag)
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
_EXAMPLES = text(
    "WITH RECURSIVE found (cohort) AS ("
    " SELECT min(cohort) FROM subscriptions WHERE newsletter = :newsletter AND state = :state"
    " UNION ALL"
    " SELECT (SELECT min(cohort) FROM subscriptions"
    " WHERE newsletter = :newsletter AND state = :state AND cohort > found.cohort)"
    " FROM found WHERE found.cohort IS NOT NULL)"
    " SELECT (SELECT subscriber FROM subscriptions WHERE newsletter = :newsletter"
    " AND state = :state AND cohort = found.cohort LIMIT 1), cohort"
    " FROM found WHERE cohort IS NOT NULL"
)
