"""What is to be written leaves in its order and once, however little a connection takes."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from partwork.transport.outgoing import RECORD, Outgoing
from tests.transport.conftest import make_certificate


@given(
    pieces=st.lists(st.binary(max_size=9), max_size=8),
    steps=st.lists(st.integers(min_value=0, max_value=12)),
)
def test_what_is_dropped_and_what_is_left_are_all_that_was_added(
    pieces: list[bytes], steps: list[int]
) -> None:
    outgoing, written = Outgoing(), b""
    for piece in pieces:
        outgoing.add(piece)
        if steps:
            step = min(steps.pop(), len(outgoing))
            written += bytes(outgoing)[:step]
            outgoing.drop(step)

    assert written + bytes(outgoing) == b"".join(pieces)
    assert len(outgoing) == len(bytes(outgoing))


def test_a_connection_that_takes_little_gets_all_of_it_in_its_order() -> None:
    ours, theirs = socket.socketpair()
    message = bytes(range(256)) * 8000
    outgoing, got = Outgoing(), b""
    outgoing.add(message)
    outgoing.add(b".\r\n")
    outgoing.add(b"QUIT\r\n")
    with ours, theirs:
        ours.setblocking(False)
        while outgoing:
            with suppress(BlockingIOError):
                outgoing.send_some(ours)
            assert len(outgoing) < len(message)
            got += theirs.recv(1 << 20)
        while len(got) < len(message) + 9:
            got += theirs.recv(1 << 20)

    assert got == message + b".\r\nQUIT\r\n"


def test_what_tls_has_handed_over_is_never_taken_for_unsent(tmp_path: Path) -> None:
    message, next_one = bytes(range(256)) * 8000, b".\r\nMAIL FROM:<us@example.org>\r\n"
    outgoing, added, got = Outgoing(), bytearray(), bytearray()
    with tls_pair(tmp_path) as (ours, theirs):
        for piece in (message, *[next_one] * RECORD):
            outgoing.add(piece)  # also while a record waits
            added += piece
            with suppress(ssl.SSLWantWriteError):
                outgoing.send_some(ours)
            if len(added) % 5 == 0:  # the server is slow
                got += all_that_came(theirs)
            assert len(got) <= len(added) - len(outgoing)
        while outgoing:
            with suppress(ssl.SSLWantWriteError):
                outgoing.send_some(ours)
            got += all_that_came(theirs)
            assert len(got) <= len(added) - len(outgoing)
        got += all_that_came(theirs)

    assert got == added


@contextmanager
def tls_pair(folder: Path) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """Both ends of a connection, neither of which waits."""
    made = make_certificate(folder, "mail.example.org")
    trusting = ssl.create_default_context(cafile=made.file)
    near, far = socket.socketpair()
    with ThreadPoolExecutor(1) as aside:
        greeted = aside.submit(made.tls.wrap_socket, far, server_side=True)
        ours = trusting.wrap_socket(near, server_hostname="mail.example.org")
        theirs = greeted.result()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        yield ours, theirs


def all_that_came(to: ssl.SSLSocket) -> bytes:
    """What the server can know of."""
    came = bytearray()
    with suppress(ssl.SSLWantReadError):
        while read := to.recv(1 << 20):
            came += read
    return bytes(came)
