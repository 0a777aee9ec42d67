"""Promise 4: one command on a laptop, offline, no key; and again, without a second mail."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# In a network namespace of its own there is nothing but a loopback that is down: raise it (ioctl
# SIOCSIFFLAGS with IFF_UP | IFF_RUNNING, netdevice(7)), then run the command as anyone would.
RAISE_LOOPBACK = """
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:
    fcntl.ioctl(loopback, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
"""
DEMO = """
import runpy, sys
sys.argv = ["partwork", "demo"]
runpy.run_module("partwork", run_name="__main__")
"""
NAMESPACE = ("unshare", "--net", "--map-root-user")


def can_be_offline() -> bool:
    try:
        return (
            subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        return False


def demo(home: Path) -> str:
    """What the demo prints, with settings of the user's that would lead it astray."""
    hostile = {
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "PARTWORK_SMTP_URL": "smtp://127.0.0.1:9",
        "PARTWORK_PUBLIC_URL": "nonsense",
        "PARTWORK_TYPO": "1",
        "PARTWORK_HOME": str(home),
    }
    offline = can_be_offline()
    result = subprocess.run(
        [*(NAMESPACE if offline else ()), sys.executable, "-c", RAISE_LOOPBACK * offline + DEMO],
        env={**os.environ, **hostile},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.prefect
def test_the_demo_mails_a_series_once_however_often_it_runs(tmp_path: Path) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    first = demo(home)
    outbox = home / ".partwork" / "demo" / ".partwork" / "outbox"
    mails = {file.name: file.stat().st_mtime_ns for file in outbox.glob("*.eml")}
    prefect = [f for f in (outbox.parent / "prefect").rglob("*") if f.is_file()]
    second = demo(home)

    assert len(mails) == 3
    assert prefect
    for file in prefect:  # parameters, logs and artifacts name issues and counts, never people
        assert b"cleo@example.org" not in file.read_bytes(), file
    assert {file.name: file.stat().st_mtime_ns for file in outbox.glob("*.eml")} == mails
    assert re.search(r"articles cleaned +6 +\d+ lines kept, \d+ removed", first)
    assert re.search(r"deliveries +3 ", first)
    assert "nobody was sent anything twice" in second
    for told in re.findall(r"^(?:open in|a delivered|clean|what|the series).*?(/.*)$", first, re.M):
        assert Path(told).exists(), told
