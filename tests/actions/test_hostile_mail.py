"""Mail that means harm, or does it: nobody is suppressed by it, nobody is written to."""

import gzip
import logging
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.collect_bounces import Collected, collect_bounces, in_words
from partwork.assembly import Press
from partwork.model.feedback import FeedbackKind
from tests.actions.conftest import READERS
from tests.actions.test_collect_bounces import (
    bounce_address_of,
    is_subscribed,
    is_suppressed,
    listening,
    report,
)

__all__ = ["listening"]

ADA = READERS[0]
MAILBOX = "bounces@news.example.org"
FORGED = "bounces+daaaaaaaaaebagbafaydqqcikbm@news.example.org"
STORM = 100  # mails
BOMB = b"<!DOCTYPE a [<!ENTITY a0 'lol'>%s]><a>&a30;</a>" % b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 31)
)

Mails = Callable[[Press, str], list[bytes]]


def reported(to: str, kind: str, about: bytes, returned: bytes) -> bytes:
    """A report (RFC 6522) of that kind, with what it says for machines and what it returns."""
    return b"".join(
        [
            b"From: MAILER-DAEMON@mx.example.org\r\nMessage-ID: <r@mx.example.org>\r\n",
            b"Subject: A report\r\nMIME-Version: 1.0\r\n",
            f"To: {to}\r\nContent-Type: multipart/report; report-type={kind};".encode(),
            b' boundary="outer"\r\n\r\n--outer\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n',
            f"--outer\r\nContent-Type: message/{kind}\r\n\r\n".encode() + about,
            b"\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n" + returned,
            b"\r\n--outer--\r\n",
        ]
    )


def not_ours(press: Press, issue: str) -> list[bytes]:
    return [report(MAILBOX, "nobody@example.org"), report(MAILBOX, ADA, name="2")]


def forged(press: Press, issue: str) -> list[bytes]:
    """Another reader's proof, one of nobody's, and a wish."""
    ada, grace = (bounce_address_of(press, issue, reader) for reader in READERS[:2])
    mixed = ada.partition("@")[0][:-16] + grace.partition("@")[0][-16:] + "@news.example.org"
    wish = f"To: {FORGED}\r\nFrom: {ADA}\r\nSubject: unsubscribe\r\n\r\n".encode()
    return [report(mixed, ADA), report(FORGED, ADA, name="2"), wish]


def own_address(press: Press, issue: str) -> list[bytes]:
    """A feedback loop tells that our own address has complained of our own mail."""
    about = b"Feedback-Type: abuse\r\nUser-Agent: isp/1\r\nVersion: 1\r\n"
    mails = [
        reported(MAILBOX, "feedback-report", about + b"Original-Rcpt-To: %s\r\n" % one, b"\r\n")
        for one in (MAILBOX.encode(), b"editor@example.org", FORGED.encode())
    ]
    return [mail.replace(b"<r@", b"<%d@" % n) for n, mail in enumerate(mails)]


def bounce_of_a_bounce(press: Press, issue: str) -> list[bytes]:
    """A report on a reader could not be brought to our bounce address: who is told of that."""
    to = bounce_address_of(press, issue, ADA)
    status = b"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; %s\r\n"
    status = status % to.encode() + b"Action: failed\r\nStatus: 5.1.1\r\n"
    places = ("postmaster@news.example.org", MAILBOX, to)
    mails = [reported(place, "delivery-status", status, report(to, ADA)) for place in places]
    return [mail.replace(b"<r@", b"<%d@" % n) for n, mail in enumerate(mails)]


def storm(press: Press, issue: str) -> list[bytes]:
    to = bounce_address_of(press, issue, ADA)
    mail = "From: {0}\r\nTo: {1}\r\nMessage-ID: <{2}@example.org>\r\nSubject: Away\r\n"
    mail += "Auto-Submitted: auto-replied\r\n\r\nBack on Monday.\r\n"
    return [mail.format(ADA, to, number).encode() for number in range(STORM)]


def bombs(press: Press, issue: str) -> list[bytes]:
    """XML that is a gigabyte once its entities stand for what they are, and packed zeros."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "dmarc@isp.example.org", bounce_address_of(press, issue, ADA)
    mail["Subject"] = "Report Domain: news.example.org"
    mail.set_content("See the report.")
    mail.add_attachment(BOMB, "text", "xml", filename="report.xml")
    packed = gzip.compress(bytes(50_000_000))
    mail.add_attachment(packed, "application", "gzip", filename="report.xml.gz")
    as_status = reported(mail["To"], "delivery-status", BOMB, BOMB)
    return [mail.as_bytes(), as_status, b"Content-Type: text/xml\r\n\r\n" + BOMB]


NOT_OURS = "reports on mail that is not ours: {}; they count for nothing"
UNDONE: dict[str, tuple[Mails, str]] = {
    # with the one line that a look has for them
    "reports on mail that is not ours": (not_ours, NOT_OURS.format(1)),
    "forged tokens": (
        forged,
        "mail to a bounce address with a token that we did not make (new/0, new/1, new/2): 3; it "
        "counts for nothing, and is left as it is",
    ),
    "a feedback loop about our own address": (own_address, NOT_OURS.format(3)),
    "a bounce of a bounce": (
        bounce_of_a_bounce,
        "reports that an address for bounces cannot be reached: 3; they are about no reader",
    ),
    "a storm of automatic replies": (
        storm,
        f"automatic replies: {STORM}; none is answered, and they count for nothing",
    ),
    "bombs of XML and gzip": (
        bombs,
        "mail that tells nothing of mail of ours: 3; it is left as it is",
    ),
}


@pytest.fixture(params=UNDONE)
def told(
    request: pytest.FixtureRequest, listening: Press, issue: str, maildir: Path, clock
) -> tuple[Collected, str]:
    """What a look at such mails says, and the line that it should have for them."""
    mails, line = UNDONE[request.param]
    for number, mail in enumerate(mails(listening, issue)):
        (maildir / "new" / f"{number}").write_bytes(mail)
    return collect_bounces(listening, clock), line


def test_it_suppresses_and_unsubscribes_nobody(listening: Press, told) -> None:
    collected, _ = told

    assert collected.mails
    assert (collected.judged.suppressed, collected.judged.left) == (0, 0)
    assert not any(is_suppressed(listening, reader) for reader in READERS)
    assert all(is_subscribed(listening, reader) for reader in READERS)


def test_it_is_answered_by_no_mail(listening: Press, issue, maildir, clock) -> None:
    sent = sorted(listening.outbox.rglob("*"))
    for name, (mails, _) in UNDONE.items():
        for number, mail in enumerate(mails(listening, issue)):
            (maildir / "new" / f"{name} {number}").write_bytes(mail)

    collect_bounces(listening, clock)

    assert answer_requests(listening, clock) == 0
    assert sorted(listening.outbox.rglob("*")) == sent


def test_it_fails_nothing_and_is_told_in_one_line_that_names_nobody(
    told, caplog: pytest.LogCaptureFixture
) -> None:
    collected, line = told

    assert (collected.judged.put_back, collected.judged.set_aside) == (0, 0)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    assert (collected.notes, collected.unheeded) == ((), (line,))
    assert "@" not in "".join([in_words(collected), *collected.unheeded])


def test_mail_to_a_token_that_we_did_not_make_stays_unread_and_some_of_it_is_named(
    listening: Press, issue: str, maildir: Path, clock
) -> None:
    for number, mail in enumerate(forged(listening, issue) * 2):
        (maildir / "new" / f"{number}").write_bytes(mail)

    collected = collect_bounces(listening, clock)

    (line,) = collected.unheeded
    assert "that we did not make (new/0, new/1, new/2, …): 6;" in line
    assert len(list((maildir / "new").iterdir())) == 6


def test_all_of_it_at_once_is_told_in_a_line_for_each_kind(
    listening: Press, issue: str, maildir: Path, clock
) -> None:
    for name, (mails, _) in UNDONE.items():
        for number, mail in enumerate(mails(listening, issue)):
            (maildir / "new" / f"{name} {number}").write_bytes(mail)

    collected = collect_bounces(listening, clock)

    assert len(collected.unheeded) == len(UNDONE) - 1  # two of them are not ours
    assert NOT_OURS.format(4) in collected.unheeded


def test_of_a_storm_each_mail_counts_once_and_is_an_absence(
    listening: Press, issue: str, maildir: Path, clock
) -> None:
    for number, mail in enumerate(storm(listening, issue) * 2):
        (maildir / "new" / f"{number}").write_bytes(mail)

    collected = collect_bounces(listening, clock)

    assert collected.told == {FeedbackKind.AUTO_REPLY: 2 * STORM}
    assert (collected.new, collected.judged.judged) == (STORM, STORM)
