"""Leaving everything: also what somebody never subscribed to, on either database."""

from datetime import timedelta
from pathlib import Path

import pytest

from partwork.model.audience import EVERYTHING, Act, Applicant, Evidence, SuppressionReason
from partwork.store.audience import erase_subscriber, is_suppressed, load_subscriber
from partwork.store.consents import earlier_hashes, last_consent, load_consents
from partwork.store.engine import read_only
from partwork.store.everything import (
    leave_everything,
    left_everything,
    left_everything_at,
    take_back_everything,
)
from partwork.store.importing import Entrant, ImportOutcome, standings
from partwork.store.positions import save_position
from partwork.store.replaying import replay
from partwork.store.subscriptions import ask_for_subscription, confirm_subscription
from partwork.store.suppression_log import LogAct, LogEntry, append
from tests.store.conftest import Town

HOUR = timedelta(hours=1)
PAGE = Evidence("a page")


def standing(town: Town, name: str, newsletter: str) -> ImportOutcome:
    entrant = Entrant(Applicant(1, f"{name}@example.org"), f"{name}@example.org", f"hash of {name}")
    with read_only(town.engine) as conn:
        (outcome,) = standings(conn, [entrant], newsletter)
    return outcome


def leave(town: Town, *people: int) -> frozenset[int]:
    with town.engine.begin() as conn:
        return leave_everything(conn, dict.fromkeys(people, PAGE), town.now)


def test_who_leaves_everything_is_brought_into_no_newsletter(town: Town) -> None:
    ada, bob = town.join("ada", "bob")

    assert leave(town, ada) == {ada}

    assert standing(town, "ada", "weekly") is ImportOutcome.LEFT_EARLIER
    assert standing(town, "bob", "weekly") is ImportOutcome.ADDED
    with read_only(town.engine) as conn:
        assert left_everything(conn, ["hash of ada", "hash of bob"]) == {"hash of ada"}
        last = load_consents(conn, ada)[-1]
    assert (last.newsletter, last.act, last.evidence) == (EVERYTHING, Act.ENDED, PAGE)
    assert bob not in leave(town, ada, bob - ada + 10**6)


def test_everything_is_left_once(town: Town) -> None:
    (ada,) = town.join("ada")

    assert [leave(town, ada), leave(town, ada)] == [{ada}, frozenset()]

    with read_only(town.engine) as conn:
        assert len(load_consents(conn, ada)) == 2  # the import was the first


def test_who_is_erased_by_then_leaves_nothing_behind(town: Town) -> None:
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        erase_subscriber(conn, ada)

    assert leave(town, ada) == frozenset()


@pytest.mark.parametrize("late", [timedelta(), HOUR])
def test_only_the_departure_of_that_instant_is_taken_back(town: Town, late: timedelta) -> None:
    (ada,) = town.join("ada")
    leave(town, ada)
    with town.engine.begin() as conn:
        then = town.now + late
        is_it = left_everything_at(conn, "hash of ada", then)
        take_back_everything(conn, ada, "hash of ada", PAGE, ended_at=then, at=then + HOUR)

    assert is_it is not bool(late)
    expected = ImportOutcome.LEFT_EARLIER if late else ImportOutcome.ADDED
    assert standing(town, "ada", "weekly") is expected


def test_who_comes_back_to_one_newsletter_has_still_left_the_others(town: Town) -> None:
    (ada,) = town.join("ada")
    leave(town, ada)
    with town.engine.begin() as conn:
        ask_for_subscription(conn, ada, "weekly", PAGE, town.now + HOUR)
    assert standing(town, "ada", "weekly") is ImportOutcome.LEFT_EARLIER  # anybody may ask
    with town.engine.begin() as conn:
        at = town.now + 2 * HOUR
        confirm_subscription(conn, ada, "weekly", PAGE, linked_at=at, at=at)
        erase_subscriber(conn, ada)  # as by hand: nothing of hers is left but the record

    assert standing(town, "ada", "weekly") is ImportOutcome.ADDED
    assert standing(town, "ada", "monthly") is ImportOutcome.LEFT_EARLIER


def test_a_log_that_was_read_before_this_was_known_is_read_for_who_was_erased(
    town: Town, tmp_path: Path
) -> None:
    """And for nothing else: what was suppressed and lifted stays as it is."""
    log, (bob,) = tmp_path / "log", town.join("bob")
    append(
        log,
        [
            LogEntry(LogAct.ERASED, town.now, "hash of ada"),
            LogEntry(LogAct.SUPPRESSED, town.now, "hash of bob", reason=SuppressionReason.WISH),
        ],
    )
    with town.engine.begin() as conn:
        save_position(conn, "suppression log", log.stat().st_size)

    replay(town.engine, log)

    assert standing(town, "ada", "weekly") is ImportOutcome.LEFT_EARLIER
    with read_only(town.engine) as conn:
        assert not is_suppressed(conn, "hash of bob")
    append(log, [LogEntry(LogAct.LEFT, town.now, subscriber=bob)])
    replay(town.engine, log)
    assert standing(town, "bob", "weekly") is ImportOutcome.LEFT_EARLIER


def test_an_address_that_another_has_since_is_not_erased_from_them(
    town: Town, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    append(log, [LogEntry(LogAct.ERASED, town.now - 48 * HOUR, "hash of ada")])
    town.join("ada")  # somebody else, a day after the owner of that time

    replay(town.engine, log)

    with read_only(town.engine) as conn:
        assert load_subscriber(conn, "ada@example.org") is not None
        assert last_consent(conn, "hash of ada", EVERYTHING) is None
    assert standing(town, "ada", "weekly") is ImportOutcome.ADDED


def test_who_never_moved_has_no_earlier_address(town: Town) -> None:
    (ada,) = town.join("ada")

    with read_only(town.engine) as conn:
        assert earlier_hashes(conn, [ada]) == ()
