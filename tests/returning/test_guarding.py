"""When sending must stop."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.guarding import (
    Ceiling,
    Ceilings,
    Counts,
    Scope,
    counts_against,
    whys_held,
)
from partwork.returning.judging import Judgement, Limits
from partwork.returning.rules import Rule

PAGE = (Path(__file__).parents[2] / "docs" / "returning.md").read_text()
CEILINGS = Ceilings()


def counts(accepted: int, refused: int = 0, bounced: int = 0, complained: int = 0) -> Counts:
    return Counts(Scope.CAMPAIGN, "12", accepted, refused, bounced, complained)


@pytest.mark.parametrize(
    "within",
    [
        counts(0),
        counts(2, bounced=1),
        counts(0, refused=4),
        counts(3, complained=2),
        counts(98, refused=2),
        counts(1000, bounced=50, complained=3, refused=20),
        counts(4, bounced=4),
    ],
)
def test_a_few_of_few_or_a_small_share_of_many_are_borne(within: Counts) -> None:
    assert whys_held([within], CEILINGS) == ()


@pytest.mark.parametrize(
    ("too_many", "why"),
    [
        (counts(95, refused=5), "5 of 100 answered were refused, more than 2 %"),
        (counts(1000, bounced=51), "51 of 1000 accepted bounced, more than 5 %"),
        (counts(999, complained=3), "3 of 999 accepted were reported as spam, more than 0.3 %"),
        (counts(0, refused=5), "5 of 5 answered were refused, more than 2 %"),
        (counts(0, bounced=5), "5 of 0 accepted bounced, more than 5 %"),
    ],
)
def test_too_large_a_share_holds_and_says_which(too_many: Counts, why: str) -> None:
    assert whys_held([too_many], CEILINGS) == (f"campaign 12: {why}",)


def test_each_group_is_held_for_itself() -> None:
    groups = [
        counts(10_000, bounced=40),
        Counts(Scope.DOMAIN, "example.org", 100, bounced=40),
        Counts(Scope.SIGN_UP, "fair in May", 60, bounced=40, complained=18),
    ]

    assert [why.split(":")[0] for why in whys_held(groups, CEILINGS)] == [
        "recipients' domain example.org",
        "sign-up source fair in May",
        "sign-up source fair in May",
    ]


def test_ceilings_may_be_chosen() -> None:
    strict = Ceilings(bounced=Ceiling(0, 1), refused=Ceiling(100, 1), complained=Ceiling(100, 1))

    assert len(whys_held([counts(1000, refused=1000, bounced=1, complained=9)], strict)) == 1


@pytest.mark.parametrize(("percent", "at_least"), [(-1, 1), (101, 1), (5, 0), (float("nan"), 1)])
def test_what_is_no_ceiling_is_refused(percent: float, at_least: int) -> None:
    with pytest.raises(ValueError, match="no ceiling"):
        Ceiling(percent, at_least)


BOUNCED = Feedback(Source.SES, FeedbackKind.BOUNCE, "1", status="5.7.1")


@pytest.mark.parametrize(
    ("event", "rule", "certainty", "counts"),
    [
        (BOUNCED, Rule.HARD, Certainty.RELAY_ID, True),
        (BOUNCED, Rule.OUR_FAULT, Certainty.MESSAGE_ID, True),
        (BOUNCED, Rule.SUPPRESSED, Certainty.RELAY_ID, True),
        (replace(BOUNCED, source=Source.MAILBOX), Rule.SOFT, Certainty.BOUNCE_ADDRESS, True),
        (replace(BOUNCED, source=Source.MAILBOX), Rule.SOFT, Certainty.MESSAGE_ID, False),
        (replace(BOUNCED, kind=FeedbackKind.COMPLAINT), Rule.COMPLAINT, Certainty.RELAY_ID, True),
        (
            replace(BOUNCED, kind=FeedbackKind.COMPLAINT, feedback_type="not-spam"),
            Rule.NO_COMPLAINT,
            Certainty.RELAY_ID,
            False,
        ),
        (replace(BOUNCED, kind=FeedbackKind.DELAY), Rule.DELAY, Certainty.RELAY_ID, False),
        (replace(BOUNCED, kind=FeedbackKind.DELIVERED), Rule.ARRIVED, Certainty.RELAY_ID, False),
    ],
)
def test_what_is_proven_and_bad_counts_against_the_campaign(
    event: Feedback, rule: Rule, certainty: Certainty, counts: bool
) -> None:
    judgement = Judgement(rule, event, certainty, datetime(2026, 3, 2, tzinfo=UTC))

    assert counts_against(judgement, Limits()) is counts


NUMBERS = st.integers(0, 10_000)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_more_of_what_is_bad_never_lets_go(
    accepted: int, refused: int, bounced: int, complained: int, more: int
) -> None:
    held = len(whys_held([counts(accepted, refused, bounced, complained)], CEILINGS))
    worse = counts(accepted, refused + more, bounced + more, complained + more)

    assert len(whys_held([worse], CEILINGS)) >= held


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_what_is_borne_of_few_accepted_is_borne_of_more(
    accepted: int, refused: int, bounced: int, complained: int, more: int
) -> None:
    held = len(whys_held([counts(accepted, refused, bounced, complained)], CEILINGS))
    better = counts(accepted + more, refused, bounced, complained)

    assert len(whys_held([better], CEILINGS)) <= held


def test_the_page_tells_the_ceilings() -> None:
    section = PAGE.split("## When sending must stop")[1]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"][2:]

    assert {what: (float(percent), int(least)) for what, _, percent, least, _ in rows} == {
        name: (ceiling.percent, ceiling.at_least)
        for name in ("refused", "bounced", "complained")
        for ceiling in [getattr(CEILINGS, name)]
    }


@pytest.mark.parametrize("scope", [Scope.DOMAIN, Scope.SIGN_UP])
@pytest.mark.parametrize(
    ("refused", "of_all", "is_held"),
    [(19, 100, False), (20, 100, True), (20, 2000, True), (20, 2001, False)],
)
def test_a_small_part_of_a_campaign_does_not_speak_of_it(
    scope: Scope, refused: int, of_all: int, is_held: bool
) -> None:
    part = Counts(scope, "closed.example.org", 0, refused=refused)

    assert bool(whys_held([part], CEILINGS, of_all)) is is_held
