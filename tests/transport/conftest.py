"""Mail servers on loopback: a well-behaved one, a rough one, and one that follows a script."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import free_port
from tests.transport.rough_server import RoughServer

DROP = "DROP"  # a step of a script: the server goes away instead of answering
SILENCE = "SILENCE"  # the server reads and does not answer
HALFWAY = "HALFWAY"  # the server goes away after the first line of the data


@dataclass
class Inbox:
    """A server that takes what it is told to take, and keeps it as it came."""

    received: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    resets: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(  # noqa: N802 aiosmtpd looks for this name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        self.sessions.add(id(session))
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(  # noqa: N802 aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        self.resets += 1
        return "250 OK"

    async def handle_DATA(  # noqa: N802 aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.received.append(envelope)
        return "250 2.0.0 kept"

    def taking(self, login: str) -> Callable[..., AuthResult]:
        def authenticate(
            _s: SMTP, _session: Session, _e: Envelope, _mechanism: str, data: LoginPassword
        ) -> AuthResult:
            self.logins.append(f"{data.login.decode()}:{data.password.decode()}")
            return AuthResult(success=self.logins[-1] == login, handled=False)

        return authenticate


@pytest.fixture
def serve() -> Iterator[Callable[..., RoughServer]]:
    """Starts a server that does as it is told; keyword arguments are RoughServer's."""
    with ExitStack() as running:
        yield lambda **how: running.enter_context(RoughServer(**how))


@pytest.fixture
def serve_inbox() -> Iterator[Callable[..., Inbox]]:
    """Starts an aiosmtpd server; keyword arguments go to aiosmtpd's SMTP."""
    running: list[Controller] = []

    def serve(
        host: str = "127.0.0.1", scheme: str = "smtp", login: str = "", **options: object
    ) -> Inbox:
        inbox = Inbox()
        if login:
            options |= {"authenticator": inbox.taking(login), "auth_require_tls": False}
        controller = Controller(inbox, hostname=host, port=free_port(), **options)
        controller.start()
        running.append(controller)
        inbox.url = f"{scheme}://{login}{'@' if login else ''}{host}:{controller.port}"
        return inbox

    yield serve
    for controller in running:
        controller.stop(no_assert=True)


@dataclass
class ScriptedServer:
    """A server whose connections follow one script each, whatever the client says.

    A step is what is answered: first the greeting, then to EHLO, MAIL, RCPT, DATA, the end of
    the data, and so on. At DROP the connection is closed instead, at HALFWAY after the first
    line of what the client sends next; at SILENCE nothing is answered until the test is over.
    """

    scripts: Sequence[Sequence[str]]
    heard: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        for script in self.scripts:
            with suppress(OSError):
                connection, _ = self._listener.accept()
                connection.settimeout(10)
                self.heard.append([])
                with connection, connection.makefile("rb") as lines:
                    self._follow(script, connection, lines)

    def _follow(self, script: Sequence[str], connection: socket.socket, lines: BinaryIO) -> None:
        for step, following in zip_longest(script, script[1:], fillvalue=""):
            if step == DROP:
                return
            if step == SILENCE:
                self._over.wait(10)
                return
            connection.sendall(step.encode() + b"\r\n")
            said = lines.readline()
            if not said or following == HALFWAY:
                return
            self.heard[-1].append(said.decode().rstrip("\r\n"))
            while step.startswith("354") and said not in {b".\r\n", b""}:
                said = lines.readline()


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """Starts a scripted server; each argument is the script of one connection."""
    running: list[ScriptedServer] = []

    def start(*scripts: Sequence[str]) -> ScriptedServer:
        running.append(ScriptedServer(scripts))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for this machine, and a server's TLS with it."""

    file: Path
    tls: ssl.SSLContext


def make_certificate(
    folder: Path, host: str = "", ends: timedelta = timedelta(days=1)
) -> Certificate:
    """For this machine's addresses, or for `host` alone; good until `ends` from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    here = [x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", "0.0.0.0")]  # noqa: S104 no binding
    hosts: list[x509.GeneralName] = [x509.DNSName(host)] if host else [*here]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file, folder / "key.pem")
    return Certificate(file, tls)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))
