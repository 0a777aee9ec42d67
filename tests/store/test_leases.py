"""One run at a time; and facts that stand once they are saved."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

from partwork.store.engine import read_only
from partwork.store.facts import load_fact, save_fact
from partwork.store.leases import holder_of, release_lease, take_lease

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_lease_has_one_holder_who_may_prolong_it(engine):
    with engine.begin() as conn:
        assert take_lease(conn, "compose home", "run 1", NOW, HOUR)
        assert not take_lease(conn, "compose home", "run 2", NOW, HOUR)
        assert take_lease(conn, "compose garden", "run 2", NOW, HOUR)
        assert take_lease(conn, "compose home", "run 1", NOW + HOUR / 2, HOUR)

        assert holder_of(conn, "compose home", NOW + HOUR) == "run 1"


def test_a_lease_that_has_run_out_is_free(engine):
    with engine.begin() as conn:
        take_lease(conn, "compose home", "run 1", NOW, HOUR)

        assert holder_of(conn, "compose home", NOW + HOUR) is None
        assert take_lease(conn, "compose home", "run 2", NOW + HOUR, HOUR)
        assert not take_lease(conn, "compose home", "run 1", NOW + HOUR, HOUR)


def test_only_its_holder_gives_a_lease_back(engine):
    with engine.begin() as conn:
        take_lease(conn, "compose home", "run 1", NOW, HOUR)

        release_lease(conn, "compose home", "run 2")
        assert holder_of(conn, "compose home", NOW) == "run 1"

        release_lease(conn, "compose home", "run 1")
        assert holder_of(conn, "compose home", NOW) is None


def test_of_many_that_ask_at_once_one_gets_the_lease(engine):
    start, winners = Barrier(6), []

    def ask(holder: str) -> None:
        start.wait()
        with engine.begin() as conn:
            if take_lease(conn, "compose home", holder, NOW, HOUR):
                winners.append(holder)

    threads = [Thread(target=ask, args=(f"run {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_only(engine) as conn:
        assert [holder_of(conn, "compose home", NOW)] == winners


def test_a_fact_stands_once_it_is_saved(engine):
    with engine.begin() as conn:
        assert load_fact(conn, "hash key") is None
        assert save_fact(conn, "hash key", "fingerprint")
        assert not save_fact(conn, "hash key", "another")
        assert load_fact(conn, "hash key") == "fingerprint"
