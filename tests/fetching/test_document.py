"""A document is fetched by TLS from where it is said to be, whole and soon, or not at all."""

import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from partwork.fetching.document import MAX_BYTES, Documents
from partwork.fetching.errors import NotFetched
from tests.fetching.conftest import NAME, Names, Site, certificate, serving


@pytest.fixture
def chain(tmp_path: Path):
    return certificate(tmp_path, NAME)


@pytest.fixture
def secure(chain):
    with serving(chain[1]) as site:
        yield site


@pytest.fixture
def documents(chain, names: Names) -> Documents:
    return Documents(
        allows_private=True,
        resolver=names,
        certificates=str(chain[0]),
        patience=timedelta(seconds=2),
    )


def refusal(documents: Documents, url: str) -> str:
    with pytest.raises(NotFetched) as refused:
        documents.fetch(url)
    words = str(refused.value)
    assert "\n" not in words
    assert "Token" not in words
    return words


def https(site: Site, path: str) -> str:
    return site.url(path, scheme="https")


def test_a_document_comes_byte_for_byte(secure: Site, documents: Documents) -> None:
    secure.has("/a.pem?Token=5", b"-----BEGIN\r\n\x00\xff", content_type="application/x-pem-file")

    assert documents.fetch(https(secure, "/a.pem?Token=5")) == b"-----BEGIN\r\n\x00\xff"
    assert secure.asked == ["/a.pem?Token=5"]


def test_no_redirect_is_followed(secure: Site, documents: Documents) -> None:
    secure.has("/there")
    secure.passes_on("/here", https(secure, "/there"))

    assert "answers 302" in refusal(documents, https(secure, "/here"))
    assert secure.asked == ["/here"]


@pytest.mark.parametrize("status", [201, 204, 404, 500])
def test_anything_but_200_is_no_document(secure: Site, documents: Documents, status: int) -> None:
    secure.has("/a?Token=5", b"", status)

    assert f"answers {status}" in refusal(documents, https(secure, "/a?Token=5"))


def test_a_document_without_tls_is_none(site: Site, documents: Documents) -> None:
    assert "is not https" in refusal(documents, site.has("/a"))
    assert site.asked == []


def test_who_cannot_show_whose_host_it_is_is_not_asked(
    tmp_path: Path, secure: Site, names: Names, documents: Documents
) -> None:
    secure.has("/a")
    strangers = Documents(allows_private=True, resolver=names)

    for asked, url in (
        (strangers, https(secure, "/a?Token=5")),
        (documents, secure.url("/a", "sns.example.org", "https")),
    ):
        assert "no valid certificate" in refusal(asked, url)
    assert secure.asked == []


def test_no_private_address_is_asked_without_leave(secure: Site, chain, names: Names) -> None:
    cautious = Documents(resolver=names, certificates=str(chain[0]))

    assert "private or reserved" in refusal(cautious, https(secure, "/a"))
    assert secure.connections == 0


@pytest.mark.parametrize("extra", [0, 1])
def test_a_large_document_is_refused(secure: Site, documents: Documents, extra: int) -> None:
    secure.has("/a", b"x" * (MAX_BYTES + extra))

    if extra:
        assert "larger than 65,536 bytes" in refusal(documents, https(secure, "/a"))
    else:
        assert len(documents.fetch(https(secure, "/a"))) == MAX_BYTES


def test_a_document_that_drips_takes_no_longer_than_patience(
    secure: Site, chain, names: Names
) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not secure.over.wait(0.02):
            handler.wfile.write(b"x")

    secure.routes["/a"] = drip
    hasty = Documents(
        allows_private=True,
        resolver=names,
        certificates=str(chain[0]),
        patience=timedelta(seconds=0.3),
    )

    assert "took longer than 0.3 seconds" in refusal(hasty, https(secure, "/a"))


def test_nobody_there_is_one_clear_line(documents: Documents) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "cannot be reached" in refusal(documents, f"https://{NAME}:{port}/a?Token=5")


def test_a_body_that_breaks_off_is_no_document(secure: Site, documents: Documents) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    secure.routes["/a"] = break_off

    assert "cannot be reached" in refusal(documents, https(secure, "/a"))
    assert threading.active_count() < 20
