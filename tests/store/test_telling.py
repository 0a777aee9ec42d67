"""What several lanes could tell is told by one of them, whatever their clocks say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from partwork.store.telling import save_told, tell_first, tell_newest, told_at

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_of_lanes_that_would_tell_at_once_one_does(engine) -> None:
    ready = Barrier(4)

    def tells(lane: int) -> tuple[bool, bool]:
        ready.wait()
        with engine.begin() as conn:
            first = tell_first(conn, "sent a 3", NOW - lane * HOUR)
        with engine.begin() as conn:
            return first, tell_newest(conn, "slowed b", NOW, NOW + HOUR)

    with ThreadPoolExecutor(4) as lanes:
        told = list(lanes.map(tells, range(4)))

    assert [sum(one) for one in zip(*told, strict=True)] == [1, 1]


def test_what_comes_about_again_is_told_again_also_by_a_clock_that_was_set_back(engine) -> None:
    with engine.begin() as conn:
        assert tell_newest(conn, "slowed b", NOW, NOW)
        assert not tell_newest(conn, "slowed b", NOW, NOW)
        assert not tell_newest(conn, "slowed b", NOW - HOUR, NOW)
        assert tell_newest(conn, "slowed b", NOW + HOUR, NOW + HOUR)
        assert tell_newest(conn, "slowed b", NOW - HOUR, NOW - HOUR)
        assert tell_newest(conn, "slowed a", NOW, NOW)


def test_editors_are_told_once_unless_the_clock_was_set_back(engine) -> None:
    with engine.begin() as conn:
        assert told_at(conn, "starts a") is None
        assert save_told(conn, "starts a", NOW)
        assert not save_told(conn, "starts a", NOW + HOUR)
        assert told_at(conn, "starts a") == NOW
        assert save_told(conn, "starts a", NOW - HOUR)
        assert told_at(conn, "starts a") == NOW - HOUR
        assert told_at(conn, "starts b") is None
