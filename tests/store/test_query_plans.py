"""Counting, planning and claiming look things up; they do not read whole tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from partwork.model.audience import Applicant
from partwork.store.audience import count_confirmed, unconfirmed_since
from partwork.store.campaigns import enrol, plan_campaign
from partwork.store.consents import last_consent
from partwork.store.importing import Entrant, standings
from partwork.store.ledger import claim, count_under_way, note_attempt

HOUR = timedelta(hours=1)


@contextmanager
def recorded(conn: Connection) -> Iterator[list[tuple[str, object]]]:
    """Every statement that is run, with its parameters."""
    found: list[tuple[str, object]] = []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        found.append((statement, parameters))

    event.listen(conn, "before_cursor_execute", note)
    yield found
    event.remove(conn, "before_cursor_execute", note)


def plans(conn: Connection, act: Callable[[], object]) -> str:
    """How the database goes about each statement of `act`, as EXPLAIN says."""
    if conn.dialect.name == "postgresql":
        # A table of three rows is read faster than its index: ask as for a large one.
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    with recorded(conn) as statements:
        act()
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    words = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return "\n".join(
        str(row)
        for statement, parameters in statements
        if statement.startswith(words)
        for row in conn.exec_driver_sql(f"{explain} {statement}", parameters)
    )


@pytest.mark.parametrize("what", ["count", "plan", "enrol", "claim", "leave", "record", "prune"])
def test_no_table_of_people_or_mails_is_read_from_end_to_end(town, what: str) -> None:
    ada, *_ = town.join("ada", "bob", "eve")
    issue, next_one = town.draft("one", part="one"), town.draft("two", part="two", number=2)
    town.plan(issue)
    with town.engine.begin() as conn:
        (row, *_) = claim(conn, issue.content_hash, "lane", town.now, HOUR, limit=1)

        def act() -> object:
            match what:
                case "count":
                    return count_confirmed(conn, "daily")
                case "plan":
                    return plan_campaign(conn, next_one, town.now, town.now)
                case "enrol":
                    return enrol(conn, "daily", "home", town.now, town.now)
                case "claim":
                    claim(conn, issue.content_hash, "lane", town.now, HOUR)
                    return note_attempt(conn, row.id, "lane", town.now)
                case "leave":
                    return count_under_way(conn, ada, "daily")
                case "record":
                    return last_consent(conn, "hash of ada", "daily")
            return unconfirmed_since(conn, town.now, 100)

        plan = plans(conn, act)

    for table in ("subscribers", "subscriptions", "deliveries", "consents", "suppressions"):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    assert "INDEX" in plan.upper()


def test_an_import_looks_people_up_one_by_one_and_not_among_all_of_the_newsletter(town) -> None:
    town.join("ada", "bob", "eve")
    entrants = [
        Entrant(Applicant(1, f"{name}@example.org"), f"{name}@example.org", f"hash of {name}")
        for name in ("ada", "new")
    ]
    with town.engine.begin() as conn:
        plan = plans(conn, lambda: standings(conn, entrants, "daily"))

    assert "SCAN" not in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "subscriptions_audience" not in plan, plan
