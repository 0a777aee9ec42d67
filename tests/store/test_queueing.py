"""A busy writer lets in whoever waits, and nobody in vain."""

import fcntl
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from partwork.store.engine import open_engine
from partwork.store.migrating import migrate
from partwork.store.queueing import Place, Turn, let_in, waiting
from tests.conftest import wait_until

WAITS_FOR_EVER = """
import sys, time
from partwork.store.queueing import waiting
with waiting(sys.argv[1]):
    print("waits", flush=True)
    time.sleep(600)
"""

IS_IN_FOR_EVER = """
import sys, time
from partwork.store import queueing
with getattr(queueing, sys.argv[2])(sys.argv[1]):
    print("is in", flush=True)
    time.sleep(600)
"""

LOOKS_FOR_EVER = """
import fcntl, sys, time
with open(sys.argv[1] + "-queue", "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("looks", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "partwork.sqlite")


@pytest.fixture
def engine(database: str) -> Engine:
    engine = open_engine(f"sqlite:///{database}")
    migrate(engine)
    return engine


def test_whoever_waits_is_in_before_the_busy_one_goes_on(engine: Engine, database: str) -> None:
    order: list[str] = []
    with engine.begin() as busy:
        busy.execute(text("SELECT 1"))
        begun = threading.Event()

        def write() -> None:
            begun.set()
            with engine.begin():
                order.append("who waited")

        other = threading.Thread(target=write)
        other.start()
        begun.wait()
        while not is_awaited(database):
            pass
    let_in(database)
    with engine.begin():
        order.append("the busy one")
    other.join()
    engine.dispose()

    assert order == ["who waited", "the busy one"]


def is_awaited(database: str) -> bool:
    """Whether somebody is seen to wait."""
    return is_locked(f"{database}-queue")


def is_locked(name: str) -> bool:
    """Whether anybody holds a lock on the file."""
    if not Path(name).exists():
        return False
    with Path(name).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_where_nobody_waits_nothing_is_waited_for(engine: Engine, database: str) -> None:
    with engine.begin():
        let_in(database)  # a transaction that has begun is not waited for either
    engine.dispose()


def test_many_may_wait_at_once(database: str) -> None:
    with waiting(database), waiting(database):
        assert is_awaited(database)
    assert not is_awaited(database)


def test_whoever_is_killed_while_waiting_holds_nobody_up(database: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS_FOR_EVER, database], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.stdout.readline()
        assert is_awaited(database)
        process.kill()
        process.wait()

    let_in(database)
    assert not is_awaited(database)


@pytest.mark.parametrize("what", ["Place", "Turn"])
def test_whoever_is_suspended_holds_nobody_up_for_long(database: str, what: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", IS_IN_FOR_EVER, database, what], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with closing(Turn(database, patience=0.2)) as turn:
            for _ in range(20):  # it is waited for once
                with turn:
                    pass
        took = time.monotonic() - began
        if what == "Place":
            assert let_in(database, patience=0.1)
        process.kill()
        process.wait()

    assert 0.2 <= took < 2


def test_whoever_waits_is_not_held_up_by_who_is_suspended_as_it_looks(database: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LOOKS_FOR_EVER, database], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        with closing(Place(database, patience=0.1)) as place, place:
            pass
        process.kill()
        process.wait()


def test_busy_writers_take_turns(database: str) -> None:
    order: list[str] = []
    second = threading.Thread(target=lambda: write_in_turn("second"))

    def write_in_turn(name: str) -> None:
        with closing(Turn(database)) as turn, turn:
            order.append(name)

    with closing(Turn(database)) as turn:
        with turn:
            second.start()
            wait_until(lambda: is_locked(f"{database}-turns"))
            order.append("first")
        second.join()
        with turn:
            order.append("first again")

    assert order == ["first", "second", "first again"]


def test_a_turn_comes_after_whoever_waits(database: str) -> None:
    order: list[str] = []

    def write_in_turn() -> None:
        with closing(Turn(database)) as turn, turn:
            order.append("the busy one")

    busy = threading.Thread(target=write_in_turn)
    with waiting(database):
        busy.start()
        wait_until(lambda: is_locked(f"{database}-turns"))
        order.append("who waited")
    busy.join()

    assert order == ["who waited", "the busy one"]
