"""What is long over takes little room, and still answers who got which issue."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from partwork.model.delivery import DeliveryState, Reply, Tally, Verdict
from partwork.store.audience import erase_subscriber
from partwork.store.campaigns import plan_campaign
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.folding import fold, foldable
from partwork.store.ledger import load_deliveries, series_of_delivery, tally
from partwork.store.records import by_domain, records_of
from partwork.store.sending_schema import folded
from tests.store.noting import note_attempt, note_reply

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=91)
VERDICTS = (Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.REFUSED)


@pytest.fixture
def readers(town) -> list[int]:
    return town.join("ada", "bob", "eve")


@pytest.fixture
def issue(town, readers):
    """Sent to ada and bob; eve's mailbox was full."""
    made = town.draft()
    town.plan(made)
    with town.engine.begin() as conn:
        rows = claim(conn, made.content_hash, "lane", NOW, timedelta(hours=1))
        for row, verdict in zip(rows, VERDICTS, strict=True):
            code = 250 if verdict is Verdict.ACCEPTED else 552
            note_attempt(conn, row.id, "lane", NOW)
            note_reply(conn, row.id, "lane", verdict, Reply(code, "its words"), at=NOW)
    return made


def fold_all(engine) -> int:
    with engine.begin() as conn:
        return sum(fold(conn, campaign, 1000, LATER) for campaign in foldable(conn, LATER))


def test_folding_changes_no_answer(town, readers, issue) -> None:
    ada, _, eve = readers
    with read_only(town.engine) as conn:
        (before,) = records_of(conn, ada)
        domains = by_domain(conn, issue.content_hash)

    assert fold_all(town.engine) == 2

    with read_only(town.engine) as conn:
        (record,) = records_of(conn, ada)
        assert (record.id, record.issue, record.state) == (before.id, before.issue, before.state)
        assert record.replied_at == NOW
        assert (record.recipient, record.words) == ("ada@example.org", "")
        assert tally(conn, issue.content_hash) == Tally(accepted=2, refused=1)
        assert series_of_delivery(conn, before.id, ada) == "home"
        assert series_of_delivery(conn, before.id, eve) is None
        assert by_domain(conn, issue.content_hash) == domains
        (refused,) = records_of(conn, eve)
        assert refused.words == "its words"
        assert conn.execute(select(func.count()).select_from(folded)).scalar_one() == 2
        assert len(load_deliveries(conn, issue.content_hash)) == 1


def test_who_has_an_issue_that_was_folded_does_not_get_it_again(town, issue) -> None:
    fold_all(town.engine)
    town.join("new")
    other_words = town.draft("other words")

    with town.engine.begin() as conn:
        for again in (issue, other_words):
            _, planned = plan_campaign(conn, again, LATER, LATER)
            assert planned == (again is issue)  # the new one alone
    assert town.recipients(issue, DeliveryState.PENDING) == ["new"]


def test_what_is_not_over_is_not_folded(town, readers) -> None:
    town.plan(town.draft())

    assert fold_all(town.engine) == 0


def test_a_campaign_is_folded_bit_by_bit_and_then_left_alone(town, issue) -> None:
    with town.engine.begin() as conn:
        (campaign,) = foldable(conn, LATER)
        assert [fold(conn, campaign, 1, LATER) for _ in range(3)] == [1, 1, 0]
        assert foldable(conn, LATER) == ()
        assert foldable(conn, NOW) == ()


def test_an_erased_reader_is_in_no_fold(town, readers, issue) -> None:
    fold_all(town.engine)
    with town.engine.begin() as conn:
        erase_subscriber(conn, readers[0])

    with read_only(town.engine) as conn:
        left = conn.execute(select(folded.c.subscriber)).scalars().all()
        assert sorted(left, key=str) == sorted([None, readers[1]], key=str)
        assert records_of(conn, readers[0]) == ()
        assert tally(conn, issue.content_hash) == Tally(accepted=2, refused=1)
