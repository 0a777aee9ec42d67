"""What ended badly is counted by campaign, recipients' domain and sign-up source."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from partwork.model.audience import Act, Applicant, Evidence
from partwork.model.delivery import DeliveryState
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.model.issue import Issue
from partwork.store.audience import load_subscriber
from partwork.store.consents import record_consent
from partwork.store.engine import read_only
from partwork.store.events import (
    Decided,
    note_events,
    save_decisions,
    save_events,
    take_events,
)
from partwork.store.folding import fold
from partwork.store.importing import Entrant, import_entrants
from partwork.store.ledger import load_deliveries
from partwork.store.newsletters import note_newsletter
from partwork.store.schema import deliveries
from partwork.store.shares import (
    Fate,
    Group,
    SentCampaign,
    accepted_by_domain,
    accepted_by_source,
    bad_ends,
    campaigns_numbered,
    campaigns_since,
    count_accepted,
    count_came_back,
)
from tests.store.conftest import Town
from tests.store.test_query_plans import plans

HOUR = timedelta(hours=1)
FAIR, FORM = "a fair", "the form"


def join(town: Town, source: str, *addresses: str) -> None:
    with town.engine.begin() as conn:
        entrants = [Entrant(Applicant(1, a), a, f"hash of {a}") for a in addresses]
        at = town.now - timedelta(days=1)
        import_entrants(conn, entrants, "daily", Evidence(source), at=at)


def sent(town: Town, words: str = "first words") -> Issue:
    """An issue that was accepted for all."""
    issue = town.draft(words, part=words)
    town.plan(issue)
    mark(town, issue, DeliveryState.ACCEPTED)
    return issue


def mark(town: Town, issue: Issue, state: DeliveryState, *readers: str, at=None) -> None:
    which = deliveries.c.content_hash == issue.content_hash
    if readers:
        which &= deliveries.c.recipient.in_(readers)
    values = {"state": state.value, "replied_at": at or town.now, "attempted_at": at or town.now}
    with town.engine.begin() as conn:
        conn.execute(update(deliveries).where(which).values(values))


def campaign(town: Town, issue: Issue) -> SentCampaign:
    with read_only(town.engine) as conn:
        (found,) = campaigns_since(conn, issue.content_hash, town.now)
    return found


def tell(
    town: Town,
    issue: Issue,
    kind: FeedbackKind,
    *readers: str,
    at: datetime | None = None,
    source: Source = Source.SES,
    counts: bool = True,
) -> None:
    """Has an event of each reader's delivery, judged at that instant."""
    with town.engine.begin() as conn:
        rows = {row.recipient: row for row in load_deliveries(conn, issue.content_hash)}
        told = {
            f"{kind} {rows[one].id} {source} {at}": Feedback(source, kind, "name", one)
            for one in readers
        }
        save_events(conn, told, town.now)
        for taken in take_events(conn, town.now, HOUR, 1000):
            row = rows[taken.event.recipient]
            against = row.campaign if counts else 0
            decided = Decided(
                taken.id, "rule", "count", Certainty.RELAY_ID, row.id, row.subscriber, against
            )
            save_decisions(conn, [decided], at or town.now)


def by_fate(town: Town, issue: Issue, since: datetime | None = None) -> Mapping[Fate, int]:
    with read_only(town.engine) as conn:
        found = bad_ends(conn, campaign(town, issue), since)
    sums = dict.fromkeys(Fate, 0)
    for group in found:
        sums[group.fate] += group.deliveries
    return sums


READERS = ("a@one.example.org", "b@one.example.org", "C@One.example.org", "d@two.example.org")
A, B, C, D = READERS


@pytest.fixture
def issue(town: Town) -> Issue:
    join(town, FAIR, A, B)
    join(town, FORM, C, D)
    return sent(town)


def test_bad_ends_are_told_by_domain_and_sign_up_source(town: Town, issue: Issue) -> None:
    mark(town, issue, DeliveryState.REFUSED, A)
    tell(town, issue, FeedbackKind.BOUNCE, B, C)
    tell(town, issue, FeedbackKind.COMPLAINT, D)

    with read_only(town.engine) as conn:
        found = bad_ends(conn, campaign(town, issue))

    assert set(found) == {
        Group(Fate.REFUSED, "one.example.org", FAIR, 1),
        Group(Fate.BOUNCED, "one.example.org", FAIR, 1),
        Group(Fate.BOUNCED, "one.example.org", FORM, 1),
        Group(Fate.COMPLAINED, "two.example.org", FORM, 1),
    }


def test_a_delivery_counts_once_however_often_it_is_told(town: Town, issue: Issue) -> None:
    for source in (Source.SES, Source.MAILBOX):
        tell(town, issue, FeedbackKind.BOUNCE, A, source=source)

    assert by_fate(town, issue)[Fate.BOUNCED] == 1


def test_what_was_refused_did_not_bounce_besides(town: Town, issue: Issue) -> None:
    mark(town, issue, DeliveryState.REFUSED, A)
    tell(town, issue, FeedbackKind.BOUNCE, A, source=Source.SMTP)

    assert by_fate(town, issue) == {Fate.REFUSED: 1, Fate.BOUNCED: 0, Fate.COMPLAINED: 0}


def test_what_was_judged_not_to_count_does_not(town: Town, issue: Issue) -> None:
    tell(town, issue, FeedbackKind.BOUNCE, A, counts=False)

    assert by_fate(town, issue)[Fate.BOUNCED] == 0


def test_only_what_became_known_later_counts_where_that_is_asked(town: Town, issue: Issue) -> None:
    mark(town, issue, DeliveryState.REFUSED, A, at=town.now - HOUR)
    mark(town, issue, DeliveryState.REFUSED, B, at=town.now + HOUR)
    tell(town, issue, FeedbackKind.BOUNCE, C, at=town.now)
    tell(town, issue, FeedbackKind.BOUNCE, D, at=town.now + HOUR)

    assert by_fate(town, issue, town.now) == {Fate.REFUSED: 1, Fate.BOUNCED: 1, Fate.COMPLAINED: 0}


def test_another_campaign_is_counted_for_itself(town: Town, issue: Issue) -> None:
    other = sent(town, "other words")
    tell(town, other, FeedbackKind.BOUNCE, A, B)

    assert by_fate(town, issue)[Fate.BOUNCED] == 0
    assert by_fate(town, other)[Fate.BOUNCED] == 2
    with read_only(town.engine) as conn:
        assert count_came_back(conn, issue.content_hash) == {Fate.BOUNCED: 0, Fate.COMPLAINED: 0}
        assert count_came_back(conn, other.content_hash) == {Fate.BOUNCED: 2, Fate.COMPLAINED: 0}


def test_accepted_are_all_that_were_ever_accepted(town: Town, issue: Issue) -> None:
    tell(town, issue, FeedbackKind.BOUNCE, B)
    mark(town, issue, DeliveryState.REFUSED, A)

    with read_only(town.engine) as conn:
        found = campaign(town, issue)
        domains = accepted_by_domain(conn, found, ["one.example.org", "three.example.org"])
        sources = accepted_by_source(conn, found, [FAIR, FORM])
        assert count_accepted(conn, found) == 3

    assert domains == {"one.example.org": 2, "three.example.org": 0}
    assert sources == {FAIR: 1, FORM: 2}


@pytest.mark.parametrize(
    "state",
    [s for s in DeliveryState if s not in {DeliveryState.ACCEPTED, DeliveryState.REFUSED}],
)
def test_what_is_not_answered_is_not_accepted(town: Town, state: DeliveryState) -> None:
    join(town, FAIR, *READERS)
    issue = sent(town)
    is_a = deliveries.c.recipient == A
    is_leased = state in {DeliveryState.CLAIMED, DeliveryState.ATTEMPTED}
    values = {
        "state": state.value,
        "lease_until": town.now if is_leased else None,
        "next_try_at": town.now if state is DeliveryState.DEFERRED else None,
    }
    with town.engine.begin() as conn:
        conn.execute(update(deliveries).where(is_a).values(values))

        assert count_accepted(conn, campaign(town, issue)) == 3
        assert accepted_by_source(conn, campaign(town, issue), [FAIR]) == {FAIR: 3}


def test_the_last_sign_up_is_the_one_that_counts(town: Town, issue: Issue) -> None:
    with town.engine.begin() as conn:
        person = load_subscriber(conn, A)
        for act, source in ((Act.ENDED, "a link"), (Act.CONFIRMED, FORM), (Act.ASKED, "x")):
            record_consent(conn, person.id, "daily", act, Evidence(source), at=town.now)
        note_newsletter(conn, "weekly", town.now)
        record_consent(conn, person.id, "weekly", Act.IMPORTED, Evidence("y"), at=town.now)
    tell(town, issue, FeedbackKind.BOUNCE, A)

    with read_only(town.engine) as conn:
        (group,) = bad_ends(conn, campaign(town, issue))
    assert group.source == FORM


def test_who_was_erased_counts_for_the_campaign_alone(town: Town, issue: Issue) -> None:
    tell(town, issue, FeedbackKind.BOUNCE, A)
    with town.engine.begin() as conn:
        values = {"subscriber": None, "recipient": ""}
        conn.execute(update(deliveries).where(deliveries.c.recipient == A).values(values))

    with read_only(town.engine) as conn:
        assert bad_ends(conn, campaign(town, issue)) == (Group(Fate.BOUNCED, "", "", 1),)


def test_folded_campaigns_are_over(town: Town, issue: Issue) -> None:
    number = campaign(town, issue).id
    with town.engine.begin() as conn:
        fold(conn, number, 100, town.now)

    with read_only(town.engine) as conn:
        assert campaigns_numbered(conn, [number]) == ()
        assert campaigns_since(conn, issue.content_hash, town.now) == ()


def test_old_campaigns_of_an_issue_are_found_by_their_number_alone(
    town: Town, issue: Issue
) -> None:
    found = campaign(town, issue)

    with read_only(town.engine) as conn:
        assert campaigns_since(conn, issue.content_hash, town.now + HOUR) == ()
        assert campaigns_numbered(conn, [found.id, 99]) == (found,)
        assert campaigns_numbered(conn, []) == ()


def test_a_lane_notes_an_event_once_in_its_own_transaction(town: Town) -> None:
    told = {"key": Feedback(Source.SMTP, FeedbackKind.BOUNCE, "delivery 1", A, words="550 \0 no")}
    with town.engine.begin() as conn:
        note_events(conn, told, town.now)
        note_events(conn, told, town.now)
    with town.engine.begin() as conn:
        (taken,) = take_events(conn, town.now, HOUR, 9)

    assert taken.event == replace(told["key"], words="550 \N{REPLACEMENT CHARACTER} no")


def test_counting_looks_up_and_reads_no_table_from_end_to_end(town: Town, issue: Issue) -> None:
    tell(town, issue, FeedbackKind.BOUNCE, A)
    found = campaign(town, issue)
    with town.engine.begin() as conn:

        def act() -> None:
            bad_ends(conn, found)
            bad_ends(conn, found, town.now)
            count_accepted(conn, found)
            accepted_by_domain(conn, found, ["one.example.org"])
            accepted_by_source(conn, found, [FAIR])
            count_came_back(conn, issue.content_hash)

        plan = plans(conn, act)

    for table in ("deliveries", "events", "consents"):
        assert f"SCAN {table}" not in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan
    assert "events_campaign" in plan, plan
    assert "deliveries_settled" in plan, plan
