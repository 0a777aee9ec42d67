"""Many are imported at once, none twice, and others have their turn."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from partwork.model.audience import Applicant, Evidence, SuppressionReason
from partwork.store.audience import load_subscriber, make_subscriber, save_suppression
from partwork.store.cohorts import cohort_of
from partwork.store.engine import open_engine, read_only
from partwork.store.importing import (
    MOST_IN_A_TURN,
    Entrant,
    ImportOutcome,
    import_entrants,
    in_turns,
    standings,
)
from partwork.store.schema import consents, subscribers, subscriptions
from partwork.store.scratch import by_hash, first_lines
from partwork.store.subscriptions import (
    ask_for_subscription,
    end_subscription,
    load_subscriptions,
)
from partwork.store.tags import load_fields, load_tags

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
WORD = Evidence("import: they agreed")


def entrant(name: str) -> Entrant:
    return Entrant(Applicant(2, f"{name}@example.org"), f"{name}@example.org", f"hash of {name}")


def imported(conn: Connection, *names: str) -> list[ImportOutcome]:
    return list(import_entrants(conn, [entrant(name) for name in names], "daily", WORD, at=NOW))


def counts(engine: Engine) -> tuple[int, ...]:
    with read_only(engine) as conn:
        return tuple(
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (subscribers, subscriptions, consents)
        )


def test_each_is_told_their_own_outcome_and_a_dry_run_foretells_it(engine: Engine) -> None:
    names = ("new", "here", "left", "asked", "suppressed", "other")
    with engine.begin() as conn:
        imported(conn, "here", "left")
        left = load_subscriber(conn, "left@example.org")
        assert left
        end_subscription(conn, left.id, "daily", Evidence("a link"), NOW)
        asked = make_subscriber(
            conn,
            Applicant(1, "asked@example.org"),
            address_key="asked@example.org",
            suppression_key="hash of asked",
            at=NOW,
        )
        ask_for_subscription(conn, asked, "daily", Evidence("a form"), NOW)
        save_suppression(conn, "hash of suppressed", SuppressionReason.WISH, NOW)
        import_entrants(conn, [entrant("other")], "weekly", WORD, at=NOW)
    with read_only(engine) as conn:
        foretold = standings(conn, [entrant(name) for name in names], "daily")

    with engine.begin() as conn:
        outcomes = imported(conn, *names)

    assert list(foretold) == outcomes
    assert outcomes == [
        ImportOutcome.ADDED,
        ImportOutcome.ALREADY,
        ImportOutcome.LEFT_EARLIER,
        ImportOutcome.ADDED,
        ImportOutcome.SUPPRESSED,
        ImportOutcome.ADDED,
    ]


def test_a_full_turn_of_people_is_imported_once(engine: Engine) -> None:
    names = [f"reader.{n}" for n in range(MOST_IN_A_TURN)]
    with engine.begin() as conn:
        first = imported(conn, *names)
    with engine.begin() as conn:
        second = imported(conn, *reversed(names))

    assert set(first) == {ImportOutcome.ADDED}
    assert set(second) == {ImportOutcome.ALREADY}
    assert counts(engine) == (MOST_IN_A_TURN,) * 3


def test_who_had_asked_is_confirmed_from_when_they_are_imported(engine: Engine) -> None:
    with engine.begin() as conn:
        imported(conn, "ada")
        ada = load_subscriber(conn, "ada@example.org")
        assert ada
        (held,) = load_subscriptions(conn, ada.id)

    assert (held.asked_at, held.confirmed_at, held.ended_at) == (NOW, NOW, None)


def test_two_imports_of_the_same_people_at_once_add_each_once(engine: Engine) -> None:
    names = [f"reader.{n}" for n in range(300)]
    outcomes: list[ImportOutcome] = []
    start = threading.Barrier(2)

    def run(order: Callable[[list[str]], list[str]]) -> None:
        mine = order(names)
        start.wait()
        for at in range(0, len(mine), 50):
            with engine.begin() as conn:
                outcomes.extend(imported(conn, *mine[at : at + 50]))

    def backwards(those: list[str]) -> list[str]:
        return those[::-1]

    threads = [threading.Thread(target=run, args=(order,)) for order in (list, backwards)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [ImportOutcome.ADDED] * 300 + [ImportOutcome.ALREADY] * 300
    assert counts(engine) == (300, 300, 300)


def test_two_imports_that_tag_the_same_people_at_once_add_all_tags(engine: Engine) -> None:
    names = [f"reader.{n}" for n in range(200)]
    with engine.begin() as conn:
        imported(conn, *names)
    start = threading.Barrier(2)

    def run(tag: str, mine: list[str]) -> None:
        told = [entrant(name) for name in mine]
        marked = [
            replace(e, applicant=replace(e.applicant, tags=(tag, "both"), fields=(("by", tag),)))
            for e in told
        ]
        start.wait()
        for at in range(0, len(marked), 40):
            with engine.begin() as conn:
                import_entrants(conn, marked[at : at + 40], "daily", WORD, at=NOW)

    threads = [
        threading.Thread(target=run, args=("one", names)),
        threading.Thread(target=run, args=("two", names[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_only(engine) as conn:
        ids = conn.execute(select(subscribers.c.id)).scalars().all()
        tags, fields = load_tags(conn, ids), load_fields(conn, ids)
        cohorts = set(conn.execute(select(subscriptions.c.cohort)).scalars())
    assert all(tags[id_] == ["both", "one", "two"] for id_ in ids)
    assert all(fields[id_]["by"] in {"one", "two"} for id_ in ids)
    assert cohorts == {cohort_of("", ("both", "one", "two"))}


def test_who_left_or_is_suppressed_gets_no_tags(engine: Engine) -> None:
    with engine.begin() as conn:
        imported(conn, "left", "suppressed")
        left = load_subscriber(conn, "left@example.org")
        assert left
        end_subscription(conn, left.id, "daily", Evidence("a link"), NOW)
        save_suppression(conn, "hash of suppressed", SuppressionReason.WISH, NOW)
        marked = [
            replace(e, applicant=replace(e.applicant, tags=("vip",), fields=(("city", "Graz"),)))
            for e in (entrant("left"), entrant("suppressed"))
        ]
        import_entrants(conn, marked, "daily", WORD, at=NOW)
        ids = [left.id, left.id + 1]
        assert (load_tags(conn, ids), load_fields(conn, ids)) == ({}, {})


def test_sorting_on_disk_loses_nothing() -> None:
    plain = [entrant(f"reader.{n}") for n in range(50)]
    more = Applicant(7, "Ada@example.org", "Ada", "de", ("a, b", "ü"), (("city", "Köln"),))
    entrants = [*plain, Entrant(more, "ada@example.org", "0")]

    ordered = list(by_hash(iter(entrants)))

    assert ordered == sorted(entrants, key=lambda one: one.suppression_key)
    assert ordered[0].applicant == more


def test_a_writer_gets_its_turn_while_an_import_runs(sqlite_at_head: Path, tmp_path: Path) -> None:
    # Given an import that always has a next chunk, and holds the lock for as long as it may
    file = tmp_path / "partwork.db"
    file.write_bytes(sqlite_at_head.read_bytes())
    ours, theirs = (open_engine(f"sqlite:///{file}") for _ in range(2))
    endless = (entrant(f"reader.{n}") for n in range(10_000_000))
    at_work, done = threading.Event(), threading.Event()
    chunks = []

    def take_in(conn: Connection, chunk: Sequence[Entrant]) -> int:
        at_work.set()
        import_entrants(conn, chunk, "daily", WORD, at=NOW)
        return len(chunk)

    def run() -> None:
        for size in in_turns(ours, endless, take_in):
            chunks.append(size)
            if done.is_set():
                return

    importer = threading.Thread(target=run, daemon=True)
    importer.start()

    # When somebody wants to write while it does, then they may after a chunk or two
    behind = []
    for n in range(10):
        at_work.clear()
        at_work.wait()
        before = len(chunks)
        with theirs.begin() as conn:
            save_suppression(conn, f"hash {n}", SuppressionReason.WISH, NOW)
        behind.append(len(chunks) - before)
    done.set()
    importer.join()
    for opened in (ours, theirs):
        opened.dispose()

    # one runs, and on a machine that is busy elsewhere one more may come before the writer looks
    assert max(behind) <= 3


@pytest.mark.parametrize("spilling", [10, 20_000])
def test_a_key_is_remembered_by_its_first_line(spilling: int) -> None:
    with first_lines() as first_line:
        assert [first_line(f"reader.{n}", n) for n in range(spilling)] == list(range(spilling))
        assert first_line("reader.7", 99_999) == 7
