"""Which parts should have gone out in slots that passed, and when they come instead."""

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from partwork.scheduling.missed import dates_of, missed_of

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
APPROVED = st.lists(st.none() | st.integers(-9, 9).map(lambda days: NOW + days * DAY), max_size=6)


def test_a_slot_takes_the_next_part_if_that_was_approved_by_then() -> None:
    slots = [NOW + n * DAY for n in range(4)]
    approved = [NOW + DAY, NOW, None, NOW]

    assert list(missed_of(slots, approved)) == [(slots[1], 0), (slots[2], 1)]


@given(APPROVED, st.integers(0, 9))
def test_parts_are_missed_in_order_none_twice_and_none_before_its_approval(
    approved: list[datetime | None], slots: int
) -> None:
    found = list(missed_of((NOW + n * DAY for n in range(slots)), approved))

    assert [place for _, place in found] == list(range(len(found)))
    assert all(one < other for (one, _), (other, _) in pairwise(found))
    assert all((at := approved[place]) and at <= slot for slot, place in found)


@given(st.integers(0, 4), st.integers(0, 8))
def test_each_choice_keeps_the_order_and_the_days(missed: int, others: int) -> None:
    due = [NOW - (missed - n) * DAY for n in range(missed)]

    dates = dates_of(due, (NOW + n * DAY for n in count(1)), missed + others, NOW)

    assert [one.was for one in dates] == [*due, *(NOW + n * DAY for n in range(1, others + 1))]
    assert [one.now for one in dates[:missed]] == [NOW] * missed
    assert [one.skip for one in dates[:missed]] == [None] * missed
    assert all(one.now == one.skip == one.was for one in dates[missed:])
    assert [one.shift for one in dates] == [NOW + n * DAY for n in range(1, len(dates) + 1)]
