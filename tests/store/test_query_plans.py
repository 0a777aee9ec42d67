"""Counting, planning and claiming look things up; they do not read whole tables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, event

from partwork.model.audience import Applicant, Evidence
from partwork.model.feedback import Certainty
from partwork.model.issue import AudienceRule
from partwork.model.segment import Segment
from partwork.store.audience import erase_unconfirmed, unconfirmed_since
from partwork.store.bounce_records import hold_records
from partwork.store.campaigns import enrol, plan_campaign
from partwork.store.claiming import claim
from partwork.store.clicks import Click, add_clicks, html_of, load_clicks
from partwork.store.consents import last_consent
from partwork.store.events import (
    Decided,
    forget_in_events,
    hold_unjudged,
    judged_events_of,
    save_decisions,
    take_events,
)
from partwork.store.importing import Entrant, standings
from partwork.store.issue_figures import (
    against,
    departures,
    first_accepted,
    replies_by_domain,
)
from partwork.store.issues import save_draft
from partwork.store.ledger import count_under_way, tally
from partwork.store.origins import (
    deliveries_numbered,
    deliveries_of_relay,
    people_with,
    service_mails,
)
from partwork.store.records import by_domain, doubtful, last_refusals, records_of, waiting_since
from partwork.store.segments import count_reached
from partwork.store.subscriptions import end_subscriptions
from tests.store.noting import hot_statements, note_attempt

HOUR = timedelta(hours=1)


@contextmanager
def recorded(conn: Connection) -> Iterator[list[tuple[str, object]]]:
    """Every statement that is run, with its parameters, of many the first."""
    found: list[tuple[str, object]] = []

    def note(_conn, _cursor, statement, parameters, _context, many) -> None:
        found.append((statement, parameters[0] if many else parameters))

    event.listen(conn, "before_cursor_execute", note)
    yield found
    event.remove(conn, "before_cursor_execute", note)


def plans(
    conn: Connection, act: Callable[[], object], also: Sequence[tuple[str, object]] = ()
) -> str:
    """How the database goes about each statement of `act`, as EXPLAIN says."""
    if conn.dialect.name == "postgresql":
        # A table of three rows is read faster than its index: ask as for a large one.
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    with recorded(conn) as statements:
        act()
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    words = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    return "\n".join(
        str(row)
        for statement, parameters in (*statements, *also)
        if statement.startswith(words)
        for row in conn.exec_driver_sql(f"{explain} {statement}", parameters)
    )


@pytest.mark.parametrize(
    "what",
    [
        *("count", "plan", "enrol", "claim", "tally", "show", "leave", "depart", "record", "prune"),
        *("domains", "forget"),
    ],
)
def test_no_table_of_people_or_mails_is_read_from_end_to_end(town, what: str) -> None:
    ada, bob, _ = town.join("ada", "bob", "eve")
    issue, next_one = town.draft("one", part="one"), town.draft("two", part="two", number=2)
    town.plan(issue)
    with town.engine.begin() as conn:
        (row, *_) = claim(conn, issue.content_hash, "lane", town.now, HOUR, limit=1)

        def act() -> object:
            match what:
                case "count":
                    return count_reached(conn, "daily", None, town.now)
                case "plan":
                    return plan_campaign(conn, next_one, town.now, town.now)
                case "enrol":
                    return enrol(conn, "daily", "home", town.now, town.now)
                case "claim":
                    claim(conn, issue.content_hash, "lane", town.now, HOUR)
                    return note_attempt(conn, row.id, "lane", town.now)
                case "tally":
                    return tally(conn, issue.content_hash)
                case "show":
                    records_of(conn, ada)
                    doubtful(conn, issue.content_hash)
                    waiting_since(conn)
                    return last_refusals(conn, issue.content_hash, 5)
                case "leave":
                    return count_under_way(conn, ada, "daily")
                case "depart":
                    leaving = dict.fromkeys([(ada, "daily"), (bob, "daily")], Evidence("a link"))
                    return end_subscriptions(conn, leaving, town.now)
                case "record":
                    return last_consent(conn, "hash of ada", "daily")
                case "domains":
                    return by_domain(conn, issue.content_hash)
                case "forget":
                    return erase_unconfirmed(conn, ada, town.now)
            return unconfirmed_since(conn, town.now, 100)

        plan = plans(conn, act, hot_statements(conn) if what == "claim" else ())

    for table in (
        "subscribers",
        "subscriptions",
        "deliveries",
        "consents",
        "suppressions",
        "folded",
    ):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    assert "INDEX" in plan.upper()


def test_a_click_reads_one_issue_and_its_own_counts(town) -> None:
    known = town.draft().content_hash
    with town.engine.begin() as conn:
        plan = plans(
            conn,
            lambda: (
                html_of(conn, known[:16]),
                add_clicks(conn, {Click(known[:16], 1, date(2026, 3, 3)): 1}),
                load_clicks(conn, known),
            ),
        )

    for table in ("issues", "clicks"):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    assert plan.count("INDEX") + plan.count("Index") >= 3


@pytest.mark.parametrize("what", ["replies", "first", "against", "left"])
def test_a_report_reads_its_issues_rows_and_no_others(town, what: str) -> None:
    town.join("ada", "bob", "eve")
    issue = town.draft()
    town.plan(issue)
    hashes = [issue.content_hash]
    with town.engine.begin() as conn:
        acts: dict[str, Callable[[], object]] = {
            "replies": lambda: replies_by_domain(conn, issue.content_hash),
            "first": lambda: first_accepted(conn, issue.content_hash),
            "against": lambda: against(conn, hashes, town.now),
            "left": lambda: departures(conn, "daily", hashes, town.now),
        }
        plan = plans(conn, acts[what])

    for table in ("deliveries", "folded", "events", "consents", "campaigns", "subscribers"):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    index = {"against": "events_against", "left": "consents_departures"}.get(what, "content_hash")
    assert index in plan or (index == "content_hash" and "autoindex_deliveries" in plan), plan


def test_an_import_looks_people_up_one_by_one_and_not_among_all_of_the_newsletter(town) -> None:
    town.join("ada", "bob", "eve")
    entrants = [
        Entrant(Applicant(1, f"{name}@example.org"), f"{name}@example.org", f"hash of {name}")
        for name in ("ada", "new")
    ]
    with town.engine.begin() as conn:
        plan = plans(conn, lambda: standings(conn, entrants, "daily"))

    assert "SCAN" not in plan.replace("SCAN json_each", ""), plan
    assert "Seq Scan" not in plan, plan
    assert "subscriptions_audience" not in plan, plan


@pytest.mark.parametrize(
    ("segment", "index"),
    [
        (None, "subscriptions_"),
        (Segment("s", language=("de",)), "subscriptions_cohorts"),
        (Segment("s", tag=("beta",)), "subscriptions_cohorts"),
        (Segment("s", not_tag=("beta",)), "subscriptions_cohorts"),
        (Segment("s", signed_up_since=date(2026, 1, 1)), "subscriptions_"),
        (Segment("s", field=(("city", ("Wien",)),)), "imported_fields_held"),
        (Segment("s", series=("home",)), "deliveries_content_hash_subscriber_key"),
    ],
)
def test_a_segment_is_counted_and_planned_by_an_index(
    town, segment: Segment | None, index: str
) -> None:
    town.join("ada", "bob", "eve")
    issue = town.draft()
    rule = AudienceRule("daily", "home", segment.rule if segment else "")
    with town.engine.begin() as conn:
        issue = replace(issue, audience=rule)
        save_draft(conn, issue, town.now)

        def act() -> object:
            count_reached(conn, "daily", segment, town.now)
            return plan_campaign(conn, issue, town.now, town.now)

        plan = plans(conn, act)

    for table in ("subscribers", "subscriptions", "tags", "imported_fields", "suppressions"):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    if town.engine.dialect.name == "sqlite":  # where it names the indexes that make keys unique
        index = index.replace("deliveries_content_hash_subscriber_key", "sqlite_autoindex_deliver")
    assert index in plan, plan


def test_who_is_left_out_while_a_probe_decides_is_known_by_an_index(town) -> None:
    town.join("ada", "bob", "eve")
    issue = town.draft()
    with town.engine.begin() as conn:

        def act() -> object:
            count_reached(conn, "daily", None, town.now)
            return plan_campaign(conn, issue, town.now, town.now)

        plan = plans(conn, act)

    assert "bounce_records_left_out" in plan, plan
    assert "SCAN bounce_records" not in plan, plan
    assert "SCAN consents" not in plan, plan
    assert "Seq Scan on consents" not in plan, plan


@pytest.mark.parametrize("what", ["take", "hold", "decide", "show", "forget", "find", "records"])
def test_what_came_back_is_looked_up_and_not_read_from_end_to_end(town, what: str) -> None:
    ada, bob, _ = town.join("ada", "bob", "eve")
    with town.engine.begin() as conn:

        def act() -> object:
            match what:
                case "take":
                    return take_events(conn, town.now, HOUR, 9)
                case "hold":
                    return hold_unjudged(conn, [1, 2])
                case "decide":
                    nobody = Decided(1, "not ours", "nothing", Certainty.NONE)
                    return save_decisions(conn, [nobody], town.now)
                case "show":
                    return judged_events_of(conn, ada)
                case "forget":
                    return forget_in_events(conn, ada)
                case "find":
                    deliveries_numbered(conn, [1, 2])
                    deliveries_of_relay(conn, ["4Y8cKT2Zx7z3B"])
                    service_mails(conn, [1, 2])
                    return people_with(conn, ["ada@example.org"])
            return hold_records(conn, [ada, bob])

        # What waits is little, and has an index of its own.
        plan = plans(conn, act).replace("SCAN events USING INDEX events_unjudged", "")

    for table in (
        "events",
        "bounce_records",
        "subscribers",
        "consents",
        "deliveries",
        "folded",
        "suppressions",
        "service_messages",
    ):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    assert "INDEX" in plan.upper() or "PRIMARY KEY" in plan.upper()
