"""Whose turn it is among what a lane has claimed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.turns import in_turn
from partwork.model.delivery import Delivery, DeliveryState

PLACES = ("big.example.org", "small.example.org", "own.example.org")


def row(number: int, place: str) -> Delivery:
    return Delivery(number, 1, "0a", number, f"reader@{place}", DeliveryState.CLAIMED)


def test_one_large_provider_does_not_go_before_all_others() -> None:
    rows = [row(n, PLACES[0]) for n in range(5)] + [row(5, PLACES[1]), row(6, PLACES[2].upper())]

    assert [each.id for each in in_turn(rows)] == [0, 5, 6, 1, 2, 3, 4]


@given(st.lists(st.sampled_from(PLACES)))
def test_nobody_is_lost_and_each_domain_keeps_its_order(places: list[str]) -> None:
    rows = [row(number, place) for number, place in enumerate(places)]

    turns = in_turn(rows)

    assert sorted(each.id for each in turns) == [each.id for each in rows]
    for place in PLACES:
        own = [each.id for each in turns if each.recipient.endswith(place)]
        assert own == sorted(own)
        ranks = [turns.index(each) for each in turns if each.recipient.endswith(place)]
        assert all(later - earlier <= len(PLACES) for earlier, later in pairwise(ranks))
