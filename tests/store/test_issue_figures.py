"""What an issue's report counts stays true whatever happens to the rows behind it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from partwork.model.audience import CHANGE_OF_ADDRESS, Evidence
from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.model.issue import Issue
from partwork.store.audience import erase_subscriber
from partwork.store.campaigns import make_campaign
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.events import Decided, save_decisions, save_events, take_events
from partwork.store.folding import fold, foldable
from partwork.store.issue_figures import (
    against,
    departures,
    first_accepted,
    issues_before,
    issues_planned_since,
    replies_by_domain,
    sent_issue,
)
from partwork.store.ledger import deliveries_of
from partwork.store.schema import deliveries
from partwork.store.subscriptions import end_subscription, return_to_subscription
from tests.store.conftest import Town
from tests.store.noting import note_attempt, note_reply

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def send(town: Town, issue: Issue, *refused: str, at: datetime | None = None) -> None:
    """Plan the issue and have it accepted, but for the readers that are named."""
    town.plan(issue, at)
    with town.engine.begin() as conn:
        for row in claim(conn, issue.content_hash, "lane", at or town.now, HOUR):
            is_refused = row.recipient.partition("@")[0] in refused
            verdict = Verdict.REFUSED if is_refused else Verdict.ACCEPTED
            note_attempt(conn, row.id, "lane", at or town.now)
            reply = Reply(552 if is_refused else 250, "its words")
            note_reply(conn, row.id, "lane", verdict, reply, at=at or town.now)


def told(
    town: Town,
    subscriber: int,
    kind: FeedbackKind,
    *,
    rule: str = "soft bounce",
    at: datetime,
    source: Source = Source.MAILBOX,
    delivery: int = 0,
) -> None:
    """Something came back about the subscriber's first delivery, and was judged."""
    with town.engine.begin() as conn:
        number = delivery or deliveries_of(conn, subscriber)[0].id
        save_events(conn, {f"{source} {kind} {at} {number}": Feedback(source, kind)}, at)
        taken = take_events(conn, at, HOUR, 9)
        decided = [
            Decided(one.id, rule, "count", Certainty.BOUNCE_ADDRESS, number, subscriber)
            for one in taken
        ]
        save_decisions(conn, decided, at)


def leave(town: Town, subscriber: int, at: datetime, source: str = "page") -> None:
    with town.engine.begin() as conn:
        end_subscription(conn, subscriber, "daily", Evidence(source), at)


def left_from(town: Town, issue: Issue) -> list[tuple[str, int]]:
    with read_only(town.engine) as conn:
        found = departures(conn, "daily", [issue.content_hash], town.now - DAY)
    return sorted((one.domain, one.after_s) for one in found)


def fold_all(town: Town) -> int:
    later = town.now + 91 * DAY
    with town.engine.begin() as conn:
        return sum(fold(conn, campaign, 1000, later) for campaign in foldable(conn, later))


@pytest.fixture
def readers(town: Town) -> list[int]:
    return town.join("ada", "bob", "eve")


@pytest.fixture
def issue(town: Town, readers: list[int]) -> Issue:
    made = town.draft()
    send(town, made, "eve")
    return made


def test_replies_are_counted_by_domain_and_told_with_their_times(town: Town, issue: Issue) -> None:
    with town.engine.begin() as conn:
        conn.execute(
            update(deliveries)
            .where(deliveries.c.recipient == "bob@example.org")
            .values(recipient="bob@NEWS.example.org", replied_at=town.now + HOUR)
        )
    with read_only(town.engine) as conn:
        found = replies_by_domain(conn, issue.content_hash)
        first = first_accepted(conn, issue.content_hash)

    accepted = {one.domain: one for one in found if one.state is DeliveryState.ACCEPTED}
    assert {one.domain: one.count for one in accepted.values()} == {
        "example.org": 1,
        "news.example.org": 1,
    }
    assert accepted["news.example.org"].first_at == town.now + HOUR
    assert sum(one.count for one in found) == 3
    assert first == town.now


def test_an_issue_that_nobody_has_accepted_has_no_first_delivery(town: Town) -> None:
    issue = town.draft()

    with read_only(town.engine) as conn:
        assert first_accepted(conn, issue.content_hash) is None
        assert sent_issue(conn, issue.content_hash) is None
        assert replies_by_domain(conn, issue.content_hash) == ()


def test_who_leaves_within_a_week_after_the_delivery_left_from_the_issue(
    town: Town, readers: list[int], issue: Issue
) -> None:
    ada, bob, eve = readers
    leave(town, ada, town.now + HOUR)
    leave(town, bob, town.now + 7 * DAY)
    leave(town, eve, town.now + HOUR)  # who never got it

    assert left_from(town, issue) == [("example.org", 3600)]


def test_who_left_before_the_delivery_did_not_leave_for_it(
    town: Town, readers: list[int], issue: Issue
) -> None:
    leave(town, readers[0], town.now - HOUR)

    assert left_from(town, issue) == []


def test_who_takes_it_back_or_has_another_address_has_not_left(
    town: Town, readers: list[int], issue: Issue
) -> None:
    ada, bob, _ = readers
    leave(town, ada, town.now + HOUR)
    leave(town, bob, town.now + HOUR, CHANGE_OF_ADDRESS)
    with town.engine.begin() as conn:
        again = {"ended_at": town.now + HOUR, "at": town.now + 2 * HOUR}
        assert return_to_subscription(conn, ada, "daily", Evidence("page"), **again)
    assert left_from(town, issue) == []

    leave(town, ada, town.now + 3 * HOUR)
    assert left_from(town, issue) == [("example.org", 3 * 3600)]


def test_a_departure_from_another_newsletter_is_none_from_this(
    town: Town, readers: list[int], issue: Issue
) -> None:
    town.join("ada", newsletter="weekly")
    with town.engine.begin() as conn:
        end_subscription(conn, readers[0], "weekly", Evidence("page"), town.now + HOUR)

    assert left_from(town, issue) == []


def test_what_came_back_is_told_with_how_long_it_took(
    town: Town, readers: list[int], issue: Issue
) -> None:
    ada, bob, eve = readers
    told(town, ada, FeedbackKind.BOUNCE, at=town.now + HOUR)
    told(town, bob, FeedbackKind.COMPLAINT, rule="complaint", at=town.now + 2 * HOUR)
    told(town, bob, FeedbackKind.DELIVERED, rule="arrived", at=town.now + HOUR)
    told(town, eve, FeedbackKind.BOUNCE, at=town.now, source=Source.SMTP)

    with read_only(town.engine) as conn:
        found = against(conn, [issue.content_hash], town.now - DAY)
        later = against(conn, [issue.content_hash], town.now + 2 * HOUR)

    assert sorted((one.kind.value, one.rule, one.after_s) for one in found) == [
        ("bounce", "soft bounce", 3600),
        ("complaint", "complaint", 7200),
    ]
    assert [one.kind for one in later] == [FeedbackKind.COMPLAINT]


def test_folding_loses_neither_departures_nor_what_came_back(
    town: Town, readers: list[int], issue: Issue
) -> None:
    ada, bob, _ = readers
    with read_only(town.engine) as conn:
        (row,) = deliveries_of(conn, bob)
    leave(town, ada, town.now + HOUR)
    told(town, bob, FeedbackKind.BOUNCE, at=town.now + HOUR)
    assert fold_all(town) == 2
    told(town, bob, FeedbackKind.COMPLAINT, at=town.now + 2 * HOUR, delivery=row.id)

    with read_only(town.engine) as conn:
        came = against(conn, [issue.content_hash], town.now - DAY)
        sent = sent_issue(conn, issue.content_hash)
        replies = replies_by_domain(conn, issue.content_hash)

    assert left_from(town, issue) == [("", 3600)]
    assert [(one.domain, one.after_s) for one in came] == [("", 3600), ("", 7200)]
    assert sent is not None
    assert sent.planned == 3
    assert [one.state for one in replies] == [DeliveryState.REFUSED]


def test_of_an_erased_reader_no_departure_is_known(
    town: Town, readers: list[int], issue: Issue
) -> None:
    leave(town, readers[0], town.now + HOUR)
    with town.engine.begin() as conn:
        erase_subscriber(conn, readers[0])

    assert left_from(town, issue) == []


def test_the_issues_before_it_come_latest_first_and_never_one_without_readers(
    town: Town, readers: list[int]
) -> None:
    parts = [town.draft(f"words {n}", part=f"part{n}", number=n) for n in range(1, 6)]
    for n, part in enumerate(parts):
        town.plan(part, town.now + n * DAY)
    town.plan(town.draft("at the same time", part="part8", number=8), town.now + 3 * DAY)
    nobody = town.draft("for nobody", part="part9", number=9)
    with town.engine.begin() as conn:
        make_campaign(conn, nobody, town.now + 2.5 * DAY, town.now)
    with read_only(town.engine) as conn:
        sent = sent_issue(conn, parts[3].content_hash)
        assert sent is not None
        before = issues_before(conn, "daily", sent, 2)
        other = issues_before(conn, "weekly", sent, 2)

    assert [one.content_hash for one in before] == [parts[2].content_hash, parts[1].content_hash]
    assert other == ()


def test_issues_are_found_by_when_they_were_first_planned(town: Town, readers: list[int]) -> None:
    issue = town.draft()
    town.plan(issue)

    with read_only(town.engine) as conn:
        since = issues_planned_since(conn, town.now)
        later = issues_planned_since(conn, town.now + HOUR)

    assert [one.name for one in since] == [issue.name]
    assert later == ()
