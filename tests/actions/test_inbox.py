"""What was set aside is listed, and judged once more on asking."""

from dataclasses import asdict

from partwork.actions.feedback import Judged, judge
from partwork.actions.inbox import Inbox, inbox_of, judge_set_aside, set_aside_events
from partwork.assembly import Press
from partwork.model.feedback import FeedbackKind, Source
from tests.actions.returned import send, suppressed, tell
from tests.actions.test_feedback import GRACE, HOUR, post, refuse  # noqa: F401 a fixture
from tests.conftest import NOW


def test_an_event_that_was_set_aside_is_judged_once_what_was_wrong_is_mended(
    post: Press,  # noqa: F811 pytest's way
) -> None:
    let = refuse(post, GRACE)
    tell(post, send(post)[GRACE].bounce("5.1.1"))
    for hours in range(1, 6):
        judge(post, now=NOW + hours * HOUR)
    (aside,) = set_aside_events(post)
    in_vain = judge_set_aside(post, lambda: NOW + 6 * HOUR)
    let()

    assert (aside.source, aside.kind) == (Source.MAILBOX, FeedbackKind.BOUNCE)
    assert "line" in aside.why
    assert GRACE not in repr(asdict(aside))
    assert in_vain == Judged(put_back=1, waiting=1)
    for hours in range(7, 12):
        judge(post, now=NOW + hours * HOUR)
    assert inbox_of(post) == Inbox(0, 0)
    assert suppressed(post).keys() == {GRACE}


def test_what_is_set_aside_for_good_comes_back_only_on_asking(
    post: Press,  # noqa: F811 pytest's way
) -> None:
    let = refuse(post, GRACE)
    tell(post, send(post)[GRACE].bounce("5.1.1"))
    for hours in range(1, 6):
        judge(post, now=NOW + hours * HOUR)
    let()
    judge(post, now=NOW + 7 * HOUR)
    assert inbox_of(post) == Inbox(0, 1)

    done = judge_set_aside(post, lambda: NOW + 8 * HOUR)

    assert done == Judged(judged=1, suppressed=1)
    assert set_aside_events(post) == ()
