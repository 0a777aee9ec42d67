"""Replies and the pauses they cause."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from partwork.delivering.replies import (
    Concern,
    concern_of,
    enhanced_status,
    next_try_at,
    shuts_us_out,
    verdict_of,
)
from partwork.model.delivery import Reply, Stage, Verdict

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (200, Verdict.ACCEPTED),
        (250, Verdict.ACCEPTED),
        (400, Verdict.DEFERRED),
        (421, Verdict.DEFERRED),
        (499, Verdict.DEFERRED),
        (500, Verdict.REFUSED),
        (554, Verdict.REFUSED),
        (599, Verdict.REFUSED),
    ],
)
def test_the_first_digit_decides(code: int, verdict: Verdict) -> None:
    assert verdict_of(Reply(code, "")) is verdict


@pytest.mark.parametrize("code", [-1, 0, 25, 199, 354, 600, 2500])
def test_what_cannot_end_a_transaction_has_no_verdict(code: int) -> None:
    with pytest.raises(ValueError, match=str(code)):
        verdict_of(Reply(code, ""))


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply(550, "5.1.1 no such mailbox"), "5.1.1"),
        (Reply(250, "2.0.0"), "2.0.0"),
        (Reply(452, "4.2.2 <ada@example.org>: full"), "4.2.2"),
        (Reply(550, "5.7.509 policy"), "5.7.509"),
        (Reply(550, "no such mailbox"), None),
        (Reply(550, "4.1.1 contradicts itself"), None),
        (Reply(550, "10.1.1.1 is listed"), None),
        (Reply(550, "5.1.1.7 is an address"), None),
        (Reply(550, "5.01.1 leads with a zero"), None),
        (Reply(550, "see 5.1.1"), None),
        (Reply(550, ""), None),
    ],
)
def test_an_enhanced_status_stands_at_the_start_and_agrees(
    reply: Reply, status: str | None
) -> None:
    assert enhanced_status(reply) == status


@pytest.mark.parametrize(
    ("reply", "concern"),
    [
        (Reply(421, "4.7.0 try again later", Stage.RCPT), Concern.RELAY),
        (Reply(454, "Throttling failure: Maximum sending rate exceeded."), Concern.RELAY),
        (Reply(454, "4.7.0 Throttling failure: too fast"), Concern.RELAY),
        (Reply(452, "4.3.1 insufficient system storage", Stage.MAIL), Concern.RELAY),
        (Reply(451, "4.3.2 not accepting messages"), Concern.RELAY),
        (Reply(450, "come back", Stage.MAIL), Concern.RELAY),
        (Reply(454, "Throttling failure: Daily message quota exceeded."), Concern.SENDER),
        (Reply(530, "5.7.0 Authentication required", Stage.RCPT), Concern.SENDER),
        (Reply(550, "no", Stage.MAIL), Concern.SENDER),
        (Reply(553, "5.1.8 sender's domain not found", Stage.RCPT), Concern.SENDER),
        (Reply(553, "5.1.7 bad sender", Stage.RCPT), Concern.SENDER),
        (Reply(552, "5.3.4 too big"), Concern.SENDER),
        (Reply(550, "5.7.1 relaying denied", Stage.RCPT), Concern.SENDER),
        (Reply(550, "5.1.2 no such domain", Stage.RCPT), Concern.DOMAIN),
        (Reply(556, "5.1.10 takes no mail", Stage.RCPT), Concern.DOMAIN),
        (Reply(451, "4.4.1 no answer from there", Stage.RCPT), Concern.DOMAIN),
        (Reply(550, "5.1.1 no such mailbox", Stage.RCPT), Concern.RECIPIENT),
        (Reply(452, "4.2.2 over quota", Stage.RCPT), Concern.RECIPIENT),
        (Reply(450, "4.7.1 greylisted", Stage.RCPT), Concern.RECIPIENT),
        (Reply(550, "no such mailbox", Stage.RCPT), Concern.RECIPIENT),
        (Reply(554, "not this"), Concern.RECIPIENT),
    ],
)
def test_a_reply_speaks_of_somebody(reply: Reply, concern: Concern) -> None:
    assert concern_of(reply) is concern


@pytest.mark.parametrize(
    ("reply", "is_so"),
    [
        (Reply(550, "5.7.1 not you", Stage.MAIL), True),
        (Reply(535, "5.7.8 bad login", Stage.MAIL), True),
        (Reply(530, "5.7.0 Authentication required", Stage.RCPT), True),
        (Reply(454, "Throttling failure: Daily message quota exceeded."), True),
        (Reply(454, "Throttling failure: Maximum sending rate exceeded."), False),
        (Reply(421, "4.3.2 closing", Stage.MAIL), False),
        (Reply(550, "5.7.1 this content", Stage.MESSAGE), False),
        (Reply(550, "5.7.1 relaying denied", Stage.RCPT), False),
        (Reply(550, "5.1.1 no such mailbox", Stage.RCPT), False),
        (Reply(250, "2.0.0 OK"), False),
    ],
)
def test_a_relay_that_takes_nothing_of_ours_is_told_from_one_that_does_not_take_this(
    reply: Reply, is_so: bool
) -> None:
    assert shuts_us_out(reply) is is_so


_STATUSES = [f"{c}.{s}.{d}" for c in (4, 5) for s in range(8) for d in range(21)]


def test_pauses_grow_and_end_within_three_days() -> None:
    tries, at = [NOW], next_try_at(1, NOW)
    while at is not None:
        tries.append(at)
        at = next_try_at(len(tries), at)
    pauses = [b - a for a, b in pairwise(tries)]

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=15)
    assert timedelta(days=2) < tries[-1] - NOW <= timedelta(days=3)


def test_what_was_never_attempted_is_not_deferred() -> None:
    with pytest.raises(ValueError, match="0"):
        next_try_at(0, NOW)
