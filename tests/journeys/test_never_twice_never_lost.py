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

from partwork.actions.approve import approve
from partwork.actions.correct import correct
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.assembly import Press, assemble
from partwork.model.delivery import DeliveryState
from partwork.settings import Settings
from tests.actions.correcting import SERIES, mend, published_letter
from tests.actions.sending import doubted, ledger, published, subscribe
from tests.conftest import free_port

READERS = tuple(f"reader-{n:02d}@example.org" for n in range(12))


class MailServer:
    """Keeps what it gets, and kills the sender at the moment it was told."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.told: Counter[str] = Counter()  # what was wrong in what they got
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
        is_correction = b"Correction: The dose" in (envelope.content or b"")
        (self.told if is_correction else self.got).update(envelope.rcpt_tos)
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


def test_a_part_that_is_corrected_when_its_sender_was_killed_is_had_once_by_each(
    press: Press, mail_server: MailServer
) -> None:
    now = datetime.now(UTC)
    subscribe(press, READERS, now)
    first, file = published_letter(press, now)
    mail_server.stage, mail_server.number = "DATA", 5
    controller = Controller(mail_server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        url = f"smtp://127.0.0.1:{controller.port}"
        home = press.settings.home
        mail_server.sender = subprocess.Popen(
            [sys.executable, "-m", "partwork", "send", first],
            env={**os.environ, "PARTWORK_HOME": str(home), "PARTWORK_SMTP_URL": url},
            stdout=subprocess.DEVNULL,
        )
        assert mail_server.sender.wait(timeout=60) == -signal.SIGKILL

        mend(file)
        correct(press, first, because="It is 4 mg.", mail=True, now=now)
        revision, _ = approve(press, SERIES, 1, reviewer="Ada", channel="cli", now=now)
        after_the_lease = now + timedelta(hours=1)
        with assemble(Settings(home=home, smtp_url=url)) as restarted:
            for _ in range(2):
                for name in publish(restarted, "", at_once=False, now=after_the_lease).unsent:
                    send(restarted, name, clock=lambda: after_the_lease)
    finally:
        controller.stop()

    had, have = ledger(press, first), ledger(press, revision.name)
    assert sorted((*had, *have)) == sorted(READERS)
    doubtful = {to for to, row in had.items() if row.state is DeliveryState.IN_DOUBT}
    assert len(doubtful) <= 1
    assert all(mail_server.got[to] == 1 for to in {*READERS} - doubtful)
    assert all(mail_server.got[to] <= 1 for to in doubtful)
    assert mail_server.told == Counter(had.keys() - doubtful)
