"""Settings may name Secret blocks of Prefect in place of values."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from partwork.cli.main import run
from partwork.orchestration.launcher import RunFailed, RunningPrefect

SAVE = """
import sys
from prefect.blocks.system import Secret

Secret(value=sys.argv[2]).save(sys.argv[1], overwrite=True)
"""


@contextmanager
def with_mailbox(home: Path, value: str) -> Iterator[None]:
    """The home under that setting."""
    file = home / ".env"
    before = file.read_text()
    file.write_text(f"{before}\nPARTWORK_BOUNCE_MAILBOX={value}\n")
    try:
        yield
    finally:
        file.write_text(before)


def done(prefect: RunningPrefect, *words: str) -> "subprocess.CompletedProcess[str]":
    """A program of this Python, where the server's address is known."""
    return subprocess.run(
        [sys.executable, *words],
        env=dict(prefect.environment),
        cwd=prefect.home.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.prefect
def test_flows_and_commands_read_what_prefect_keeps(
    prefect: RunningPrefect, home: Path, maildir: Path
):
    done(prefect, "-c", SAVE, "test-mailbox", f"maildir:{maildir}").check_returncode()

    with with_mailbox(home, "prefect-secret:test-mailbox"):
        said = prefect.trigger("collect_bounces", {}).message
        told = done(prefect, "-m", "partwork", "collect-bounces")

    assert said.startswith("looked at 0 mails")
    assert told.stdout.startswith("looked at 0 mails"), told.stderr


@pytest.mark.prefect
def test_a_block_that_is_not_there_is_said_in_one_line(prefect: RunningPrefect, home: Path):
    with (
        with_mailbox(home, "prefect-secret:no-such-block"),
        pytest.raises(RunFailed) as failed,
    ):
        prefect.trigger("collect_bounces", {})

    assert "PARTWORK_BOUNCE_MAILBOX names a Secret block of Prefect" in failed.value.message
    assert "Traceback" not in str(failed.value)


def test_without_a_server_a_command_says_what_is_missing(
    named_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PARTWORK_SMTP_URL", "prefect-secret:smtp")

    assert run(["status"]) == 1

    said = capsys.readouterr().err
    assert said.startswith("partwork: PARTWORK_SMTP_URL names a Secret block of Prefect")
    assert said.count("\n") == 1
