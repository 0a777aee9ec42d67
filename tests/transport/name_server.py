"""A real name server on a loopback port: it answers over UDP from the records it is given."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class NameServer:
    """Where it listens, as `address:port`, and the names that it was asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def name_server(
    records: Records, *, trouble: str = "", silent: bool = False
) -> Iterator[NameServer]:
    """Answers for these names, of all others that there are none; `trouble` is its only word."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("127.0.0.1", 0))
        server = NameServer("{}:{}".format(*port.getsockname()))
        thread = threading.Thread(target=_serve, args=(port, server, records, trouble, silent))
        thread.start()
        try:
            yield server
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
                bell.sendto(b"", port.getsockname())
            thread.join()


def _serve(
    port: socket.socket, server: NameServer, records: Records, trouble: str, silent: bool
) -> None:
    while True:
        wire, asker = port.recvfrom(4096)
        if not wire:
            return
        asked = dns.message.from_wire(wire)
        server.asked.append(asked.question[0].name.to_text())
        if not silent:
            port.sendto(_answer(asked, records, trouble).to_wire(), asker)


def _answer(asked: dns.message.Message, records: Records, trouble: str) -> dns.message.Message:
    (question,) = asked.question
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    held = records.get(question.name.to_text(omit_final_dot=True))
    if trouble:
        answer.set_rcode(dns.rcode.from_text(trouble))
    elif held is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif found := held.get(dns.rdatatype.to_text(question.rdtype)):
        kind = question.rdtype
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
    return answer
