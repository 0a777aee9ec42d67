"""Machines made of one: each a network namespace, and processes that see no others'.

They hang on a bridge that this machine is on too. Needs root, and Debian's iproute2.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

BRIDGE, NETWORK = "partwork", "10.77.0"
HERE = f"{NETWORK}.254"
GONE_WITHIN = 10  # seconds; what is killed is gone within one
HOSTS = Path("/etc/netns")  # `ip netns exec` has its files in place of those of /etc


@dataclass
class Machine:
    """One of them: `name` is that of its namespace too, `address` the one the others know."""

    name: str
    address: str
    log: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(
        self, *command: str, environment: Mapping[str, str], folder: Path
    ) -> "subprocess.Popen[bytes]":
        """Starts a program there, with a machine's name and process numbers of its own.

        `end` kills it, and all that it has started, at once.
        """
        alone = ["unshare", "--fork", "--pid", "--kill-child", "--mount-proc", "--uts"]
        named = ["sh", "-c", f'hostname {self.name}; exec "$@"', "sh", *command]
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                ["ip", "netns", "exec", self.name, *alone, *named],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(started)
        return started

    def cut_off(self) -> None:
        """Takes it away as a loss of power does: its network first, without a word to anybody."""
        _ip("link", "set", f"pw-{self.name}", "down")
        self.kill()
        _ip("netns", "del", self.name)

    def kill(self) -> None:
        """Kills all that runs there."""
        while self.running:
            self.end(self.running[0])

    def end(self, started: "subprocess.Popen[bytes]") -> None:
        """Kills one of the programs that were started here, and whatever it has started."""
        # The first process of its numbers takes all others with it. It does not die by itself when
        # it has become another user meanwhile, as PostgreSQL does.
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
        first = []
        with suppress(OSError):
            first = children.read_text().split()
        for number in first:
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)
        if not first:
            started.kill()
        try:
            # Until all of them are gone: PostgreSQL does not start where one of the old is left.
            started.wait(timeout=GONE_WITHIN)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        self.running.remove(started)


def why_not() -> str:
    """Why there can be none here; empty where there can."""
    missing = [p for p in ("ip", "unshare") if shutil.which(p) is None]
    if missing:
        return f"there is no {' and no '.join(missing)}: install iproute2 and util-linux"
    return "" if os.geteuid() == 0 else "network namespaces are made by root alone"


@contextmanager
def machines(folder: Path, names: Mapping[str, int], hosts: str) -> Iterator[dict[str, Machine]]:
    """Machines by name, each with that last number of its address, gone afterwards.

    `hosts` is what each has as /etc/hosts.
    """
    made = {
        name: Machine(name, f"{NETWORK}.{n}", folder / f"{name}.log") for name, n in names.items()
    }
    _remove(made)  # what one that was killed has left
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for machine in made.values():
            _wire(machine, hosts)
        yield made
    finally:
        for machine in made.values():
            machine.kill()
        _remove(made)


def _wire(machine: Machine, hosts: str) -> None:
    name, near = machine.name, f"pw-{machine.name}"
    (HOSTS / name).mkdir(parents=True, exist_ok=True)
    (HOSTS / name / "hosts").write_text(hosts)
    _ip("netns", "add", name)
    _ip("link", "add", near, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", near, "master", BRIDGE, "up")
    _ip("-n", name, "addr", "add", f"{machine.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", name, "link", "set", device, "up")


def _remove(made: Mapping[str, Machine]) -> None:
    for name in made:
        _ip("netns", "del", name, must=False)
        _ip("link", "del", f"pw-{name}", must=False)
        shutil.rmtree(HOSTS / name, ignore_errors=True)
    _ip("link", "del", BRIDGE, must=False)


def _ip(*words: str, must: bool = True) -> None:
    said: Sequence[str] = ["ip", *words]
    subprocess.run(said, check=must, capture_output=not must)
