"""Ctrl-C and SIGTERM while `partwork send` is at work, as a shell and a mail server see it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.sweep import sweep
from partwork.assembly import Press
from partwork.model.delivery import DeliveryState
from tests.actions.conftest import articles, composed, issue, readers, series, server
from tests.actions.sending import ledger
from tests.conftest import wait_until
from tests.transport.rough_server import SILENCE, RoughServer

__all__ = ["articles", "composed", "issue", "readers", "series", "server"]


@contextmanager
def sending(press: Press, server: RoughServer, issue: str) -> Iterator[subprocess.Popen[str]]:
    """`partwork send` in a process of its own, when its first message has left."""
    environment = os.environ | {
        "PARTWORK_HOME": str(press.settings.home),
        "PARTWORK_SMTP_URL": server.url,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "partwork", "send", issue],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(lambda: server.arrived or process.poll() is not None)
        assert process.poll() is None
        yield process


def states(press: Press, issue: str) -> list[DeliveryState]:
    """Where all stand once the lane is taken for dead, whatever it has left."""
    sweep(press, lambda: datetime.now(UTC) + timedelta(days=1))
    return sorted(row.state for row in ledger(press, issue).values())


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_send_that_is_told_to_end_hears_the_answer_to_what_has_left(
    press: Press, issue: str, server: RoughServer, number: signal.Signals, status: int
) -> None:
    server.late["."] = 1.0

    with sending(press, server, issue) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=60)

    assert process.returncode == status
    assert "1 sent now" in out
    assert "ending as soon as the server has answered" in err
    assert "stopped early: this process was told to end" in err
    assert server.got.total() == 1
    assert states(press, issue) == ["accepted", "pending", "pending"]


def test_a_second_ctrl_c_ends_it_at_once(press: Press, issue: str, server: RoughServer) -> None:
    server.answers["."].append(SILENCE)

    with sending(press, server, issue) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert "Ctrl-C again ends at once" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "partwork: stopped" in err
    assert states(press, issue) == ["in doubt", "pending", "pending"]
