import math
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.cleaning.chain import likelihoods

odds = st.lists(st.floats(-6, 6), min_size=1, max_size=7)
costs = st.floats(0, 3)


def by_counting(odds: list[float], cost: float) -> list[float]:
    """The same by adding up every sequence of verdicts."""
    weights = {}
    for states in product((0, 1), repeat=len(odds)):
        changes = sum(a != b for a, b in pairwise(states))
        score = sum(o for o, s in zip(odds, states, strict=True) if s) - cost * changes
        weights[states] = math.exp(score)
    total = sum(weights.values())
    return [sum(w for s, w in weights.items() if s[i]) / total for i in range(len(odds))]


@given(odds, costs)
def test_a_likelihood_is_the_share_of_all_sequences(odds, cost):
    assert likelihoods(odds, cost) == pytest.approx(by_counting(odds, cost), abs=1e-9)


@given(odds)
def test_without_a_cost_blocks_do_not_hear_of_each_other(odds):
    assert likelihoods(odds, 0) == pytest.approx([1 / (1 + math.exp(-o)) for o in odds])


def test_a_doubtful_line_goes_with_its_neighbours():
    among_boilerplate = likelihoods([4, 4, -0.2, 4, 4], 0.5)[2]
    among_text = likelihoods([-4, -4, 0.2, -4, -4], 0.5)[2]

    assert among_boilerplate > 0.5 > among_text


@pytest.mark.parametrize("extreme", [1e6, -1e6])
def test_extremes_stay_finite(extreme):
    found = likelihoods([extreme, 0.0, extreme], 0.5)

    assert all(0 <= p <= 1 for p in found)


def test_nothing_has_no_likelihoods():
    assert likelihoods([], 0.5) == []
