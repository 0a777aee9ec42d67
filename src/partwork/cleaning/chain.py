"""Log-odds of neighbours brought together: boilerplate and text stand in runs."""

import math
from collections.abc import Sequence


def likelihoods(odds: Sequence[float], cost: float) -> list[float]:
    """For each block the probability, 0 to 1, that it is boilerplate, its neighbours considered.

    `odds` are natural log-odds of each by itself; `cost` is what a change between neighbours
    takes from the log-probability of a whole sequence. These are the marginals of a chain of two
    states (forward-backward: Rabiner 1989, III.A); time is linear.
    """
    forward = _messages(odds, cost)
    backward = _messages(odds[::-1], cost)[::-1]
    return [_sigmoid(odd + f + b) for odd, f, b in zip(odds, forward, backward, strict=True)]


def _messages(odds: Sequence[float], cost: float) -> list[float]:
    """What the blocks before each say of it, as log-odds."""
    change = math.exp(-cost)
    said = 0.0
    found: list[float] = []
    for odd in odds:
        found.append(said)
        gone = _sigmoid(said + odd)
        said = math.log((gone + change * (1 - gone)) / (1 - gone + change * gone))
    return found


def _sigmoid(odd: float) -> float:
    return 0.5 + 0.5 * math.tanh(odd / 2)  # which cannot overflow
