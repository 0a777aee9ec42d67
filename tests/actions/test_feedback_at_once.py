"""Consumers that work beside each other and die: each event is judged once."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.feedback import LEASE, judge, take_in
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import Act, SuppressionReason
from partwork.model.feedback import FeedbackKind
from partwork.settings import Settings
from tests.actions.consuming import consumer, count_noted, let_go, note_judgements, noted
from tests.actions.returned import DAY, MAILBOX_FULL, PATTERN, send, suppressed
from tests.actions.sending import subscribe
from tests.conftest import NOW, wait_until

READERS = [f"reader.{n:02d}@example.org" for n in range(60)]
SEED = 7
KILLS = 3


@pytest.fixture
def post(home: Path, database_url: str) -> Iterator[Press]:
    """A home of sixty readers, whose database notes each judgement."""
    with assemble(Settings(home=home, database_url=database_url, bounce_address=PATTERN)) as press:
        subscribe(press, READERS, NOW - DAY)
        note_judgements(press)
        yield press


def test_each_event_is_judged_once_by_two_of_whom_one_is_killed_again_and_again(
    post: Press,
) -> None:
    mails = [send(post, NOW + day * DAY) for day in range(5)]
    leaving, complaining, full, gone = (READERS[n::4] for n in range(4))
    told = [
        *(mails[0][one].told(FeedbackKind.UNSUBSCRIBE) for one in leaving),
        *(mails[1][one].told(FeedbackKind.COMPLAINT) for one in complaining),
        *(mail[one].bounce(MAILBOX_FULL) for one in full for mail in mails),
        *(mails[2][one].bounce("5.1.1") for one in gone),
        *(mails[3][one].told(FeedbackKind.AUTO_REPLY) for one in READERS),
    ]
    chance = random.Random(SEED)  # noqa: S311 the same kills each time
    chance.shuffle(told)
    now = NOW + 5 * DAY
    take_in(post, told, now=now)

    with ExitStack() as running:
        # For each that comes after one was killed, the leases of the others have run out.
        moments = [now + n * (LEASE + timedelta(seconds=1)) for n in range(KILLS + 1)]
        living, *dying = [running.enter_context(consumer(post, at, 3)) for at in moments]
        let_go(living)
        for one in dying:
            let_go(one)
            some = count_noted(post) + chance.randrange(1, len(told) // KILLS // 2)
            some = min(some, len(told))  # where this process was slow, all is judged by now
            wait_until(lambda some=some: count_noted(post) >= some, every_seconds=0.001)
            assert one.poll() is None  # it was at work
            os.kill(one.pid, signal.SIGKILL)
        later = now + timedelta(hours=1)
        judge(post, now=later, limit=len(told))  # and what the dead had taken
        wait_until(lambda: count_noted(post) >= len(told))

    assert noted(post) == dict.fromkeys(range(1, len(told) + 1), 1)
    assert suppressed(post) == dict.fromkeys(complaining, SuppressionReason.COMPLAINT) | (
        dict.fromkeys(gone, SuppressionReason.HARD_BOUNCE)
    )
    for one in leaving:
        assert [c.act for c in story_of(post, one).consents] == [Act.IMPORTED, Act.ENDED]
    assert answer_requests(post, lambda: later) == len(full)  # each is asked once
