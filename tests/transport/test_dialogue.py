"""Replies find their message, whatever a server says and wherever the connection ends."""

from collections import deque
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from partwork.model.delivery import (
    Envelope,
    Event,
    LostInDoubt,
    NotSent,
    Reply,
    Stage,
    WireReady,
)
from partwork.transport.dialogue import Dialogue, Parcel

REFUSALS = ("421 4.3.2 closing", "451 4.7.1 later", "550-5.1.1 no\r\n550 5.1.1 such mailbox")
ANSWERS = {
    "MAIL": ("250 2.1.0 Ok", *REFUSALS),
    "RCPT": ("250 2.1.5 Ok", *REFUSALS),
    "DATA": ("354 go on", *REFUSALS),
    "RSET": ("250 2.0.0 Ok",),
    ".": ("250-2.0.0 Ok\r\n250 queued", "250 Ok", *REFUSALS),
}


@dataclass
class Server:
    """Takes what it likes, and remembers whose message it has taken.

    `choices` decide its answers, 0 the friendly one; with `trusting` it says 354 to DATA even
    where it has refused the recipient.
    """

    choices: deque[int]
    trusting: bool
    took: list[tuple[str, bytes]] = field(default_factory=list)
    recipient: str = ""
    is_open: bool = False
    in_data: bool = False
    is_closed: bool = False
    heard: bytes = b""
    body: list[bytes] = field(default_factory=list)

    def hear(self, octets: bytes) -> bytes:
        self.heard += octets
        said = b""
        while not self.is_closed and b"\r\n" in self.heard:
            line, _, self.heard = self.heard.partition(b"\r\n")
            if self.in_data and line != b".":
                self.body.append(line)
                continue
            said += self.answer(line.decode()).encode() + b"\r\n"
        return said

    def answer(self, line: str) -> str:
        verb = line.split(maxsplit=1)[0]
        if verb == "DATA" and not self.recipient and not self.trusting:
            return "503 5.5.1 whom for?"
        choices = ANSWERS[verb]
        answer = choices[(self.choices.popleft() if self.choices else 0) % len(choices)]
        is_good = answer[0] in "23"
        self.is_closed = answer.startswith("421")
        match verb:
            case "MAIL":
                assert not self.is_open, "MAIL within a transaction"
                self.is_open = is_good
            case "RCPT" if is_good:
                self.recipient = line.partition("<")[2].rstrip(">")
            case "DATA" if is_good:
                self.in_data, self.body = True, []
            case ".":
                self.in_data = False
                if is_good and self.recipient:
                    self.took.append((self.recipient, b"\r\n".join(self.body)))
                self.is_open, self.recipient = False, ""
            case "RSET":
                self.is_open, self.recipient = False, ""
        return answer


def reader(key: int) -> str:
    return f"reader-{key}@example.org"


def body(key: int) -> bytes:
    return f"for {reader(key)}\r\nRSET\r\n".encode()


@st.composite
def runs(draw: st.DrawFn) -> tuple[Server, int, list[int], bool]:
    friendly_mostly = st.sampled_from((0, 0, 0, 0, 0, 0, 1, 2, 2, 3, 3))
    choices = deque(draw(st.lists(friendly_mostly, max_size=30)))
    server = Server(choices, draw(st.booleans()))
    ends_after = draw(st.integers(0, 2000))
    steps = draw(st.lists(st.integers(1, 80), min_size=1, max_size=20))
    return server, ends_after, steps, draw(st.booleans())


@given(runs())
def test_each_message_has_the_end_that_the_server_gave_it(
    run: tuple[Server, int, list[int], bool],
) -> None:
    server, ends_after, steps, pipelining = run
    dialogue = Dialogue(pipelining=pipelining)
    waiting = deque(
        Parcel(key, Envelope("us@example.org", reader(key)), WireReady(body(key)))
        for key in range(6)
    )
    ends: dict[int, Reply | LostInDoubt] = {}
    from_server = b""

    def take(events: list[Event]) -> None:
        for event in events:
            assert event.key not in ends, "a message has one end"
            if event.outcome is not None:
                ends[event.key] = event.outcome
                continue
            assert dialogue.leaving is None, "one message at a time has left without an end"
            dialogue.let_go()
            if pipelining and waiting:
                dialogue.announce(waiting.popleft(), "")

    for turn in range(2000):
        if waiting and dialogue.is_free:
            dialogue.announce(waiting.popleft(), "")
        step = steps[turn % len(steps)]
        assert pipelining or not (from_server and dialogue.outgoing), "each waits its turn"
        from_server += server.hear(bytes(dialogue.outgoing)[:step])
        dialogue.outgoing.drop(min(step, len(dialogue.outgoing)))
        ends_after -= step
        if ends_after <= 0:
            break
        take(dialogue.receive(from_server[:step]))
        from_server = from_server[step:]
        quiet = not dialogue.is_waiting and not waiting and not dialogue.announced
        if dialogue.over or quiet:
            break
    else:
        raise AssertionError("each side waits for the other")
    events, again = dialogue.end("the test ends it")
    cut = {event.key for event in events if isinstance(event.outcome, NotSent)}
    take([event for event in events if event.key not in cut])
    unsent = {parcel.key for parcel in (*again, *waiting)}

    taken = [recipient for recipient, _ in server.took]
    assert len(taken) == len(set(taken)), "nobody gets it twice"
    assert all(said == body(int(who[7])).removesuffix(b"\r\n") for who, said in server.took)
    assert unsent | ends.keys() == set(range(6)), "nobody is lost"
    assert not unsent & ends.keys()
    assert cut <= {parcel.key for parcel in again}, "what was let go and has not left is unsent"
    for key, end in ends.items():
        if isinstance(end, Reply):
            assert (reader(key) in taken) == (end.code == 250), "an end is the server's own"
    assert not {reader(key) for key in unsent} & set(taken), "what is unsent may be sent"
    assert sum(isinstance(end, LostInDoubt) for end in ends.values()) <= 1


def announced(*replies: str, pipelining: bool = True) -> tuple[Dialogue, list[Event]]:
    dialogue = Dialogue(pipelining=pipelining)
    dialogue.announce(Parcel(7, Envelope("us@example.org", reader(7)), WireReady(body(7))), "")
    return dialogue, dialogue.receive("".join(f"{reply}\r\n" for reply in replies).encode())


def test_a_pipelining_server_gets_three_commands_at_once() -> None:
    dialogue, _ = announced()

    assert bytes(dialogue.outgoing).split(b"\r\n") == [
        b"MAIL FROM:<us@example.org>",
        b"RCPT TO:<reader-7@example.org>",
        b"DATA",
        b"",
    ]


def test_another_server_gets_one_command_after_the_other() -> None:
    dialogue, _ = announced(pipelining=False)

    assert bytes(dialogue.outgoing) == b"MAIL FROM:<us@example.org>\r\n"


def test_after_a_refused_recipient_and_354_an_empty_message_goes_to_nobody() -> None:
    dialogue, events = announced("250 Ok", "550 5.1.1 no", "354 go on")
    dialogue.outgoing.drop(len(dialogue.outgoing) - len(b".\r\nRSET\r\n"))

    assert events == [Event(7, Reply(550, "5.1.1 no", Stage.RCPT))]
    assert bytes(dialogue.outgoing) == b".\r\nRSET\r\n"
    assert dialogue.is_free


def test_354_for_a_recipient_after_a_refused_sender_ends_the_connection() -> None:
    # A lone dot would be an empty mail to the recipient, whom the server has taken.
    dialogue, events = announced("550 5.1.8 no", "250 Ok", "354 go on")

    assert events == [Event(7, Reply(550, "5.1.8 no", Stage.MAIL))]
    assert b"\r\n.\r\n" not in bytes(dialogue.outgoing)
    assert dialogue.over


def test_what_the_server_cannot_have_got_whole_is_not_in_doubt() -> None:
    dialogue, _ = announced("250 Ok", "250 Ok", "354 go on")
    dialogue.let_go()
    octets = len(dialogue.outgoing)
    dialogue.outgoing.drop(octets - 1)

    events, again = dialogue.end("cut")

    assert [(event.key, type(event.outcome)) for event in events] == [(7, NotSent)]
    assert [parcel.key for parcel in again] == [7]


def test_what_the_server_may_have_got_whole_is_in_doubt() -> None:
    dialogue, _ = announced("250 Ok", "250 Ok", "354 go on")
    dialogue.let_go()
    dialogue.announce(Parcel(8, Envelope("us@example.org", reader(8)), WireReady(b"")), "")
    kept = len(b"L FROM:<us@example.org>\r\nRCPT TO:<>DATA\r\n") + len(reader(8))
    dialogue.outgoing.drop(len(dialogue.outgoing) - kept)

    events, again = dialogue.end("cut")

    assert [(event.key, type(event.outcome)) for event in events] == [(7, LostInDoubt)]
    assert [parcel.key for parcel in again] == [8]


def test_a_message_over_which_three_connections_were_lost_is_put_off() -> None:
    parcel = Parcel(7, Envelope("us@example.org", reader(7)), WireReady(body(7)))
    ends: list[list[Event]] = []
    for _ in range(3):
        dialogue = Dialogue(pipelining=True)
        dialogue.announce(parcel, "")
        dialogue.receive(b"250 Ok\r\n421 4.3.2 closing\r\n")
        ends.append(dialogue.end(dialogue.over)[0])

    (event,) = ends[2]
    assert ends[:2] == [[], []]
    assert isinstance(event.outcome, Reply)
    assert event.outcome.code == 451


def test_a_reply_split_over_packets_is_one() -> None:
    dialogue, events = announced("250 Ok", "250 Ok", "354 go on")
    dialogue.let_go()
    for octet in b"250-2.0.0 first\r\n250 and last\r\n":
        events += dialogue.receive(bytes([octet]))

    assert events[-1] == Event(7, Reply(250, "2.0.0 first and last"))


def test_a_reply_without_end_ends_the_connection() -> None:
    dialogue, _ = announced("250-" + "x" * 100_000)

    assert "does not end" in dialogue.over
