"""Segments choose among a newsletter's readers when a campaign is planned, and when counted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from partwork.model.audience import Applicant, Evidence, SuppressionReason
from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue
from partwork.model.segment import Segment, segment_of
from partwork.store.audience import erase_subscriber, load_subscriber, save_suppression
from partwork.store.campaigns import UnknownSegment, count_audience, plan_campaign
from partwork.store.engine import read_only
from partwork.store.importing import Entrant, import_entrants
from partwork.store.issues import save_draft
from partwork.store.schema import campaigns, deliveries, imported_fields, tags
from partwork.store.segments import count_reached
from partwork.store.sending_schema import folded
from partwork.store.subscriptions import pause_subscription, skip_series
from tests.conftest import wait_until
from tests.store.conftest import Town, is_waited_for

WORD = Evidence("import: they agreed")
LONG_AGO, LATER = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def reader(name: str, **known: object) -> Entrant:
    applicant = replace(Applicant(2, f"{name}@example.org"), **known)
    return Entrant(applicant, applicant.address, f"hash of {name}")


PEOPLE = (
    reader("ada", language="de", tags=("beta", "press"), fields=(("city", "Köln"),)),
    reader("bob", language="de-AT", tags=("beta",), fields=(("city", "Wien"), ("age", "40"))),
    reader("cleo", language="DE_ch", tags=("press",)),
    reader("dan", language="den"),
    reader("eve", language="fr", fields=(("city", "Lyon"),)),
    reader("fay"),
)


def settle(town: Town, people: Iterable[Entrant] = PEOPLE, at: datetime = LONG_AGO) -> None:
    with town.engine.begin() as conn:
        import_entrants(conn, list(people), "daily", WORD, at=at)


def narrowed(town: Town, segment: Segment, part: str = "part0001") -> Issue:
    """A draft that is for the segment."""
    issue = town.draft(f"words of {part}", part=part)
    issue = replace(issue, audience=AudienceRule("daily", "home", segment.rule))
    with town.engine.begin() as conn:
        save_draft(conn, issue, town.now)
    return issue


def planned(town: Town, segment: Segment) -> list[str]:
    """Who is planned for, after counting has foretold how many."""
    issue = narrowed(town, segment)
    with town.engine.begin() as conn:
        foretold = count_reached(conn, "daily", segment, town.now)
        of_the_part = count_audience(conn, issue, town.now)
        _, count = plan_campaign(conn, issue, town.now, town.now)
        rows = conn.execute(deliveries.select()).fetchall()
    names = sorted(row.recipient.removesuffix("@example.org") for row in rows)
    assert foretold == of_the_part == count == len(names)
    return names


@pytest.mark.parametrize(
    ("segment", "names"),
    [
        (Segment("s", language=("de",)), ["ada", "bob", "cleo"]),
        (Segment("s", language=("de-at", "fr")), ["bob", "eve"]),
        (Segment("s", tag=("beta",)), ["ada", "bob"]),
        (Segment("s", tag=("beta", "press")), ["ada", "bob", "cleo"]),
        (Segment("s", not_tag=("beta",)), ["cleo", "dan", "eve", "fay"]),
        (Segment("s", tag=("press",), not_tag=("beta",)), ["cleo"]),
        (Segment("s", field=(("city", ("Köln", "Lyon")),)), ["ada", "eve"]),
        (Segment("s", field=(("city", ("Wien",)), ("age", ("40",)))), ["bob"]),
        (Segment("s", language=("de",), field=(("city", ("Lyon",)),)), []),
    ],
)
def test_every_condition_holds_and_of_its_values_any(
    town: Town, segment: Segment, names: list[str]
) -> None:
    settle(town)

    assert planned(town, segment) == names


@pytest.mark.parametrize(
    ("since", "before", "names"),
    [
        (date(2026, 2, 1), None, ["new"]),
        (None, date(2026, 2, 1), ["old"]),
        (date(2025, 6, 1), date(2026, 2, 2), ["new", "old"]),
        (date(2025, 6, 2), date(2026, 2, 1), []),
    ],
)
def test_a_sign_up_counts_by_its_day(
    town: Town, since: date | None, before: date | None, names: list[str]
) -> None:
    settle(town, [reader("old")], LONG_AGO)
    settle(town, [reader("new")], LATER)

    segment = Segment("s", signed_up_since=since, signed_up_before=before)
    assert planned(town, segment) == names


def test_a_series_has_those_whom_a_part_of_it_reached(town: Town) -> None:
    settle(town)
    first = town.draft("first", part="aaaaaaaa")
    town.plan(first)
    states = [DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT, DeliveryState.REFUSED]
    with town.engine.begin() as conn:
        conn.execute(deliveries.update().values(state=DeliveryState.LEFT.value))
        for state, name in zip(states, ("ada", "bob", "eve"), strict=True):
            theirs = deliveries.c.recipient == f"{name}@example.org"
            conn.execute(deliveries.update().where(theirs).values(state=state.value))
        count = count_reached(conn, "daily", Segment("s", series=("home",)), town.now)
        other = count_reached(conn, "daily", Segment("s", series=("away",)), town.now)

    assert (count, other) == (2, 0)


def test_a_part_counts_for_its_series_when_its_deliveries_are_long_folded(town: Town) -> None:
    settle(town)
    town.plan(town.draft("first", part="aaaaaaaa"))
    with town.engine.begin() as conn:
        ada = load_subscriber(conn, "ada@example.org")
        assert ada
        row = {"subscriber": ada.id, "accepted_s": 1_700_000_000}
        campaign = conn.execute(select(campaigns.c.id)).scalar_one()
        conn.execute(deliveries.delete())
        conn.execute(folded.insert().values(campaign=campaign, **row))
        found = count_reached(conn, "daily", Segment("s", series=("home",)), town.now)

    assert found == 1


def test_a_segment_adds_nobody_whom_no_mail_may_reach(town: Town) -> None:
    settle(town)
    with town.engine.begin() as conn:
        ada, bob = (load_subscriber(conn, f"{n}@example.org") for n in ("ada", "bob"))
        assert ada
        assert bob
        pause_subscription(conn, ada.id, "daily", town.now + timedelta(days=1))
        save_suppression(conn, "hash of cleo", SuppressionReason.COMPLAINT, town.now)
        import_entrants(conn, [reader("gus", language="de")], "weekly", WORD, at=LONG_AGO)

    assert planned(town, Segment("s", language=("de",))) == ["bob"]

    issue = narrowed(town, Segment("s", language=("de",)), "part0002")
    with town.engine.begin() as conn:
        assert count_audience(conn, issue, town.now) == 1
        skip_series(conn, bob.id, "home", town.now)
        assert count_audience(conn, issue, town.now) == 0


def test_a_segment_is_evaluated_when_it_is_planned(town: Town) -> None:
    settle(town)
    german = Segment("s", language=("de",))
    issue = narrowed(town, german)
    settle(town, [reader("gus", language="de")])

    with town.engine.begin() as conn:
        assert plan_campaign(conn, issue, town.now, town.now)[1] == 4


def test_a_plan_waits_for_those_who_are_getting_tags(town: Town) -> None:
    """Who had one and gets another would else be in none of the cohorts that were looked at."""
    settle(town)
    issue, planned = narrowed(town, Segment("s", tag=("beta",))), list[int]()

    def plan() -> None:
        with town.engine.begin() as conn:
            planned.append(plan_campaign(conn, issue, town.now, town.now)[1])

    thread = Thread(target=plan)
    with town.engine.begin() as conn:
        entrants = [reader("bob", tags=("late",)), reader("fay", tags=("beta",))]
        import_entrants(conn, entrants, "daily", WORD, at=LONG_AGO)
        thread.start()
        wait_until(lambda: is_waited_for(conn))
    thread.join()

    assert planned == [3]


@pytest.mark.parametrize(
    "rule", ["beta", "{}", "[]", '{"name": "s"}', '{"name": "s", "mood": ["good"]}', "{"]
)
def test_a_rule_that_is_no_segment_is_sent_to_nobody(town: Town, rule: str) -> None:
    settle(town)
    issue = town.draft()
    unknown = replace(issue, audience=AudienceRule("daily", "home", rule))

    with town.engine.connect() as conn, pytest.raises(UnknownSegment):
        plan_campaign(conn, unknown, town.now, town.now)


def test_tags_and_fields_of_an_erased_person_are_gone(town: Town) -> None:
    settle(town, PEOPLE[:1])
    with town.engine.begin() as conn:
        ada = load_subscriber(conn, "ada@example.org")
        assert ada
        erase_subscriber(conn, ada.id)

    with read_only(town.engine) as conn:
        assert conn.execute(tags.select()).fetchall() == []
        assert conn.execute(imported_fields.select()).fetchall() == []


_words = st.lists(st.text(min_size=1, max_size=4), max_size=3).map(tuple)
_segments = st.builds(
    Segment,
    st.just("s"),
    language=_words,
    tag=_words,
    not_tag=_words,
    series=_words,
    field=st.dictionaries(st.text(), _words.filter(bool)).map(lambda field: tuple(field.items())),
    signed_up_since=st.none() | st.dates(),
    signed_up_before=st.none() | st.dates(),
)


@given(_segments)
def test_a_rule_is_the_same_whatever_the_order_of_its_values(segment: Segment) -> None:
    turned = replace(
        segment,
        language=segment.language[::-1],
        tag=segment.tag[::-1] * 2,
        field=tuple((name, values[::-1]) for name, values in reversed(segment.field)),
    )

    assert turned.rule == segment.rule
    if segment.has_conditions:
        assert segment_of(segment.rule).rule == segment.rule
