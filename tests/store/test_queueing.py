"""A busy writer lets in whoever waits, and nobody in vain."""

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from partwork.store.engine import open_engine
from partwork.store.migrating import migrate
from partwork.store.queueing import let_in, waiting

WAITS_FOR_EVER = """
import sys, time
from partwork.store.queueing import waiting
with waiting(sys.argv[1]):
    print("waits", flush=True)
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

    with Path(f"{database}-queue").open() as file:
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
