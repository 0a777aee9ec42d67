"""Asked for, confirmed, paused, ended and taken up again: each with its entry in the record."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from partwork.model.audience import Act, Applicant, Evidence, SubscriptionState
from partwork.store.audience import (
    erase_subscriber,
    make_subscriber,
)
from partwork.store.claiming import claim
from partwork.store.consents import (
    last_consent,
    load_consents,
    load_wording,
    record_consent,
    save_wording,
)
from partwork.store.engine import read_only
from partwork.store.importing import Entrant, ImportOutcome, import_entrants
from partwork.store.ledger import tally
from partwork.store.subscriptions import (
    ask_for_subscription,
    confirm_subscription,
    end_subscription,
    load_skipped,
    load_subscription,
    pause_subscription,
    return_to_subscription,
    skip_series,
    take_up_series,
)

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FORM = Evidence("sign-up form", "digest", "192.0.2.0/24", "Browser 1.0")
PENDING, CONFIRMED, ENDED = SubscriptionState


def visitor(conn, name: str = "ada", at: datetime = NOW) -> int:
    return make_subscriber(
        conn,
        Applicant(0, f"{name}@example.org"),
        address_key=f"{name}@example.org",
        suppression_key=f"hash of {name}",
        at=at,
    )


def asked(conn, at: datetime = NOW) -> int:
    ada = visitor(conn)
    assert ask_for_subscription(conn, ada, "daily", FORM, at)
    return ada


def confirmed(conn, ada: int, linked_at: datetime = NOW, at: datetime = NOW + HOUR) -> bool:
    return confirm_subscription(conn, ada, "daily", FORM, linked_at=linked_at, at=at)


def state(conn, ada: int) -> SubscriptionState | None:
    held = load_subscription(conn, ada, "daily")
    return held and held.state


def acts(conn, ada: int) -> list[Act]:
    return [consent.act for consent in load_consents(conn, ada)]


def test_a_subscription_counts_only_after_its_confirmation(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        before = state(conn, ada)

        assert confirmed(conn, ada)

        assert (before, state(conn, ada)) == (PENDING, CONFIRMED)
        assert acts(conn, ada) == [Act.ASKED, Act.CONFIRMED]
        assert load_consents(conn, ada)[1].evidence == FORM


def test_confirming_twice_is_confirming_once(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)

        assert (confirmed(conn, ada), confirmed(conn, ada)) == (True, False)
        assert acts(conn, ada) == [Act.ASKED, Act.CONFIRMED]


def test_asking_again_changes_nothing_of_a_confirmed_subscription(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        confirmed(conn, ada)
        held = load_subscription(conn, ada, "daily")

        assert not ask_for_subscription(conn, ada, "daily", FORM, NOW + 9 * HOUR)

        assert load_subscription(conn, ada, "daily") == held
        assert acts(conn, ada) == [Act.ASKED, Act.CONFIRMED]


def test_either_of_two_confirmation_links_will_do(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        ask_for_subscription(conn, ada, "daily", FORM, NOW + HOUR)

        assert confirmed(conn, ada, linked_at=NOW, at=NOW + 2 * HOUR)


def test_a_link_from_before_a_departure_brings_nobody_back(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        confirmed(conn, ada)
        end_subscription(conn, ada, "daily", FORM, NOW + 2 * HOUR)

        assert not confirmed(conn, ada, linked_at=NOW)
        ask_for_subscription(conn, ada, "daily", FORM, NOW + 3 * HOUR)
        assert not confirmed(conn, ada, linked_at=NOW)
        assert state(conn, ada) is PENDING
        assert confirmed(conn, ada, linked_at=NOW + 3 * HOUR, at=NOW + 4 * HOUR)


def test_who_left_is_not_imported_because_somebody_asked_in_their_name(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        confirmed(conn, ada)
        end_subscription(conn, ada, "daily", FORM, NOW + 2 * HOUR)
        ask_for_subscription(conn, ada, "daily", FORM, NOW + 3 * HOUR)

        entrant = Entrant(Applicant(1, "ada@example.org"), "ada@example.org", "hash of ada")
        (outcome,) = import_entrants(
            conn, [entrant], "daily", Evidence("import"), at=NOW + 4 * HOUR
        )

        assert outcome is ImportOutcome.LEFT_EARLIER
        assert state(conn, ada) is PENDING


def test_a_departure_is_taken_back_by_its_instant_and_once(engine: Engine) -> None:
    left_at = NOW + 2 * HOUR
    with engine.begin() as conn:
        ada = asked(conn)
        confirmed(conn, ada)
        end_subscription(conn, ada, "daily", FORM, left_at)

        def back(ended_at: datetime) -> bool:
            return return_to_subscription(
                conn, ada, "daily", FORM, ended_at=ended_at, at=NOW + 3 * HOUR
            )

        assert (back(NOW), back(left_at), back(left_at)) == (False, True, False)
        assert state(conn, ada) is CONFIRMED
        assert acts(conn, ada)[-2:] == [Act.ENDED, Act.RETURNED]


def test_what_was_never_confirmed_cannot_be_taken_back(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        end_subscription(conn, ada, "daily", FORM, NOW + HOUR)

        assert not return_to_subscription(
            conn, ada, "daily", FORM, ended_at=NOW + HOUR, at=NOW + HOUR
        )


def test_who_pauses_is_not_planned_for_until_the_pause_is_over(town) -> None:
    ada, _ = town.join("ada", "bob")
    with town.engine.begin() as conn:
        assert pause_subscription(conn, ada, "daily", town.now + HOUR)
    first, second = town.draft("one", part="one"), town.draft("two", part="two", number=2)

    town.plan(first)
    with town.engine.begin() as conn:
        pause_subscription(conn, ada, "daily", town.now)
    town.plan(second)

    assert (town.recipients(first), town.recipients(second)) == (["bob"], ["ada", "bob"])


def test_what_is_not_confirmed_cannot_be_paused(engine: Engine) -> None:
    with engine.begin() as conn:
        assert not pause_subscription(conn, asked(conn), "daily", NOW + HOUR)


def test_a_skipped_series_is_not_sent_and_may_be_taken_up_again(town) -> None:
    ada, _ = town.join("ada", "bob")
    with town.engine.begin() as conn:
        assert skip_series(conn, ada, "home", town.now)
        assert not skip_series(conn, ada, "home", town.now)
        skip_series(conn, ada, "garden", town.now)
    first, second = town.draft("one", part="one"), town.draft("two", part="two", number=2)

    town.plan(first)
    with town.engine.begin() as conn:
        take_up_series(conn, ada, ["home"])
        assert load_skipped(conn, ada) == {"garden"}
    town.plan(second)

    assert (town.recipients(first), town.recipients(second)) == (["bob"], ["ada", "bob"])


@pytest.mark.parametrize("how", ["pauses", "skips"])
def test_a_wish_made_after_planning_holds_for_what_was_not_attempted(town, how: str) -> None:
    ada, _ = town.join("ada", "bob")
    issue = town.draft()
    town.plan(issue)
    with town.engine.begin() as conn:
        if how == "pauses":
            pause_subscription(conn, ada, "daily", town.now + HOUR)
        else:
            skip_series(conn, ada, "home", town.now)

        rows = claim(conn, issue.content_hash, "lane", town.now, HOUR)

        assert [row.recipient for row in rows] == ["bob@example.org"]
        assert tally(conn, issue.content_hash).left == 1


def test_an_erased_person_s_record_keeps_no_network_and_no_browser(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        confirmed(conn, ada)

        erase_subscriber(conn, ada)

        kept = last_consent(conn, "hash of ada", "daily")
    assert kept is not None
    assert (kept.subscriber, kept.act) == (0, Act.CONFIRMED)
    assert kept.evidence == Evidence("sign-up form", "digest")


def test_the_words_somebody_agreed_to_are_kept_as_they_were_shown(engine: Engine) -> None:
    with engine.begin() as conn:
        save_wording(conn, "digest", "Send me the letter.", NOW)
        save_wording(conn, "digest", "Other words.", NOW)

        assert load_wording(conn, "digest") == "Send me the letter."
        assert load_wording(conn, "none") is None


def test_many_who_confirm_the_same_link_at_once_confirm_it_once(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
    outcomes: list[bool] = []
    together = Barrier(4)

    def press_the_button() -> None:
        together.wait()
        with engine.begin() as conn:
            outcomes.append(confirmed(conn, ada))

    threads = [Thread(target=press_the_button) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [False, False, False, True]
    with read_only(engine) as conn:
        assert acts(conn, ada) == [Act.ASKED, Act.CONFIRMED]


def test_the_last_entry_is_found_by_the_hash(engine: Engine) -> None:
    with engine.begin() as conn:
        ada = asked(conn)
        record_consent(conn, ada, "daily", Act.ENDED, Evidence("a letter"), at=NOW + HOUR)

        last = last_consent(conn, "hash of ada", "daily")
        assert last is not None
        assert (last.act, last.at) == (Act.ENDED, NOW + HOUR)
        assert last_consent(conn, "hash of ada", "weekly") is None
