"""Replies and the pauses they cause."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from partwork.delivering.replies import enhanced_status, next_try_at, verdict_of
from partwork.model.delivery import Reply, Verdict

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
