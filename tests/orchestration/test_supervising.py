"""What ends is started again, later each time it ends early."""

from dataclasses import dataclass, field
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.orchestration.children import Child
from partwork.orchestration.journal import Journal
from partwork.orchestration.supervising import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    RAN_WELL_SECONDS,
    Kept,
    Supervisor,
    pause_after,
)
from tests.conftest import wait_until


@dataclass
class Starts:
    """Starts a program that ends at once, and remembers it; `refused` is raised instead."""

    folder: object
    journal: Journal
    children: list[Child] = field(default_factory=list)
    refused: Exception | None = None

    def __call__(self) -> Child:
        if self.refused:
            raise self.refused
        child = Child(
            "short",
            ("json.tool", "--help"),
            environment={},
            folder=self.folder,
            journal=self.journal,
        )
        self.children.append(child)
        return child


@pytest.fixture
def starts(tmp_path):
    journal = Journal(tmp_path / "log")
    started = Starts(tmp_path, journal)
    yield started
    for child in started.children:
        child.stop(within=0)
    journal.close()


@given(st.integers(1, 10_000))
def test_pauses_grow_and_stay_within_a_minute(ends: int) -> None:
    assert FIRST_PAUSE_SECONDS <= pause_after(ends) <= pause_after(ends + 1)
    assert pause_after(ends) <= LONGEST_PAUSE_SECONDS


def test_pauses_double() -> None:
    assert [pause_after(n) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_child_that_ends_is_started_again_after_its_pause(starts: Starts) -> None:
    said: list[str] = []
    kept = Kept("short", starts, starts(), started_at=0)
    starts.children[0].ended(within=60)

    kept.see_to_it(1.0, said.append)  # it has ended
    kept.see_to_it(1.9, said.append)  # not yet
    assert len(starts.children) == 1
    kept.see_to_it(2.0, said.append)

    assert len(starts.children) == 2
    assert said == ["short ended (with status 0); started again in 1 s"]


def test_who_ends_early_again_waits_longer_and_who_ran_well_does_not(starts: Starts) -> None:
    said: list[str] = []
    kept = Kept("short", starts, starts(), started_at=0)
    now = 0.0
    for ran in (1.0, 1.0, RAN_WELL_SECONDS):
        starts.children[-1].ended(within=60)
        now += ran
        kept.see_to_it(now, said.append)
        now = kept.again_at
        kept.see_to_it(now, said.append)

    pauses = [words.rpartition(" in ")[2] for words in said]
    assert pauses == ["1 s", "2 s", "1 s"]


def test_what_cannot_be_started_is_told_and_tried_again(starts: Starts) -> None:
    said: list[str] = []
    kept = Kept("short", starts, None, started_at=0)
    starts.refused = OSError("no memory")

    kept.see_to_it(0.0, said.append)
    starts.refused = None
    kept.see_to_it(1.0, said.append)

    assert said == ["short cannot be started (no memory); started again in 1 s"]
    assert len(starts.children) == 1


def test_a_supervisor_sees_to_all_until_told_to_end(starts: Starts) -> None:
    supervisor = Supervisor(lambda _what: None)
    supervisor.keep("one", starts)
    supervisor.keep("two", starts)
    for child in starts.children:
        child.ended(within=60)

    def wait(_seconds: float) -> None:
        if len(starts.children) == 4:
            raise KeyboardInterrupt
        wait_until(lambda: all(monotonic() >= kept.again_at for kept in supervisor.kept))

    with pytest.raises(KeyboardInterrupt):
        supervisor.run(wait)

    assert len(set(map(id, starts.children))) == 4
    assert {kept.ends for kept in supervisor.kept} == {1}
