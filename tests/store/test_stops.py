"""What keeps an issue from leaving: its own stop, a part's, or an article that was withdrawn."""

from datetime import timedelta

import pytest

from partwork.model.correction import Withdrawal
from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue
from partwork.model.stop import Stop, StopKind
from partwork.store.bundles import (
    end_waiting,
    gatherings,
    lock_bundles,
    plan_bundle,
    readers_of,
)
from partwork.store.campaigns import unfinished_issues
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.ledger import tally
from partwork.store.sources import drop_withdrawal, save_sources, save_withdrawal
from partwork.store.stops import is_stopped, save_stop, stop_against
from partwork.store.subscriptions import bundle_subscription
from partwork.store.unbundling import cancelled_in_bundles, unbundle
from tests.store.conftest import Town
from tests.store.noting import note_attempt

BUNDLED, GATHERED, PENDING = (
    DeliveryState.BUNDLED,
    DeliveryState.GATHERED,
    DeliveryState.PENDING,
)
LEASE = timedelta(minutes=10)


@pytest.fixture
def parts(town: Town) -> tuple[Issue, Issue]:
    """Two parts of a week, planned for Ada and Bob, who want it in one mail."""
    people = town.join("ada", "bob")
    with town.engine.begin() as conn:
        for person in people:
            assert bundle_subscription(conn, person, "daily", is_bundled=True)
    one, two = (town.draft(f"words {n}", part=f"part000{n}", number=n) for n in (1, 2))
    for part in (one, two):
        town.plan(part)
    return one, two


@pytest.fixture
def bundle(town: Town, parts: tuple[Issue, Issue]) -> Issue:
    """The mail of that week, planned for both."""
    first, rule = parts[0], AudienceRule("daily", "")
    words = " ".join(part.html for part in parts)
    made = Issue("", 10, "W", "W", "", first.sender, first.reply_to, words, words, "", rule)
    with town.engine.begin() as conn:
        (readers,) = readers_of(conn, gatherings(conn))
        plan_bundle(conn, made, parts, readers, due_at=town.now, now=town.now)
        end_waiting(conn, readers, ())
    return made


def say(town: Town, issue: Issue, kind: StopKind, reason: str = "a wrong dose") -> None:
    with town.engine.begin() as conn:
        save_stop(conn, issue.content_hash, Stop(kind, reason, town.now))


def against(town: Town, issue: Issue) -> Stop | None:
    """What stands against an issue; that a lane's quick look says the same."""
    with read_only(town.engine) as conn:
        said = stop_against(conn, issue.content_hash)
        assert is_stopped(conn, issue.content_hash) is (said is not None)
        return said


def unfinished(town: Town) -> tuple[str, ...]:
    with read_only(town.engine) as conn:
        return unfinished_issues(conn, town.now)


def take_apart(town: Town, part: Issue) -> int:
    with town.engine.begin() as conn:
        lock_bundles(conn, "daily")
        return unbundle(conn, part.content_hash)


@pytest.mark.parametrize("kind", [StopKind.PAUSED, StopKind.HELD, StopKind.CANCELLED])
def test_a_part_that_is_stopped_keeps_its_bundle_and_is_named(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue, kind: StopKind
) -> None:
    assert against(town, bundle) is None
    assert unfinished(town) == (bundle.name,)

    say(town, parts[1], kind)

    assert against(town, bundle) == Stop(kind, "a wrong dose", town.now, part=parts[1].name)
    assert against(town, parts[0]) is None
    assert unfinished(town) == ()


def test_a_bundle_goes_on_with_its_part(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue
) -> None:
    say(town, parts[1], StopKind.PAUSED)
    say(town, parts[1], StopKind.RESUMED, "")

    assert against(town, bundle) is None
    assert unfinished(town) == (bundle.name,)


def test_what_was_said_of_a_bundle_itself_is_told_first_and_keeps_no_part(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue
) -> None:
    say(town, parts[0], StopKind.HELD)
    say(town, bundle, StopKind.PAUSED, "both are wrong")

    assert against(town, bundle) == Stop(StopKind.PAUSED, "both are wrong", town.now)
    assert against(town, parts[1]) is None


def test_an_article_that_is_withdrawn_keeps_what_draws_on_it_and_its_bundle(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue
) -> None:
    said = Withdrawal("worms", "retracted", town.now)
    with town.engine.begin() as conn:
        save_sources(conn, parts[1].content_hash, ["worms"])
        save_withdrawal(conn, said)

    kept = Stop(StopKind.PAUSED, said.as_stop, town.now, article="worms")
    assert against(town, parts[1]) == kept
    assert against(town, bundle) == Stop(
        StopKind.PAUSED, said.as_stop, town.now, part=parts[1].name, article="worms"
    )
    assert unfinished(town) == ()
    with town.engine.begin() as conn:
        drop_withdrawal(conn, "worms")
    assert against(town, bundle) is against(town, parts[1]) is None


def test_what_waits_for_the_end_of_a_week_waits_on_while_its_article_is_withdrawn(
    town: Town, parts: tuple[Issue, Issue]
) -> None:
    with town.engine.begin() as conn:
        save_sources(conn, parts[1].content_hash, ["worms"])
        save_withdrawal(conn, Withdrawal("worms", "retracted", town.now))

        assert [one.content_hash for one in gatherings(conn)] == [parts[0].content_hash]


def test_a_pause_says_too_that_an_article_was_withdrawn(
    town: Town, parts: tuple[Issue, Issue]
) -> None:
    say(town, parts[0], StopKind.PAUSED, "a doubt of mine")
    with town.engine.begin() as conn:
        save_sources(conn, parts[0].content_hash, ["worms"])
        save_withdrawal(conn, Withdrawal("worms", "retracted", town.now))

    said = against(town, parts[0])
    assert said == Stop(StopKind.PAUSED, "a doubt of mine", town.now, article="worms")


def test_a_bundle_with_a_cancelled_part_is_taken_apart_but_for_what_has_left(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue
) -> None:
    with town.engine.begin() as conn:
        (ada,) = claim(conn, bundle.content_hash, "lane", town.now, LEASE, limit=1)
        assert note_attempt(conn, ada.id, "lane", town.now)
        (bob,) = claim(conn, bundle.content_hash, "lane", town.now, LEASE, limit=1)
    assert take_apart(town, parts[1]) == 1

    with town.engine.begin() as conn:
        assert not note_attempt(conn, bob.id, "lane", town.now)
        assert tally(conn, bundle.content_hash).planned == 1
    for part in parts:
        assert town.recipients(part, BUNDLED) == ["ada"]
        assert town.recipients(part, GATHERED) == ["bob"]
    assert take_apart(town, parts[1]) == 0


def test_only_bundles_with_something_to_send_and_a_cancelled_part_are_taken_apart(
    town: Town, parts: tuple[Issue, Issue], bundle: Issue
) -> None:
    def found() -> tuple[tuple[str, str], ...]:
        with read_only(town.engine) as conn:
            return cancelled_in_bundles(conn)

    say(town, parts[0], StopKind.PAUSED)
    before = found()
    say(town, parts[1], StopKind.CANCELLED)
    to_do = found()
    say(town, bundle, StopKind.PAUSED)
    paused = found(), take_apart(town, parts[1])
    say(town, bundle, StopKind.RESUMED)
    taken = take_apart(town, parts[1])

    assert to_do == (("daily", parts[1].content_hash),)
    assert (before, paused, taken, found()) == ((), ((), 0), 2, ())
