"""Who works on the ledger: which process, on which machine, since which start of it."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that tells itself from all others, also from later ones with its number.

    `boot` changes when the machine starts anew; it is empty where the system does not tell. It
    does on Linux.
    """

    machine: str
    boot: str
    process: str

    def sees_dead(self, other: "Worker") -> bool:
        """Whether `self`, which runs, sees that the other runs no more. False: it cannot see."""
        if self.machine != other.machine or not self.boot:
            return False
        if self.boot != other.boot:
            return True
        space, _, numbers = other.process.partition(":")
        if space != _space():  # another container's numbers mean nothing here
            return False
        return other.process != _process(int(numbers.split()[0]))


def this_worker() -> Worker:
    """The process that asks."""
    # Names of machines are given twice; what systemd calls the machine's id seldom is.
    machine = f"{platform.node()} {_said(Path('/etc/machine-id'))}".strip()
    return Worker(machine, _said(_PROC / "sys/kernel/random/boot_id"), _process(os.getpid()))


def _process(number: int) -> str:
    """The process of that number, by its start in ticks since the machine's; proc(5), stat."""
    stat = _said(_PROC / str(number) / "stat")
    since = stat.rpartition(")")[2].split()[19:20]
    return " ".join((f"{_space()}:{number}", *since))


def _space() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        return ""


def _said(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
