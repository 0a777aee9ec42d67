"""Going: the log first, then the database, and no way back by accident."""

import shutil

import pytest

from partwork.actions.departing import depart, suppress, unsuppress
from partwork.actions.forgetting import forget
from partwork.actions.subscribers import all_subscribers, import_subscribers, story_of
from partwork.assembly import Press, assemble, keys_of
from partwork.library import LibraryError
from partwork.model.audience import Evidence, SubscriptionState, SuppressionReason
from partwork.settings import Settings
from partwork.store.audience import is_suppressed
from partwork.store.engine import StoreError, read_only
from partwork.store.notes_schema import positions
from partwork.store.replaying import replay
from partwork.store.suppression_log import LogAct, LogUnusable, entries_since
from tests.conftest import NOW

ADA = "ada@example.org"
LINK = Evidence("one-click")


def logged(press: Press) -> list[LogAct]:
    return [entry.act for entry in entries_since(press.suppression_log, 0)[0]]


def test_who_leaves_stands_in_the_log_and_in_the_database(press: Press, readers: object) -> None:
    ada, held = story_of(press, ADA).subscriber, story_of(press, ADA).subscriptions

    first = depart(press, ada, held, LINK, now=NOW)
    again = depart(press, ada, held, LINK, now=NOW)

    assert (first, again) == (("the-bench",), ())
    assert logged(press) == [LogAct.LEFT, LogAct.LEFT]  # it was not known yet to have been done
    assert story_of(press, ADA).subscriptions[0].state is SubscriptionState.ENDED


def test_nobody_s_address_stands_in_the_log(press: Press, readers: object) -> None:
    ada = story_of(press, ADA).subscriber

    forget(press, ada, NOW)

    assert logged(press) == [LogAct.LEFT, LogAct.LEFT, LogAct.ERASED]  # that one, and all
    assert "ada" not in press.suppression_log.read_text().lower().replace("database", "")


def test_a_database_of_yesterday_brings_nobody_back(
    press: Press, readers: object, tmp_path: object
) -> None:
    database = press.settings.state / "partwork.sqlite"
    yesterday = press.settings.state / "yesterday.sqlite"
    with press.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"VACUUM INTO '{yesterday}'")
    ada, grace = (story_of(press, f"{name}@example.org").subscriber for name in ("ada", "grace"))
    depart(press, ada, story_of(press, ADA).subscriptions, LINK, now=NOW)
    forget(press, grace, NOW)
    suppress(press, "mary@example.org", SuppressionReason.COMPLAINT, NOW)
    press.engine.dispose()
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    shutil.copy(yesterday, database)

    with assemble(Settings(home=press.settings.home)) as restored:
        (held,) = story_of(restored, "ada@example.org").subscriptions
        people = {person.address for person, *_ in all_subscribers(restored, "", None)}
        file = press.settings.home / "all.csv"
        file.write_text("email\nada@example.org\ngrace@example.org\nmary@example.org\n")
        report = import_subscribers(restored, file, "the-bench", note="an old list", now=NOW)

    assert held.state is SubscriptionState.ENDED
    assert people == {"ada@example.org", "mary@example.org"}
    assert (report.added, report.left_earlier, report.suppressed) == (0, 2, 1)


def test_a_departure_that_cannot_be_logged_is_said_and_not_done_by_halves(
    press: Press, readers: object
) -> None:
    press.suppression_log.mkdir()
    ada = story_of(press, ADA).subscriber

    with pytest.raises(LogUnusable):
        depart(press, ada, story_of(press, ADA).subscriptions, LINK, now=NOW)

    assert story_of(press, ADA).subscriptions[0].state is SubscriptionState.CONFIRMED


def test_who_is_suppressed_twice_was_suppressed_once(press: Press) -> None:
    assert suppress(press, "Ada@Example.org", SuppressionReason.WISH, NOW)
    assert not suppress(press, "ada@example.org", SuppressionReason.COMPLAINT, NOW)


def test_a_suppression_that_was_lifted_stays_lifted_in_an_old_backup(press: Press) -> None:
    suppress(press, "ada@example.org", SuppressionReason.WISH, NOW)

    assert unsuppress(press, "ADA@example.org", "she wrote to us", NOW)
    assert not unsuppress(press, "ada@example.org", "she wrote to us", NOW)

    with press.engine.begin() as connection:
        connection.execute(positions.delete())  # as an old backup would read it again
    replay(press.engine, press.suppression_log)
    hashed = keys_of("ada@example.org", press.hash_key).suppression_key
    with read_only(press.engine) as connection:
        assert not is_suppressed(connection, hashed)


@pytest.mark.parametrize(
    ("act", "reason"), [(suppress, SuppressionReason.WISH), (unsuppress, "she wrote to us")]
)
def test_what_is_no_address_is_not_suppressed(press: Press, act, reason) -> None:
    with pytest.raises(LibraryError, match="not an e-mail address"):
        act(press, "ada", reason, NOW)


def test_a_suppression_is_not_lifted_without_a_reason(press: Press) -> None:
    suppress(press, "ada@example.org", SuppressionReason.WISH, NOW)

    with pytest.raises(LibraryError, match="--reason"):
        unsuppress(press, "ada@example.org", "  ", NOW)

    assert not suppress(press, "ada@example.org", SuppressionReason.WISH, NOW)


def test_what_is_no_address_is_nobody_s_story(press: Press) -> None:
    with pytest.raises(LibraryError, match="not an e-mail address"):
        story_of(press, "ada")


def test_a_log_that_nobody_can_read_stops_the_start(press: Press) -> None:
    press.suppression_log.mkdir()

    with (
        pytest.raises((LogUnusable, StoreError), match="suppression log"),
        assemble(Settings(home=press.settings.home)),
    ):
        pass
