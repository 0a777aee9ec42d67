"""Promise 2, killed: after `kill -9` at any moment nobody is lost and nobody has two copies."""

import multiprocessing
import os
import random
import shutil
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from partwork.actions.lane import CLAIM
from partwork.actions.send import send
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.store.engine import StoreError
from partwork.store.lanes import sweep
from tests.actions.sending import doubted, published, subscribe
from tests.conftest import wait_until
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


def waiting(press: Press, series: str) -> str:
    """The name of an issue that waits for all readers."""
    now = datetime.now(UTC)
    subscribe(press, READERS, now)
    return published(press, series, now)


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
    wait_until(
        lambda: server.got.total() >= moment or not running[0].is_alive(), every_seconds=0.0005
    )
    running[0].kill()
    for process in running:
        process.join(60)


def settled(settings: Settings, server: RoughServer, issue: str) -> frozenset[str]:
    """Sends the rest from here; who is in doubt."""
    again = Settings(
        home=settings.home,
        smtp_url=server.url,
        database_url=settings.database_url,
        canary_share=0,
    )
    with assemble(again) as press:
        send(press, issue, clock=lambda: datetime.now(UTC))
        return doubted(press, issue, READERS, server.got)


def test_a_sender_killed_at_any_moment_leaves_one_a_connection_in_doubt(
    press: Press, series: str, tmp_path: Path
) -> None:
    issue = waiting(press, series)
    press.engine.dispose()
    chance = random.Random(SEED)  # noqa: S311 the same kills each time

    for number in range(KILLS):
        settings = Settings(home=tmp_path / f"home {number}")
        shutil.copytree(press.settings.home, settings.home)
        moment, senders = chance.randrange(len(READERS)), chance.choice((1, 2))
        with RoughServer() as server:
            kill_one(settings, server, issue, moment, senders)

            in_doubt = settled(settings, server, issue)

        assert len(in_doubt) <= CONNECTIONS, f"seed {SEED}, kill {number} after {moment}"


@pytest.mark.postgres
@pytest.mark.parametrize("falls", ["the server", "one of its processes"])
def test_a_database_that_falls_costs_no_more_than_what_was_claimed(
    press: Press, series: str, own_postgresql: Any, falls: str
) -> None:
    on_postgresql = Settings(home=press.settings.home, database_url=own_postgresql.get_uri())
    with assemble(on_postgresql) as there:
        issue = waiting(there, series)
        with there.engine.connect() as connection:
            writer = connection.execute(text(A_PROCESS_OF_ITS)).scalar_one()
    with RoughServer() as server:
        sender = started(on_postgresql, server, issue)
        wait_until(lambda: server.got.total() >= 70, every_seconds=0.0005)
        if falls == "the server":
            os.kill(own_postgresql.get_pid(), signal.SIGQUIT)  # as pg_ctl stop -m immediate
        else:
            os.kill(writer, signal.SIGKILL)  # all others are started anew, their memory is lost
        sender.join(60)
        wait_until(lambda: is_up(own_postgresql, on_postgresql))

        in_doubt = settled(on_postgresql, server, issue)

    assert len(in_doubt) <= CLAIM


def is_up(database: Any, settings: Settings) -> bool:
    try:
        database.ensure_postgres_running()
        with assemble(settings) as press, press.engine.begin() as connection:
            sweep(connection, datetime.now(UTC))
    except Exception:  # noqa: BLE001 it is not up yet, whatever it says
        return False
    return True
