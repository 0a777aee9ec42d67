"""A file that remembers departures when the database cannot, and after it was set back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update

from partwork.model.audience import (
    Act,
    Applicant,
    Evidence,
    SubscriptionState,
    SuppressionReason,
)
from partwork.store.audience import (
    is_suppressed,
    load_subscriber,
)
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.importing import Entrant, ImportOutcome, import_entrants
from partwork.store.notes_schema import positions
from partwork.store.replaying import replay
from partwork.store.schema import subscribers
from partwork.store.subscriptions import (
    ask_for_subscription,
    confirm_subscription,
    end_subscription,
    load_subscription,
    return_to_subscription,
)
from partwork.store.suppression_log import (
    PIECE,
    LogAct,
    LogEntry,
    LogUnusable,
    append,
    entries_since,
    prepend_missing,
)

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = Evidence("link")
CONFIRMED, ENDED = SubscriptionState.CONFIRMED, SubscriptionState.ENDED


def left(name: str = "ada", at: datetime = NOW) -> LogEntry:
    return LogEntry(LogAct.LEFT, at, f"hash of {name}", newsletter="daily")


def all_of(log: Path) -> list[LogEntry]:
    found: list[LogEntry] = []
    position = 0
    while True:
        entries, end = entries_since(log, position)
        if end == position:
            return found
        found += entries
        position = end


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "suppression.log"


ENTRIES = st.builds(
    LogEntry,
    st.sampled_from(LogAct),
    st.datetimes(timezones=st.just(UTC)),
    st.text(max_size=20).filter(lambda t: t.isprintable()),
    st.integers(0, 10**9),
    st.text(max_size=20).filter(lambda t: t.isprintable()),
    st.sampled_from(["", *SuppressionReason]),
)


@given(st.lists(ENTRIES, max_size=5))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, entries) -> None:
    log = tmp_path_factory.mktemp("log") / "log"
    append(log, entries)

    assert all_of(log) == entries


def test_reading_goes_on_where_it_ended(log: Path) -> None:
    append(log, [left("ada")])
    _, end = entries_since(log, 0)
    append(log, [left("bob")])

    assert entries_since(log, end)[0] == (left("bob"),)


def test_a_log_longer_than_one_piece_is_read_to_its_end(log: Path) -> None:
    entries = [left(f"reader {n}") for n in range(2 * PIECE // 100)]
    append(log, entries)

    assert log.stat().st_size > 2 * PIECE
    assert all_of(log) == entries


def test_a_torn_line_is_passed_over_and_swallows_no_other(log: Path) -> None:
    append(log, [left("ada")])
    with log.open("ab") as torn:
        torn.write(b'{"act": "left", "at": "2026-')
    append(log, [left("bob")])
    with log.open("ab") as torn:
        torn.write(b'\xff\x00\n[]\n{"act": "other", "at": "2026-01-01"}\n{}\nnull\n7\n')
    append(log, [left("cleo")])

    assert all_of(log) == [left("ada"), left("bob"), left("cleo")]


def test_a_line_that_never_ends_stops_nobody(log: Path) -> None:
    log.parent.mkdir()
    log.write_bytes(b"x" * (PIECE + 1))
    append(log, [left("ada")])

    assert all_of(log) == [left("ada")]


def test_many_may_write_at_once(log: Path) -> None:
    names = [f"reader {n}" for n in range(40)]
    threads = [Thread(target=append, args=(log, [left(name)])) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(entry.suppression_key for entry in all_of(log)) == sorted(
        f"hash of {name}" for name in names
    )


def test_who_leaves_while_an_earlier_log_is_put_before_it_has_left(log: Path) -> None:
    """As in a restore into PostgreSQL while the pages go on being served."""
    names = [f"reader {n}" for n in range(100)]
    threads = [Thread(target=append, args=(log, [left(name)])) for name in names]
    for n, thread in enumerate(threads):
        thread.start()
        prepend_missing(log, f"a line of a backup, {n}\n")
    for thread in threads:
        thread.join()

    assert {entry.suppression_key for entry in all_of(log)} == {f"hash of {n}" for n in names}


def test_the_log_is_its_owner_s_alone(log: Path) -> None:
    append(log, [left()])

    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LogUnusable, match="suppression log"):
        append(tmp_path / "file" / "log", [left()])
    with pytest.raises(LogUnusable, match="cannot be read"):
        entries_since(tmp_path, 0)


def state(engine: Engine, subscriber: int) -> SubscriptionState | None:
    with read_only(engine) as conn:
        held = load_subscription(conn, subscriber, "daily")
    return held and held.state


def test_a_departure_of_an_hour_without_a_database_is_applied(town, log: Path) -> None:
    ada, bob = town.join("ada", "bob")
    append(log, [LogEntry(LogAct.LEFT, NOW, subscriber=ada, newsletter="daily")])

    assert replay(town.engine, log) == 1
    assert replay(town.engine, log) == 0

    assert (state(town.engine, ada), state(town.engine, bob)) == (ENDED, CONFIRMED)
    with read_only(town.engine) as conn:
        last = load_consents(conn, ada)[-1]
    assert (last.act, last.at, last.evidence.source) == (Act.ENDED, NOW, "suppression log")


def set_back(engine: Engine) -> None:
    """The database reads the log again from its beginning, as an old backup would."""
    with engine.begin() as conn:
        conn.execute(delete(positions))


def test_an_old_backup_brings_nobody_back(town, log: Path) -> None:
    ada, _, eve = town.join("ada", "bob", "eve")
    append(
        log,
        [
            left("ada"),
            LogEntry(LogAct.SUPPRESSED, NOW, "hash of bob", reason="complaint"),
            LogEntry(LogAct.ERASED, NOW, "hash of eve"),
            left("frank"),
        ],
    )

    replay(town.engine, log)

    assert (state(town.engine, ada), state(town.engine, eve)) == (ENDED, None)
    with town.engine.begin() as conn:
        assert is_suppressed(conn, "hash of bob")
        assert load_subscriber(conn, "eve@example.org") is None
        entrant = Entrant(Applicant(1, "frank@example.org"), "frank@example.org", "hash of frank")
        (frank,) = import_entrants(conn, [entrant], "daily", Evidence("an old list"), at=NOW + HOUR)
    assert frank is ImportOutcome.LEFT_EARLIER


def test_what_the_database_knows_already_is_not_recorded_twice(town, log: Path) -> None:
    (ada,) = town.join("ada")
    append(log, [left()])
    with town.engine.begin() as conn:
        end_subscription(conn, ada, "daily", LINK, NOW)

    replay(town.engine, log)

    with read_only(town.engine) as conn:
        assert [c.evidence.source for c in load_consents(conn, ada)] == ["people.csv", "link"]


def test_who_has_subscribed_anew_since_is_left_in_peace(town, log: Path) -> None:
    (ada,) = town.join("ada")
    append(log, [left()])
    with town.engine.begin() as conn:
        end_subscription(conn, ada, "daily", LINK, NOW)
        ask_for_subscription(conn, ada, "daily", LINK, NOW + HOUR)
        confirm_subscription(conn, ada, "daily", LINK, linked_at=NOW + HOUR, at=NOW + 2 * HOUR)

    replay(town.engine, log)

    assert state(town.engine, ada) is CONFIRMED


def test_who_took_it_back_is_left_in_peace(town, log: Path) -> None:
    (ada,) = town.join("ada")
    back = LogEntry(LogAct.RETURNED, NOW + HOUR, "hash of ada", newsletter="daily")
    append(log, [left(), back])
    with town.engine.begin() as conn:
        end_subscription(conn, ada, "daily", LINK, NOW)
        return_to_subscription(conn, ada, "daily", LINK, ended_at=NOW, at=NOW + HOUR)

    replay(town.engine, log)

    assert state(town.engine, ada) is CONFIRMED


def test_an_old_backup_also_hears_of_those_who_took_it_back(town, log: Path) -> None:
    (ada,) = town.join("ada")
    back = LogEntry(LogAct.RETURNED, NOW + HOUR, "hash of ada", newsletter="daily")
    append(log, [left(), back])

    replay(town.engine, log)

    assert state(town.engine, ada) is CONFIRMED


def test_who_took_it_back_and_left_again_has_left(town, log: Path) -> None:
    (ada,) = town.join("ada")
    append(log, [left("ada")])
    replay(town.engine, log)
    append(
        log,
        [
            LogEntry(LogAct.RETURNED, NOW + HOUR, "hash of ada", newsletter="daily"),
            LogEntry(LogAct.LEFT, NOW + 2 * HOUR, "hash of ada", newsletter="daily"),
        ],
    )

    replay(town.engine, log)

    assert state(town.engine, ada) is ENDED
    with read_only(town.engine) as conn:
        acts = [consent.act for consent in load_consents(conn, ada)]
    assert acts[-3:] == [Act.ENDED, Act.RETURNED, Act.ENDED]


def test_a_return_in_the_log_undoes_no_departure_from_elsewhere(town, log: Path) -> None:
    (ada,) = town.join("ada")
    town.leave(ada)
    append(log, [LogEntry(LogAct.RETURNED, NOW + HOUR, "hash of ada", newsletter="daily")])

    replay(town.engine, log)

    assert state(town.engine, ada) is ENDED


def test_reading_the_whole_log_again_changes_nothing(town, log: Path) -> None:
    (ada,) = town.join("ada")
    append(log, [left()])
    replay(town.engine, log)
    set_back(town.engine)

    assert replay(town.engine, log) == 1

    with read_only(town.engine) as conn:
        assert [c.act for c in load_consents(conn, ada)] == [Act.IMPORTED, Act.ENDED]


def test_a_number_that_was_given_anew_is_another_person_s(town, log: Path) -> None:
    append(log, [LogEntry(LogAct.LEFT, NOW, subscriber=1, newsletter="daily")])
    (ada,) = town.join("ada")
    with town.engine.begin() as conn:
        conn.execute(update(subscribers).values(created_at=NOW + HOUR))

    replay(town.engine, log)

    assert (ada, state(town.engine, ada)) == (1, CONFIRMED)


def test_without_a_log_there_is_nothing_to_do(engine: Engine, log: Path) -> None:
    assert replay(engine, log) == 0
    with read_only(engine) as conn:
        assert conn.execute(select(positions)).all() == []
