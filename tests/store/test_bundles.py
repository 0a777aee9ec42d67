"""What is gathered for the end of a week is worked off once, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue, Marked
from partwork.store.audience import erase_subscriber
from partwork.store.bundles import (
    MOST_PARTS,
    count_readers,
    end_waiting,
    gatherings,
    in_turns,
    leave_gathered,
    parts_of,
    plan_bundle,
    readers_of,
)
from partwork.store.campaigns import plan_campaign
from partwork.store.engine import read_only
from partwork.store.issues import load_issue, load_marked, save_draft
from partwork.store.ledger import deliveries_of, tally
from partwork.store.schema import drafts
from partwork.store.subscriptions import bundle_subscription, pause_subscription, skip_series

MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
GATHERED, BUNDLED, PENDING = (
    DeliveryState.GATHERED,
    DeliveryState.BUNDLED,
    DeliveryState.PENDING,
)


@pytest.fixture
def people(town) -> dict[str, int]:
    """Ada and Bob want a week in one mail, Eve does not."""
    people = dict(zip(("ada", "bob", "eve"), town.join("ada", "bob", "eve"), strict=True))
    with town.engine.begin() as conn:
        for name in ("ada", "bob"):
            assert bundle_subscription(conn, people[name], "daily", is_bundled=True)
    return people


@pytest.fixture
def parts(town, people) -> tuple[Issue, Issue]:
    """Two parts of a week, planned for all."""
    made = tuple(town.draft(f"words {n}", part=f"part000{n}", number=n) for n in (1, 2))
    for days, part in enumerate(made):
        assert town.plan(part, town.now + timedelta(days=days)) == 3
    return made


def a_bundle(parts: tuple[Issue, ...]) -> Issue:
    first = parts[0]
    words = " ".join(part.html for part in parts)
    rule = AudienceRule("daily", "")
    return Issue("", 10, "W", "W", "", first.sender, first.reply_to, words, words, "", rule)


def work_off(town, bundle: Issue, *, alone: tuple[str, ...] = ()) -> list[int]:
    """One turn of the week's end, all in one transaction; how many readers each set had."""
    counts = []
    with town.engine.begin() as conn:
        found = gatherings(conn)
        for one in found:
            leave_gathered(conn, one, MONDAY)
        for readers in readers_of(conn, found):
            counts.append(count_readers(conn, readers))
            if len(readers.parts) > 1:
                joined = [load_issue(conn, part) for part in readers.parts]
                plan_bundle(conn, bundle, joined, readers, due_at=MONDAY, now=MONDAY)
                end_waiting(conn, readers, alone)
            else:
                end_waiting(conn, readers, readers.parts)
    return counts


def test_who_wants_a_week_in_one_mail_is_planned_and_waits(town, parts) -> None:
    for part in parts:
        assert town.recipients(part, GATHERED) == ["ada", "bob"]
        assert town.recipients(part, PENDING) == ["eve"]


def test_what_waits_is_told_by_campaign_in_the_order_of_its_slots(town, parts) -> None:
    with read_only(town.engine) as conn:
        found = gatherings(conn)

    assert [one.content_hash for one in found] == [part.content_hash for part in parts]
    assert {(one.newsletter, one.series) for one in found} == {("daily", "home")}
    assert [one.due_at for one in found] == [town.now, town.now + timedelta(days=1)]


def test_a_bundle_takes_the_place_of_its_parts(town, parts) -> None:
    bundle = a_bundle(parts)

    assert work_off(town, bundle) == [2]
    assert work_off(town, bundle) == []

    assert town.recipients(bundle, PENDING) == ["ada", "bob"]
    for part in parts:
        assert town.recipients(part, BUNDLED) == ["ada", "bob"]
        assert town.recipients(part, PENDING) == ["eve"]
    with read_only(town.engine) as conn:
        assert parts_of(conn, bundle.content_hash) == parts
        assert parts_of(conn, parts[0].content_hash) == ()
        assert tally(conn, parts[0].content_hash).bundled == 2
        assert bundle.content_hash not in conn.execute(select(drafts.c.content_hash)).scalars()


def test_readers_are_told_apart_by_what_they_wait_for(town, parts, people) -> None:
    with town.engine.begin() as conn:
        found = gatherings(conn)
        bundle_subscription(conn, people["eve"], "daily", is_bundled=True)
    third = town.draft("words 3", part="part0003", number=3)
    town.plan(third, town.now + timedelta(days=2))

    with read_only(town.engine) as conn:
        sets = {r.parts: count_readers(conn, r) for r in readers_of(conn, gatherings(conn))}

    both = tuple(one.content_hash for one in found)
    assert sets == {(*both, third.content_hash): 2, (third.content_hash,): 1}


def test_a_part_beside_a_bundle_goes_by_itself(town, parts) -> None:
    third = town.draft("words 3", part="part0003", number=3)
    town.plan(third, town.now + timedelta(days=2))
    bundle = a_bundle(parts)

    with town.engine.begin() as conn:
        (readers,) = readers_of(conn, gatherings(conn))
        plan_bundle(conn, bundle, parts, readers, due_at=MONDAY, now=MONDAY)
        assert end_waiting(conn, readers, [third.content_hash]) == 2

    assert town.recipients(third, PENDING) == ["ada", "bob", "eve"]
    assert town.recipients(parts[0], BUNDLED) == ["ada", "bob"]


def test_nothing_is_bundled_for_a_reader_without_the_bundle(town, parts) -> None:
    with town.engine.begin() as conn:
        (readers,) = readers_of(conn, gatherings(conn))
        end_waiting(conn, readers, [])

    assert town.recipients(parts[0], GATHERED) == ["ada", "bob"]


def test_who_went_or_skips_or_pauses_is_left(town, parts, people) -> None:
    town.leave(people["ada"])
    with town.engine.begin() as conn:
        pause_subscription(conn, people["bob"], "daily", MONDAY + timedelta(days=1))

    assert work_off(town, a_bundle(parts)) == []
    assert town.recipients(parts[0], DeliveryState.LEFT) == ["ada", "bob"]


def test_a_skipped_series_is_left_and_no_other(town, parts, people) -> None:
    with town.engine.begin() as conn:
        skip_series(conn, people["ada"], "home", town.now)
        skip_series(conn, people["bob"], "another", town.now)

    assert work_off(town, a_bundle(parts)) == [1]
    assert town.recipients(a_bundle(parts)) == ["bob"]


def test_whoever_is_erased_waits_for_nothing(town, parts, people) -> None:
    with town.engine.begin() as conn:
        erase_subscriber(conn, people["ada"])

    assert work_off(town, a_bundle(parts)) == [1]
    assert town.recipients(parts[0], DeliveryState.LEFT) == [""]


def test_of_very_many_parts_the_first_are_worked_off_and_then_the_others(town, people) -> None:
    many = [town.draft(f"w {n}", part=f"part{n:04}", number=n) for n in range(1, MOST_PARTS + 4)]
    for part in many:
        town.plan(part)

    first, second = a_bundle((many[0],)), a_bundle((many[-1],))
    assert work_off(town, first) == [2]
    assert town.recipients(many[-1], GATHERED) == ["ada", "bob"]
    assert work_off(town, second) == [2]

    with read_only(town.engine) as conn:
        told = [part for bundle in (first, second) for part in parts_of(conn, bundle.content_hash)]
    assert told == many


_turns = count(1)
PARTS = 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.lists(st.booleans(), min_size=PARTS, max_size=PARTS),
            st.sampled_from([None, 0, 1, 2]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_readers_choose_and_when_each_gets_each_part_once(town, choices) -> None:
    """For each reader: whether a week comes in one mail when part n is planned; what is skipped."""
    turn = next(_turns)
    newsletter, names = f"news-{turn}", [f"reader-{turn}-{n}" for n in range(len(choices))]
    people = town.join(*names, newsletter=newsletter)
    drafts = []
    for number in range(PARTS):
        draft = town.draft(f"words {turn} {number}", part=f"p{turn:03}{number:04}")
        rule = AudienceRule(newsletter, f"series-{number}")
        drafts.append(replace(draft, audience=rule))
        with town.engine.begin() as conn:
            save_draft(conn, drafts[-1], town.now)
            for person, (wishes, _) in zip(people, choices, strict=True):
                bundle_subscription(conn, person, newsletter, is_bundled=wishes[number])
            plan_campaign(conn, drafts[-1], town.now, town.now)
    with town.engine.begin() as conn:
        for person, (_, skipped) in zip(people, choices, strict=True):
            if skipped is not None:
                skip_series(conn, person, f"series-{skipped}", town.now)

    with town.engine.begin() as conn:
        found = gatherings(conn)
        for one in found:
            leave_gathered(conn, one, MONDAY)
        for readers in readers_of(conn, found):
            joined = [draft for draft in drafts if draft.content_hash in readers.parts]
            bundle = replace(a_bundle(tuple(joined)), audience=AudienceRule(newsletter, ""))
            for some in in_turns(readers):
                if len(joined) > 1:
                    plan_bundle(conn, bundle, joined, some, due_at=MONDAY, now=MONDAY)
                end_waiting(conn, some, readers.parts if len(joined) == 1 else ())
        got = {
            person: sorted(
                part.audience.series
                for row in deliveries_of(conn, person)
                if row.state is PENDING
                for part in parts_of(conn, row.content_hash) or [load_issue(conn, row.content_hash)]
            )
            for person in people
        }
        assert gatherings(conn) == ()

    for person, (wishes, skipped) in zip(people, choices, strict=True):
        # What was pending when it was skipped, the claim of a lane passes over: that is not here.
        kept = (n for n in range(PARTS) if n != skipped or not wishes[n])
        assert got[person] == [f"series-{n}" for n in kept]


def test_what_a_template_marked_is_kept_with_the_issue(town) -> None:
    issue, marked = town.draft(), Marked("<i>html</i>", "text")

    with town.engine.begin() as conn:
        none = load_marked(conn, issue.content_hash)
        save_draft(conn, issue, town.now, marked=marked)
        save_draft(conn, issue, town.now)

        assert none is None
        assert load_marked(conn, issue.content_hash) == marked
