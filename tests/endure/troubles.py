"""What goes wrong at readers' servers, what is sent back, and what it should end as."""

import re
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.transport.conftest import Inbox

NEXT_HOP = "smtp:[127.0.0.1]:{NEXT}"
FEEDBACK = "bounces@news.example.org"  # has no token
FORGED = "bounces+daaaaaaaaaebagbafaydqqcikbm@news.example.org"
STORM = 50  # mails
HUGE_BYTES = 40_000_000

Mail = tuple[str, str, bytes]  # envelope sender, recipient, message
Answer = Callable[[str, Envelope], Sequence[Mail]]


@dataclass(frozen=True)
class Trouble:
    """A reader, what is wrong with their server, and by which rules that should end as what.

    `transport` is Postfix's for the reader's domain; the `reply` is that server's to RCPT.
    `alias`: who the reader is at news.example.org. `answer` makes the mails that come back for
    one that arrived, of which the table says `said`. `may` come besides or not.
    """

    about: str
    reader: str
    rules: frozenset[str] = frozenset()
    ends: str = "well"
    transport: str = ""
    alias: str = ""
    reply: str = ""
    answer: Answer | None = None
    said: str = ""
    may: frozenset[str] = frozenset()

    @property
    def domain(self) -> str:
        return self.reader.partition("@")[2]


@dataclass
class NextHop(Inbox):
    """A server behind Postfix that takes what no trouble forbids."""

    grey: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("grey@") and address not in self.grey:
            self.grey.add(address)
            return "450 4.2.0 greylisted, come again"
        return await super().handle_RCPT(server, session, envelope, address, options)


def post_answers(port: int, received: Sequence[Envelope]) -> None:
    """Has Postfix deliver all that readers and strangers send."""
    answers = {trouble.reader: trouble.answer for trouble in TROUBLES if trouble.answer}
    mails: list[Mail] = [make() for make in _STRANGERS.values()]
    for envelope in received:
        for reader in envelope.rcpt_tos:
            mails += answers.pop(reader)(reader, envelope) if reader in answers else ()
    assert not answers, f"mail did not arrive: {', '.join(answers)}"
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for sender, recipient, message in mails:
            connection.sendmail(sender, [recipient], message)


def _absence(reader: str, envelope: Envelope) -> Sequence[Mail]:
    """As a vacation program answers (RFC 3834): to the envelope sender, from nobody."""
    return [_absent(reader, envelope, 0)]


def _storm(reader: str, envelope: Envelope) -> Sequence[Mail]:
    return [_absent(reader, envelope, number) for number in range(STORM)]


def _absent(reader: str, envelope: Envelope, number: int) -> Mail:
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"] = reader, envelope.mail_from
    mail["Subject"] = "Away from my desk"
    mail["Message-ID"] = f"<away.{number}.{reader}>"
    mail["In-Reply-To"] = _received(envelope)["Message-ID"]
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am back on Monday.")
    return "", str(envelope.mail_from), mail.as_bytes()


def _wish(reader: str, envelope: Envelope) -> Sequence[Mail]:
    """What a mail program makes of the second address in List-Unsubscribe."""
    (uri,) = re.findall(r"<(mailto:[^<>]+)>", _received(envelope)["List-Unsubscribe"])
    parts = urlsplit(uri)
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"] = reader, unquote(parts.path)
    mail["Subject"] = parse_qs(parts.query)["subject"][0]
    mail.set_content("")
    return [(reader, unquote(parts.path), mail.as_bytes())]


def _complaint(reader: str, envelope: Envelope) -> Sequence[Mail]:
    """A feedback report (RFC 5965) to the address that stands in a feedback loop's form."""
    report = (
        "From: feedback@isp.example.org\r\n"
        f"To: {FEEDBACK}\r\nSubject: A report\r\nMessage-ID: <report@isp.example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: text/plain\r\n\r\nA reader has marked it as spam.\r\n"
        "--r\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: abuse\r\nUser-Agent: isp/1\r\nVersion: 1\r\nOriginal-Rcpt-To: {reader}\r\n"
        "\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Return-Path: <{envelope.mail_from}>\r\n"
    )
    returned = bytes(envelope.content or b"")
    return [("", FEEDBACK, report.encode() + returned + b"\r\n--r--\r\n")]


def _huge(reader: str, envelope: Envelope) -> Sequence[Mail]:
    to = str(envelope.mail_from)
    report = _report(to, reader, "a very long one").removesuffix(b"--b--\r\n")
    line = b"A" * 76 + b"\r\n"
    long = b"--b\r\nContent-Type: application/octet-stream\r\n\r\n" + line * (
        HUGE_BYTES // len(line)
    )
    return [("", to, report + long + b"--b--\r\n")]


def _report(to: str, reader: str, subject: str) -> bytes:
    """That a mailbox is full (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nSubject: {subject}\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt was not delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {reader}\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--b--\r\n"
    ).encode()


def _letter() -> Mail:
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"], mail["Subject"] = "kim@next.example.org", FEEDBACK, LETTER
    mail.set_content("My uncle has lost his.")
    return "kim@next.example.org", FEEDBACK, mail.as_bytes()


def _forged() -> Mail:
    bounce = _report(FORGED, "well@next.example.org", FORGERY).replace(b"5.2.2", b"5.1.1")
    return "", FORGED, bounce


def _forged_wish() -> Mail:
    mail = f"From: well@next.example.org\r\nTo: {FORGED}\r\nSubject: unsubscribe\r\n\r\n\r\n"
    return "well@next.example.org", FORGED, mail.encode()


def _foreign() -> Mail:
    """A report on a mail that somebody wrote from the mailbox's own address."""
    return "", FEEDBACK, _report(FEEDBACK, "uncle@next.example.org", FOREIGN)


def _received(envelope: Envelope) -> EmailMessage:
    return message_from_bytes(bytes(envelope.content or b""), policy=WIRE)  # type: ignore[return-value]


LETTER, FORGERY, FOREIGN = "Where is the fork?", "A forged report", "Somebody's own mail"
_STRANGERS: dict[str, Callable[[], Mail]] = {
    LETTER: _letter,
    FORGERY: _forged,
    "unsubscribe": _forged_wish,
    FOREIGN: _foreign,
}
# What they are, by what must stand in them to be found.
STRANGERS = {
    "a person writes to the bounce address": f"Subject: {LETTER}",
    "a report about a reader, to a token that we did not make": f"Subject: {FORGERY}",
    "a wish to leave, to a token that we did not make": f"To: {FORGED}\nSubject: unsubscribe",
    "a report on a mail that is not ours": f"Subject: {FOREIGN}",
}

HARD, SOFT, OURS = frozenset({"hard bounce"}), frozenset({"soft bounce"}), frozenset({"our fault"})
DELAYED = frozenset({"delay"})
TROUBLES = (
    Trouble("takes the mail", "well@next.example.org", transport=NEXT_HOP),
    Trouble(
        "knows no such user, behind Postfix",
        "gone@next.example.org",
        HARD,
        "suppressed",
        NEXT_HOP,
        reply="550 5.1.1 no such user here",
    ),
    Trouble(
        "knows no such user, and tells no status code",
        "plain@next.example.org",
        SOFT,
        "well",
        NEXT_HOP,
        reply="550 no such user here",
    ),
    Trouble(
        "has closed the mailbox",
        "closed@next.example.org",
        HARD,
        "suppressed",
        NEXT_HOP,
        reply="550 5.2.1 mailbox disabled",
    ),
    Trouble(
        "has forwarded it to where nobody is",
        "moved@news.example.org",
        HARD,
        "suppressed",
        alias="gone@next.example.org",
    ),
    Trouble(
        "is Postfix itself, whose alias names nobody",
        "lost@news.example.org",
        HARD,
        "suppressed",
        alias="nobody.here@news.example.org",
    ),
    Trouble(
        "is Postfix itself, which knows no such user",
        "unknown@news.example.org",
        HARD,
        "suppressed",
    ),
    Trouble(
        "says that the mailbox is full",
        "full@next.example.org",
        SOFT,
        "well",
        NEXT_HOP,
        reply="552 5.2.2 quota exceeded (mailbox for user is full)",
    ),
    Trouble(
        "says so, and to come again, till Postfix gives up",
        "filling@next.example.org",
        SOFT | DELAYED,
        "well",
        NEXT_HOP,
        reply="452 4.2.2 mailbox full",
    ),
    Trouble(
        "does not answer, till Postfix gives up",
        "reader@silent.example.org",
        SOFT | DELAYED,
        "well",
        "smtp:[127.0.0.1]:{CLOSED}",
    ),
    Trouble(
        "has no address in any name server",  # without a network Postfix asks till it gives up
        "reader@nowhere.example.org",
        SOFT,
        "well",
        "smtp:[nowhere.invalid]",
        may=DELAYED,
    ),
    Trouble(
        "has none, which Postfix knows beforehand",
        "reader@known.example.org",
        SOFT,
        transport="error:5.4.4 Host or domain name not found",
    ),
    Trouble(
        "refuses it by its policy",
        "strict@next.example.org",
        OURS,
        "well",
        NEXT_HOP,
        reply="554 5.7.1 refused by policy",
    ),
    Trouble(
        "takes no mail of that size",
        "reader@small.example.org",
        OURS,
        "well",
        "smtp:[127.0.0.1]:{SMALL}",
    ),
    Trouble(
        "takes it the second time (greylisting)",
        "grey@next.example.org",
        transport=NEXT_HOP,
        may=DELAYED,
    ),
    Trouble(
        "answers that the reader is away",
        "away@next.example.org",
        frozenset({"auto-reply"}),
        "well",
        NEXT_HOP,
        answer=_absence,
        said="an absence notice",
    ),
    Trouble(
        "answers so again and again",
        "storm@next.example.org",
        frozenset({"auto-reply"}),
        "well",
        NEXT_HOP,
        answer=_storm,
        said=f"{STORM} absence notices",
    ),
    Trouble(
        "is asked to leave by a mail",
        "leaver@next.example.org",
        frozenset({"wish"}),
        "left",
        NEXT_HOP,
        answer=_wish,
        said="a mail to the address in List-Unsubscribe",
    ),
    Trouble(
        "tells that it was marked as spam",
        "angry@next.example.org",
        frozenset({"complaint"}),
        "suppressed",
        NEXT_HOP,
        answer=_complaint,
        said="a feedback report",
    ),
    Trouble(
        "sends a report of 40 MB",
        "huge@next.example.org",
        SOFT,
        "well",
        NEXT_HOP,
        answer=_huge,
        said="failed 5.2.2",
    ),
)
LATE = "late@next.example.org"  # comes when the others have had their mail
REFUSALS = {trouble.reader: trouble.reply for trouble in TROUBLES if trouble.reply}
REFUSALS[LATE] = "550 5.1.1 no such user here"
