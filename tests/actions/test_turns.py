"""One run at a time: who else comes is told who is at it; whoever died holds nothing."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from partwork.actions.turns import TurnTaken, Work, taking_turn, who_is_at
from partwork.assembly import Press
from partwork.library import LibraryError
from tests.conftest import Clock

HOLDS = """
import sys
from pathlib import Path
from partwork.actions.turns import Work, taking_turn
from partwork.assembly import assemble
from partwork.settings import Settings

with assemble(Settings(home=Path(sys.argv[1]))) as press:
    with taking_turn(press, Work.COMPOSED, "heaps", "the run that is killed"):
        print("held", flush=True)
        input()
"""


def test_one_run_works_on_a_series_and_others_are_told_who(press: Press, clock: Clock) -> None:
    with taking_turn(press, Work.COMPOSED, "heaps", "the run compose heaps", clock):
        said = "heaps is already being composed by the run compose heaps, since 2026-03-02 09:00"
        with (
            pytest.raises(TurnTaken, match=said),
            taking_turn(press, Work.COMPOSED, "heaps", "another", clock),
        ):
            raise AssertionError("two at once")
        with taking_turn(press, Work.COMPOSED, "worms", "another", clock):
            pass
        with taking_turn(press, Work.SENT, "heaps", "another", clock):
            pass

    with taking_turn(press, Work.COMPOSED, "heaps", "another", clock):
        pass


def test_a_turn_ends_with_the_work_that_fails(press: Press) -> None:
    with pytest.raises(LibraryError), taking_turn(press, Work.SENT, "heaps-01"):
        press.library.read(press.library.inbox / "nowhere.md")

    assert who_is_at(press, Work.SENT, "heaps-01", datetime.now(UTC)) is None


def test_whoever_was_killed_on_this_machine_holds_nothing(press: Press) -> None:
    home = str(press.settings.home)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"held\n"
        seen = who_is_at(press, Work.COMPOSED, "heaps", datetime.now(UTC))
        assert seen is not None
        assert seen.who == "the run that is killed"
        with pytest.raises(TurnTaken), taking_turn(press, Work.COMPOSED, "heaps"):
            raise AssertionError("two at once")
        run.kill()

    assert who_is_at(press, Work.COMPOSED, "heaps", datetime.now(UTC)) is None
    with taking_turn(press, Work.COMPOSED, "heaps"):
        pass
