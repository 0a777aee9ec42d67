"""Servers at their worst: late, slow, cut off, away for a while, or not who they should be."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.model.delivery import Envelope, Event, LostInDoubt, NotSent, WireReady
from partwork.transport.session import open_session
from partwork.transport.smtp import SmtpServer
from partwork.transport.url import Security, SmtpAddress
from tests.transport.conftest import make_certificate
from tests.transport.rough_server import DROP, RoughServer
from tests.transport.test_many import QUICK, SENDER, carry, codes, mail, reader


def test_a_server_that_refuses_connections_for_a_while_gets_the_rest_later(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f"RCPT {reader(5)}"] = deque([DROP])

    with SmtpServer(server.url, pauses=(0.0, *[0.05] * 60)) as smtp:
        smtp.open()
        server.deafen()
        back = threading.Timer(0.3, server.listen)
        back.start()
        ends = carry(smtp, range(12))
        back.join()

    assert codes(ends) == dict.fromkeys(range(12), 250)
    assert server.got == {reader(key): 1 for key in range(12)}


def test_an_answer_that_is_late_and_in_time_still_counts(serve: Callable[..., RoughServer]) -> None:
    server = serve()
    server.late = {f". {reader(2)}": 0.3, f"RCPT {reader(4)}": 0.3, "": 0.1}

    with SmtpServer(server.url, timeout=5, last_timeout=5) as smtp:
        ends = carry(smtp, range(6))

    assert codes(ends) == dict.fromkeys(range(6), 250)
    assert len(server.sessions) == 1


def test_an_answer_that_comes_after_its_time_is_nobody_elses(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.late = {f". {reader(2)}": 1.0}

    with SmtpServer(server.url, timeout=0.3, last_timeout=0.3, pauses=QUICK) as smtp:
        ends = carry(smtp, range(6))

    assert isinstance(ends.pop(2), LostInDoubt)
    assert codes(ends) == dict.fromkeys({0, 1, 3, 4, 5}, 250)
    assert all(copies == 1 for copies in server.got.values())


def test_a_server_that_says_an_octet_now_and_then_does_not_hold_us_while_it_greets(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve(dripping=True, drip_s=0.2)

    began = time.monotonic()
    with SmtpServer(server.url, timeout=0.5) as smtp, pytest.raises(NotSent, match="no answer in"):
        smtp.open()

    assert time.monotonic() - began < 2.5


def test_a_reply_that_comes_octet_by_octet_for_too_long_is_given_up(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()

    with SmtpServer(server.url, timeout=0.3, last_timeout=0.3, pauses=QUICK) as smtp:
        smtp.open()
        server.dripping, server.drip_s = True, 0.1
        with pytest.raises(NotSent, match="no answer in time"):
            carry(smtp, range(2))

    assert server.got.total() == 0


@pytest.mark.parametrize("dripping", [False, True])
def test_a_reply_of_many_lines_is_one_however_it_is_cut(
    serve: Callable[..., RoughServer], dripping: bool
) -> None:
    server = serve(dripping=dripping)
    server.answers[f"RCPT {reader(1)}"] = deque(["550-5.1.1 nobody\r\n550-5.1.1 here\r\n550 bye"])
    server.answers[f". {reader(3)}"] = deque(["250-2.0.0 kept\r\n250 2.0.0 as 4711"])

    with SmtpServer(server.url) as smtp:
        ends = carry(smtp, range(5))

    assert codes(ends) == dict.fromkeys(range(5), 250) | {1: 550}
    assert [getattr(ends[key], "text", "") for key in (1, 3)] == [
        "5.1.1 nobody 5.1.1 here bye",
        "2.0.0 kept 2.0.0 as 4711",
    ]


def test_a_message_that_was_cut_before_all_had_left_goes_again(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve(cuts={reader(1)})
    long = WireReady(mail(1) + (b"x" * 990 + b"\r\n") * 24_000)  # more than sockets hold

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        first = smtp.send(Envelope(SENDER, reader(0)), mail(0))
        again = smtp.send(Envelope(SENDER, reader(1)), long)

    assert (first.code, again.code) == (250, 250)
    assert server.got == {reader(0): 1, reader(1): 1}


def test_a_message_that_was_cut_leaves_again_only_when_it_is_let_go_again(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve(cuts={reader(1)})
    long = WireReady(mail(1) + (b"x" * 990 + b"\r\n") * 24_000)

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        carry(smtp, range(1))
        smtp.offer(1, Envelope(SENDER, reader(1)), long)
        (awaited,) = smtp.events()
        smtp.let_go(1)
        (cut,) = smtp.events()
        (again,) = smtp.events()
        smtp.withdraw(1)  # as after a pause
        ends = carry(smtp, range(2, 4))

    assert isinstance(cut.outcome, NotSent)
    assert awaited == again == Event(1, None)
    assert codes(ends) == {2: 250, 3: 250}
    assert server.got == {reader(key): 1 for key in (0, 2, 3)}


def test_a_message_that_was_awaited_by_a_server_that_closed_is_awaited_by_the_next(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f"DATA {reader(1)}"] = deque(["354 go on\r\n421 4.3.2 closing"] * 2)

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(4))

    assert codes(ends) == dict.fromkeys(range(4), 250)
    assert server.got == {reader(key): 1 for key in range(4)}


def test_a_server_that_closes_over_each_message_that_it_awaits_puts_that_one_off(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f"DATA {reader(1)}"] = deque(["354 go on\r\n421 4.3.2 closing"] * 3)

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(4))

    assert codes(ends) == dict.fromkeys(range(4), 250) | {1: 451}


@pytest.mark.parametrize(
    "said", ["421 4.3.2 {} was the last", "no {} here", "150 {}", "250 OK\r\n250 and {} too"]
)
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_why_a_lane_stops_or_is_in_doubt_names_no_reader(
    serve: Callable[..., RoughServer], verb: str, said: str
) -> None:
    server = serve()
    server.answers[verb] = deque([said.format(f"<{reader(0)}>")] * 99)
    told = ""

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        try:
            ends = carry(smtp, range(1))
        except NotSent as error:
            told = str(error)
        else:
            told = " ".join(str(end) for end in ends.values() if isinstance(end, LostInDoubt))

    assert reader(0) not in told


def test_a_message_that_had_left_whole_when_it_was_cut_is_in_doubt(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve(cuts={reader(1)})

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(4))

    assert isinstance(ends.pop(1), LostInDoubt)
    assert codes(ends) == dict.fromkeys({0, 2, 3}, 250)
    assert reader(1) not in server.got


def test_a_server_that_closes_every_connection_after_a_few_messages_gets_them_all(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers["MAIL"] = deque((["250 2.1.0 OK"] * 4 + [DROP]) * 5)

    with SmtpServer(server.url, connections=1, pauses=QUICK) as smtp:
        ends = carry(smtp, range(20))

    assert codes(ends) == dict.fromkeys(range(20), 250)
    assert server.got == {reader(key): 1 for key in range(20)}
    assert len(server.sessions) > 4


@pytest.mark.parametrize(
    ("host", "ends", "said"),
    [
        ("", timedelta(days=-1), "expired"),
        ("other.example.org", timedelta(days=1), "not valid for|mismatch"),
    ],
)
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_that_has_run_out_or_is_anothers_is_not_trusted(
    serve: Callable[..., RoughServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    host: str,
    ends: timedelta,
    said: str,
    security: Security,
) -> None:
    bad = make_certificate(tmp_path, host, ends)
    monkeypatch.setenv("SSL_CERT_FILE", str(bad.file))
    over: dict[str, ssl.SSLContext] = (
        {"tls": bad.tls} if security is Security.TLS else {"starttls": bad.tls}
    )
    server = serve(offers=[("STARTTLS", "AUTH PLAIN")], **over)
    port = int(server.url.rpartition(":")[2])

    with pytest.raises(NotSent, match=said):
        open_session(SmtpAddress("127.0.0.1", port, security, "letter", "hunter2"), 5)
    assert not any("AUTH" in line.upper() for session in server.sessions for line in session)
