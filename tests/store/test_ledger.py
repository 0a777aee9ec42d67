"""Nobody is mailed twice, and nobody is lost, whatever lanes and readers do."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError

from partwork.model.audience import SuppressionReason
from partwork.model.delivery import DeliveryState, Reply, Tally, Verdict
from partwork.store.audience import erase_subscriber, save_suppression
from partwork.store.campaigns import unfinished_issues
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.lanes import sweep
from partwork.store.ledger import deliveries_of, in_doubt, load_deliveries, tally
from partwork.store.schema import deliveries
from tests.store.noting import hot_statements, note_attempt, note_doubt, note_reply, release

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LEASE = timedelta(minutes=5)
OVER = NOW + LEASE
OK = Reply(250, "2.0.0 queued as 4711")
LATER = Reply(451, "4.3.0 try again")
NO = Reply(550, "5.1.1 no such mailbox")


@pytest.fixture
def planned(town):
    """An issue planned for ada, bob and eve."""
    town.join("ada", "bob", "eve")
    issue = town.draft()
    town.plan(issue)
    return issue.content_hash


def states(conn, issue: str) -> dict[str, str]:
    rows = load_deliveries(conn, issue)
    return {row.recipient.removesuffix("@example.org"): row.state.value for row in rows}


def test_a_lane_claims_what_no_other_has_claimed(engine, planned):
    with engine.begin() as conn:
        first = claim(conn, planned, "lane 1", NOW, LEASE, limit=2)
        second = claim(conn, planned, "lane 2", NOW, LEASE, limit=2)
        third = claim(conn, planned, "lane 3", NOW, LEASE, limit=2)

    assert [row.recipient for row in first] == ["ada@example.org", "bob@example.org"]
    assert [row.recipient for row in second] == ["eve@example.org"]
    assert third == ()
    assert all(row.state is DeliveryState.CLAIMED for row in first + second)


def test_lanes_that_claim_at_once_share_the_deliveries(town):
    town.join(*(f"reader{n}" for n in range(120)))
    issue = town.draft()
    town.plan(issue)
    start, claimed = Barrier(4), []

    def lane(name: str) -> None:
        start.wait()
        while True:
            with town.engine.begin() as conn:
                rows = claim(conn, issue.content_hash, name, NOW, LEASE, limit=7)
            if not rows:
                return
            claimed.extend((row.id, name) for row in rows)

    threads = [Thread(target=lane, args=(f"lane {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == len(dict(claimed)) == 120


def test_on_postgresql_a_lane_does_not_wait_for_another_that_is_claiming(engine, planned):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with engine.begin() as slow, engine.begin() as quick:
        quick.execute(text("SET LOCAL lock_timeout = '5s'"))
        (ada,) = claim(slow, planned, "slow lane", NOW, LEASE, limit=1)

        others = claim(quick, planned, "quick lane", NOW, LEASE)

        assert ada.recipient == "ada@example.org"
        assert [row.recipient for row in others] == ["bob@example.org", "eve@example.org"]


def test_lanes_that_note_the_same_attempt_at_once_send_once(engine, planned):
    with engine.begin() as conn:
        row, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
    start, allowed = Barrier(4), []

    def attempt() -> None:
        start.wait()
        with engine.begin() as conn:
            if note_attempt(conn, row.id, "lane 1", NOW):
                allowed.append(row.id)

    threads = [Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert allowed == [row.id]


def test_the_tally_adds_up(engine, planned):
    with engine.begin() as conn:
        ada, bob, _ = claim(conn, planned, "lane 1", NOW, LEASE)
        for row in (ada, bob):
            assert note_attempt(conn, row.id, "lane 1", NOW)
        assert note_reply(conn, ada.id, "lane 1", Verdict.ACCEPTED, OK, at=NOW)

        assert tally(conn, planned) == Tally(pending=2, accepted=1)
        assert tally(conn, planned).planned == 3
        assert tally(conn, "no such hash") == Tally()


def test_a_deferred_delivery_waits_for_its_time(engine, planned):
    soon = NOW + timedelta(hours=1)
    with engine.begin() as conn:
        ada, *others = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)
        assert note_reply(conn, ada.id, "lane 1", Verdict.DEFERRED, LATER, at=NOW, next_try_at=soon)

        assert claim(conn, planned, "lane 2", soon - timedelta(microseconds=1), LEASE) == ()
        (again,) = claim(conn, planned, "lane 2", soon, LEASE)
        assert (again.id, again.attempts) == (ada.id, 1)
        assert len(others) == 2


def test_only_a_deferred_delivery_has_a_next_time(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)

        with pytest.raises(ValueError, match="next_try_at"):
            note_reply(conn, ada.id, "lane 1", Verdict.DEFERRED, LATER, at=NOW)
        with pytest.raises(ValueError, match="next_try_at"):
            note_reply(conn, ada.id, "lane 1", Verdict.ACCEPTED, OK, at=NOW, next_try_at=OVER)


@pytest.mark.parametrize("how", ["left", "suppressed", "erased"])
def test_who_goes_before_the_claim_gets_nothing(town, planned, how: str):
    go(town, "bob", how)

    with town.engine.begin() as conn:
        rows = claim(conn, planned, "lane 1", NOW, LEASE)

        assert [row.recipient for row in rows] == ["ada@example.org", "eve@example.org"]
        assert tally(conn, planned) == Tally(pending=2, left=1)


@pytest.mark.parametrize("how", ["left", "suppressed", "erased"])
def test_who_goes_between_claim_and_attempt_gets_nothing(town, planned, how: str):
    with town.engine.begin() as conn:
        _, bob, _ = claim(conn, planned, "lane 1", NOW, LEASE)
    go(town, "bob", how)

    with town.engine.begin() as conn:
        assert not note_attempt(conn, bob.id, "lane 1", NOW)
        assert tally(conn, planned) == Tally(pending=2, left=1)
        assert sweep(conn, OVER) == (2, 0)


def go(town, name: str, how: str) -> None:
    (subscriber,) = town.join(name)
    with town.engine.begin() as conn:
        if how == "suppressed":
            save_suppression(conn, f"hash of {name}", SuppressionReason.COMPLAINT, NOW)
        if how == "erased":
            erase_subscriber(conn, subscriber)
    if how == "left":
        town.leave(subscriber)


def test_a_crowd_of_leavers_does_not_hide_those_who_stay(town):
    everyone = town.join(*(f"reader{n}" for n in range(12)))
    issue = town.draft()
    town.plan(issue)
    for subscriber in everyone[:-1]:
        town.leave(subscriber)

    with town.engine.begin() as conn:
        (row,) = claim(conn, issue.content_hash, "lane 1", NOW, LEASE, limit=2)

    assert row.subscriber == everyone[-1]


def test_a_lease_that_runs_out_frees_what_was_not_attempted(engine, planned):
    with engine.begin() as conn:
        ada, _, _ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)

        assert sweep(conn, OVER - timedelta(microseconds=1)) == (0, 0)
        assert sweep(conn, OVER) == (2, 1)
        assert sweep(conn, OVER) == (0, 0)
        assert states(conn, planned) == {"ada": "in doubt", "bob": "pending", "eve": "pending"}
        assert [row.recipient for row in in_doubt(conn, planned)] == ["ada@example.org"]


def test_what_is_in_doubt_is_not_claimed_again(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)
        assert note_doubt(conn, ada.id, "lane 1", "connection reset", NOW)
        sweep(conn, OVER)

        again = claim(conn, planned, "lane 2", OVER, LEASE)

        assert ada.id not in [row.id for row in again]


def test_a_reply_that_comes_after_the_sweep_settles_the_doubt(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "slow lane", NOW, LEASE)
        note_attempt(conn, ada.id, "slow lane", NOW)
        sweep(conn, OVER)

        assert note_reply(conn, ada.id, "slow lane", Verdict.ACCEPTED, OK, at=OVER)
        assert states(conn, planned)["ada"] == "accepted"


def test_a_lane_that_lost_its_claim_changes_nothing(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "slow lane", NOW, LEASE)
        sweep(conn, OVER)
        claim(conn, planned, "quick lane", OVER, LEASE)

        assert not note_attempt(conn, ada.id, "slow lane", OVER)
        assert note_attempt(conn, ada.id, "quick lane", OVER)
        assert not release(conn, ada.id, "slow lane")
        assert not note_reply(conn, ada.id, "slow lane", Verdict.REFUSED, NO, at=OVER)
        assert not note_doubt(conn, ada.id, "slow lane", "connection reset", OVER)
        assert states(conn, planned)["ada"] == "attempted"


def test_what_did_not_leave_is_pending_again(engine, planned):
    with engine.begin() as conn:
        ada, bob, _ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)

        assert release(conn, ada.id, "lane 1")
        assert release(conn, bob.id, "lane 1")
        assert not release(conn, bob.id, "lane 1")

        again = claim(conn, planned, "lane 2", NOW, LEASE)
        assert [(row.id, row.attempts) for row in again] == [(ada.id, 0), (bob.id, 0)]


def test_a_doubt_is_settled_by_the_lane_that_knows_nothing_left(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)
        sweep(conn, NOW + LEASE)
        assert states(conn, planned)["ada"] == "in doubt"

        assert not release(conn, ada.id, "lane 2")
        assert release(conn, ada.id, "lane 1")
        assert states(conn, planned)["ada"] == "pending"


def test_a_reply_is_noted_once(engine, planned):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        assert not note_reply(conn, ada.id, "lane 1", Verdict.ACCEPTED, OK, at=NOW)
        note_attempt(conn, ada.id, "lane 1", NOW)
        assert note_reply(conn, ada.id, "lane 1", Verdict.ACCEPTED, OK, at=NOW)
        assert not note_reply(conn, ada.id, "lane 1", Verdict.REFUSED, NO, at=NOW)
        assert not release(conn, ada.id, "lane 1")
        assert states(conn, planned)["ada"] == "accepted"


@pytest.mark.parametrize(
    "words", ["nul \0 byte", "a lone \udcff surrogate", "x" * 100_000, "'; --"]
)
def test_whatever_words_a_server_finds_the_reply_is_recorded(engine, planned, words: str):
    with engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)

        assert note_reply(conn, ada.id, "lane 1", Verdict.REFUSED, Reply(550, words), at=NOW)
        kept = select(deliveries.c.reply_text).where(deliveries.c.id == ada.id)
        assert 0 < len(conn.execute(kept).scalar_one()) <= 2000


def test_an_erased_recipient_whose_message_did_not_leave_is_not_tried_again(town, planned):
    (subscriber,) = town.join("ada")
    with town.engine.begin() as conn:
        ada, *_ = claim(conn, planned, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)
        erase_subscriber(conn, subscriber)

        assert release(conn, ada.id, "lane 1")

        assert tally(conn, planned).left == 1


def test_one_person_has_one_delivery_of_an_issue(engine, planned):
    with engine.connect() as conn:
        first = select(deliveries).order_by(deliveries.c.id).limit(1)
        row = dict(conn.execute(first).mappings().one())

        with pytest.raises(IntegrityError):
            conn.execute(insert(deliveries).values({**row, "id": 99}))


def test_a_persons_deliveries_are_found_over_all_issues(town):
    ada, _ = town.join("ada", "bob")
    first = town.draft("one", part="aaaaaaaa")
    second = town.draft("two", part="bbbbbbbb")
    town.plan(first)
    town.plan(second)

    with read_only(town.engine) as conn:
        found = deliveries_of(conn, ada)

    assert [row.content_hash for row in found] == [first.content_hash, second.content_hash]
    assert {row.subscriber for row in found} == {ada}


def test_nothing_that_runs_often_reads_the_whole_ledger(town):
    town.join("ada", "bob", "eve")
    issue = town.draft()
    seen: list[tuple[str, object]] = []

    @event.listens_for(town.engine, "before_cursor_execute")
    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith(("SELECT", "INSERT INTO deliveries", "UPDATE", "WITH")):
            seen.append((statement, parameters))

    town.plan(issue)
    with town.engine.begin() as conn:
        ada, bob, _ = claim(conn, issue.content_hash, "lane 1", NOW, LEASE)
        note_attempt(conn, ada.id, "lane 1", NOW)
        note_reply(conn, ada.id, "lane 1", Verdict.ACCEPTED, OK, at=NOW)
        release(conn, bob.id, "lane 1")
        sweep(conn, NOW)
        tally(conn, issue.content_hash)
        unfinished_issues(conn, NOW)
        deliveries_of(conn, ada.subscriber)
    event.remove(town.engine, "before_cursor_execute", note)

    with town.engine.begin() as conn:
        seen += hot_statements(conn)
    statements = [one for one in seen if "deliveries" in one[0]]
    assert len(statements) >= 10
    sqlite = town.engine.dialect.name == "sqlite"
    used: list[str] = []
    with town.engine.begin() as conn:
        if not sqlite:  # three rows are too few for its planner to want an index
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in statements:
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            plan = conn.exec_driver_sql(explain + statement, parameters).all()
            steps = [str(row[-1]) for row in plan]
            scans = [s for s in steps if "SCAN deliveries" in s or "Seq Scan on deliveries" in s]
            assert scans == [], f"{statement}\n{steps}"
            used += [s for s in steps if "deliveries_" in s]
    for index in ("deliveries_pending", "deliveries_deferred", "deliveries_leased"):
        assert any(index in step for step in used), used
