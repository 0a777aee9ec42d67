"""Prefect's database is lost, and `partwork up` killed while it makes and fills another.

Three starts take a minute: `make endure` runs it, not each run of the tests.
"""

import contextlib
import signal
import sqlite3
from pathlib import Path

import pytest

from partwork.actions.status import status_of_series
from partwork.assembly import assemble
from partwork.launched import launched
from partwork.orchestration.environment import prefect_state
from partwork.settings import Settings
from tests.conftest import NOW
from tests.orchestration.test_up import Up, are_gone, up

__all__ = ["up"]

pytestmark = pytest.mark.prefect


def has_tables(database: Path) -> bool:
    """Whether somebody has begun to make it."""
    read_only = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    with contextlib.closing(read_only) as connection, contextlib.suppress(sqlite3.OperationalError):
        count: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return count > 0
    return False


def test_its_database_lost_and_killed_while_it_makes_and_fills_another_it_starts_again(up: Up):
    """Nothing of ours is lost with it; interrupted by Ctrl-C, it ends as when it is told to."""
    if up.process is not None and up.process.poll() is None:
        up.ended_by(signal.SIGTERM)
    database = prefect_state(up.home) / "prefect.db"
    for file in database.parent.glob("prefect.db*"):
        file.unlink()

    up.killed_once(lambda: database.exists() and has_tables(database))
    assert launched(up.home / ".partwork") is None
    up.killed_once(up.api.is_up)
    api = up.ready().api

    assert api.get("/deployments/name/stays/stays")["entrypoint"] == "flows/stays.py:stays"
    with assemble(Settings(home=up.home)) as press:
        (autumn,) = status_of_series(press, "autumn", NOW).issues
    assert autumn.state == "approved"
    groups = up.groups()
    seconds, out = up.ended_by(signal.SIGINT)
    assert seconds < 10
    assert out.endswith("stopped\n")
    assert are_gone(groups)
