"""What is to be written leaves in its order and once, however little a connection takes."""

import socket
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from partwork.transport.outgoing import Outgoing


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
