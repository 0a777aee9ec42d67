"""Kills senders and takes the power away, often: `python tests/endure/kills.py TIMES`.

Runs the tests of promise 2 with so many kills and losses of power, where `make test` has a few, and
prints in Markdown what held. pytest's own words go to stderr; the exit status is pytest's.
"""

import os
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import pytest  # noqa: E402 found by the line above

from benchmarks.occasion import occasion  # noqa: E402 see above

JOURNEYS = ROOT / "tests" / "journeys"
TESTS = ("test_kills.py", "test_power_loss.py")
HEAD = """# What sending endured

By `make kills`. Senders are killed at moments that a seed decides, one alone or one of two; the
ledger's files are rebuilt from what was synced, with any part of what was not; PostgreSQL falls
while a sender works. After each of these the rest is sent, and then every reader has one copy or is
listed in doubt: one for each connection after a kill, what a lane had claimed after the others.
"""
TABLE = ("| test | | minutes |", "|---|---|---|")


@dataclass
class Results:
    """What became of each test, a line of a table; a plugin of pytest."""

    lines: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            test = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
            self.lines.append(f"| {test} | {report.outcome} | {report.duration / 60:.1f} |")


def main(times: str) -> int:
    """Runs them, and prints the table."""
    os.environ.update(ENDURE_KILLS=times, ENDURE_LOSSES=times)
    results = Results()
    with redirect_stdout(sys.stderr):
        status = pytest.main(["-q", *(str(JOURNEYS / test) for test in TESTS)], plugins=[results])
    done = f"{occasion()}; {times} kills and {times} losses of power."
    sys.stdout.write("\n".join([HEAD, done, "", *TABLE, *results.lines, ""]))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
