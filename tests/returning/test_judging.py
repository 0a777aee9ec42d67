"""What an event means over days, and what must hold in whatever order events come."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.audience import SuppressionReason
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution, Origin
from partwork.returning.judging import (
    Judgement,
    Limits,
    Record,
    Standing,
    judged,
    probed,
    score_of,
    standing_of,
)
from partwork.returning.rules import OUTCOMES, WORDS, Outcome, Rule

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = START + 90 * DAY
BLANK = Record(since=START)
LIMITS = Limits()
FULL = Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, status="4.2.2", words="mailbox is full")
GONE = Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, status="5.1.1")
ARRIVED = Feedback(Source.SES, FeedbackKind.DELIVERED)
SPAM = Feedback(Source.MAILBOX, FeedbackKind.COMPLAINT, feedback_type="abuse")


def mail_of(sent_at: datetime | None, by: Certainty = Certainty.BOUNCE_ADDRESS) -> Attribution:
    return Attribution(by, Origin(1, "ada@example.org", 7, sent_at))


def after_all(
    told: list[tuple[Feedback, datetime]], record: Record = BLANK, limits: Limits = LIMITS
) -> tuple[Record, list[Outcome]]:
    outcomes = []
    for event, sent_at in told:
        record, judgement = judged(record, event, mail_of(sent_at), NOW, limits)
        outcomes.append(judgement.outcome)
    return record, outcomes


def test_a_weekly_reader_is_asked_after_five_bad_weeks() -> None:
    weeks = [(FULL, START + n * 7 * DAY) for n in range(5)]

    _, outcomes = after_all(weeks)

    assert outcomes == [*[Outcome.COUNT] * 4, Outcome.PROBE]


def test_bounces_are_forgotten_after_a_clean_time() -> None:
    record, _ = after_all([(FULL, START + n * DAY) for n in range(4)])

    record, outcomes = after_all([(FULL, START + 11 * DAY)], record)

    assert outcomes == [Outcome.COUNT]
    assert score_of(record, LIMITS) == 1


@pytest.mark.parametrize(("days", "standing"), [(7, Standing.BOUNCING), (8, Standing.WELL)])
def test_a_bounce_weighs_for_a_week(days: int, standing: Standing) -> None:
    record, _ = after_all([(FULL, START)])

    assert standing_of(record, START + days * DAY, LIMITS) is standing


def test_days_are_those_of_utc() -> None:
    late = datetime(2026, 5, 5, 23, tzinfo=timezone(timedelta(hours=-5)))  # the 6th at 04:00

    _, outcomes = after_all([(FULL, late), (FULL, datetime(2026, 5, 6, 9, tzinfo=UTC))])

    assert outcomes == [Outcome.COUNT, Outcome.NOTHING]


def test_a_server_that_takes_every_mail_and_returns_it_is_found_out() -> None:
    told = [(event, START + n * DAY) for n in range(5) for event in (ARRIVED, FULL)]

    _, outcomes = after_all(told)

    assert outcomes[-1] is Outcome.PROBE
    assert outcomes.count(Outcome.PROBE) == 1


def test_a_probe_that_was_taken_and_returned_suppresses_and_causes_no_other() -> None:
    record, _ = after_all([(FULL, START + n * DAY) for n in range(5)])
    asked_at = START + 4 * DAY + HOUR

    record, outcomes = after_all(
        [(ARRIVED, asked_at + HOUR), (FULL, asked_at + HOUR)], probed(record, asked_at)
    )

    assert outcomes == [Outcome.CLEAR, Outcome.SUPPRESS]
    assert record.suppressed is SuppressionReason.PROBE


def test_a_probe_of_which_nothing_is_heard_has_arrived() -> None:
    record, _ = after_all([(FULL, START + n * DAY) for n in range(5)])
    asked_at = START + 4 * DAY
    record = probed(record, asked_at)

    assert standing_of(record, asked_at + 7 * DAY, LIMITS) is Standing.PROBED
    assert standing_of(record, asked_at + 8 * DAY, LIMITS) is Standing.WELL
    record, outcomes = after_all([(FULL, asked_at + 8 * DAY)], record)
    assert outcomes == [Outcome.COUNT]
    assert score_of(record, LIMITS) == 1


def test_days_before_an_answered_probe_never_count_again() -> None:
    record, _ = after_all([(FULL, START + n * DAY) for n in range(5)])
    asked_at = START + 4 * DAY + HOUR
    record, _ = after_all([(ARRIVED, asked_at)], probed(record, asked_at))

    record, outcomes = after_all([(ARRIVED, START + 5 * DAY), (FULL, START + 5 * DAY)], record)

    assert outcomes == [Outcome.CLEAR, Outcome.COUNT]
    assert score_of(record, LIMITS) == 1


def test_a_month_of_bad_days_is_remembered_and_no_more() -> None:
    record, _ = after_all([(FULL, START + n * DAY) for n in range(40)])

    assert record.bounced == tuple(START + n * DAY for n in range(9, 40))


def test_an_address_that_was_probed_for_no_reason_is_well_when_the_probe_arrives() -> None:
    record, outcomes = after_all([(ARRIVED, START + HOUR)], probed(BLANK, START))

    assert outcomes == [Outcome.CLEAR]
    assert standing_of(record, START + DAY, LIMITS) is Standing.WELL


@pytest.mark.parametrize(
    "status", ["5.7.1", "4.7.0", "5.7.26", "5.1.8", "4.1.7", "5.3.4", "5.2.3", "5.6.1", "4.6.0"]
)
def test_what_speaks_of_us_is_not_held_against_the_reader(status: str) -> None:
    ours = Feedback(Source.SES, FeedbackKind.BOUNCE, status=status)

    assert after_all([(ours, START)]) == (BLANK, [Outcome.NOTHING])


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_what_says_that_the_address_is_no_good_suppresses(status: str) -> None:
    gone = Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, status=status)

    assert after_all([(gone, START)])[1] == [Outcome.SUPPRESS]


@pytest.mark.parametrize("status", ["", "5.0.0", "5.2.2", "4.4.7", "5.4.4", "5.5.0", "4.1.1"])
def test_all_else_is_borne_for_a_while(status: str) -> None:
    soft = Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, status=status)

    assert after_all([(soft, START)])[1] == [Outcome.COUNT]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_a_report_that_is_no_readers_word_counts_for_nothing(kind: str) -> None:
    report = Feedback(Source.SES, FeedbackKind.COMPLAINT, feedback_type=kind)

    assert after_all([(report, START)]) == (BLANK, [Outcome.NOTHING])


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "", "x-unheard-of"])
def test_every_other_report_is_a_complaint(kind: str) -> None:
    report = Feedback(Source.SES, FeedbackKind.COMPLAINT, feedback_type=kind)

    record, _ = after_all([(report, START)])

    assert record.suppressed is SuppressionReason.COMPLAINT


@pytest.mark.parametrize("by", [Certainty.MESSAGE_ID, Certainty.ADDRESS])
@pytest.mark.parametrize("event", [GONE, SPAM, FULL])
def test_mail_that_proves_nothing_never_suppresses(by: Certainty, event: Feedback) -> None:
    record = BLANK
    for day in range(40):  # a stranger who writes each day, with any dates
        at = START + day * DAY
        record, _ = judged(record, event, mail_of(None, by), at, LIMITS)
        if standing_of(record, at, LIMITS) is Standing.DUE_A_PROBE:
            record = probed(record, at)

    assert record.suppressed is None


def test_a_storm_of_forged_bounces_with_many_dates_counts_one_day() -> None:
    record = BLANK
    for day in range(30):
        dated = Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, at=START + day * DAY)
        record, _ = judged(record, dated, mail_of(None, Certainty.ADDRESS), NOW, LIMITS)

    assert score_of(record, LIMITS) == 1


def test_an_operator_may_believe_a_message_id() -> None:
    trusting = Limits(proof=LIMITS.proof | {Certainty.MESSAGE_ID})

    record, _ = judged(BLANK, GONE, mail_of(START, Certainty.MESSAGE_ID), NOW, trusting)

    assert record.suppressed is SuppressionReason.HARD_BOUNCE


def test_a_signed_source_is_believed_by_the_address_alone() -> None:
    gone = Feedback(Source.POSTMARK, FeedbackKind.BOUNCE, status="5.1.1", at=START + DAY)

    record, _ = judged(BLANK, gone, mail_of(None, Certainty.ADDRESS), NOW, LIMITS)

    assert record.suppressed is SuppressionReason.HARD_BOUNCE


@pytest.mark.parametrize("days", [-1, -10_000])
def test_an_event_from_before_the_owners_last_word_harms_nobody(days: int) -> None:
    for event, sent_at, at in (
        (GONE, START + days * DAY, None),
        (SPAM, START + days * DAY, None),
        (Feedback(Source.SES, FeedbackKind.BOUNCE, status="5.1.1", at=START + days * DAY), None, 1),
    ):
        by = Certainty.ADDRESS if at else Certainty.BOUNCE_ADDRESS
        assert judged(BLANK, event, mail_of(sent_at, by), NOW, LIMITS)[0] == BLANK


def test_a_source_whose_clock_is_ahead_is_set_right() -> None:
    ahead = Feedback(Source.SES, FeedbackKind.BOUNCE, at=NOW + 1000 * DAY)

    record, _ = judged(BLANK, ahead, mail_of(None, Certainty.ADDRESS), NOW, LIMITS)

    assert record.bounced == (NOW,)


def test_a_judgement_tells_its_reason_and_its_evidence_in_words() -> None:
    _, judgement = judged(BLANK, FULL, mail_of(START), NOW, LIMITS)

    assert judgement == Judgement(Rule.SOFT, FULL, Certainty.BOUNCE_ADDRESS, NOW)
    assert judgement.reason == (
        "bounced; a few such days are borne (mailbox, by bounce address): 4.2.2 mailbox is full"
    )


def test_each_rule_has_an_outcome_and_words() -> None:
    assert set(OUTCOMES) == set(WORDS) == set(Rule)
    assert len(set(WORDS.values())) == len(Rule)


@pytest.mark.parametrize(("points", "days"), [(0, 7), (32, 7), (-1, 7), (5, 0)])
def test_limits_that_cannot_be_reached_are_refused(points: int, days: int) -> None:
    with pytest.raises(ValueError, match="points"):
        Limits(points=points, clean_days=days)


INSTANTS = st.integers(0, 60 * 24).map(lambda n: START + n * HOUR)
SOFT = st.sampled_from(["", "4.2.2", "5.2.2", "5.0.0"]).map(
    lambda code: Feedback(Source.MAILBOX, FeedbackKind.BOUNCE, status=code)
)
ANY = st.builds(
    Feedback,
    source=st.sampled_from(Source),
    kind=st.sampled_from(FeedbackKind),
    status=st.sampled_from(["", "5.1.1", "4.2.2", "5.7.1", "5.2.3", "nonsense"]),
    at=st.none() | INSTANTS,
    feedback_type=st.sampled_from(["", "abuse", "not-spam"]),
)
ABOUT = st.builds(
    lambda by, sent_at: Attribution(by) if by is Certainty.NONE else mail_of(sent_at, by),
    st.sampled_from(Certainty),
    st.none() | INSTANTS,
)
LIMITS_OF = st.builds(Limits, points=st.integers(1, 31), clean_days=st.integers(1, 30))
STORY = st.lists(st.tuples(ANY, ABOUT, INSTANTS, st.booleans()), max_size=30)


def told_in_order(
    story: list[tuple[Feedback, Attribution, datetime, bool]], limits: Limits
) -> list[Record]:
    records = [BLANK]
    for event, about, at, is_probed in story:
        record, _ = judged(records[-1], event, about, at, limits)
        records.append(probed(record, at) if is_probed else record)
    return records


@given(STORY, LIMITS_OF)
def test_scores_are_never_negative_and_records_stay_small_and_in_order(
    story: list[tuple[Feedback, Attribution, datetime, bool]], limits: Limits
) -> None:
    for record in told_in_order(story, limits):
        assert 0 <= score_of(record, limits) <= len(record.bounced) <= 31
        assert list(record.bounced) == sorted(set(record.bounced))


@given(STORY, LIMITS_OF)
def test_what_is_suppressed_stays_so(
    story: list[tuple[Feedback, Attribution, datetime, bool]], limits: Limits
) -> None:
    reasons = [record.suppressed for record in told_in_order(story, limits)]
    first = next((reason for reason in reasons if reason), None)

    assert reasons == sorted(reasons, key=bool)
    assert set(reasons) <= {None, first}


@given(STORY, ANY, ABOUT, INSTANTS, LIMITS_OF)
def test_an_event_judged_twice_changes_nothing(
    story: list[tuple[Feedback, Attribution, datetime, bool]],
    event: Feedback,
    about: Attribution,
    at: datetime,
    limits: Limits,
) -> None:
    before = told_in_order(story, limits)[-1]
    once, _ = judged(before, event, about, at, limits)

    twice, judgement = judged(once, event, about, at, limits)

    assert twice == once
    assert judgement.outcome not in {Outcome.SUPPRESS, Outcome.PROBE, Outcome.COUNT, Outcome.CLEAR}


@given(st.data(), st.lists(st.tuples(SOFT, st.integers(0, 7 * 24 - 1)), max_size=20))
def test_bounces_of_one_week_come_to_the_same_in_any_order(
    data: st.DataObject, hours: list[tuple[Feedback, int]]
) -> None:
    told = [(event, START + hour * HOUR) for event, hour in hours]
    shuffled = data.draw(st.permutations(told + told))

    assert after_all(shuffled)[0] == after_all(told)[0]
    assert sum(o is Outcome.PROBE for o in after_all(shuffled)[1]) <= 1


@given(
    st.data(),
    st.lists(st.tuples(st.sampled_from([FULL, ARRIVED]), st.integers(0, 6)), max_size=12),
)
def test_bounces_and_arrivals_of_one_week_come_to_the_same_in_any_order(
    data: st.DataObject, days: list[tuple[Feedback, int]]
) -> None:
    """After a first bounce: before one, an arrival is not even remembered."""
    first, _ = after_all([(FULL, START - HOUR)], Record(since=START - DAY))
    told = [(event, START + day * DAY) for event, day in days]
    shuffled = data.draw(st.permutations(told + told))

    one, other = (after_all(order, first)[0] for order in (told, shuffled))

    assert one.bounced == other.bounced
    assert score_of(one, LIMITS) == score_of(other, LIMITS)


@given(
    st.data(),
    st.lists(st.tuples(st.sampled_from([FULL, ARRIVED, GONE, SPAM]), INSTANTS), max_size=12),
)
def test_a_complaint_or_a_hard_bounce_suppresses_in_any_order(
    data: st.DataObject, told: list[tuple[Feedback, datetime]]
) -> None:
    shuffled = data.draw(st.permutations(told))
    ends = {GONE, SPAM} & {event for event, _ in told}

    assert (after_all(shuffled)[0].suppressed is not None) is bool(ends)
