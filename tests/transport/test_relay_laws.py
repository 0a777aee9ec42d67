"""Whatever two servers do, no reader gets a message twice, and nobody is told what is not so."""

from collections import Counter, deque

from hypothesis import given, settings
from hypothesis import strategies as st

from partwork.delivering.replies import shuts_us_out
from partwork.model.delivery import Envelope, LostInDoubt, NotSent, Reply
from partwork.transport.relays import Relays, Way
from partwork.transport.smtp import SmtpServer
from tests.transport.rough_server import DROP, RoughServer
from tests.transport.test_many import QUICK, SENDER, mail, reader

READERS = 12

good = {"DATA": "354 go on", "": "220 hello"}
troubles = st.sampled_from(
    [
        DROP,
        "421 4.3.2 closing",
        "451 4.7.1 later",
        "454 Throttling failure: Daily message quota exceeded.",
        "550 5.7.1 not you",
        "550-5.1.1 nobody\r\n550 5.1.1 here",
        "999 what?",
        "250 2.0.0 OK\r\n250 2.0.0 and more",
    ]
)
scripts = st.fixed_dictionaries(
    {},
    optional={
        verb: st.lists(st.one_of(st.just(good.get(verb, "250 2.0.0 OK")), troubles), max_size=8)
        for verb in ("", "MAIL", "RCPT", "DATA", ".")
    },
)


@settings(max_examples=60)
@given(scripts, scripts, st.sampled_from([("PIPELINING",), ()]))
def test_each_reader_gets_a_message_once_or_its_sender_knows_better(
    first: dict[str, list[str]], second: dict[str, list[str]], offers: tuple[str, ...]
) -> None:
    ends: dict[int, Reply | LostInDoubt] = {}
    with RoughServer(offers=[offers]) as one, RoughServer(offers=[offers]) as other:
        for server, script in ((one, first), (other, second)):
            for verb, answers in script.items():
                server.answers[verb] = deque(answers)
        ways = [
            Way(
                SmtpServer(s.url, timeout=5, last_timeout=5, connections=2, pauses=QUICK),
                lambda envelope, message: (envelope, message),
            )
            for s in (one, other)
        ]
        with Relays(ways, shuts_us_out) as relays:
            carry_what_can_be(relays, ends)
        got: Counter[str] = one.got + other.got

    for key in range(READERS):
        match ends.get(key):
            case Reply(code=code) if code // 100 == 2:
                assert got[reader(key)] == 1
            case LostInDoubt():
                assert got[reader(key)] <= 1
            case _:  # refused, put off, or nothing was told of it
                assert got[reader(key)] == 0


def carry_what_can_be(relays: Relays, ends: dict[int, Reply | LostInDoubt]) -> None:
    """Sends as a lane does, until all is told or no server can be had."""
    waiting, under_way, let_go = deque(range(READERS)), set[int](), set[int]()
    try:
        while waiting or under_way:
            while waiting and relays.room() > 0:
                key = waiting.popleft()
                under_way.add(key)
                relays.offer(key, Envelope(SENDER, reader(key)), mail(key))
            for event in relays.events():
                match event.outcome:
                    case None:
                        assert event.key not in let_go, "a message is let go once at a time"
                        relays.let_go(event.key)
                        let_go.add(event.key)
                    case NotSent():
                        assert event.key in let_go, "of what was not let go nobody need be told"
                        let_go.remove(event.key)
                    case Reply() | LostInDoubt() as end:
                        assert event.key not in ends, "told twice"
                        ends[event.key] = end
                        under_way.remove(event.key)
    except NotSent:
        return
