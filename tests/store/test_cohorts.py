"""A subscription's cohort is always that of its holder's language and tags."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from partwork.model.audience import Applicant, Evidence
from partwork.store.audience import make_subscriber
from partwork.store.cohorts import cohort_of
from partwork.store.engine import open_engine, read_only
from partwork.store.importing import Entrant, import_entrants
from partwork.store.schema import subscribers, subscriptions
from partwork.store.subscriptions import ask_for_subscription
from partwork.store.tags import load_tags
from tests.conftest import NOW
from tests.store.conftest import Town

WORD = Evidence("they agreed")
TAGS = ("beta", "press", "spring fair")


@dataclass(frozen=True)
class Deed:
    """An import of people in one language, all with these tags; or they ask on the web."""

    names: tuple[str, ...]
    newsletter: str
    language: str
    tags: tuple[str, ...]
    is_import: bool


def act(conn: Connection, deed: Deed) -> None:
    people = [Applicant(1, f"{name}@example.org", "", deed.language) for name in deed.names]
    if deed.is_import:
        entrants = [
            Entrant(Applicant(1, p.address, "", p.language, deed.tags), p.address, p.address)
            for p in people
        ]
        import_entrants(conn, entrants, deed.newsletter, WORD, at=NOW)
        return
    for one in people:
        keys = {"address_key": one.address, "suppression_key": one.address}
        ask_for_subscription(
            conn, make_subscriber(conn, one, **keys, at=NOW), deed.newsletter, WORD, NOW
        )


def written_and_true(conn: Connection) -> tuple[Sequence[int], Sequence[int]]:
    """The cohorts that stand in subscriptions, and what they should be."""
    held = select(subscriptions.c.cohort, subscribers.c.id, subscribers.c.language)
    rows = conn.execute(held.join(subscribers)).all()
    tags = load_tags(conn, [row.id for row in rows])
    true = [cohort_of(row.language, tags.get(row.id, ())) for row in rows]
    return [row.cohort for row in rows], true


@pytest.fixture(scope="module")
def empty(sqlite_at_head: Path) -> Iterator[Engine]:
    """A database that every example leaves as it was."""
    opened = open_engine(f"sqlite:///{sqlite_at_head}")
    yield opened
    opened.dispose()


_deeds = st.builds(
    Deed,
    names=st.lists(st.sampled_from(("ada", "bob", "eve")), min_size=1, unique=True).map(tuple),
    newsletter=st.sampled_from(("daily", "weekly")),
    language=st.sampled_from(("", "de", "de-AT")),
    tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
    is_import=st.booleans(),
)


@given(deeds=st.lists(_deeds, min_size=1, max_size=6))
def test_however_people_come_their_cohort_is_that_of_language_and_tags(
    empty: Engine, deeds: list[Deed]
) -> None:
    with empty.connect() as conn, conn.begin() as transaction:
        for deed in deeds:
            act(conn, deed)
        written, true = written_and_true(conn)
        transaction.rollback()

    assert written == true != []


def test_who_asks_while_an_import_tags_them_is_of_the_cohort_they_end_in(town: Town) -> None:
    names = [f"reader.{n}" for n in range(60)]
    town.join(*names)
    start = threading.Barrier(2)

    def tag() -> None:
        start.wait()
        for name in names:
            with town.engine.begin() as conn:
                act(conn, Deed((name,), "daily", "en", ("beta",), is_import=True))

    def ask() -> None:
        start.wait()
        for name in names:
            with town.engine.begin() as conn:
                act(conn, Deed((name,), "weekly", "en", (), is_import=False))

    threads = [threading.Thread(target=one) for one in (tag, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_only(town.engine) as conn:
        written, true = written_and_true(conn)
    assert written == true == [cohort_of("en", ("beta",))] * 120


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("de", ()), ("", ("de",))),
        (("de", ("a b",)), ("de", ("a", "b"))),
        (("de", ("a",)), ("de-AT", ("a",))),
    ],
)
def test_other_languages_or_tags_are_another_cohort(one, other) -> None:
    assert cohort_of(*one) != cohort_of(*other)


def test_the_order_in_which_tags_came_says_nothing() -> None:
    assert cohort_of("de", TAGS) == cohort_of("de", reversed(TAGS))
