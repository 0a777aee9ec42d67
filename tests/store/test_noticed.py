"""What a lane must notice before a claimed message leaves; what other lanes do is none of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from partwork.model.audience import Evidence, SuppressionReason
from partwork.model.delivery import Reply, Verdict
from partwork.model.stop import Stop, StopKind
from partwork.store.audience import erase_subscriber, move_subscriber, save_suppression
from partwork.store.claiming import claim
from partwork.store.driving import noticed
from partwork.store.engine import read_only
from partwork.store.stops import save_stop
from partwork.store.subscriptions import end_subscription, pause_subscription, skip_series
from tests.store.conftest import Town
from tests.store.noting import note_attempt, note_reply

LEASE = timedelta(minutes=10)
NEW = {"address_key": "new@example.org", "suppression_key": "hash of new"}
LATER = timedelta(days=7)

Act = Callable[[Connection, int, Town, str], object]

THAT_KEEP_A_MAIL: dict[str, Act] = {
    "leaving": lambda c, who, t, _: end_subscription(c, who, "daily", Evidence("link"), t.now),
    "pausing": lambda c, who, t, _: pause_subscription(c, who, "daily", t.now + LATER),
    "skipping": lambda c, who, t, _: skip_series(c, who, "home", t.now),
    "suppressing": lambda c, _, t, __: save_suppression(
        c, "hash of ada", SuppressionReason.COMPLAINT, t.now
    ),
    "moving": lambda c, who, _, __: move_subscriber(c, who, "new@example.org", **NEW),
    "erasing": lambda c, who, _, __: erase_subscriber(c, who),
    "a stop": lambda c, _, t, issue: save_stop(c, issue, Stop(StopKind.PAUSED, "wait", t.now)),
    "going on": lambda c, _, t, issue: save_stop(c, issue, Stop(StopKind.RESUMED, "", t.now)),
}


def seen(town: Town) -> int | None:
    """As another connection sees it."""
    with read_only(town.engine) as conn:
        return noticed(conn)


@pytest.mark.parametrize("what", THAT_KEEP_A_MAIL)
def test_whatever_may_keep_a_mail_is_noticed(town: Town, what: str) -> None:
    ada, _ = town.join("ada", "bob")
    issue = town.draft()
    town.plan(issue)
    before = seen(town)

    with town.engine.begin() as conn:
        assert THAT_KEEP_A_MAIL[what](conn, ada, town, issue.content_hash) is not False

    if town.engine.dialect.name == "sqlite":
        assert seen(town) != before
    else:
        assert seen(town) is before is None  # there all is looked up


def test_what_lanes_and_newcomers_do_is_not(town: Town) -> None:
    town.join("ada", "bob")
    issue = town.draft()
    town.plan(issue)
    before = seen(town)

    with town.engine.begin() as conn:
        row, _ = claim(conn, issue.content_hash, "lane", town.now, LEASE)
        note_attempt(conn, row.id, "lane", town.now)
        note_reply(conn, row.id, "lane", Verdict.ACCEPTED, Reply(250, "taken"), at=town.now)
    town.join("eve")

    assert seen(town) == before


def test_what_is_taken_back_was_never_noticed(town: Town) -> None:
    (ada,) = town.join("ada")
    before = seen(town)

    with town.engine.connect() as conn, conn.begin() as transaction:
        end_subscription(conn, ada, "daily", Evidence("link"), town.now)
        transaction.rollback()

    assert seen(town) == before
