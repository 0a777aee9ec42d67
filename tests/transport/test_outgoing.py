"""What waits to be written comes out as it went in, however little a socket takes at once."""

from hypothesis import given
from hypothesis import strategies as st

from partwork.transport.outgoing import Outgoing

_words = st.binary(max_size=20)
_steps = st.lists(st.tuples(st.lists(_words, max_size=3), st.integers(0, 30), st.booleans()))


@given(_steps)
def test_octets_leave_in_their_order_and_each_once(steps) -> None:
    outgoing, told, written = Outgoing(), b"", b""
    for added, room, in_one_piece in steps:
        for words in added:
            outgoing.add(words)
            told += words
        waits = bytes(outgoing)
        if in_one_piece and outgoing:
            assert bytes(outgoing.joined()) == waits
        taken = b"".join(outgoing.pieces)[:room]
        outgoing.drop(len(taken))
        written += taken

        assert written + bytes(outgoing) == told
        assert len(outgoing) == len(bytes(outgoing))


def test_a_message_is_not_copied_to_wait() -> None:
    outgoing, message = Outgoing(), b"a long message"
    outgoing.add(message)

    assert outgoing.pieces[0] is outgoing.joined() is message
