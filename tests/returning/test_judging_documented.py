"""docs/returning.md is true of judging: each row of its table is done."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.model.audience import SuppressionReason
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution, Origin
from partwork.returning.judging import Limits, Record, Standing, judged, probed, standing_of
from partwork.returning.rules import Rule

PAGE = (Path(__file__).parents[2] / "docs" / "returning.md").read_text()
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SENT = NOW - 4 * HOUR
PROBED = NOW - 6 * HOUR
LIMITS = Limits()


def rows_below(heading: str) -> Iterator[list[str]]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    yield from ([cell.strip() for cell in row] for row in rows[2:])


def bounced_on(days: int) -> Record:
    """Well until `days` days ago; a mail bounced on each day up to yesterday's."""
    sent = tuple(NOW - n * DAY for n in range(days, 0, -1))
    return Record(since=NOW - 30 * DAY, bounced=sent)


STANDINGS: dict[str, Record] = {
    "well": bounced_on(0),
    "bouncing": bounced_on(2),
    "one short": bounced_on(LIMITS.points - 1),
    "due a probe": bounced_on(LIMITS.points),
    "probed": probed(bounced_on(LIMITS.points), PROBED),
    "answered": replace(probed(bounced_on(LIMITS.points), SENT), delivered=SENT),
    "suppressed": replace(bounced_on(0), suppressed=SuppressionReason.COMPLAINT),
}
BOUNCE, COMPLAINT = FeedbackKind.BOUNCE, FeedbackKind.COMPLAINT


def event(kind: FeedbackKind, status: str = "", *, feedback_type: str = "") -> Feedback:
    return Feedback(Source.MAILBOX, kind, status=status, feedback_type=feedback_type)


def about(sent_at: datetime = SENT, by: Certainty = Certainty.BOUNCE_ADDRESS) -> Attribution:
    return Attribution(by, Origin(1, "ada@example.org", 7, sent_at))


SOFT, HARD = event(BOUNCE, "4.2.2"), event(BOUNCE, "5.1.1")
ABUSE = event(COMPLAINT, feedback_type="abuse")
WISH = event(FeedbackKind.UNSUBSCRIBE)
ARRIVED = event(FeedbackKind.DELIVERED)
OLD = about(NOW - 31 * DAY)
UNPROVEN = about(by=Certainty.MESSAGE_ID)
EVENTS: dict[str, tuple[Feedback, Attribution]] = {
    "unrelated": (event(FeedbackKind.UNRELATED), about()),
    "auto-reply": (event(FeedbackKind.AUTO_REPLY), about()),
    "delay": (event(FeedbackKind.DELAY, "4.2.2"), about()),
    "bounce of nobody": (HARD, Attribution(Certainty.NONE)),
    "event about a trial": (HARD, Attribution(Certainty.BOUNCE_ADDRESS, is_trial=True)),
    "bounce of an old mail": (HARD, OLD),
    "complaint about an old mail": (ABUSE, OLD),
    "wish to leave": (WISH, OLD),
    "old wish to leave": (
        Feedback(Source.MAILGUN, FeedbackKind.UNSUBSCRIBE, at=NOW - 31 * DAY),
        OLD,
    ),
    "unproven wish to leave": (WISH, UNPROVEN),
    "complaint": (ABUSE, about()),
    "unproven complaint": (ABUSE, UNPROVEN),
    "not-spam report": (event(COMPLAINT, feedback_type="not-spam"), about()),
    "bounce about us": (event(BOUNCE, "5.7.1"), about()),
    "hard bounce": (HARD, about()),
    "unproven hard bounce": (HARD, UNPROVEN),
    "soft bounce": (SOFT, about()),
    "soft bounce on the same day": (SOFT, about(NOW - DAY - HOUR)),
    "bounce of an overtaken mail": (SOFT, about(NOW - 3 * DAY)),
    "bounce of an earlier mail": (SOFT, about(PROBED - HOUR)),
    "soft bounce of the probe": (SOFT, about()),
    "unproven bounce of the probe": (SOFT, UNPROVEN),
    "soft bounce of a later mail": (SOFT, about(NOW - HOUR)),
    "delivered": (ARRIVED, about()),
    "delivery of the probe": (ARRIVED, about()),
}
# What only makes sense after something else was told.
BEFORE: dict[str, Callable[[Record], Record]] = {
    "bounce of an overtaken mail": lambda r: replace(r, delivered=NOW - 2 * DAY - HOUR),
}
ROWS = list(rows_below("What an event does to an address"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}, {row[1]}")
def test_each_row_is_done(row: list[str]) -> None:
    standing, what, rule, outcome, then, why = row
    assert why
    told, attribution = EVENTS[what]
    for name in STANDINGS if standing == "any" else [standing]:
        record = BEFORE.get(what, lambda r: r)(STANDINGS[name])
        before = standing_of(record, NOW, LIMITS)

        after, judgement = judged(record, told, attribution, NOW, LIMITS)

        assert (judgement.rule, judgement.outcome) == (rule, outcome), name
        expected = before if then == "same" else Standing(then)
        assert standing_of(after, NOW, LIMITS) is expected, name


def test_the_standings_are_what_they_are_called() -> None:
    for name in Standing:
        assert standing_of(STANDINGS[name], NOW, LIMITS) is name


def test_each_rule_and_each_event_has_its_row() -> None:
    assert {row[2] for row in ROWS} == set(Rule)
    assert {row[1] for row in ROWS} == set(EVENTS)


def test_no_standing_is_without_an_answer_to_what_decides() -> None:
    told = {(row[0], row[1]) for row in ROWS}

    for what in ("hard bounce", "complaint", "delivered"):
        missing = {name for name in Standing if (name, what) not in told}
        assert missing <= {Standing.PROBED if what == "delivered" else None}
