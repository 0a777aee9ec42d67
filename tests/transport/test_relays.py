"""Several relays: each reader gets one copy, by whichever relay can be had."""

from collections import deque
from collections.abc import Callable
from time import monotonic

import pytest

from partwork.delivering.replies import shuts_us_out
from partwork.model.delivery import Envelope, LostInDoubt, NotSent, Reply
from partwork.transport.relays import Relays, Way
from partwork.transport.smtp import SmtpServer
from tests.transport.rough_server import DROP, RoughServer
from tests.transport.test_many import QUICK, SENDER, carry, codes, mail, reader

NOBODY = "smtp://127.0.0.1:1"


def ways(*urls: str, aside: float = 600) -> Relays:
    """Relays at these addresses; each writes into a message which one it was."""

    def way(number: int, url: str) -> Way:
        mark = f"X-Way: {number}\r\n".encode()
        return Way(
            SmtpServer(url, pauses=QUICK), lambda envelope, message: (envelope, mark + message)
        )

    return Relays([way(number, url) for number, url in enumerate(urls)], shuts_us_out, aside=aside)


def test_the_first_relay_takes_what_it_can(serve: Callable[..., RoughServer]) -> None:
    first, second = serve(), serve()

    with ways(first.url, second.url) as relays:
        ends = carry(relays, range(40))

    assert codes(ends) == dict.fromkeys(range(40), 250)
    assert first.got == {reader(key): 1 for key in range(40)}
    assert second.sessions == []


def test_a_message_is_dressed_for_the_relay_that_gets_it(serve: Callable[..., RoughServer]) -> None:
    second = serve()

    with ways(NOBODY, second.url) as relays:
        ends = carry(relays, range(12))
        reply = relays.send(Envelope(SENDER, reader(20)), mail(20))

    assert codes(ends) == dict.fromkeys(range(12), 250)
    assert reply.code == 250
    assert second.contents[reader(3)] == b"X-Way: 1\r\n" + mail(3)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("MAIL", "550 5.7.1 we do not know you"),
        ("MAIL", "530 5.7.0 Authentication required"),
        ("MAIL", "454 Throttling failure: Daily message quota exceeded."),
        (".", "530 5.7.0 Authentication required"),
        (".", "454 Throttling failure: Daily message quota exceeded."),
    ],
)
def test_where_a_relay_shuts_us_out_the_next_one_takes_the_rest(
    serve: Callable[..., RoughServer], verb: str, answer: str
) -> None:
    first, second = serve(), serve()
    first.answers[verb] = deque(["250 2.0.0 OK"] * 5 + [answer] * 60)

    with ways(first.url, second.url) as relays:
        ends = carry(relays, range(30))

    assert codes(ends) == dict.fromkeys(range(30), 250)
    assert second.got.total() > 0
    assert sum((first.got, second.got), start=type(first.got)()) == {
        reader(key): 1 for key in range(30)
    }


def test_the_last_relays_refusal_is_told(serve: Callable[..., RoughServer]) -> None:
    first, second = serve(), serve()
    for server in (first, second):
        server.answers["MAIL"] = deque(["550 5.7.1 not you"] * 90)

    with ways(first.url, second.url) as relays:
        ends = carry(relays, range(3))

    assert codes(ends) == dict.fromkeys(range(3), 550)
    assert first.got.total() == second.got.total() == 0


def test_a_message_whose_end_is_in_doubt_is_tried_nowhere_else(
    serve: Callable[..., RoughServer],
) -> None:
    first, second = serve(), serve()
    first.answers[f". {reader(5)}"] = deque([DROP])
    first.answers[""] = deque(["220 hello", *["421 4.3.2 gone for good"] * 9])

    with ways(first.url, second.url) as relays:
        ends = carry(relays, range(12))

    assert isinstance(ends.pop(5), LostInDoubt)
    assert codes(ends) == dict.fromkeys(set(range(12)) - {5}, 250)
    assert reader(5) not in second.got
    assert second.got.total() > 0


def test_what_was_let_go_and_had_not_left_goes_by_the_next_relay(
    serve: Callable[..., RoughServer],
) -> None:
    first, second = serve(offers=[()]), serve(offers=[()])
    first.answers[""] = deque(["220 hello", *["421 4.3.2 gone for good"] * 9])
    first.answers[f"DATA {reader(0)}"] = deque(["354 go on"])

    with ways(first.url, second.url) as relays:
        relays.offer(0, Envelope(SENDER, reader(0)), mail(0))
        (awaited,) = relays.events()
        way = relays._ways[0]
        for line in way.server._lines:  # the connection is cut, as a network would
            line.socket.shutdown(2)
        relays.let_go(awaited.key)
        told = [event.outcome for event in relays.events()]
        told += [event.outcome for event in relays.events() or relays.events()]
        assert second.got.total() == 0, "it leaves when it is let go again"
        relays.let_go(awaited.key)
        told += [event.outcome for event in relays.events()]

    assert [type(outcome) for outcome in told] == [NotSent, type(None), Reply]
    assert (first.got.total(), second.got) == (0, {reader(0): 1})


def test_what_the_first_relay_got_and_refused_is_not_let_go_at_the_next_by_itself(
    serve: Callable[..., RoughServer],
) -> None:
    first, second = serve(), serve()
    first.answers["."] = deque(["454 Throttling failure: Daily message quota exceeded."])

    with ways(first.url, second.url) as relays:
        relays.offer(0, Envelope(SENDER, reader(0)), mail(0))
        (awaited,) = relays.events()
        relays.let_go(awaited.key)
        (refused,) = relays.events()
        (again,) = relays.events()
        relays.withdraw(again.key)
        last = relays.events()

    assert isinstance(refused.outcome, NotSent)
    assert (again.key, again.outcome, last) == (0, None, [])
    assert first.got.total() == second.got.total() == 0


def test_a_relay_that_goes_on_to_ask_for_less_is_left_for_another(
    serve: Callable[..., RoughServer],
) -> None:
    first, second = serve(), serve()

    with ways(first.url, second.url) as relays:
        carry(relays, range(2))
        until = monotonic() + 0.2
        while monotonic() < until:
            relays.rest()
        ends = carry(relays, range(2, 5))

    assert codes(ends) == dict.fromkeys(range(2, 5), 250)
    assert second.got.total() == 3


def test_a_relay_that_is_back_is_the_first_again(serve: Callable[..., RoughServer]) -> None:
    first, second = serve(), serve()
    first.deafen()

    with ways(first.url, second.url, aside=0.3) as relays:
        by_second = carry(relays, range(3))
        first.listen()
        until = monotonic() + 5
        sent = 3
        while not first.got and monotonic() < until:
            by_second |= carry(relays, range(sent, sent + 1))
            sent += 1

    assert codes(by_second) == dict.fromkeys(range(sent), 250)
    assert first.got == {reader(sent - 1): 1}
    assert second.got.total() == sent - 1


def test_where_no_relay_can_be_had_all_are_named() -> None:
    with ways(NOBODY, "smtp://127.0.0.1:2") as relays, pytest.raises(NotSent) as failure:
        carry(relays, range(3))

    assert "127.0.0.1:1" in str(failure.value)
    assert "127.0.0.1:2" in str(failure.value)


def test_a_refused_recipient_is_refused_by_one_relay_alone(
    serve: Callable[..., RoughServer],
) -> None:
    first, second = serve(), serve()
    first.answers[f"RCPT {reader(1)}"] = deque(["550 5.1.1 no such mailbox"])

    with ways(first.url, second.url) as relays:
        ends = carry(relays, range(3))
        lone = relays.send(Envelope(SENDER, reader(1)), mail(1))

    assert codes(ends) == {0: 250, 1: 550, 2: 250}
    assert isinstance(lone, Reply)
    assert second.sessions == []
