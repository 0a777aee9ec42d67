"""One Prefect server for the whole test session: starting one takes up to 20 seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.orchestration.launcher import RunningPrefect, running_prefect
from partwork.settings import Settings

# What Prefect would read in a working directory; any of it would keep a run from working.
HOSTILE_DOTENV = """
PREFECT_API_URL=http://127.0.0.1:9/api
PREFECT_API_KEY=theirs
PREFECT_API_AUTH_STRING=user:theirs
PREFECT_HOME=/nowhere
PREFECT_SERVER_DATABASE_CONNECTION_URL=sqlite+aiosqlite:////nowhere/theirs.db
PREFECT_LOGGING_EXTRA_LOGGERS=theirs
"""
HOSTILE_TOML = '[api]\nurl = "http://127.0.0.1:9/api"\n[cloud]\napi_url = "http://127.0.0.1:9"\n'
HOSTILE_PYPROJECT = '[tool.prefect.results]\nlocal_storage_path = "/nowhere"\n'
# The only flow that is not the house's own: it says under which settings a flow runs.
PROBE = '''
from prefect import State, flow
from prefect.settings import get_current_settings
from prefect.states import Completed


@flow(name="probe")
def probe() -> State:
    """Say which settings a flow runs under."""
    return Completed(message=str(get_current_settings().to_environment_variables()))
'''
PROBE_DEPLOYMENT = """
  - name: probe
    entrypoint: flows/probe.py:probe
    work_pool: *partwork
"""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as `partwork init` writes it, in a path with a space, full of settings for Prefect."""
    folder = tmp_path_factory.mktemp("a home")
    init_home(folder, None)
    (folder / ".env").write_text(HOSTILE_DOTENV)
    (folder / "prefect.toml").write_text(HOSTILE_TOML)
    (folder / "pyproject.toml").write_text(HOSTILE_PYPROJECT)
    (folder / "flows" / "probe.py").write_text(PROBE)
    with (folder / "prefect.yaml").open("a") as stream:
        stream.write(PROBE_DEPLOYMENT)
    return folder


@pytest.fixture(scope="session")
def prefect(home: Path) -> Iterator[RunningPrefect]:
    """Server and worker of that home, everything deployed, and whatever makes its runs sooner."""
    log = home / ".partwork" / "logs" / "prefect.log"
    with running_prefect(home, log=log, beside=RunningPrefect.prepare) as running:
        running.deploy()
        running.worker()
        running.warm()
        yield running


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    """A home of the test's own, whose runs are the session's server's."""
    folder = tmp_path / "own home"
    init_home(folder, wishes_from("The Bench", "", "", "", None))
    with assemble(Settings(home=folder)) as assembled:
        yield assembled
