"""Real web servers on loopback, and a web that finds them under names of example.org."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from partwork.fetching.web import Web

NAME = "journal.example.org"
ARTICLE = (
    "<!doctype html><html lang='en'><head><title>The long ditch</title></head><body><article>"
    "<h1>The long ditch</h1>"
    + "<p>The ditch runs from the mill to the weir, and every spring somebody has to clear it.</p>"
    * 12
    + "</article></body></html>"
)

Route = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A web server that answers as it is told, and notes what it was asked."""

    port: int
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = NAME, scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def has(self, path: str, body: str | bytes = ARTICLE, status: int = 200, **headers: str) -> str:
        """Puts a page there; headers are named as `content_type`."""
        raw = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        named = {"Content-Type": "text/html; charset=utf-8"} | named

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in named.items():
                if value:
                    handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw)

        self.routes[path] = answer
        return self.url(path)

    def passes_on(self, path: str, target: str, status: int = 302) -> str:
        return self.has(path, "", status, location=target)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # a client that went away without a word

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        site.asked.append(self.path)
        site.asked_at.append(time.monotonic())
        site.headers.append(dict(self.headers.items()))
        route = site.routes.get(self.path)
        if route is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            route(self)

    def log_message(self, *_: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    site: Site

    def get_request(self) -> Any:
        self.site.connections += 1
        return super().get_request()

    def handle_error(self, *_: Any) -> None: ...  # the client leaves when it has enough


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def serving(context: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> Iterator[Site]:
    server = (_Server if "." in address else _Server6)((address, 0), _Handler)
    server.site = Site(server.server_address[1])
    if context:
        context.sni_callback = lambda _s, name, _c: server.site.server_names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@dataclass
class Names:
    """A name server: what it answers, one answer after the other, the last for ever."""

    answers: list[Sequence[str]] = field(default_factory=lambda: [["127.0.0.1"]])
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def web(names: Names) -> Web:
    """A web in which every name is this machine, and nothing waits."""
    return Web(allows_private=True, resolver=names, pause=timedelta(0))


@pytest.fixture
def hasty(names: Names) -> Web:
    """The same, with little patience."""
    return Web(
        allows_private=True,
        resolver=names,
        pause=timedelta(0),
        patience=timedelta(seconds=0.25),
    )


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `name` that vouches for itself: its file, and a server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "site.pem", folder / "site.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return chain, context
