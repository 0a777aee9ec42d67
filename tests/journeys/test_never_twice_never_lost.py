"""Promise 2: after `kill -9` at any moment each subscriber has one copy or is listed in doubt."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from partwork.actions.send import send
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.actions.sending import doubted, published, subscribe
from tests.conftest import free_port

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


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def issue(press: Press, series: str) -> str:
    now = datetime.now(UTC)
    subscribe(press, READERS, now)
    return published(press, series, now)


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

    in_doubt = len(doubted(press, issue, READERS, mail_server.got))
    assert in_doubt <= 1
    assert report.tally.in_doubt == in_doubt
