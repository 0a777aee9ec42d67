"""Mail that anybody may write: whatever it is, it is read in little time, and nobody is harmed."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from partwork.model.feedback import FeedbackKind
from partwork.returning.mail import read_mail
from tests.endure import targets
from tests.returning.test_mail import EXPECTED, sample

DAEMON = b"Return-Path: <>\nFrom: MAILER-DAEMON@example.org\n"
MIXED = DAEMON + b"Content-Type: multipart/mixed; boundary=b\n\n"
STATUS = MIXED + b"--b\nContent-Type: message/delivery-status\n\n"
NESTED = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
UNDELIVERABLE = b"This Message was undeliverable due to the following reason:\n"
# What these readers give a meaning to.
SIGNS = [
    b"\n",
    b"\n\n",
    b"\r",
    b"\n ",
    b"--b\n",
    b"--b--\n",
    b"Content-Type: ",
    b"multipart/report; boundary=b\n\n",
    b"message/delivery-status\n\n",
    b"message/feedback-report\n\n",
    b"message/rfc822\n\n",
    b"multipart/digest; boundary=b\n\n",
    b"; charset*0*=utf-8'%00",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Description: Notification\n",
    b"From: ",
    b"Return-Path: <>\n",
    b"MAILER-DAEMON@example.org\n",
    b"X-Failed-Recipients: ",
    b"X-Mailer: Novell\n",
    b"Date: Thu, 31 Dec 9999 23:59:59 -2359\n",
    b"Date: 1 Jan 0001 00:00:00 +2359\n",
    b"Subject: =?utf-8?b?A?=\n",
    b"Subject: =?unicode_escape?q?=5Cd?=\n",
    b"Auto-Submitted: auto-replied\n",
    b"Final-Recipient: rfc822; ",
    b"Original-Recipient: utf-8; \\x{110000}",
    b"Action: failed\n",
    b"Status: 5.1.1\n",
    b"Feedback-Type: abuse\n",
    b"Message-ID: <1@example.org>\n",
    b"Received: x id 123456\n",
    b"Hi. This is the qmail-send program\n\n",
    b"did not reach the following recipient",
    b"transcript of session follows\n",
    b"<ada@example.org>:",
    b"(",
    b'"',
    b"=E9",
    b"\xe9",
    b"\x00",
    b"\xff",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(SIGNS), st.binary(max_size=3)), max_size=40).map(b"".join)
)
@example(b"")
@example(b"X-Failed-Recipients: a@example.org\n\nno From at all")
def test_any_bytes_tell_something_and_never_raise(mail: bytes):
    targets.read_mail(mail)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(EXPECTED)), st.data())
def test_a_mail_that_was_damaged_on_its_way_never_raises(name: str, data: st.DataObject):
    mail = sample(name)
    start = data.draw(st.integers(0, len(mail)))
    length = data.draw(st.integers(0, 200))
    sign = data.draw(st.sampled_from(SIGNS))

    targets.read_mail(mail[:start] + sign + mail[start + length :])


# Each took minutes, gigabytes or the whole stack before it was bounded.
LARGE: dict[str, Callable[[], bytes]] = {
    "20 MB of parts": lambda: MIXED + b"--b\n\n" * 4_000_000,
    "10,000 parts": lambda: MIXED + b"--b\nContent-Type: text/plain\n\nx\n" * 10_000,
    "200 multiparts deep": lambda: b"".join(NESTED % (n, n) for n in range(200)),
    "50,000 multiparts deep": lambda: b"".join(NESTED % (n, n) for n in range(50_000)),
    "100,000 mails in mails": lambda: b"Content-Type: message/rfc822\n\n" * 100_000,
    "digests without end": lambda: (
        b"Content-Type: multipart/digest; boundary=b\n\n--b\n\n" * 100_000
    ),
    "a field of semicolons": lambda: (
        b'Content-Type: multipart/mixed; x="' + b";" * 20_000_000 + b"\n\n"
    ),
    "a field folded by lone CRs": lambda: (
        b'Content-Type: multipart/mixed; x="' + b"\r ;" * 7_000_000
    ),
    "a field of parentheses": lambda: b"From: " + b"(" * 20_000_000 + b"\n\n",
    "an address without end": lambda: DAEMON + b"\nYour message could not be\n" + b"a" * 20_000_000,
    "lines of angle brackets": lambda: (
        MIXED
        + b"--b\nContent-Type: text/plain\n\n"
        + UNDELIVERABLE
        + (b"<" * 199 + b"\n") * 1000
        + b"--b\n\nx\n--b--"
    ),
    "lines of white space": lambda: (
        MIXED + b"--b\nContent-Type: text/plain\n\n" + b"\n \t" * 7_000_000
    ),
    "a status of empty blocks": lambda: STATUS + b"a:\n\n" * 5_000_000,
    "a 40 MB bounce": lambda: sample("m365-unknown-user") + b"QUJD" * 10_000_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_mail_is_read_in_little_time(name: str):
    mail = LARGE[name]()

    started = time.process_time()
    events = read_mail(mail)

    # A tenth to two seconds here; unbounded, each is far above.
    assert time.process_time() - started < 10
    assert len(events) == 1


def test_a_large_bounce_still_tells_who_bounced():
    mail = sample("m365-unknown-user") + b"QUJD" * 10_000_000

    [event] = read_mail(mail)

    assert (event.kind, event.recipient) == (FeedbackKind.BOUNCE, "ada@example.org")


def test_of_a_report_on_very_many_recipients_the_first_thousand_are_read():
    block = b"Final-Recipient: rfc822; a%d@example.org\nAction: failed\nStatus: 5.1.1\n\n"
    mail = STATUS + b"Reporting-MTA: dns; mx.example.org\n\n"
    mail += b"".join(block % number for number in range(5000))

    events = read_mail(mail)

    assert [event.recipient for event in events] == [f"a{n}@example.org" for n in range(1000)]


def test_what_is_said_becomes_one_line_without_controls():
    block = "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n"
    block += "Diagnostic-Code: smtp; 550\x1b[31m red\u202e\n turned\x85 back " + "x" * 5000 + "\n"

    [event] = read_mail(STATUS + block.encode() + b"\n--b--\n")

    assert event.words.startswith("550[31m red turned back xxx")
    assert len(event.words) < 1000


def test_a_name_of_a_mail_that_is_used_again_names_the_same_event():
    assert read_mail(sample("arf-abuse"))[0].event == "<fbl-1@isp.example.org>"


def test_a_mail_without_a_name_is_known_by_its_bytes():
    mail = sample("qmail-unknown-user")

    assert read_mail(mail)[0].event == read_mail(mail)[0].event
    assert read_mail(mail)[0].event != read_mail(mail + b"\n")[0].event


def test_a_warning_whose_words_are_those_of_a_bounce_is_a_delay():
    mail = sample("exim-text-unknown-user").replace(
        b"This is a permanent error.", b"It has not yet been delivered."
    )

    assert [event.kind for event in read_mail(mail)] == [FeedbackKind.DELAY]


def test_a_warning_of_no_known_shape_is_a_delay():
    mail = sample("unknown-shape-with-code").replace(
        b"had to return your newsletter", b"will keep trying to hand over your newsletter"
    )

    assert [event.kind for event in read_mail(mail)] == [FeedbackKind.DELAY]


@pytest.mark.parametrize(
    "sender", ["Ada <ada@example.org>", "ada@example.org", "=?utf-8?q?Ada?= <ada@example.org>"]
)
def test_what_a_person_writes_of_a_bounce_is_no_bounce(sender: str):
    mail = sample("exim-text-unknown-user").replace(b"X-Failed-Recipients", b"X-Quoted")
    mail = mail.replace(b"Return-path: <>", b"Return-path: <ada@example.org>")
    mail = mail.replace(
        b"From: Mail Delivery System <Mailer-Daemon@mail.example.org>", b"From: " + sender.encode()
    )

    assert [event.kind for event in read_mail(mail)] == [FeedbackKind.UNRELATED]
