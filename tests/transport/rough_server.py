"""A mail server that misbehaves on command and keeps what it got."""

import socket
import ssl
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from types import TracebackType
from typing import BinaryIO, Self

DROP = "DROP"  # the connection is closed instead of an answer
SILENCE = "SILENCE"  # nothing is answered until the test is over
GOOD = {
    "DATA": "354 go on",
    "STARTTLS": "220 go on",
    "QUIT": "221 2.0.0 bye",
    "": "220 rough.example.org",
}


@dataclass
class RoughServer:
    """Any number of connections at once, each answered well unless it was told otherwise.

    `answers` are for "MAIL", "RCPT", "DATA", "." and "" (the greeting), also followed by a space
    and a recipient: each is given once, in their order. `offers` are the extensions of each
    connection in turn, the last one's for all others. With `trusting` DATA is taken although
    nobody was; with `dripping` answers come octet by octet, `drip_s` seconds after each. `tls`
    holds from the start, and `starttls` after that command. `late` has seconds by which answers
    come late, by the same keys as `answers`; messages of whom `cuts` names are cut once.
    `followed` has those with whose message more came at once, `arrived` counts messages that came
    to their final dot, whatever was answered. Between `deafen` and `listen` connections are
    refused.
    """

    offers: Iterable[tuple[str, ...]] = (("PIPELINING",),)
    trusting: bool = False
    dripping: bool = False
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    drip_s: float = 0.0
    late: dict[str, float] = field(default_factory=dict)
    cuts: set[str] = field(default_factory=set)
    got: Counter[str] = field(default_factory=Counter)
    contents: dict[str, bytes] = field(default_factory=dict)
    followed: list[str] = field(default_factory=list)
    sessions: list[list[str]] = field(default_factory=list)
    at_once: int = 0
    arrived: int = 0

    def __post_init__(self) -> None:
        self.answers: defaultdict[str, deque[str]] = defaultdict(deque)
        self._offers = deque(self.offers)
        self._open = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._port = 0
        self._threads: list[threading.Thread] = []
        self.listen()

    def listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[-1].start()

    def deafen(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def url(self) -> str:
        scheme = "smtps" if self.tls else "smtp"
        return f"{scheme}://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.deafen()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(10)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open += 1
            self.at_once = max(self.at_once, self._open)
            offers = self._offers.popleft() if len(self._offers) > 1 else self._offers[0]
            self.sessions.append(session := [])
        with suppress(OSError), connection:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as lines:
                self._say(connection, self._answer("", ""))
                self._talk(connection, lines, offers, session)
        with self._lock:
            self._open -= 1

    def _talk(
        self,
        connection: socket.socket,
        lines: BinaryIO,
        offers: tuple[str, ...],
        session: list[str],
    ) -> None:
        recipient = ""
        while line := lines.readline():
            verb = line.split(maxsplit=1)[0].upper().decode()
            session.append(line.decode().rstrip("\r\n"))
            match verb:
                case "EHLO":
                    lines_of_offers = [f"250-{offer}" for offer in offers]
                    self._say(connection, "\r\n".join(["250-rough", *lines_of_offers, "250 HELP"]))
                    continue
                case "STARTTLS" if self.starttls:
                    answer = self._answer(verb, "")
                    self._say(connection, answer)
                    if answer.startswith("220"):
                        tls = self.starttls.wrap_socket(connection, server_side=True)
                        with tls, tls.makefile("rb") as hidden:
                            self._talk(tls, hidden, offers, session)
                        return
                    continue
                case "RCPT":
                    recipient = line.decode().partition("<")[2].rpartition(">")[0]
                case "RSET":
                    recipient = ""
                case "DATA" if not recipient and not self.trusting:
                    self._say(connection, "503 5.5.1 whom for?")
                    continue
            answer = self._answer(verb, recipient)
            self._say(connection, answer)
            if verb == "RCPT" and not answer.startswith("2"):
                recipient = ""
            if answer.startswith("354"):
                self._say(connection, self._take(connection, lines, recipient))
                recipient = ""

    def _take(self, connection: socket.socket, lines: BinaryIO, recipient: str) -> str:
        content = []
        if recipient in self.cuts:
            self.cuts.discard(recipient)
            lines.readline()
            return DROP
        while (line := lines.readline()) not in {b".\r\n", b""}:
            content.append(line.removeprefix(b".") if line.startswith(b".") else line)
        if not line:
            return DROP
        if _has_more(connection, lines):
            self.followed.append(recipient)
        with self._lock:
            self.arrived += 1
        answer = self._answer(".", recipient)
        with self._lock:
            if recipient and (answer.startswith("2") or answer == DROP):
                self.got[recipient] += 1
                self.contents[recipient] = b"".join(content)
        return answer

    def _answer(self, verb: str, recipient: str) -> str:
        if late := self.late.pop(f"{verb} {recipient}", 0) or self.late.get(verb, 0):
            self._over.wait(late)
        with self._lock:
            for key in (f"{verb} {recipient}", verb):
                if self.answers[key]:
                    return self.answers[key].popleft()
        return GOOD.get(verb, "250 2.0.0 OK")

    def _say(self, connection: socket.socket, answer: str) -> None:
        if answer == DROP:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        if answer == SILENCE:
            self._over.wait(10)
            raise ConnectionAbortedError
        octets = f"{answer}\r\n".encode()
        for octet in octets if self.dripping else ():
            connection.sendall(bytes([octet]))
            if self.drip_s and self._over.wait(self.drip_s):
                raise ConnectionAbortedError
        if not self.dripping:
            connection.sendall(octets)
        if answer.startswith("421"):
            raise ConnectionAbortedError


def _has_more(connection: socket.socket, lines: BinaryIO) -> bool:
    """Whether more has come than was read."""
    connection.settimeout(0)
    try:
        return isinstance(lines, BufferedReader) and bool(lines.peek(1))
    except ssl.SSLWantReadError:
        return False
    finally:
        connection.settimeout(10)
