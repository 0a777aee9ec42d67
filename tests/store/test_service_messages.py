"""Wishes that wait for an answer: counted, taken once, and forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select

from partwork.model.audience import Applicant, Evidence, Request, ServiceRequest
from partwork.store.audience import erase_subscriber, make_subscriber
from partwork.store.engine import read_only
from partwork.store.schema import service_messages
from partwork.store.service_messages import (
    Caps,
    Taken,
    count_waiting,
    note_answered,
    prune_answered,
    put_off,
    save_farewells,
    save_request,
    take_requests,
)

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(weeks=1)  # as long as the link of a goodbye is good
CAPS = Caps(of_address=2, of_network=3, in_all=4)


def wish(
    name: str = "ada",
    network: str = "network 1",
    at: datetime = NOW,
    kind: ServiceRequest = ServiceRequest.SUBSCRIBE,
) -> Request:
    evidence = Evidence("sign-up form", "digest", "192.0.2.0/24", "Browser 1.0")
    hashed = f"hash of {name}"
    mailbox = f"hash of {name.partition('+')[0]}"
    return Request(kind, "daily", f"{name}@example.org", hashed, mailbox, network, evidence, at)


def saved(engine: Engine, *wishes: Request, caps: Caps = CAPS) -> list[Taken]:
    with engine.begin() as conn:
        return [save_request(conn, one, caps) for one in wishes]


def taken(engine: Engine, at: datetime = NOW, limit: int = 10) -> list[str]:
    with engine.begin() as conn:
        waiting = take_requests(conn, at, MINUTE, limit)
    return [one.request.address.partition("@")[0] for one in waiting]


def everything_in(engine: Engine) -> str:
    with read_only(engine) as conn:
        return repr(conn.execute(select(service_messages)).all())


def test_what_was_asked_is_taken_as_it_was_asked(engine: Engine) -> None:
    saved(engine, wish())

    with engine.begin() as conn:
        (waiting,) = take_requests(conn, NOW, MINUTE, 10)

    assert (waiting.request, waiting.attempts) == (wish(), 1)


def test_a_wish_is_taken_once_and_comes_again_if_nobody_answered(engine: Engine) -> None:
    saved(engine, wish("ada"), wish("bob"))

    assert taken(engine, limit=1) == ["ada"]
    assert taken(engine) == ["bob"]
    assert taken(engine) == []
    assert taken(engine, NOW + MINUTE) == ["ada", "bob"]


def goodbye(name: str, at: datetime = NOW) -> Request:
    return replace(wish(name, "", at), kind=ServiceRequest.GOODBYE)


def test_what_somebody_waits_for_comes_before_older_goodbyes(engine: Engine) -> None:
    saved(engine, goodbye("ada"), goodbye("bob"), wish("eve", at=NOW + MINUTE))

    assert taken(engine, NOW + MINUTE, limit=2) == ["eve", "ada"]
    assert taken(engine, NOW + MINUTE, limit=2) == ["bob"]


def test_goodbyes_have_a_fifth_however_many_others_wait(engine: Engine) -> None:
    many = Caps(of_address=1, of_network=100, in_all=100)
    saved(engine, *(wish(f"reader {n}") for n in range(20)), caps=many)
    saved(engine, goodbye("ada", NOW + MINUTE), goodbye("bob", NOW + MINUTE))

    batches = [taken(engine, NOW + MINUTE, limit=5) for _ in range(6)]

    assert [batch[-1] for batch in batches[:3]] == ["ada", "bob", "reader 11"]
    assert [len(batch) for batch in batches] == [5, 5, 4, 4, 4, 0]


def test_what_is_put_off_waits(engine: Engine) -> None:
    saved(engine, wish())
    with engine.begin() as conn:
        (waiting,) = take_requests(conn, NOW, MINUTE, 10)
        put_off(conn, waiting.id, NOW + HOUR)

    assert taken(engine, NOW + HOUR - MINUTE) == []
    assert taken(engine, NOW + HOUR) == ["ada"]


def test_of_an_answered_wish_no_address_is_left(engine: Engine) -> None:
    saved(engine, wish())
    with engine.begin() as conn:
        (waiting,) = take_requests(conn, NOW, MINUTE, 10)
        note_answered(conn, waiting.id)
        put_off(conn, waiting.id, NOW)
        assert count_waiting(conn) == 0

    assert taken(engine, NOW + DAY) == []
    left = everything_in(engine)
    assert "hash of ada" in left
    assert not any(words in left for words in ("ada@", "192.0.2", "Browser"))


def test_of_an_erased_person_nothing_waits(engine: Engine) -> None:
    saved(engine, wish())
    with engine.begin() as conn:
        ada = make_subscriber(
            conn,
            Applicant(0, "ada@example.org"),
            address_key="ada@example.org",
            suppression_key="hash of ada",
            at=NOW,
        )
        erase_subscriber(conn, ada)

    assert taken(engine) == []
    assert "ada@" not in everything_in(engine)


def test_an_address_is_written_to_so_often_a_day_and_kind(engine: Engine) -> None:
    other = replace(wish(), kind=ServiceRequest.PREFERENCES)
    wishes = [replace(wish(network=""), asked_at=NOW + n * HOUR) for n in range(3)]

    assert saved(engine, *wishes) == [Taken.TAKEN, Taken.TAKEN, Taken.TOO_MANY_OF_ADDRESS]
    assert saved(engine, replace(other, network_key="")) == [Taken.TAKEN]
    assert saved(engine, wish(at=NOW + DAY)) == [Taken.TAKEN]


@pytest.mark.parametrize("kind", [ServiceRequest.SUBSCRIBE, ServiceRequest.GOODBYE])
def test_one_mailbox_is_written_to_so_often_however_it_is_spelt(
    engine: Engine, kind: ServiceRequest
) -> None:
    tagged = [replace(wish(f"ada+{n}", f"network {n}"), kind=kind) for n in range(3)]
    if kind is ServiceRequest.GOODBYE:
        with engine.begin() as conn:
            save_farewells(conn, [replace(one, network_key="") for one in tagged], CAPS, WEEK)
    else:
        assert saved(engine, *tagged) == [*[Taken.TAKEN] * 2, Taken.TOO_MANY_OF_ADDRESS]

    assert taken(engine) == ["ada+0", "ada+1"]


def left(engine: Engine, *goodbyes: Request) -> None:
    with engine.begin() as conn:
        for one in goodbyes:
            save_farewells(conn, [one], CAPS, WEEK)


def mailed(engine: Engine, at: datetime) -> list[str]:
    """Whom goodbyes go to at that instant, and which departure each is about."""
    with engine.begin() as conn:
        waiting = take_requests(conn, at, MINUTE, 10)
        for one in waiting:
            note_answered(conn, one.id)
    return [f"{one.request.newsletter} {one.request.asked_at - NOW}" for one in waiting]


def test_the_last_goodbye_comes_however_often_somebody_was_made_to_leave(engine: Engine) -> None:
    hours = [goodbye("ada", NOW + n * HOUR) for n in range(2)]
    for one in hours:
        left(engine, one)
        assert mailed(engine, one.asked_at) == [f"daily {one.asked_at - NOW}"]
    left(engine, *(goodbye("ada", NOW + n * HOUR) for n in range(2, 6)))

    assert mailed(engine, NOW + 23 * HOUR) == []
    with read_only(engine) as conn:
        assert count_waiting(conn) == 1
    assert mailed(engine, NOW + DAY + MINUTE) == ["daily 5:00:00"]


def test_a_goodbye_that_came_late_counts_from_when_it_came(engine: Engine) -> None:
    left(engine, goodbye("ada"), goodbye("ada", NOW + MINUTE))
    assert len(mailed(engine, NOW + MINUTE)) == 2
    left(engine, *(replace(goodbye("ada", NOW + HOUR), newsletter=n) for n in ("a", "b")))
    assert len(mailed(engine, NOW + DAY + 3 * MINUTE)) == 2

    left(engine, goodbye("ada", NOW + DAY + HOUR))

    assert mailed(engine, NOW + 2 * DAY) == []
    assert mailed(engine, NOW + 2 * DAY + 4 * MINUTE) == ["daily 1 day, 1:00:00"]


def test_a_mailbox_gets_no_more_goodbyes_a_day_than_its_cap_however_many_leave_it(
    engine: Engine,
) -> None:
    tagged = [goodbye(f"ada+{n}", NOW + n * MINUTE) for n in range(20)]
    left(engine, *tagged)

    days = [len(mailed(engine, NOW + day * DAY + HOUR)) for day in range(10)]

    assert days == [2] * 7 + [0] * 3  # the others' links would have run out


def test_a_network_asks_so_often_an_hour_for_whomever(engine: Engine) -> None:
    wishes = [wish(f"reader {n}") for n in range(4)]

    assert saved(engine, *wishes) == [*[Taken.TAKEN] * 3, Taken.TOO_MANY_OF_NETWORK]
    assert saved(engine, wish("eve", "network 2")) == [Taken.TAKEN]
    assert saved(engine, wish("eve", at=NOW + HOUR)) == [Taken.TAKEN]


def test_all_ask_so_often_an_hour(engine: Engine) -> None:
    wishes = [wish(f"reader {n}", f"network {n}") for n in range(5)]

    assert saved(engine, *wishes) == [*[Taken.TAKEN] * 4, Taken.TOO_MANY_IN_ALL]


def test_farewells_are_counted_for_no_network(engine: Engine) -> None:
    goodbye = [replace(wish(f"reader {n}", ""), kind=ServiceRequest.GOODBYE) for n in range(9)]

    assert set(saved(engine, *goodbye)) == {Taken.TAKEN}
    assert saved(engine, wish()) == [Taken.TAKEN]


def test_a_burst_of_probes_keeps_nobody_waiting(engine: Engine) -> None:
    saved(engine, *(replace(wish(f"reader {n}", ""), kind=ServiceRequest.PROBE) for n in range(9)))
    saved(engine, wish(at=NOW + MINUTE))

    assert taken(engine, at=NOW + MINUTE, limit=5)[0] == "ada"


def test_caps_outlive_the_answers_and_a_restart_for_as_long_as_they_count(engine: Engine) -> None:
    saved(engine, wish(), wish(at=NOW + MINUTE))
    with engine.begin() as conn:
        for waiting in take_requests(conn, NOW + HOUR, MINUTE, 10):
            note_answered(conn, waiting.id)
        assert prune_answered(conn, NOW + DAY) == 0
    engine.dispose()

    assert saved(engine, wish(at=NOW + 2 * HOUR)) == [Taken.TOO_MANY_OF_ADDRESS]
    with engine.begin() as conn:
        assert prune_answered(conn, NOW + DAY + HOUR) == 2


@pytest.mark.parametrize("what", ["ask", "answer"])
def test_many_at_once_are_counted_and_served_once(engine: Engine, what: str) -> None:
    if what == "answer":
        saved(engine, wish())
    found: list[object] = []
    together = Barrier(4)

    def act() -> None:
        together.wait()
        if what == "answer":
            found.extend(taken(engine))
        else:
            found.extend(one for one in saved(engine, wish()) if one is Taken.TAKEN)

    threads = [Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == (1 if what == "answer" else CAPS.of_address)


@pytest.mark.parametrize("cap", ["all", "network", "mailbox", "waiting", "old"])
def test_no_count_reads_the_whole_table(engine: Engine, cap: str) -> None:
    """A burst of farewells must slow down neither the next one nor a visitor."""
    query = {
        "all": f"asked_at > '{NOW.replace(tzinfo=None)}' AND network_key != ''",
        "network": f"asked_at > '{NOW.replace(tzinfo=None)}' AND network_key = 'x'",
        "mailbox": "mailbox_key = 'x' AND kind = 'goodbye'",
        "waiting": f"kind = 'goodbye' AND next_try_at <= '{NOW.replace(tzinfo=None)}'",
        "old": f"asked_at < '{NOW.replace(tzinfo=None)}' AND next_try_at IS NULL",
    }[cap]
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as conn:
        if engine.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = conn.exec_driver_sql(
            f"{explain} SELECT count(*) FROM service_messages WHERE {query}"  # noqa: S608 our own words
        ).all()

    index = {"all": "of_visitors", "network": "of_network", "mailbox": "of_mailbox",
             "waiting": "waiting", "old": "asked_at"}[cap]  # fmt: skip
    assert f"service_messages_{index}" in repr(plan)
