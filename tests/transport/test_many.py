"""Many messages under way at once: each reaches its reader once, or its sender knows better."""

import time
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.delivery import (
    Envelope,
    LostInDoubt,
    NotSent,
    PutOff,
    Reply,
    Transport,
    WireReady,
)
from partwork.transport.outbox import Outbox
from partwork.transport.smtp import SmtpServer
from tests.transport.rough_server import DROP, SILENCE, RoughServer

SENDER = "bounces@example.org"
QUICK = (0.0, 0.01, 0.01)
Ends = dict[int, Reply | LostInDoubt | PutOff]


def reader(key: int) -> str:
    return f"reader-{key:03d}@example.org"


def mail(key: int) -> WireReady:
    return WireReady(f"To: {reader(key)}\r\n\r\nFor {key}.\r\n".encode() + b"x\r\n" * 200)


def carry(transport: Transport, keys: range, withdrawn: tuple[int, ...] = ()) -> Ends:
    """Sends as a lane does: all messages but the withdrawn ones, and what became of each."""
    ends: Ends = {}
    waiting, under_way = deque(keys), set[int]()
    while waiting or under_way:
        while waiting and transport.room() > 0:
            key = waiting.popleft()
            under_way.add(key)
            transport.offer(key, Envelope(SENDER, reader(key)), mail(key))
        for event in transport.events():
            if isinstance(event.outcome, NotSent):
                continue  # it is awaited again
            if event.outcome is not None:
                ends[event.key] = event.outcome
            elif event.key in withdrawn:
                transport.withdraw(event.key)
            else:
                transport.let_go(event.key)
                continue
            under_way.remove(event.key)
    return ends


def codes(ends: Ends) -> dict[int, int]:
    return {key: end.code if isinstance(end, Reply) else 0 for key, end in ends.items()}


@pytest.mark.parametrize("connections", [1, 3])
def test_the_next_message_is_announced_in_one_go_with_the_one_before(
    serve: Callable[..., RoughServer], connections: int
) -> None:
    server = serve()

    with SmtpServer(server.url, connections=connections) as smtp:
        carry(smtp, range(100))

    assert len(server.got) == 100
    assert len(server.followed) >= 90, "all but the last of each, and what waits for a connection"


@pytest.mark.parametrize("offers", [("PIPELINING",), ("8BITMIME",)])
@pytest.mark.parametrize("dripping", [False, True])
def test_each_reader_gets_their_own_message_once(
    serve: Callable[..., RoughServer], offers: tuple[str, ...], dripping: bool
) -> None:
    server = serve(offers=[offers], dripping=dripping)

    with SmtpServer(server.url, connections=3) as smtp:
        ends = carry(smtp, range(120))

    assert codes(ends) == dict.fromkeys(range(120), 250)
    assert server.got == {reader(key): 1 for key in range(120)}
    assert all(server.contents[reader(key)] == mail(key) for key in range(120))
    assert 1 < server.at_once <= 3


def test_over_tls_too(
    serve: Callable[..., RoughServer], certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(tls=certificate.tls)

    with SmtpServer(server.url, connections=2) as smtp:
        ends = carry(smtp, range(60))

    assert codes(ends) == dict.fromkeys(range(60), 250)
    assert all(server.contents[reader(key)] == mail(key) for key in range(60))


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_message_larger_than_a_connection_takes_at_once_arrives_whole(
    serve: Callable[..., RoughServer],
    certificate,
    monkeypatch: pytest.MonkeyPatch,
    is_hidden: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(tls=certificate.tls if is_hidden else None)
    large = b"".join(b"%0996d\r\n" % line for line in range(9_000))

    with SmtpServer(server.url) as smtp:
        for key in range(2):
            smtp.send(Envelope(SENDER, reader(key)), large)

    assert all(server.contents[reader(key)] == large for key in range(2))


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"")),
            st.sampled_from([b".", b"..", b"", b"\0", b"x" * 5000, b"QUIT", b".\tRSET"]),
        )
    )
)
def test_every_octet_arrives(lines: list[bytes]) -> None:
    message = b"Subject: Soil\r\n\r\n" + b"".join(line + b"\r\n" for line in lines)

    with RoughServer() as server, SmtpServer(server.url) as smtp:
        reply = smtp.send(Envelope(SENDER, reader(1)), message)

    assert reply.code == 250
    assert server.contents == {reader(1): message}


def test_a_small_audience_needs_one_connection(serve: Callable[..., RoughServer]) -> None:
    server = serve()

    with SmtpServer(server.url) as smtp:
        carry(smtp, range(12))

    assert len(server.sessions) == 1


@pytest.mark.parametrize("trusting", [False, True])
@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
def test_a_refusal_finds_its_recipient(
    serve: Callable[..., RoughServer], trusting: bool, offers: tuple[str, ...]
) -> None:
    server = serve(trusting=trusting, offers=[offers])
    server.answers[f"RCPT {reader(3)}"] = deque(["550 5.1.1 no such mailbox"])
    server.answers[f"RCPT {reader(4)}"] = deque(["451 4.7.1 later"])
    server.answers[f"DATA {reader(7)}"] = deque(["554 5.6.0 not this"])
    server.answers[f". {reader(9)}"] = deque(["552-5.3.4 too\r\n552 5.3.4 long"])

    with SmtpServer(server.url) as smtp:
        ends = carry(smtp, range(20))

    assert codes(ends) == dict.fromkeys(range(20), 250) | {3: 550, 4: 451, 7: 554, 9: 552}
    assert server.got == {reader(key): 1 for key in range(20) if key not in {3, 4, 7, 9}}
    assert len(server.sessions) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", ["421 4.3.2 closing", DROP, "999 what?", "hello", "150 what?"])
def test_what_had_not_left_goes_on_another_connection(
    serve: Callable[..., RoughServer], verb: str, trouble: str
) -> None:
    server = serve()
    server.answers[f"{verb} {reader(5)}" if verb != "MAIL" else verb] = deque(
        [trouble] if verb != "MAIL" else ["250 OK"] * 5 + [trouble]
    )

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250)
    assert server.got == {reader(key): 1 for key in range(12)}
    assert len(server.sessions) == 2


def test_a_connection_lost_after_the_dot_leaves_one_in_doubt(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f". {reader(5)}"] = deque([DROP])

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert isinstance(ends.pop(5), LostInDoubt)
    assert codes(ends) == dict.fromkeys(set(range(12)) - {5}, 250)
    assert server.got == {reader(key): 1 for key in range(12)}


def test_a_message_is_not_accepted_by_a_server_that_closes_over_it(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f". {reader(5)}"] = deque(["421 4.3.2 closing"])

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250) | {5: 421}
    assert server.got[reader(5)] == 0


def test_a_recipient_over_whom_a_server_always_closes_stops_nobody_else(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f"RCPT {reader(5)}"] = deque(["421 4.3.2 closing"] * 9)

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250) | {5: 451}


def test_a_server_may_stop_to_offer_pipelining(serve: Callable[..., RoughServer]) -> None:
    server = serve(offers=[("PIPELINING",), ()])
    server.answers[f"RCPT {reader(5)}"] = deque([DROP])

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250)


def test_a_connection_carries_no_more_than_it_may(serve: Callable[..., RoughServer]) -> None:
    server = serve()

    with SmtpServer(server.url, per_connection=5) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250)
    carried = [sum(said == "DATA" for said in session) for session in server.sessions]
    assert carried == [5, 5, 2]
    assert all(session[-1].upper() == "QUIT" for session in server.sessions)


def test_a_server_that_was_there_is_waited_for(serve: Callable[..., RoughServer]) -> None:
    server = serve()
    server.answers[""] = deque(["220 hello", "421 4.3.2 restarting", DROP])
    server.answers[f"RCPT {reader(5)}"] = deque([DROP])

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250)
    assert len(server.sessions) == 4


def test_a_server_that_is_away_when_a_connection_has_done_its_work_is_waited_for(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[""] = deque(["220 hello", "421 4.3.2 restarting", "421 4.3.2 restarting"])

    with SmtpServer(server.url, per_connection=5, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12))

    assert codes(ends) == dict.fromkeys(range(12), 250)


def test_a_server_that_does_not_come_back_has_got_none_of_what_waits(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[""] = deque(["220 hello", *["421 4.3.2 restarting"] * 9])
    server.answers[f"RCPT {reader(1)}"] = deque([DROP])

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        with pytest.raises(NotSent, match="restarting"):
            carry(smtp, range(2))
        assert smtp.events() == []
        assert smtp.room() > 0

    assert server.got == {reader(0): 1}


def test_a_server_that_takes_no_more_connections_is_served_by_those_it_took(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[""] = deque(["220 hello", *["421 4.7.0 too many connections"] * 9])

    with SmtpServer(server.url) as smtp:
        ends = carry(smtp, range(60))

    assert codes(ends) == dict.fromkeys(range(60), 250)
    assert len(server.sessions) == 2


def test_a_connection_on_which_nothing_moves_stops_nobody(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    server.answers[f"RCPT {reader(40)}"] = deque([SILENCE])
    server.answers[f". {reader(45)}"] = deque([SILENCE])

    with SmtpServer(server.url, timeout=0.3, last_timeout=0.3, connections=2, pauses=QUICK) as smtp:
        ends = carry(smtp, range(60))

    assert isinstance(ends.pop(45), LostInDoubt)
    assert codes(ends) == dict.fromkeys(set(range(60)) - {45}, 250)


def test_what_is_withdrawn_does_not_leave(serve: Callable[..., RoughServer]) -> None:
    server = serve()

    with SmtpServer(server.url, pauses=QUICK) as smtp:
        ends = carry(smtp, range(12), withdrawn=(0, 5, 6, 11))

    kept = set(range(12)) - {0, 5, 6, 11}
    assert codes(ends) == dict.fromkeys(kept, 250)
    assert server.got == {reader(key): 1 for key in kept}


def test_what_was_only_announced_can_be_withdrawn(serve: Callable[..., RoughServer]) -> None:
    server = serve()

    with SmtpServer(server.url) as smtp:
        for key in (0, 1):
            smtp.offer(key, Envelope(SENDER, reader(key)), mail(key))
        (awaited,) = smtp.events()
        smtp.let_go(awaited.key)
        smtp.withdraw(1)  # announced behind the other by now
        (answered,) = smtp.events()
        ends = carry(smtp, range(2, 4))

    assert (awaited.key, answered.key) == (0, 0)
    assert codes(ends) == {2: 250, 3: 250}
    assert server.got == {reader(key): 1 for key in (0, 2, 3)}


def test_a_server_that_asks_for_less_gets_nothing_for_a_while(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()

    with SmtpServer(server.url, pauses=(0.0, 0.1)) as smtp:
        carry(smtp, range(2))
        assert smtp.rest()
        assert not smtp.rest()  # what was under way is told by several replies
        began = time.monotonic()
        ends = carry(smtp, range(2, 4))

    assert codes(ends) == {2: 250, 3: 250}
    assert time.monotonic() - began >= 0.1


def test_addresses_that_a_server_does_not_take_stop_nobody(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()
    beyond = Envelope(SENDER, "jörg@example.org")

    with SmtpServer(server.url) as smtp:
        smtp.offer(1, beyond, mail(1))
        smtp.offer(2, Envelope(SENDER, "ada@example.org>\r\nDATA"), mail(2))
        ends = {event.key: event.outcome for event in smtp.events()}
        ends |= {event.key: event.outcome for event in smtp.events()}
        assert codes(carry(smtp, range(5, 8))) == dict.fromkeys(range(5, 8), 250)

    assert {key: str(getattr(end, "text", ""))[:5] for key, end in ends.items()} == {
        1: "5.6.7",
        2: "5.1.3",
    }


def test_a_message_over_the_servers_limit_is_not_sent(serve: Callable[..., RoughServer]) -> None:
    server = serve(offers=[("PIPELINING", "SIZE 100")])

    with SmtpServer(server.url) as smtp:
        (end,) = carry(smtp, range(1)).values()

    assert isinstance(end, Reply)
    assert (end.code, end.text[:5]) == (552, "5.3.4")
    assert not any("MAIL" in said for session in server.sessions for said in session)


def test_a_folder_carries_many_too(tmp_path) -> None:
    with Outbox(tmp_path) as outbox:
        ends = carry(outbox, range(5), withdrawn=(3,))

    assert codes(ends) == dict.fromkeys({0, 1, 2, 4}, 250)
    assert {file.name.partition("--")[0] for file in tmp_path.iterdir()} == {
        reader(key) for key in ends
    }
