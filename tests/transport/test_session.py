"""Nothing of ours is said before the connection is what the address asks for."""

from collections import deque
from collections.abc import Callable
from functools import partial

import pytest

from partwork.model.delivery import NotSent
from partwork.transport.session import open_session
from partwork.transport.url import Security, SmtpAddress
from tests.transport.rough_server import RoughServer

OFFERS = ("STARTTLS", "AUTH PLAIN", "PIPELINING")


@pytest.fixture
def serve(serve: Callable[..., RoughServer]) -> Callable[..., RoughServer]:
    return partial(serve, offers=[OFFERS])


def address_of(server: RoughServer) -> SmtpAddress:
    port = int(server.url.rpartition(":")[2])
    return SmtpAddress("127.0.0.1", port, Security.STARTTLS, "letter", "hunter2")


def test_a_login_follows_starttls(
    serve: Callable[..., RoughServer], certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(starttls=certificate.tls)
    server.answers["AUTH"] = deque(["235 2.7.0 welcome"])

    session = open_session(address_of(server), 5)
    session.close()

    verbs = [line.split(maxsplit=1)[0].upper() for line in server.sessions[0]]
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert session.sock is None


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "500 what?", "220"])
def test_where_starttls_fails_no_password_is_said(
    serve: Callable[..., RoughServer], certificate, answer: str
) -> None:
    server = serve(starttls=certificate.tls)  # a certificate that nobody here trusts
    server.answers["STARTTLS"] = deque([answer])

    with pytest.raises(NotSent):
        open_session(address_of(server), 5)
    assert not any(line.upper().startswith("AUTH") for line in server.sessions[0])


def test_what_was_slipped_in_before_starttls_is_forgotten(
    serve: Callable[..., RoughServer], certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(starttls=certificate.tls)
    server.answers["STARTTLS"] = deque(["220 go on\r\n250-evil\r\n250 XEVIL"])
    server.answers["AUTH"] = deque(["235 2.7.0 welcome"])

    session = open_session(address_of(server), 5)
    session.close()

    assert not session.has_extn("xevil")
    assert session.has_extn("pipelining")
