"""Who is written to, who is not brought back, and what is left of the erased."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from partwork.model.audience import (
    Act,
    Applicant,
    Evidence,
    Subscriber,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.store.audience import (
    count_subscriptions,
    erase_subscriber,
    is_suppressed,
    list_subscribers,
    load_subscriber,
    load_subscriber_by_id,
    save_suppression,
)
from partwork.store.claiming import claim
from partwork.store.columns import metadata
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.importing import Entrant, ImportOutcome, import_entrants
from partwork.store.ledger import load_deliveries, tally
from partwork.store.schema import consents, subscribers, subscriptions
from partwork.store.subscriptions import end_subscription, load_subscriptions
from tests.store.noting import note_attempt, note_doubt, note_reply

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def imported(conn, address: str = "Ada@Example.org", *, newsletter: str = "daily", name="Ada"):
    entrant = Entrant(Applicant(2, address, name, "en"), address.lower(), "hash of ada")
    (outcome,) = import_entrants(
        conn, [entrant], newsletter, Evidence("people.csv", "they agreed"), at=NOW
    )
    return outcome


def test_an_imported_address_is_confirmed_at_once_with_its_consent(engine):
    with engine.begin() as conn:
        outcome = imported(conn)
        ada = load_subscriber(conn, "ada@example.org")
        (subscription,) = load_subscriptions(conn, ada.id)
        (consent,) = load_consents(conn, ada.id)

    assert outcome is ImportOutcome.ADDED
    assert ada == Subscriber(ada.id, "Ada@Example.org", "Ada", "en")
    assert (subscription.newsletter, subscription.state) == ("daily", SubscriptionState.CONFIRMED)
    assert subscription.confirmed_at == NOW
    assert (consent.act, consent.at) == (Act.IMPORTED, NOW)
    assert consent.evidence == Evidence("people.csv", "they agreed")


def test_an_address_that_is_there_already_is_not_changed(engine):
    with engine.begin() as conn:
        imported(conn)
        outcome = imported(conn, "ada@EXAMPLE.org", name="Somebody else")
        ada = load_subscriber(conn, "ada@example.org")

        assert outcome is ImportOutcome.ALREADY
        assert (ada.address, ada.name) == ("Ada@Example.org", "Ada")
        assert len(load_consents(conn, ada.id)) == 1


def test_a_second_newsletter_is_another_subscription_of_the_same_person(engine):
    with engine.begin() as conn:
        imported(conn)
        outcome = imported(conn, newsletter="weekly")
        ada = load_subscriber(conn, "ada@example.org")

        assert outcome is ImportOutcome.ADDED
        assert [s.newsletter for s in load_subscriptions(conn, ada.id)] == ["daily", "weekly"]


def test_who_left_is_not_brought_back_by_an_import(engine):
    with engine.begin() as conn:
        imported(conn)
        ada = load_subscriber(conn, "ada@example.org")
        end_subscription(conn, ada.id, "daily", Evidence("link"), NOW)

        assert imported(conn) is ImportOutcome.LEFT_EARLIER
        (subscription,) = load_subscriptions(conn, ada.id)
        assert subscription.state is SubscriptionState.ENDED


def test_who_left_and_was_erased_is_not_brought_back_either(engine):
    with engine.begin() as conn:
        imported(conn)
        ada = load_subscriber(conn, "ada@example.org")
        end_subscription(conn, ada.id, "daily", Evidence("link"), NOW)
        erase_subscriber(conn, ada.id)

        assert imported(conn) is ImportOutcome.LEFT_EARLIER
        assert load_subscriber(conn, "ada@example.org") is None
        assert imported(conn, newsletter="weekly") is ImportOutcome.ADDED


def test_who_is_suppressed_is_not_imported(engine):
    with engine.begin() as conn:
        save_suppression(conn, "hash of ada", SuppressionReason.COMPLAINT, NOW)

        assert imported(conn) is ImportOutcome.SUPPRESSED
        assert load_subscriber(conn, "ada@example.org") is None


def test_an_import_confirms_what_was_asked_for_and_not_confirmed(engine):
    with engine.begin() as conn:
        imported(conn)
        asked = {"state": "pending", "asked_at": NOW - timedelta(days=9), "confirmed_at": None}
        conn.execute(update(subscriptions).values(asked))

        assert imported(conn) is ImportOutcome.ADDED
        ada = load_subscriber(conn, "ada@example.org")
        (subscription,) = load_subscriptions(conn, ada.id)
    assert subscription.state is SubscriptionState.CONFIRMED
    assert (subscription.asked_at, subscription.confirmed_at) == (NOW - timedelta(days=9), NOW)


@pytest.mark.parametrize("address", ["nobody@example.org", "", "Ada", "@", "'; --"])
def test_nobody_is_found_under_an_address_that_nobody_has(engine, address: str):
    with read_only(engine) as conn:
        assert load_subscriber(conn, address) is None


def test_a_subscription_ends_once(town):
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        first = end_subscription(conn, ada, "daily", Evidence("one click"), NOW)
        again = end_subscription(conn, ada, "daily", Evidence("one click"), LATER)
        (subscription,) = load_subscriptions(conn, ada)
        acts = [(c.act, c.evidence.source) for c in load_consents(conn, ada)]

    assert (first, again) == (True, False)
    assert (subscription.state, subscription.ended_at) == (SubscriptionState.ENDED, NOW)
    assert acts == [("imported", "people.csv"), ("ended", "one click")]


def test_ending_what_is_not_there_does_no_harm(town):
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        assert not end_subscription(conn, ada, "weekly", Evidence("link"), NOW)
        assert not end_subscription(conn, ada + 99, "daily", Evidence("link"), NOW)
        erase_subscriber(conn, ada + 99)
        assert count_subscriptions(conn)["daily", SubscriptionState.CONFIRMED] == 1


def test_subscribers_are_listed_by_newsletter_and_state(town):
    ada, _, _ = town.join("ada", "bob", "eve")
    town.join("bob", newsletter="weekly")
    town.leave(ada)

    def listed(newsletter=None, state=None):
        with read_only(town.engine) as conn:
            return [
                (one.subscriber.name, one.subscription.newsletter)
                for one in list_subscribers(conn, newsletter, state)
            ]

    assert listed() == [
        ("Ada", "daily"),
        ("Bob", "daily"),
        ("Bob", "weekly"),
        ("Eve", "daily"),
    ]
    assert listed("daily", SubscriptionState.CONFIRMED) == [("Bob", "daily"), ("Eve", "daily")]
    assert listed(state=SubscriptionState.ENDED) == [("Ada", "daily")]
    with read_only(town.engine) as conn:
        assert count_subscriptions(conn)["daily", SubscriptionState.CONFIRMED] == 2


def test_the_first_reason_of_a_suppression_stands(engine):
    with engine.begin() as conn:
        assert not is_suppressed(conn, "a hash")
        assert save_suppression(conn, "a hash", SuppressionReason.HARD_BOUNCE, NOW)
        assert not save_suppression(conn, "a hash", SuppressionReason.WISH, LATER)
        assert is_suppressed(conn, "a hash")


def everything_in(engine) -> str:
    with read_only(engine) as conn:
        return repr([conn.execute(select(t)).all() for t in metadata.sorted_tables])


def test_nothing_of_an_erased_person_is_left_but_the_evidence(town):
    ada, bob = town.join("ada", "bob")
    refused, doubtful, waiting = (town.draft(w, part=w) for w in ("one", "two", "three"))
    for issue in (refused, doubtful, waiting):
        town.plan(issue)
    words = Reply(550, "5.1.1 <ada@example.org>: no such mailbox")
    with town.engine.begin() as conn:
        lane = "lane 1"
        for issue in (refused, doubtful):
            row = claim(conn, issue.content_hash, lane, NOW, timedelta(minutes=5), limit=1)[0]
            assert row.recipient == "ada@example.org"
            note_attempt(conn, row.id, lane, NOW)
            if issue is refused:
                note_reply(conn, row.id, lane, Verdict.REFUSED, words, at=NOW)
        save_suppression(conn, "hash of ada", SuppressionReason.WISH, NOW)
        end_subscription(conn, ada, "daily", Evidence("letter"), NOW)

        erase_subscriber(conn, ada)

        # The doubtful message was under way: what comes back for it must not bring her back.
        (doubted,) = load_deliveries(conn, doubtful.content_hash, {DeliveryState.ATTEMPTED})
        assert (doubted.subscriber, doubted.recipient) == (0, "")
        note_doubt(conn, doubted.id, lane, "lost while writing to ada@example.org", NOW)
        assert load_subscriber_by_id(conn, ada) is None
        assert is_suppressed(conn, "hash of ada")
        kept = conn.execute(select(consents).where(consents.c.subscriber.is_(None))).all()
        assert [(c.act, c.suppression_key) for c in kept] == [
            ("imported", "hash of ada"),
            ("ended", "hash of ada"),
        ]
        assert tally(conn, waiting.content_hash).left == 1
        assert tally(conn, waiting.content_hash).pending == 1
        assert tally(conn, refused.content_hash).refused == 1

    left = everything_in(town.engine)
    assert "ada@" not in left
    assert "Ada'" not in left
    assert "bob@example.org" in left
    assert bob == 2


def test_the_erased_are_gone_from_the_sqlite_file_itself(town, tmp_path):
    if town.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's files are its own matter: VACUUM clears them")
    (ada,) = town.join("ada")
    town.plan(town.draft())

    with town.engine.begin() as conn:
        erase_subscriber(conn, ada)
    with town.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    held = b"".join(f.read_bytes() for f in tmp_path.iterdir())
    assert b"ada@example.org" not in held


def test_the_number_of_an_erased_person_is_given_to_nobody_else(town):
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        erase_subscriber(conn, ada)

    assert town.join("bob") != [ada]


@pytest.mark.parametrize(
    "change",
    [
        update(consents).values(wording="something else"),
        update(consents).values(subscriber=None, act="confirmed"),
        delete(consents),
    ],
    ids=["another wording", "another act, forgetting the person", "deleted"],
)
def test_a_consent_is_never_changed(town, change):
    town.join("ada")

    with town.engine.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
        conn.execute(change)


def test_an_address_is_kept_once_however_it_is_written(town):
    town.join("ada")
    with town.engine.connect() as conn:
        row = dict(conn.execute(select(subscribers)).mappings().one())

        with pytest.raises(IntegrityError):
            conn.execute(
                insert(subscribers).values({**row, "id": 99, "address": "ADA@example.org"})
            )


def test_a_state_that_the_glossary_does_not_know_is_refused(town):
    town.join("ada")

    with town.engine.connect() as conn, pytest.raises(IntegrityError):
        conn.execute(text("UPDATE subscriptions SET state = 'unsubscribed'"))
