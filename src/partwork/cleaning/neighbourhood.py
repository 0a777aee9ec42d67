"""What can be said of a block by what stands around it, as numbers."""

import numpy as np
from numpy.typing import NDArray

from partwork.cleaning.traits import AT
from partwork.cleaning.traits import NAMES as OWN

Columns = NDArray[np.float32]

# Traits of the blocks right above and below, and how far these reach.
_SEEN = (
    *("words", "stop_words", "ends", "ends_in_colon", "capitals", "digits", "lines"),
    *("vocabulary_mean", "vocabulary_most", "pattern", "is_heading", "is_list", "is_prose"),
    *("known_words", "links", "markup"),
)
_NEAR = (1, 2, 3, -1, -2, -3)
_WINDOWS = (2, 5, 12)
_SUMMED = ("vocabulary_mean", "markup", "pattern", "is_prose", "ends", "links")

# Words of a paragraph that a notice or a teaser seldom has.
_LONG = 25
# Vocabulary below which a block's words are a text's own.
_OWN_WORDS = 0.2
_FAR = 9.0

NAMES = (
    *OWN,
    *(f"{name}@{step:+d}" for step in _NEAR for name in _SEEN),
    *(
        f"{name}~{reach}"
        for reach in _WINDOWS
        for name in ("prose_share", "all_words", *_SUMMED, "common_words", "again")
    ),
    *("prose_above", "prose_below", "prose_place", "all_prose", "prose_part"),
    *("place", "blocks_above", "blocks_below", "blocks"),
    *(f"{kind}_{what}" for kind in ("prose", "long") for what in ("up", "down", "gap", "rank")),
    *("own_above", "own_below", "patterns_above", "patterns_below"),
)


def in_neighbourhood(traits: NDArray[np.float32]) -> NDArray[np.float32]:
    """`traits` (see `traits.NAMES`) and those of the neighbourhood: one column for each name."""
    seen = traits[:, _SEEN_AT]
    near = [_shifted(seen, step) for step in _NEAR]
    far = [*_windows(traits), _places(traits)]
    return np.concatenate([traits, *near, *far], axis=1, dtype=np.float32)


_SEEN_AT = [AT[name] for name in _SEEN]
_SUMMED_AT = [AT[name] for name in (*_SUMMED, "common_words", "again")]


def _shifted(values: Columns, step: int) -> Columns:
    """Each row as that `step` above it; zeros beyond the ends."""
    moved = np.zeros_like(values)
    if abs(step) < len(values):
        if step > 0:
            moved[step:] = values[:-step]
        else:
            moved[:step] = values[-step:]
    return moved


def _windows(traits: Columns) -> list[NDArray[np.float64]]:
    """For each reach, sums over the blocks up to so far away, the block's own among them."""
    counts = np.expm1(traits[:, (AT["prose"], AT["words"])].astype(np.float64))
    sums = _sums(np.concatenate([counts, traits[:, _SUMMED_AT]], axis=1, dtype=np.float64))
    at = np.arange(len(traits))
    found = []
    for reach in _WINDOWS:
        ends = np.minimum(len(traits), at + reach + 1)
        around = sums[ends] - sums[np.maximum(0, at - reach)]
        around[:, 0] /= around[:, 1] + 1
        around[:, 1] = np.log1p(around[:, 1])
        found.append(around)
    return found


def _places(traits: Columns) -> NDArray[np.float64]:
    count = len(traits)
    at = np.arange(count)
    words = np.expm1(traits[:, AT["words"]].astype(np.float64))
    prose = np.expm1(traits[:, AT["prose"]].astype(np.float64))
    above, below = _on_both_sides(prose)
    total = prose.sum()
    own = prose * (traits[:, AT["vocabulary_mean"]] < _OWN_WORDS)
    sides = [np.log1p(side) for side in _on_both_sides(own)]
    patterns = _on_both_sides(traits[:, AT["pattern"]].astype(np.float64))
    columns = [
        np.log1p(above),
        np.log1p(below),
        (above + prose / 2) / (total + 1),
        np.full(count, np.log1p(total)),
        np.full(count, total / (words.sum() + 1)),
        at / count,
        np.log1p(at),
        np.log1p(count - 1 - at),
        np.full(count, np.log1p(count)),
        *_distances(prose > 0),
        *_distances(prose >= _LONG),
        *sides,
        *patterns,
    ]
    return np.stack(columns, axis=1)


def _sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of the rows before each, and of all."""
    sums = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    return sums


def _on_both_sides(values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The sums of the values before and after each."""
    sums = _sums(values)
    return [sums[:-1], np.maximum(sums[-1] - sums[1:], 0.0)]


def _distances(is_one: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """How far, in blocks, the next such block is above and below, both together, and its rank."""
    count = len(is_one)
    at = np.arange(count)
    up = np.maximum.accumulate(np.where(is_one, at, -1))
    up = np.concatenate([[-1], up[:-1]])
    down = np.minimum.accumulate(np.where(is_one, at, 2 * count)[::-1])[::-1]
    down = np.concatenate([down[1:], [2 * count]])
    gap = np.minimum(down, count) - up - 1
    return [
        np.where(up >= 0, np.log1p(np.maximum(at - up, 0)), _FAR),
        np.where(down < count, np.log1p(np.maximum(down - at, 0)), _FAR),
        np.log1p(gap),
        np.cumsum(is_one) / max(1, int(is_one.sum())),
    ]
