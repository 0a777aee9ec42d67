"""What `doctor` says of a mailbox, and of what came back and is not judged."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.collect_bounces import collect_bounces, looked_through_at
from partwork.actions.feedback import take_in
from partwork.actions.finding import Finding
from partwork.actions.listening import listening
from partwork.assembly import Press, assemble
from partwork.mailbox.folder import MailboxUnusable
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.events import set_aside, take_events
from tests.conftest import NOW
from tests.mailbox.imap_server import PASSWORD, ImapServer

DAY = timedelta(days=1)
LETTER = b"Subject: hello\r\n\r\nhello\r\n"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as running:
        yield running


@pytest.fixture
def by_imap(home: Path, server: ImapServer) -> Iterator[Press]:
    with assemble(Settings(home=home, bounce_mailbox=server.url())) as press:
        yield press


def of_mailbox(press: Press, at=NOW) -> Finding:
    return next(found for found in listening(press, at) if found.subject == "bounce mailbox")


def test_a_mailbox_that_opens_is_told_with_its_unread_mails_and_the_last_look(
    by_imap: Press, server: ImapServer, clock
) -> None:
    server.has(LETTER, LETTER)
    never = of_mailbox(by_imap)
    collect_bounces(by_imap, clock)

    assert never.well
    assert "2 unread; never looked through; `partwork collect-bounces` does it" in never.words
    assert looked_through_at(by_imap) == NOW
    where = f"INBOX on 127.0.0.1:{server.port}"
    last = "last looked through 2026-03-02 09:00 UTC"
    assert of_mailbox(by_imap).words == f"{where} opens, 2 unread; {last}"
    assert "and a worker every 10 minutes" in of_mailbox(by_imap, NOW + 2 * DAY).words
    assert server.flags() == {}


def test_a_mailbox_that_does_not_open_is_told_without_its_password(
    by_imap: Press, server: ImapServer
) -> None:
    server.answers.append(("LOGIN", f"NO wrong {PASSWORD}"))

    found = of_mailbox(by_imap)

    assert not found.well
    assert "the login was refused" in found.words
    assert PASSWORD not in found.words


def test_a_look_that_was_cut_short_is_no_look(by_imap: Press, server: ImapServer, clock) -> None:
    server.has(LETTER)
    server.poison[1] = "DROP"
    server.answers += [("SELECT", "NO gone")]

    with pytest.raises(MailboxUnusable):
        collect_bounces(by_imap, clock)

    assert looked_through_at(by_imap) is None


def test_where_nothing_is_read_and_nothing_waits_nothing_is_said(press: Press) -> None:
    assert listening(press, NOW) == ()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", ["PARTWORK_BOUNCE_ADDRESS is not set: reports that do not name a mail"]),
        ("bounces@example.org", ["bounces@example.org has no {token}: reports"]),
        ("bounces+{token}@example.org", []),
    ],
)
def test_bounce_addresses_that_name_no_mail_are_told(
    home: Path, maildir: Path, address: str, told: list[str]
) -> None:
    given = {"bounce_mailbox": f"maildir:{maildir}", "bounce_address": address}
    with assemble(Settings(home=home, **given)) as press:
        found = [one for one in listening(press, NOW) if one.subject == "bounce address"]

    assert all(one.well for one in found)
    assert [one.words[: len(start)] for one, start in zip(found, told, strict=True)] == told


def test_a_maildir_is_told_too(home: Path, maildir: Path) -> None:
    (maildir / "new" / "1").write_bytes(LETTER)
    with assemble(Settings(home=home, bounce_mailbox=f"maildir:{maildir}")) as press:
        assert of_mailbox(press).words.startswith(f"{maildir} opens, 1 unread; never")
        (maildir / "new" / "1").unlink()
        (maildir / "new").rmdir()
        assert not of_mailbox(press).well


def test_what_waits_is_told_and_what_was_set_aside_is_to_be_mended(press: Press) -> None:
    take_in(press, [Feedback(Source.SES, FeedbackKind.BOUNCE, "1", "ada@example.org")], now=NOW)
    (waits,) = listening(press, NOW)
    with press.engine.begin() as connection:
        (one,) = take_events(connection, NOW, DAY, 1)
        set_aside(connection, one, "ValueError in said, line 3 of said.py")
    (aside,) = listening(press, NOW)

    does_it = "1 event waits to be judged; `partwork collect-bounces` does it"
    assert waits == Finding("what came back", True, does_it)
    assert not aside.well
    assert "1 event is set aside" in aside.words
    assert "--again" in aside.words
