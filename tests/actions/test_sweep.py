"""What crashes have left is found and finished; what a person stopped is left alone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.actions.dropped import AGAIN, SETTLED, TIMES, note_ingested, stamps_of, take_dropped
from partwork.actions.feedback import take_in
from partwork.actions.ingest import ingest
from partwork.actions.issue_named import issue_named
from partwork.actions.stopping import cancel, pause, resume
from partwork.actions.sweep import in_words, sweep
from partwork.assembly import Press
from partwork.model.article import Rights
from partwork.model.delivery import DeliveryState
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.store.claiming import claim
from partwork.store.lanes import open_lane
from partwork.store.workers import Worker, this_worker
from tests.actions.sending import ledger
from tests.conftest import NOW, Clock

LATER = timedelta(minutes=30)


def worked_by_the_dead(press: Press, issue: str) -> None:
    """A lane of this machine has claimed everything, and its process is gone."""
    here = this_worker()
    gone = Worker(here.machine, here.boot, f"{here.process.partition(':')[0]}:1 0")
    content_hash = issue_named(press, issue).content_hash
    with press.engine.begin() as connection:
        open_lane(connection, "dead", content_hash, gone, NOW)
        assert claim(connection, content_hash, "dead", NOW, timedelta(hours=1), limit=64)


def test_what_a_dead_lane_held_is_free_again_and_its_issue_to_be_sent(
    press: Press, issue: str
) -> None:
    worked_by_the_dead(press, issue)
    assert {row.state for row in ledger(press, issue).values()} == {DeliveryState.CLAIMED}

    swept = sweep(press, Clock(NOW))

    assert swept.unsent == (issue,)
    assert swept.freed == 3
    assert {row.state for row in ledger(press, issue).values()} == {DeliveryState.PENDING}
    assert in_words(swept) == "3 deliveries freed, 1 issues to send"


@pytest.mark.parametrize("stop", [pause, cancel])
def test_what_a_person_stopped_is_not_to_be_sent(press: Press, issue: str, stop) -> None:
    stop(press, issue, "a slip in it", NOW)
    worked_by_the_dead(press, issue)

    assert sweep(press, Clock(NOW)).unsent == ()


def test_what_a_person_resumed_is(press: Press, issue: str) -> None:
    pause(press, issue, "", NOW)
    resume(press, issue, NOW)

    assert sweep(press, Clock(NOW)).unsent == (issue,)


def test_events_that_wait_are_judged(press: Press) -> None:
    told = Feedback(Source.SES, FeedbackKind.BOUNCE, "1", "ada@example.org", relay_id="x")
    take_in(press, [told], now=NOW)

    swept = sweep(press, Clock(NOW))

    assert (swept.judged.judged, swept.judged.waiting) == (1, 0)
    assert in_words(sweep(press, Clock(NOW))) == "nothing was left"


def in_inbox(press: Press, name: str, text: str = "Worms\n\nWorms turn waste into soil.\n") -> Path:
    file = press.library.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.fixture
def empty_inbox(press: Press) -> Press:
    """That home, with nothing in its inbox that was not seen."""
    note_ingested(press, stamps_of(press, press.library.raw_files(press.library.inbox)))
    return press


def real_now(file: Path) -> datetime:
    """When the file was last touched, by the clock that its system has."""
    return datetime.fromtimestamp(file.stat().st_ctime, UTC)


def test_a_file_is_to_be_ingested_once_it_rests_and_until_that_was_done(
    empty_inbox: Press,
) -> None:
    press = empty_inbox
    file = in_inbox(press, "worms.txt")
    put_at = real_now(file)

    assert take_dropped(press, put_at) == ()
    assert take_dropped(press, put_at + SETTLED) == ("worms.txt",)
    assert take_dropped(press, put_at + SETTLED) == ()

    ingest(press, [], rights=Rights.UNKNOWN)

    assert take_dropped(press, put_at + LATER + AGAIN) == ()
    in_inbox(press, "worms.txt", "Worms\n\nWorms turn kitchen waste into dark soil.\n")
    changed_at = real_now(file)
    assert take_dropped(press, changed_at + SETTLED) == ("worms.txt",)


def test_what_was_refused_is_not_tried_again_as_it_is(empty_inbox: Press) -> None:
    press = empty_inbox
    file = in_inbox(press, "empty.txt", "")
    report = ingest(press, [], rights=Rights.UNKNOWN)
    assert [refused.source for refused in report.refused] == ["empty.txt"]

    assert take_dropped(press, real_now(file) + LATER) == ()


def test_a_file_that_ends_whoever_reads_it_is_handed_on_three_times(empty_inbox: Press) -> None:
    press = empty_inbox
    at = real_now(in_inbox(press, "worms.txt")) + SETTLED

    times = [take_dropped(press, at + n * AGAIN) for n in range(TIMES + 2)]

    assert times == [("worms.txt",)] * TIMES + [()] * 2


def test_a_copy_that_kept_an_old_date_is_as_new_as_it_came(empty_inbox: Press) -> None:
    press = empty_inbox
    file = in_inbox(press, "worms.txt")
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))

    assert take_dropped(press, real_now(file)) == ()
    assert take_dropped(press, real_now(file) + SETTLED) == ("worms.txt",)


def test_what_lay_there_before_anybody_looked_is_left_alone(press: Press) -> None:
    old = in_inbox(press, "worms.txt")
    week_later = real_now(old) + timedelta(days=7)

    assert take_dropped(press, week_later) == ()

    in_inbox(press, "worms.txt", "Worms\n\nWorms turn kitchen waste into dark soil.\n")
    in_inbox(press, "marl.txt")
    assert set(take_dropped(press, week_later)) == {"worms.txt", "marl.txt"}
