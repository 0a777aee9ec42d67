"""How a lane goes on after what it was told."""

import pytest

from partwork.delivering.course import Course
from partwork.model.delivery import Reply, Stage

OK = Reply(250, "2.0.0 queued")
NOBODY = Reply(550, "5.1.1 no such mailbox", Stage.RCPT)
THROTTLED = Reply(454, "Throttling failure: Maximum sending rate exceeded.")
POLICY = Reply(550, "5.7.1 not from you", Stage.RCPT)


def after(*replies: Reply) -> Course:
    course = Course()
    for delivery, reply in enumerate(replies):
        course.is_its_own(delivery, reply)
    return course


def test_a_reply_about_the_relay_costs_no_delivery_anything() -> None:
    course = Course()

    assert not course.is_its_own(1, THROTTLED)
    assert not course.held
    assert course.is_its_own(1, OK)
    assert course.accepted == 1


def test_a_relay_that_says_no_to_one_delivery_time_and_again_means_that_one() -> None:
    course = Course()

    assert [course.is_its_own(1, THROTTLED) for _ in range(4)] == [False, False, False, True]
    assert not course.is_its_own(2, THROTTLED)


def test_a_relay_that_asks_for_less_of_everything_stops_the_lane() -> None:
    course = Course()
    for _ in range(7):
        course.note_rest(THROTTLED)
    course.is_its_own(1, OK)
    for _ in range(7):
        course.note_rest(THROTTLED)
    assert not course.given_up

    course.note_rest(THROTTLED)
    assert course.given_up
    assert not course.held


def test_a_refusal_of_the_sender_holds_and_refuses_nobody() -> None:
    for reply in (
        Reply(550, "5.7.1 not you", Stage.MAIL),
        Reply(530, "5.7.0 Authentication required", Stage.RCPT),
        Reply(454, "Throttling failure: Daily message quota exceeded."),
        Reply(552, "5.3.4 too big"),
    ):
        course = after(OK)
        assert not course.is_its_own(9, reply)
        assert reply.text in course.held


def test_a_policy_before_anybody_accepted_is_about_all() -> None:
    assert after(POLICY).held


def test_a_policy_where_others_accept_is_one_readers_until_it_is_everybodys() -> None:
    course = after(OK)

    assert course.is_its_own(1, POLICY)
    assert course.is_its_own(2, OK)
    assert course.is_its_own(3, POLICY)
    assert course.is_its_own(4, POLICY)
    assert not course.held
    assert not course.is_its_own(5, POLICY)
    assert course.held


def test_more_than_two_per_cent_refused_of_the_first_200_hold() -> None:
    assert not after(*[NOBODY] * 4, *[OK] * 196).held
    assert after(*[NOBODY] * 4, *[OK] * 195, NOBODY).held
    assert after(*[NOBODY] * 5).held


def test_after_the_first_200_refusals_hold_no_more() -> None:
    assert not after(*[OK] * 196, *[NOBODY] * 50).held


def test_who_is_put_off_is_not_refused() -> None:
    assert not after(*[Reply(450, "4.7.1 greylisted", Stage.RCPT)] * 50).held


@pytest.mark.parametrize(
    "address", ["<ada@example.org>:", "ada@example.org", "(ada+x@example.org)"]
)
def test_why_nothing_may_be_sent_names_no_reader(address: str) -> None:
    """It is kept for as long as the issue, and shown where an erasure does not reach."""
    reply = Reply(550, f"5.1.1 {address} no such mailbox", Stage.RCPT)

    assert after(*[reply] * 5).held == (
        "5 of the first 5 answered were refused, the last with 550 5.1.1 … no such mailbox"
    )
    policy = Reply(550, f"5.7.1 no mail to {address} from you", Stage.RCPT)
    assert after(policy).held == "mail of ours is not taken (550 5.7.1 no mail to … from you)"
