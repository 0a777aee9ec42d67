"""What every test may ask for: a home of its own, and the press that works in it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.settings import Settings

# Machines are shared: no law has a time limit. Where nobody watches, each run tries the same.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share Prefect's server run in one process, where tests run in several."""
    for item in items:
        if item.get_closest_marker("prefect"):
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))
