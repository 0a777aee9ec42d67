"""What comes back into a mailbox is taken in, and all else is left as it was."""

import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from partwork.actions.collect_bounces import Collected, collect_bounces, collect_mail, in_words
from partwork.actions.feedback import take_in
from partwork.actions.loading import load_newsletter
from partwork.actions.send import send
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.delivering.bounces import MailKind, SentMail
from partwork.delivering.leaving_by_mail import leaving_address
from partwork.delivering.service import service_message_bytes
from partwork.mailbox.folder import MailboxUnusable, StoredMail
from partwork.model.audience import SubscriptionState
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from tests.actions.sending import ledger
from tests.mailbox.imap_server import ImapServer

PATTERN = "bounces+{token}@news.example.org"
LETTER = b"From: ada@example.org\r\nTo: hello@example.org\r\nSubject: the fork\r\n\r\nWhere?\r\n"


@pytest.fixture
def listening(press: Press, issue: str, maildir: Path, clock) -> Iterator[Press]:
    """The press of a home whose issue was sent, and that reads the Maildir."""
    send(press, issue, clock=clock)
    settings = Settings(
        home=press.settings.home, bounce_address=PATTERN, bounce_mailbox=f"maildir:{maildir}"
    )
    with assemble(settings) as assembled:
        yield assembled


def bounce_address_of(press: Press, issue: str, reader: str) -> str:
    delivery = ledger(press, issue)[reader].id
    return press.sender_for(SentMail(MailKind.DELIVERY, delivery), "nobody@example.org")


def report(to: str, reader: str, status: str = "5.1.1", name: str = "1") -> bytes:
    """A delivery status notification (RFC 3464), as Postfix writes one."""
    action = "failed" if status.startswith("5") else "delayed"
    return (
        f"From: MAILER-DAEMON@relay.example.org\r\nTo: {to}\r\n"
        f"Message-ID: <{name}@relay.example.org>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {reader}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        "--b--\r\n"
    ).encode()


def wish(uri: str, sender: str = "ada@example.org") -> bytes:
    """The mail that a program writes from a mailto address (RFC 6068)."""
    parts = urlsplit(uri)
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, unquote(parts.path)
    mail["Subject"] = parse_qs(parts.query)["subject"][0]
    mail["Message-ID"] = "<wish@example.org>"
    mail.set_content("Sent by a program.")
    return mail.as_bytes()


def files(maildir: Path) -> dict[str, bytes]:
    return {f"{p.parent.name}/{p.name}": p.read_bytes() for p in maildir.glob("*/*")}


def is_suppressed(press: Press, address: str) -> bool:
    return story_of(press, address).is_suppressed


def is_subscribed(press: Press, address: str) -> bool:
    held = story_of(press, address).subscriptions
    return [one.state for one in held] == [SubscriptionState.CONFIRMED]


def test_an_address_that_is_no_good_is_suppressed_and_its_report_marked(
    listening, issue, maildir, clock
):
    to = bounce_address_of(listening, issue, "ada@example.org")
    (maildir / "new" / "1").write_bytes(report(to, "ada@example.org"))
    (maildir / "new" / "2").write_bytes(LETTER)

    collected = collect_bounces(listening, clock)

    assert collected.told == {FeedbackKind.BOUNCE: 1, FeedbackKind.UNRELATED: 1}
    assert (collected.mails, collected.new, collected.judged.suppressed) == (2, 1, 1)
    assert is_suppressed(listening, "ada@example.org")
    assert not is_suppressed(listening, "grace@example.org")
    assert files(maildir) == {"cur/1:2,S": report(to, "ada@example.org"), "new/2": LETTER}


def test_what_was_looked_at_is_told_once_however_often_one_looks(listening, issue, maildir, clock):
    to = bounce_address_of(listening, issue, "ada@example.org")
    (maildir / "new" / "1").write_bytes(report(to, "ada@example.org"))

    collect_bounces(listening, clock)
    again = collect_bounces(listening, clock)

    assert (again.new, again.judged.judged) == (0, 0)


def test_a_wish_to_leave_by_mail_ends_the_subscription_that_its_address_names(
    listening, issue, maildir, clock
):
    uri = leaving_address(bounce_address_of(listening, issue, "ada@example.org"))
    # Mail is forwarded: who has it may leave for its owner, from whatever address.
    (maildir / "new" / "1").write_bytes(wish(uri, sender="grace@example.org"))

    collected = collect_bounces(listening, clock)

    assert collected.told == {FeedbackKind.UNSUBSCRIBE: 1}
    assert collected.judged.left == 1
    assert not is_subscribed(listening, "ada@example.org")
    assert is_subscribed(listening, "grace@example.org")
    assert not is_suppressed(listening, "ada@example.org")
    assert "cur/1:2,S" in files(maildir)


@pytest.mark.parametrize(
    "uri",
    [
        leaving_address("bounces+daaaaaaaaaebagbafaydqqcikbm@news.example.org"),
        leaving_address("bounces@news.example.org"),
        leaving_address("hello@example.org"),
    ],
)
def test_a_wish_that_no_mail_of_ours_bears_out_stays_unread_for_a_person(
    listening, maildir, clock, uri
):
    (maildir / "new" / "1").write_bytes(wish(uri))

    collected = collect_bounces(listening, clock)

    assert collected.told == {FeedbackKind.UNRELATED: 1}
    assert is_subscribed(listening, "ada@example.org")
    assert "new/1" in files(maildir)


def test_a_report_on_somebodys_own_mail_stays_unread_for_them(listening, maildir, clock):
    (maildir / "new" / "1").write_bytes(report("grace@example.org", "nobody@example.org"))

    collected = collect_bounces(listening, clock)

    assert collected.judged.suppressed == 0
    assert "new/1" in files(maildir)


def test_a_notice_of_ours_stays_unread_for_the_editor(press, issue, maildir, clock):
    """Where the editor reads the mailbox to which bounces come, too."""
    newsletter = load_newsletter(press, "the-bench")
    notice = service_message_bytes(
        newsletter,
        newsletter.sender.address,
        subject="it is held",
        html="<p>See to it.</p>",
        text="See to it.",
        name="held",
        date=clock(),
        demo=False,
    )
    (maildir / "new" / "1").write_bytes(notice)
    (maildir / "new" / "2").write_bytes(b"Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n")
    settings = Settings(home=press.settings.home, bounce_mailbox=f"maildir:{maildir}")

    with assemble(settings) as shared:
        collect_bounces(shared, clock)

    assert sorted(files(maildir)) == ["cur/2:2,S", "new/1"]


def test_mail_that_could_not_be_marked_is_recognised_when_it_comes_again(
    press, issue, clock, readers
):
    send(press, issue, clock=clock)
    with ImapServer() as server:
        settings = Settings(
            home=press.settings.home, bounce_address=PATTERN, bounce_mailbox=server.url()
        )
        with assemble(settings) as listening:
            to = bounce_address_of(listening, issue, "ada@example.org")
            server.has(LETTER, report(to, "ada@example.org"), LETTER)
            server.answers = [("UID STORE", "DROP")]
            with pytest.raises(MailboxUnusable):
                collect_bounces(listening, clock)

            assert is_suppressed(listening, "ada@example.org")

            again = collect_bounces(listening, clock)
            nothing = collect_bounces(listening, clock)

    assert (again.mails, again.new, again.judged.judged) == (3, 0, 0)
    assert nothing.mails == 0
    assert server.flags() == {2: {r"\Seen"}}


def test_what_webhooks_told_does_not_wait_for_a_mailbox_that_cannot_be_reached(
    listening, maildir, clock
):
    told = Feedback(Source.SES, FeedbackKind.COMPLAINT, "1", "ada@example.org")
    take_in(listening, [told], now=clock())
    (maildir / "new").rmdir()

    with pytest.raises(MailboxUnusable):
        collect_bounces(listening, clock)

    assert is_suppressed(listening, "ada@example.org")


def test_where_no_mailbox_is_set_what_waits_is_judged_all_the_same(press, clock):
    collected = collect_bounces(press, clock)

    assert collected == Collected(has_mailbox=False)
    assert in_words(collected) == "no mailbox is set (PARTWORK_BOUNCE_MAILBOX); nothing to judge"


def test_one_bad_mail_never_stops_the_others(listening, issue, maildir, clock):
    to = bounce_address_of(listening, issue, "ada@example.org")
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(200)
    )
    bad = [
        b"",
        b"\0" * 9999,
        os.urandom(9999),
        deep,
        b"Subject: =?utf-8?b?!?=\r\n\r\n",
        b"\r" * 9999,
    ]
    bad += [
        b"To: " + b"(" * 9999,
        b"Message-ID: <\xff@\xfe>\r\nAuto-Submitted: auto-replied\r\n\r\n",
    ]
    bad.append(report(to, "a" * 900 + "\ud800@example.org".encode("utf-8", "replace").decode()))
    for number, octets in enumerate(bad):
        (maildir / "new" / f"{number}").write_bytes(octets)
    with (maildir / "new" / "huge").open("wb") as huge:
        huge.write(report(to, "ada@example.org", name="huge").replace(b"--b--\r\n", b""))
        huge.truncate(40_000_000)
    (maildir / "new" / "last").write_bytes(report(to, "ada@example.org", name="last"))

    collected = collect_bounces(listening, clock)

    assert collected.mails == len(bad) + 2
    assert collected.notes == ("new/huge: has 40 MB, of which the beginning was read",)
    assert collected.judged.suppressed == 1
    assert collected.judged.set_aside == 0
    assert {"cur/huge:2,S", "cur/last:2,S"} <= set(files(maildir))


def test_a_mail_may_be_handed_over_by_itself(listening, issue, clock):
    octets = report(bounce_address_of(listening, issue, "ada@example.org"), "ada@example.org")

    collected = collect_mail(listening, StoredMail("standard input", octets, len(octets)), clock)

    assert collected.judged.suppressed == 1
    assert in_words(collected) == "looked at 1 mail: 1 bounced, 1 new to us; 1 judged, 1 suppressed"
