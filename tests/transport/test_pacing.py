"""Messages leave no faster than they may, and a slow domain holds up no other."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Signal

import pytest

from partwork.delivering.replies import Concern, concern_of
from partwork.model.delivery import Envelope, Event, NotSent, PutOff, Reply
from partwork.transport.pacing import AT_HAND, LONGEST, DomainPaces, Pace, Slots
from partwork.transport.smtp import SmtpServer
from tests.transport.rough_server import RoughServer
from tests.transport.test_many import QUICK, SENDER, carry, codes, mail, reader


@dataclass
class Shelf:
    """Slots from a shelf of our own; `apart` and `wait` are seconds, by domain ("": all).

    Each reservation takes `takes_s`, as a database's transaction does. The first `unknown` times
    it cannot tell.
    """

    unknown: int = 0
    takes_s: float = 0.0
    apart: float = 0.0
    count: int = 1
    why: str = ""
    waits: dict[str, float] = field(default_factory=dict)
    slowed: Counter[str] = field(default_factory=Counter)
    reserved: Counter[str] = field(default_factory=Counter)

    def reserve(self, domain: str, within: float) -> Slots:
        Signal().wait(self.takes_s)
        if self.unknown:
            self.unknown -= 1
            return Slots(0.05, 0.0, 0)
        wait = self.waits.get(domain, 0.0)
        if self.why or wait > within:
            return Slots(wait, self.apart, 0, self.why)
        self.reserved[domain] += self.count
        return Slots(wait, self.apart, self.count)

    def slow_down(self, domain: str) -> Slots:
        self.slowed[domain] += 1
        self.waits[domain] = 60.0
        return Slots(60.0, self.apart, 0)


def is_of_relay(reply: Reply) -> bool:
    return concern_of(reply) is Concern.RELAY


def place(key: int) -> str:
    return f"reader-{key}@{'slow' if key % 2 else 'quick'}.example.org"


def carry_mixed(smtp: SmtpServer, keys: range) -> dict[int, object]:
    """Sends to two domains by turns; what became of each."""
    ends: dict[int, object] = {}
    waiting, under_way = deque(keys), set[int]()
    while waiting or under_way:
        while waiting and smtp.room() > 0:
            key = waiting.popleft()
            under_way.add(key)
            smtp.offer(key, Envelope(SENDER, place(key)), mail(key))
        for event in smtp.events():
            if event.outcome is None:
                smtp.let_go(event.key)
            else:
                ends[event.key] = event.outcome
                under_way.remove(event.key)
    return ends


def test_messages_leave_one_slot_after_the_other(serve: Callable[..., RoughServer]) -> None:
    server, shelf = serve(), Shelf(apart=0.05, count=5)

    began = time.monotonic()
    with SmtpServer(server.url, pace=Pace(shelf)) as smtp:
        ends = carry(smtp, range(5))
    took = time.monotonic() - began

    assert codes(ends) == dict.fromkeys(range(5), 250)
    assert shelf.reserved[""] == 5
    assert took >= 4 * 0.05


@pytest.mark.parametrize("wait", [0.0, 0.008])
def test_a_reservation_that_takes_longer_than_the_wait_for_its_slot_stops_nobody(
    serve: Callable[..., RoughServer], wait: float
) -> None:
    server, shelf = serve(), Shelf(takes_s=0.025, waits={"": wait})

    with SmtpServer(server.url, pace=Pace(shelf)) as smtp:
        one_by_one = [smtp.send(Envelope(SENDER, reader(key)), mail(key)) for key in range(3)]
        ends = carry(smtp, range(3, 9))

    assert [reply.code for reply in one_by_one] == [250] * 3
    assert codes(ends) == dict.fromkeys(range(3, 9), 250)


def test_domains_whose_reservations_take_long_stop_nobody(
    serve: Callable[..., RoughServer],
) -> None:
    server, shelf = serve(), Shelf(takes_s=0.025, waits={"slow.example.org": 0.01})

    with SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(8))

    assert {getattr(end, "code", 0) for end in ends.values()} == {250}


def test_a_message_that_is_awaited_and_forgotten_is_a_defect(
    serve: Callable[..., RoughServer],
) -> None:
    server = serve()

    with SmtpServer(server.url) as smtp:
        for key in range(4):
            smtp.offer(key, Envelope(SENDER, reader(key)), mail(key))
        assert [event.key for event in smtp.events()] == [0]
        with pytest.raises(ValueError, match="neither let go nor withdrawn"):
            smtp.events()


def test_a_lane_looks_around_while_it_waits(serve: Callable[..., RoughServer]) -> None:
    server, shelf = serve(), Shelf(waits={"": 30.0})

    with SmtpServer(server.url, pace=Pace(shelf)) as smtp:
        smtp.offer(1, Envelope(SENDER, reader(1)), mail(1))
        began = time.monotonic()
        assert smtp.events() == []
        smtp.withdraw(1)

    assert 0.5 < time.monotonic() - began < 5
    assert server.sessions == []


def test_where_nothing_more_may_leave_today_nobody_waits(serve: Callable[..., RoughServer]) -> None:
    server, shelf = serve(), Shelf()

    with SmtpServer(server.url, pace=Pace(shelf)) as smtp:
        first = carry(smtp, range(2))
        shelf.why = "the warm-up plan has no more for today"
        with pytest.raises(NotSent, match="warm-up plan"):
            carry(smtp, range(2, 5))
        shelf.why = ""
        after = carry(smtp, range(5, 7))

    assert codes(first) | codes(after) == dict.fromkeys((0, 1, 5, 6), 250)
    assert server.got.total() == 4


def test_who_is_far_from_a_slot_is_put_off_and_others_go(serve: Callable[..., RoughServer]) -> None:
    server, shelf = serve(), Shelf(apart=2.0, waits={"slow.example.org": 120.0})

    with SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(12))

    assert all(isinstance(ends[key], Reply) for key in range(0, 12, 2))
    pauses = [ends[key].pause.total_seconds() for key in range(1, 12, 2)]  # type: ignore[attr-defined]
    assert pauses == [120.0 + 2.0 * n for n in range(1, 7)]  # each has a time of its own
    assert shelf.reserved["slow.example.org"] == 0
    assert server.got.total() == 6


def test_nobody_is_put_off_for_longer_than_a_tick_of_publishing(
    serve: Callable[..., RoughServer],
) -> None:
    server, shelf = serve(), Shelf(apart=600.0, waits={"slow.example.org": 120.0})

    with SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(12))

    assert max(end.pause.total_seconds() for end in ends.values() if isinstance(end, PutOff)) == (
        LONGEST
    )


@pytest.mark.parametrize("trouble", ["450 4.7.1 greylisted", "451 4.7.1 try later"])
def test_a_recipient_who_is_put_off_by_the_domain_slows_it(
    serve: Callable[..., RoughServer], trouble: str
) -> None:
    server, shelf = serve(), Shelf()
    server.answers[f"RCPT {place(1)}"] = deque([trouble])

    with SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(20))

    assert isinstance(ends[1], Reply)
    assert ends[1].code == int(trouble[:3])
    assert shelf.slowed == {"slow.example.org": 1}
    assert all(isinstance(ends[key], Reply) for key in range(0, 20, 2))
    assert any(isinstance(ends[key], PutOff) for key in range(3, 20, 2))


@pytest.mark.parametrize(
    ("verb", "trouble"),
    [
        ("RCPT", "421 4.7.0 too many from you"),
        ("DATA", "421 4.7.0 too many from you"),
        (".", "421 4.7.0 too many from you"),
        ("RCPT", "452 4.3.1 no room here"),
    ],
)
def test_a_domain_that_closes_costs_its_readers_no_attempt_and_others_nothing(
    serve: Callable[..., RoughServer], verb: str, trouble: str
) -> None:
    server, shelf = serve(), Shelf()
    server.answers[f"{verb} {place(1)}"] = deque([trouble])

    with SmtpServer(server.url, pauses=QUICK, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(20))

    assert isinstance(ends[1], PutOff)
    assert trouble in ends[1].why
    assert shelf.slowed == {"slow.example.org": 1}
    assert all(isinstance(ends[key], Reply) for key in range(0, 20, 2))
    assert all(copies == 1 for copies in server.got.values())


def test_of_slots_that_were_not_used_in_time_one_is_used_later() -> None:
    shelf = Shelf(apart=0.001, count=5, waits={"": -2 * AT_HAND})  # all are over
    pace = Pace(shelf)

    taken = 0
    while shelf.reserved[""] <= 5:
        assert pace.wait() <= 0
        pace.take()
        taken += 1

    assert taken == 3  # the first and the last of the five at hand, and one of the next


def test_while_nobody_can_tell_when_a_slot_is_free_messages_wait_and_none_is_put_off(
    serve: Callable[..., RoughServer],
) -> None:
    server, shelf = serve(), Shelf(unknown=2)

    with SmtpServer(server.url, pace=Pace(shelf), domains=DomainPaces(shelf, is_of_relay)) as smtp:
        ends = carry_mixed(smtp, range(4))

    assert shelf.unknown == 0
    assert {getattr(end, "code", 0) for end in ends.values()} == {250}


def test_of_a_days_share_nothing_is_lost_while_a_server_is_away() -> None:
    shelf = Shelf()
    with SmtpServer("smtp://127.0.0.1:1", pace=Pace(shelf)) as smtp:
        for key in range(3):
            smtp.offer(key, Envelope(SENDER, reader(key)), mail(key))
            with pytest.raises(NotSent):
                smtp.events()

    assert shelf.reserved[""] == 1


def test_one_message_alone_is_not_sent_where_its_domain_takes_none(
    serve: Callable[..., RoughServer],
) -> None:
    server, shelf = serve(), Shelf(waits={"slow.example.org": 120.0})

    with (
        SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp,
        pytest.raises(NotSent, match=r"others for slow\.example\.org go first"),
    ):
        smtp.send(Envelope(SENDER, place(1)), mail(1))


def test_an_event_of_a_message_that_is_put_off_is_its_end(
    serve: Callable[..., RoughServer],
) -> None:
    server, shelf = serve(), Shelf(waits={"slow.example.org": 120.0})

    with SmtpServer(server.url, domains=DomainPaces(shelf, is_of_relay)) as smtp:
        smtp.offer(1, Envelope(SENDER, place(1)), mail(1))
        (event,) = smtp.events()
        room = smtp.room()

    assert isinstance(event, Event)
    assert isinstance(event.outcome, PutOff)
    assert room == 3
    assert smtp.events() == []
