"""A turn has one holder, on SQLite and on PostgreSQL."""

from datetime import timedelta
from threading import Barrier, Thread

from partwork.store.turns import Holder, give_turn_back, holder_of_turn, keep_turn, take_turn
from tests.conftest import NOW

LENGTH = timedelta(minutes=2)


def test_a_turn_that_is_not_renewed_runs_out_and_is_not_given_back_by_the_one_before(
    engine,
) -> None:
    one, two = Holder("1", "one", NOW), Holder("2", "two", NOW + LENGTH)
    with engine.begin() as conn:
        assert take_turn(conn, "sent:heaps-01", one, NOW, LENGTH) is None
        assert take_turn(conn, "sent:heaps-01", two, NOW + LENGTH / 2, LENGTH) == one
        assert keep_turn(conn, "sent:heaps-01", "1", NOW + LENGTH)
        assert take_turn(conn, "sent:heaps-01", two, NOW + LENGTH, LENGTH) is None

        assert not keep_turn(conn, "sent:heaps-01", "1", NOW + 3 * LENGTH)
        give_turn_back(conn, "sent:heaps-01", "1")
        assert holder_of_turn(conn, "sent:heaps-01", NOW + LENGTH) == two
        assert holder_of_turn(conn, "sent:heaps-01", NOW + 2 * LENGTH) is None


def test_of_many_that_come_at_once_one_gets_the_turn(engine) -> None:
    start, winners = Barrier(5), []

    def come(number: int) -> None:
        start.wait()
        with engine.begin() as conn:
            mine = Holder(str(number), f"run {number}", NOW)
            if take_turn(conn, "composed:heaps", mine, NOW, LENGTH) is None:
                winners.append(number)

    threads = [Thread(target=come, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(winners) == 1
