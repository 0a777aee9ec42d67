"""What becomes of a message, whatever a mail server does."""

import socket
from collections.abc import Callable

import pytest

from partwork.model.delivery import Envelope, LostInDoubt, NotSent, Reply
from partwork.transport.smtp import SmtpServer

ADA = Envelope("bounces@example.org", "ada@example.org")
GRACE = Envelope("bounces@example.org", "grace@example.org")
MAIL = b"Subject: Soil\r\n\r\nA handful.\r\n"

HELLO = ("220 mail.example.org", "250 mail.example.org")
OK = "250 OK"
GO = "354 go on"


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n..\r\n...\r\n.a\r\n\r\n.\r\n",
        b"x" * 998 + b"\r\n." + b"y" * 997 + b"\r\n",
        b"\r\n\r\n\r\n",
        b"QUIT\r\nRSET\r\nMAIL FROM:<eve@example.org>\r\n",
        b"",
        "Größe 名\r\n".encode(),
    ],
)
def test_a_message_arrives_byte_for_byte(serve_inbox: Callable, body: bytes) -> None:
    inbox = serve_inbox(decode_data=False)
    message = b"Subject: Soil\r\n\r\n" + body

    with SmtpServer(inbox.url) as server:
        reply = server.send(ADA, message)

    assert reply == Reply(250, "2.0.0 kept")
    assert [e.content for e in inbox.received] == [message]
    assert (inbox.received[0].mail_from, inbox.received[0].rcpt_tos) == (
        "bounces@example.org",
        ["ada@example.org"],
    )


def test_a_last_line_without_its_end_gets_one(serve_inbox: Callable) -> None:
    inbox = serve_inbox()

    with SmtpServer(inbox.url) as server:
        server.send(ADA, b"Subject: Soil\r\n\r\nA handful.")

    assert inbox.received[0].content == MAIL


@pytest.mark.parametrize("body", [b"a\nb\r\n", b"a\rb\r\n", b"a\n.\nb\r\n", b"a\r.\r\n", b"\n"])
def test_a_bare_line_end_never_reaches_a_server(body: bytes) -> None:
    with SmtpServer("smtp://127.0.0.1:1") as server, pytest.raises(ValueError, match="CRLF"):
        server.send(ADA, b"Subject: Soil\r\n\r\n" + body)


def test_messages_share_a_connection_also_after_a_refusal(serve_inbox: Callable) -> None:
    inbox = serve_inbox()
    inbox.refusals["ada@example.org"] = "550 5.1.1 no such mailbox"

    with SmtpServer(inbox.url) as server:
        replies = [server.send(e, MAIL) for e in (GRACE, ADA, GRACE)]

    assert [r.code for r in replies] == [250, 550, 250]
    assert replies[1].text == "5.1.1 no such mailbox"
    assert len(inbox.received) == 2
    assert len(inbox.sessions) == 1
    assert inbox.resets == 1


def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connecting is refused
        port = taken.getsockname()[1]
        with SmtpServer(f"smtp://127.0.0.1:{port}") as server, pytest.raises(NotSent) as loss:
            server.send(ADA, MAIL)

    assert f"127.0.0.1:{port}" in str(loss.value)


@pytest.mark.parametrize(
    "script",
    [
        ["421 too busy"],
        ["554 go away"],
        ["DROP"],
        ["SILENCE"],
        ["HTTP/1.1 400 Bad Request"],
        ["220 hello", "DROP"],
        [*HELLO, "DROP"],
        [*HELLO, "SILENCE"],
        [*HELLO, "hello?"],
        [*HELLO, OK, "DROP"],
        [*HELLO, OK, "354 what?"],
        [*HELLO, OK, OK, "DROP"],
        [*HELLO, OK, OK, "SILENCE"],
        [*HELLO, OK, OK, "250 not yet"],
    ],
)
def test_what_is_lost_before_the_data_has_not_left(scripted: Callable, script: list[str]) -> None:
    server = scripted(script)

    with SmtpServer(server.url, timeout=0.2) as smtp, pytest.raises(NotSent, match="not left"):
        smtp.send(ADA, MAIL)


@pytest.mark.parametrize(
    "end",
    ["HALFWAY", "DROP", "SILENCE", "354 more?", "OK", "-1", "999 what"],
)
def test_what_is_lost_after_the_data_began_is_in_doubt(scripted: Callable, end: str) -> None:
    server = scripted([*HELLO, OK, OK, GO, end])

    with SmtpServer(server.url, last_timeout=0.2) as smtp, pytest.raises(LostInDoubt):
        smtp.send(ADA, MAIL + b"x" * 900 + b"\r\n")


def test_the_reply_to_the_data_has_a_time_limit_of_its_own(scripted: Callable) -> None:
    server = scripted([*HELLO, OK, OK, GO, OK], [*HELLO, OK, OK, GO, "SILENCE"])

    with SmtpServer(server.url, timeout=10, last_timeout=0.2) as smtp:
        assert smtp.send(ADA, MAIL).code == 250
    with SmtpServer(server.url, timeout=10, last_timeout=0.2) as smtp, pytest.raises(LostInDoubt):
        smtp.send(ADA, MAIL)


@pytest.mark.parametrize("refusal", ["451 4.7.1 later", "550 5.1.1 nobody"])
@pytest.mark.parametrize("before", [[OK], [OK, OK], [OK, OK, GO]])
def test_a_refusal_of_the_recipient_or_the_message_is_the_reply(
    scripted: Callable, before: list[str], refusal: str
) -> None:
    server = scripted([*HELLO, *before, refusal])

    with SmtpServer(server.url) as smtp:
        reply = smtp.send(ADA, MAIL)

    assert f"{reply.code} {reply.text}" == refusal


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        ([], "451 4.7.1 later"),
        ([], "550 5.7.1 not you"),
        ([], "530 5.7.0 Authentication required"),
        ([OK], "530 5.7.0 Authentication required"),
        ([], "421 4.3.2 closing"),
        ([OK], "421 4.3.2 closing"),
        ([OK, OK], "421 4.3.2 closing"),
    ],
)
def test_a_refusal_of_the_sender_or_the_connection_refuses_no_recipient(
    scripted: Callable, before: list[str], refusal: str
) -> None:
    server = scripted([*HELLO, *before, refusal])

    with SmtpServer(server.url) as smtp, pytest.raises(NotSent, match=refusal[:3]):
        smtp.send(ADA, MAIL)


def test_a_refused_message_is_reset_and_the_next_one_goes(scripted: Callable) -> None:
    server = scripted([*HELLO, OK, "550 5.1.1 nobody", OK, OK, OK, GO, OK])

    with SmtpServer(server.url) as smtp:
        assert smtp.send(ADA, MAIL).code == 550
        assert smtp.send(GRACE, MAIL).code == 250

    verbs = [words.split()[0].upper() for words in server.heard[0]]
    assert verbs == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "SUBJECT:", "QUIT"]


@pytest.mark.parametrize("leaving", [["DROP"], ["421 4.3.2 idle too long"]])
def test_a_kept_connection_that_was_closed_is_made_anew(
    scripted: Callable, leaving: list[str]
) -> None:
    server = scripted([*HELLO, OK, OK, GO, OK, *leaving], [*HELLO, OK, OK, GO, OK])

    with SmtpServer(server.url) as smtp:
        replies = [smtp.send(ADA, MAIL), smtp.send(GRACE, MAIL)]

    assert [r.code for r in replies] == [250, 250]
    assert len(server.heard) == 2


def test_a_message_in_doubt_is_not_sent_again(scripted: Callable) -> None:
    server = scripted([*HELLO, OK, OK, GO, OK, OK, OK, GO, "DROP"], [*HELLO, OK, OK, GO, OK])

    with SmtpServer(server.url) as smtp:
        smtp.send(ADA, MAIL)
        with pytest.raises(LostInDoubt):
            smtp.send(GRACE, MAIL)
        assert len(server.heard) == 1

        assert smtp.send(ADA, MAIL).code == 250


def test_a_reply_of_many_lines_is_one_line_of_text(scripted: Callable) -> None:
    server = scripted(
        [*HELLO, OK, "550-5.1.1 nobody\r\n550-5.1.1 \x1b[2J here\r\n550 " + "x" * 900]
    )

    with SmtpServer(server.url) as smtp:
        reply = smtp.send(ADA, MAIL)

    assert reply.text.startswith("5.1.1 nobody 5.1.1 [2J here xxx")
    assert len(reply.text) == 500


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org>\r\nRCPT TO:<eve@example.org",
        "ada@example.org\nDATA",
        "ada@example.org> SIZE=1",
        "\ud800@example.org",
        "ada",
        "",
    ],
)
def test_an_address_that_could_be_a_command_is_refused_unasked(address: str) -> None:
    with SmtpServer("smtp://127.0.0.1:1") as server:
        reply = server.send(Envelope("bounces@example.org", address), MAIL)

        assert reply.code == 553
        assert reply.text.startswith("5.1.3 ")
        if address:
            sender = server.send(Envelope(address, "ada@example.org"), MAIL)
            assert sender.text.startswith("5.1.7 ")


def test_letters_beyond_ascii_need_a_server_that_takes_them(serve_inbox: Callable) -> None:
    old, new = serve_inbox(enable_SMTPUTF8=False), serve_inbox(enable_SMTPUTF8=True)
    envelope = Envelope("bounces@example.org", "jörg@example.org")
    mail = "To: jörg@example.org\r\n\r\nHello.\r\n".encode()

    with SmtpServer(old.url) as server:
        refused = server.send(envelope, mail)
        assert (refused.code, refused.text[:5]) == (553, "5.6.7")
        assert server.send(ADA, mail).code == 553
        assert server.send(ADA, MAIL).code == 250
    with SmtpServer(new.url) as server:
        new.refusals["grace@example.org"] = "550 5.1.1 no such mailbox"
        assert server.send(GRACE, MAIL).code == 550
        assert server.send(envelope, mail).code == 250

    assert new.received[0].rcpt_tos == ["jörg@example.org"]
    assert new.received[0].content == mail
    assert "SMTPUTF8" in new.received[0].mail_options


def test_a_login_is_made_and_its_password_is_percent_decoded(serve_inbox: Callable) -> None:
    inbox = serve_inbox(login="letter:p@ss/w:rd")
    url = inbox.url.replace("p@ss/w:rd", "p%40ss%2Fw%3Ard")

    with SmtpServer(url) as server:
        assert server.send(ADA, MAIL).code == 250
    assert inbox.logins == ["letter:p@ss/w:rd"]


def test_a_refused_login_sends_nothing_and_shows_no_password(serve_inbox: Callable) -> None:
    inbox = serve_inbox(login="letter:secret")

    url = inbox.url.replace("secret", "hunter2")
    with SmtpServer(url) as server, pytest.raises(NotSent, match="login was refused") as loss:
        server.open()

    assert "hunter2" not in f"{loss.value!r}{loss.value.__cause__!r}"


def test_a_server_that_echoes_the_login_shows_no_password(scripted: Callable) -> None:
    greeting = ["220 mail.example.org", "250-mail.example.org\r\n250 AUTH PLAIN"]
    server = scripted([*greeting, "535 what is AGFkYQBodW50ZXIy hunter2?"])

    url = server.url.replace("//", "//ada:hunter2@")
    with SmtpServer(url) as smtp, pytest.raises(NotSent) as loss:
        smtp.open()

    assert "hunter2" not in str(loss.value)
    assert "AGFkYQBodW50ZXIy" not in str(loss.value)


def test_a_login_is_not_made_where_none_is_offered(serve_inbox: Callable) -> None:
    inbox = serve_inbox()

    url = inbox.url.replace("//", "//letter:secret@")
    with SmtpServer(url) as server, pytest.raises(NotSent, match="AUTH"):
        server.send(ADA, MAIL)


def test_off_loopback_nothing_is_said_without_starttls(serve_inbox: Callable) -> None:
    # 0.0.0.0 reaches this machine by an address that is not known to be loopback.
    inbox = serve_inbox(host="0.0.0.0")  # noqa: S104 the server of this test

    with SmtpServer(inbox.url) as server, pytest.raises(NotSent, match="STARTTLS"):
        server.send(ADA, MAIL)
    assert inbox.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    serve_inbox: Callable, certificate
) -> None:
    starttls = serve_inbox(host="0.0.0.0", tls_context=certificate.tls)  # noqa: S104 the server of this test
    smtps = serve_inbox(scheme="smtps", ssl_context=certificate.tls)

    for inbox in (starttls, smtps):
        with SmtpServer(inbox.url) as server, pytest.raises(NotSent, match="not trusted"):
            server.send(ADA, MAIL)
        assert inbox.received == []


def test_a_trusted_certificate_carries_the_message(
    serve_inbox: Callable, certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    options = {"tls_context": certificate.tls, "require_starttls": True}
    starttls = serve_inbox(host="0.0.0.0", **options)  # noqa: S104 the server of this test
    smtps = serve_inbox(scheme="smtps", ssl_context=certificate.tls)

    for inbox in (starttls, smtps):
        with SmtpServer(inbox.url) as server:
            assert server.send(ADA, MAIL).code == 250
        assert len(inbox.received) == 1
