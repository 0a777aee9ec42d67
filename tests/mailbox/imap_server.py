"""An IMAP server of one folder that misbehaves on command.

It speaks the part of IMAP4rev1 (RFC 3501) that a reader of bounces may use and refuses all else,
so that a command nobody meant to send fails the test that sent it.
"""

import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Self

DROP = "DROP"  # the connection is closed instead of an answer
SILENCE = "SILENCE"  # nothing is answered until the test is over
USER, PASSWORD = "bounces", 'p"4\\ss word'
IN_URL = "p%224%5Css%20word"


@dataclass
class Mail:
    """One mail of the folder."""

    uid: int
    octets: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapServer:
    r"""Any number of connections, each answered well unless it was told otherwise.

    `answers` are given once each, in their order, to the first command that begins with their key:
    DROP, SILENCE, or what stands behind the tag, such as "NO out of order". `poison` UIDs: to
    fetch one of them ends in the answer beside it. `expunges` says which numbers are told as
    removed with the next STORE. `noise` comes before each answer. `whole` ignores that only a part
    of a mail is asked for, `quoted` answers with quoted strings instead of literals. `heard` has
    the commands of all connections.
    """

    mails: list[Mail] = field(default_factory=list)
    uid_validity: int = 1_700_000_001
    folder: str = "INBOX"
    tls: ssl.SSLContext | None = None
    whole: bool = False
    quoted: bool = False
    is_read_only: bool = False
    noise: bytes = b""
    drip_s: float = 0.0
    greeting: str = "* OK ready"
    answers: list[tuple[str, str]] = field(default_factory=list)
    poison: dict[int, str] = field(default_factory=dict)
    expunges: list[int] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def url(self, user: str = USER, password: str = IN_URL) -> str:
        scheme = "imaps" if self.tls else "imap"
        return f"{scheme}://{user}:{password}@127.0.0.1:{self.port}/{self.folder}"

    def has(self, *contents: bytes) -> None:
        """Puts mails in, each with the next UID."""
        for octets in contents:
            self.mails.append(Mail(self.mails[-1].uid + 1 if self.mails else 1, octets))

    def flags(self) -> dict[int, set[str]]:
        return {mail.uid: mail.flags for mail in self.mails if mail.flags}

    def said(self, verb: str) -> list[str]:
        """The commands that began so, without their tags."""
        return [line for line in self.heard if line.startswith(verb)]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(10)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as lines:
                self._say(connection, f"{self.greeting}\r\n".encode())
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        while line := lines.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            with self._lock:
                self.heard.append(command)
                told = self._told(command)
            if told == DROP:
                return
            if told == SILENCE:
                self._over.wait(10)
                return
            answer = f"{tag} {told}\r\n".encode() if told else self._answer(tag, command)
            self._say(connection, self.noise + answer)
            if command == "LOGOUT":
                return

    def _told(self, command: str) -> str:
        for n, (start, answer) in enumerate(self.answers):
            if command.startswith(start):
                del self.answers[n]
                return answer
        fetched = re.match(r"FETCH (\d+):(\d+) \(UID RFC822", command)
        if fetched and (among := self.mails[int(fetched[1]) - 1 : int(fetched[2])]):
            return next((self.poison[m.uid] for m in among if m.uid in self.poison), "")
        return ""

    def _say(self, connection: socket.socket, octets: bytes) -> None:
        if not self.drip_s:
            connection.sendall(octets)
            return
        for octet in octets:
            connection.sendall(bytes([octet]))
            if self._over.wait(self.drip_s):
                raise ConnectionAbortedError

    def _answer(self, tag: str, command: str) -> bytes:
        verb = command.split(maxsplit=1)[0]
        done = f"{tag} OK done\r\n".encode()
        match verb:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n" + done
            case "LOGIN":
                escaped = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
                if command == f'LOGIN "{USER}" "{escaped}"':
                    return done
                return f"{tag} NO wrong: {command}\r\n".encode()
            case "SELECT" if command == f'SELECT "{self.folder}"':
                return self._selected() + done
            case "SELECT":
                return f"{tag} NO no such folder\r\n".encode()
            case "FETCH":
                return self._fetched(command) + done
            case "SEARCH":
                return self._found(command) + done
            case "UID" if command.startswith("UID STORE "):
                return self._stored(command) + done
            case "LOGOUT":
                return b"* BYE goodbye\r\n" + done
        return f"{tag} BAD what is {verb}?\r\n".encode()

    def _selected(self) -> bytes:
        uid_next = self.mails[-1].uid + 1 if self.mails else 1
        access = "READ-ONLY" if self.is_read_only else "READ-WRITE"
        return (
            f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] fine\r\n"
            f"* OK [UIDNEXT {uid_next}] soon\r\n* OK [{access}] open\r\n"
        ).encode()

    def _fetched(self, command: str) -> bytes:
        found = re.fullmatch(
            r"FETCH (\d+):(\d+) \(UID(?: RFC822.SIZE BODY.PEEK\[\]<0\.(\d+)>)?\)", command
        )
        assert found, command
        answer = []
        for number in range(int(found[1]), int(found[2]) + 1):
            mail = self.mails[number - 1]
            if not found[3]:
                answer.append(f"* {number} FETCH (UID {mail.uid})\r\n".encode())
                continue
            octets = mail.octets if self.whole else mail.octets[: int(found[3])]
            head = f"* {number} FETCH (UID {mail.uid} RFC822.SIZE {len(mail.octets)} BODY[]<0> "
            if self.quoted:
                escaped = octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
                answer.append(head.encode() + b'"' + escaped + b'")\r\n')
            else:
                answer.append(f"{head}{{{len(octets)}}}\r\n".encode() + octets + b")\r\n")
            # Somebody else reads another mail meanwhile.
            answer.append(b"* 1 FETCH (FLAGS (\\Answered))\r\n")
        return b"".join(answer)

    def _found(self, command: str) -> bytes:
        found = re.fullmatch(r"SEARCH (\d+):(\d+) UNSEEN", command)
        assert found, command
        among = range(int(found[1]), int(found[2]) + 1)
        unseen = [f" {n}" for n in among if "\\Seen" not in self.mails[n - 1].flags]
        return f"* SEARCH{''.join(unseen)}\r\n".encode()

    def _stored(self, command: str) -> bytes:
        found = re.fullmatch(r"UID STORE ([\d,]+) \+FLAGS\.SILENT \((\\Seen)\)", command)
        assert found, command
        uids = {int(uid) for uid in found[1].split(",")}
        for mail in self.mails:
            if mail.uid in uids:
                mail.flags.add(found[2])
        told = b""
        for number in self.expunges:
            del self.mails[number - 1]
            told += f"* {number} EXPUNGE\r\n".encode()
        self.expunges.clear()
        return told
