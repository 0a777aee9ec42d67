"""Promise 2: after `kill -9` at any moment each subscriber has one copy or is listed in doubt."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from partwork.actions.approve import approve
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import issue_named, send
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press, assemble
from partwork.model.delivery import DeliveryState
from partwork.settings import Settings
from partwork.store.ledger import load_deliveries

READERS = tuple(f"reader-{n:02d}@example.org" for n in range(12))


class MailServer:
    """Keeps what it gets, and kills the sender at the moment it was told."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.stage, self.number = "", 0
        self.seen: Counter[str] = Counter()
        self.sender: subprocess.Popen[bytes] | None = None

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        self._kill_if_told("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.got.update(envelope.rcpt_tos)
        self._kill_if_told("DATA")
        return "250 2.0.0 queued"

    def _kill_if_told(self, stage: str) -> None:
        self.seen[stage] += 1
        if self.sender and stage == self.stage and self.seen[stage] == self.number:
            self.sender.send_signal(signal.SIGKILL)
            self.sender.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def issue(press: Press, series: str, tmp_path: Path) -> str:
    file = tmp_path / "many.csv"
    file.write_text("email\n" + "\n".join(READERS) + "\n")
    now = datetime.now(UTC)
    import_subscribers(press, file, "the-bench", note="a test", now=now)
    preview(press, series, None, now)
    approve(press, series, None, reviewer="Ada", channel="cli", now=now)
    return publish(press, series, at_once=True, now=now).planned[0].issue


@pytest.mark.parametrize(
    ("stage", "number"), [("RCPT", 1), ("DATA", 1), ("RCPT", 6), ("DATA", 6), ("DATA", 12)]
)
def test_a_killed_sender_loses_nobody_and_writes_to_nobody_twice(
    press: Press, issue: str, mail_server: MailServer, stage: str, number: int
) -> None:
    mail_server.stage, mail_server.number = stage, number
    controller = Controller(mail_server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        url = f"smtp://127.0.0.1:{controller.port}"
        home = press.settings.home
        mail_server.sender = subprocess.Popen(
            [sys.executable, "-m", "partwork", "send", issue],
            env={**os.environ, "PARTWORK_HOME": str(home), "PARTWORK_SMTP_URL": url},
            stdout=subprocess.DEVNULL,
        )
        assert mail_server.sender.wait(timeout=60) == -signal.SIGKILL

        after_the_lease = datetime.now(UTC) + timedelta(hours=1)
        with assemble(Settings(home=home, smtp_url=url)) as restarted:
            report = send(restarted, issue, clock=lambda: after_the_lease)
    finally:
        controller.stop()

    with press.engine.connect() as connection:
        content_hash = issue_named(press, issue).content_hash
        rows = load_deliveries(connection, content_hash, set(DeliveryState))
    doubted = {row.recipient for row in rows if row.state is DeliveryState.IN_DOUBT}
    accepted = {row.recipient for row in rows if row.state is DeliveryState.ACCEPTED}
    assert doubted | accepted == set(READERS)
    assert len(doubted) <= 1
    assert report.tally.in_doubt == len(doubted)
    assert all(mail_server.got[reader] == 1 for reader in accepted)
    assert all(mail_server.got[reader] <= 1 for reader in doubted)
