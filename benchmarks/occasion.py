"""When, of what and on what something was measured, as the results in docs/measured say it."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def occasion() -> str:
    """The day, the commit (with + where files differ from it), cores and Python, on a line."""
    cores = len(os.sched_getaffinity(0))  # that this program may use
    return (
        f"On {datetime.now(UTC).date()}, commit {_commit() or 'unknown'}, {cores} cores "
        f"({platform.machine()}), Python {platform.python_version()}"
    )


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    told = subprocess.run(  # noqa: S603 fixed words
        [git, "describe", "--always", "--exclude=*", "--dirty=+"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
