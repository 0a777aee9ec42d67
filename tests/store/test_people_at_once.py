"""Two who change the same people at the same moment: one is first, and neither fails."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection

from partwork.model.audience import Applicant, Evidence, SubscriptionState
from partwork.store.audience import (
    erase_subscriber,
    erase_unconfirmed,
    hold_subscriber,
    load_subscriber_by_id,
    make_subscriber,
    move_subscriber,
)
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.subscriptions import (
    ask_for_subscription,
    confirm_subscription,
    end_subscription,
    load_subscriptions,
    return_to_subscription,
)
from tests.conftest import wait_until
from tests.store.conftest import Town, is_waited_for

NEW = "new@example.org"
PAGE = Evidence("a page")
TIMES = 15  # without the order of locks, two of three collide


def moved(conn: Connection, subscriber: int) -> bool:
    return move_subscriber(conn, subscriber, NEW, address_key=NEW, suppression_key="hash of new")


def both(*acts: Callable[[], object]) -> list[BaseException]:
    """Does them at once; what went wrong."""
    together, wrong = Barrier(len(acts)), []

    def done(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 the test shows whatever it was
            wrong.append(error)

    threads = [Thread(target=done, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_of_two_who_move_to_one_address_the_second_may_not(town: Town) -> None:
    ada, bob = town.join("ada", "bob")
    found: list[bool] = []

    def second() -> None:
        with town.engine.begin() as conn:
            found.append(moved(conn, bob))

    thread = Thread(target=second)
    with town.engine.begin() as conn:
        assert moved(conn, ada)
        thread.start()
        wait_until(lambda: is_waited_for(conn))
    thread.join()

    assert found == [False]
    with read_only(town.engine) as conn:
        people = [load_subscriber_by_id(conn, one) for one in (ada, bob)]
    assert [one.address for one in people if one] == [NEW, "bob@example.org"]


def test_who_is_held_is_moved_by_one_at_a_time(town: Town) -> None:
    (ada,) = town.join("ada")
    seen: list[str] = []

    def second() -> None:
        with town.engine.begin() as conn:
            person = hold_subscriber(conn, ada)
            seen.append(person.address if person else "")

    thread = Thread(target=second)
    with town.engine.begin() as conn:
        hold_subscriber(conn, ada)
        thread.start()
        wait_until(lambda: is_waited_for(conn))
        moved(conn, ada)
    thread.join()

    assert seen == [NEW]


@pytest.mark.parametrize("what", ["confirms", "leaves", "returns"])
def test_who_is_erased_while_they_act_is_gone_and_nobody_waits_for_ever(
    town: Town, what: str
) -> None:
    for number in range(TIMES):
        (reader,) = town.join(f"reader{number}")
        at = town.now + timedelta(minutes=number)
        if what != "leaves":
            with town.engine.begin() as conn:
                end_subscription(conn, reader, "daily", PAGE, at)
                if what == "confirms":
                    ask_for_subscription(conn, reader, "daily", PAGE, at)

        def act(reader: int = reader, at=at) -> None:
            with town.engine.begin() as conn:
                match what:
                    case "confirms":
                        confirm_subscription(conn, reader, "daily", PAGE, linked_at=at, at=at)
                    case "leaves":
                        end_subscription(conn, reader, "daily", PAGE, at)
                    case "returns":
                        return_to_subscription(conn, reader, "daily", PAGE, ended_at=at, at=at)

        def erase(reader: int = reader) -> None:
            with town.engine.begin() as conn:
                erase_subscriber(conn, reader)

        assert both(act, erase) == []
        with read_only(town.engine) as conn:
            assert load_subscriber_by_id(conn, reader) is None
            assert load_consents(conn, reader) == ()


def test_who_confirms_at_the_moment_of_being_forgotten_stays(town: Town) -> None:
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        end_subscription(conn, ada, "daily", PAGE, town.now)
        ask_for_subscription(conn, ada, "daily", PAGE, town.now)
    before, gone = town.now + timedelta(days=30), []

    def forget() -> None:
        with town.engine.begin() as conn:
            gone.append(erase_unconfirmed(conn, ada, before))

    thread = Thread(target=forget)
    with town.engine.begin() as conn:
        assert confirm_subscription(conn, ada, "daily", PAGE, linked_at=town.now, at=before)
        thread.start()
        wait_until(lambda: is_waited_for(conn))
    thread.join()

    assert gone == [False]
    with read_only(town.engine) as conn:
        person = load_subscriber_by_id(conn, ada)
        assert person
        assert person.address == "ada@example.org"
        (held,) = load_subscriptions(conn, ada)
    assert held.state is SubscriptionState.CONFIRMED


def test_who_asks_at_the_moment_of_being_erased_is_a_new_reader(town: Town) -> None:
    (ada,) = town.join("ada")
    made: list[int] = []

    def ask() -> None:
        with town.engine.begin() as conn:
            applicant = Applicant(0, "ada@example.org")
            key, hashed = applicant.address, "hash of ada"
            new = make_subscriber(
                conn, applicant, address_key=key, suppression_key=hashed, at=town.now
            )
            ask_for_subscription(conn, new, "daily", PAGE, town.now)
            made.append(new)

    thread = Thread(target=ask)
    with town.engine.begin() as conn:
        hold_subscriber(conn, ada)
        thread.start()
        wait_until(lambda: is_waited_for(conn))
        erase_subscriber(conn, ada)
    thread.join()

    assert made
    assert made != [ada]
    with read_only(town.engine) as conn:
        (held,) = load_subscriptions(conn, made[0])
    assert held.state is SubscriptionState.PENDING
