"""A conditional random field over the lines of a text: which are headings and list items.

That of Lafferty, McCallum and Pereira (2001) with the features of `partwork.reading.features`. What
is ours: a line whose label is open (bold ones; items of menus without markers) allows the model
several roles. And boilerplate near the body that is taken for an item costs more than other
mistakes (softmax margin, Gimpel and Smith 2010), since cleaning keeps or removes a list as one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from labelled_lines import Text
from scipy.sparse import csr_matrix

from partwork.reading import features
from partwork.reading.signs import Signs, pair_of

ROLES = 3  # text, heading, item: the order of partwork.reading.roles.Role
TEXT, HEADING, ITEM = 1, 2, 4  # as sets of roles
PLACES = ("own", "above", "below")

PENALTY = 4.0  # of L2
# A feature is taken if this many texts have it; a page is six, two views in three layouts.
MIN_TEXTS, MIN_TEXTS_OPENING = 12, 40
# Boilerplate further than this from the body is left out of the fit: there is more than enough.
REACH = 6
CHUNK = 200  # lines; long texts are cut for speed
# What boilerplate that is taken for an item adds to the loss.
COST = 5.0


def node_features(text: Text, at: int) -> Iterator[str]:
    """The features of a line: its own and those of the lines above and below."""
    for place, offset in zip(PLACES, (0, -1, 1), strict=True):
        i = at + offset
        if 0 <= i < len(text.signs):
            for name in _own_features(text.signs[i]):
                if place == "own" or "opens=" not in name:
                    yield f"{place} {name}"
        else:
            yield f"{place} nothing"


def _own_features(signs: Signs) -> Iterator[str]:
    yield from features.shape_features(signs.shape)
    yield from features.detail_features(signs.detail)
    yield from features.opening_features(signs.opening)


def pair_features(above: Signs, below: Signs) -> list[str]:
    """The features of two neighbouring lines."""
    lengths, likeness = pair_of(above, below)
    return [*features.length_features(lengths), *features.likeness_features(likeness)]


@dataclass(slots=True)
class Names:
    """The features that are fitted, by column."""

    nodes: dict[str, int]
    pairs: dict[str, int]

    @property
    def size(self) -> int:
        """The number of weights."""
        return ROLES * len(self.nodes) + ROLES * ROLES * len(self.pairs)


def names_in(texts: Iterable[Text]) -> Names:
    """The features that enough of the texts have."""
    nodes: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        nodes.update({f for i in range(len(text.signs)) for f in node_features(text, i)})
        pairs.update({f for a, b in pairwise(text.signs) for f in pair_features(a, b)})
    frequent = (f for f, n in nodes.items() if n >= _least(f))
    paired = (f for f, n in pairs.items() if n >= MIN_TEXTS)
    return Names(
        {f: i for i, f in enumerate(sorted(frequent))},
        {f: i for i, f in enumerate(sorted(paired))},
    )


def _least(feature: str) -> int:
    return MIN_TEXTS_OPENING if "opens=" in feature else MIN_TEXTS


@dataclass(slots=True)
class Chains:
    """Texts as matrices: rows are lines, chunk after chunk; `open_to` masks impossible roles."""

    names: Names
    texts: Sequence[Text]
    is_whole: bool = False
    nodes: csr_matrix = field(init=False)
    pairs: csr_matrix = field(init=False)
    masks: np.ndarray = field(init=False)
    costs: np.ndarray = field(init=False)
    starts: np.ndarray = field(init=False)
    lengths: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Compile the texts."""
        node_rows, node_ids, pair_rows, pair_ids = [0], [], [0], []
        masks, costs, chunks = [], [], []
        for text in self.texts:
            for start, end in _chunks(text, is_whole=self.is_whole):
                chunks.append((len(masks), end - start))
                for i in range(start, end):
                    ids = self.names.nodes
                    node_ids += [ids[f] for f in node_features(text, i) if f in ids]
                    node_rows.append(len(node_ids))
                    ids = self.names.pairs
                    if i > start:
                        found = pair_features(text.signs[i - 1], text.signs[i])
                        pair_ids += [ids[f] for f in found if f in ids]
                    pair_rows.append(len(pair_ids))
                    masks.append(_roles_open_to(text, i))
                    costs.append(_costs(text, i))
        chunks.sort(key=lambda chunk: -chunk[1])
        self.nodes = _matrix(node_ids, node_rows, len(self.names.nodes))
        self.pairs = _matrix(pair_ids, pair_rows, len(self.names.pairs))
        bits = np.array(masks)[:, None] >> np.arange(ROLES) & 1
        self.masks = np.where(bits, 0.0, -1e4).astype(np.float32)
        self.costs = np.array(costs, np.float32)
        self.starts, self.lengths = np.array(chunks).T

    def loss(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Negative log likelihood of the labels with the penalty, and its gradient."""
        scores, steps = self.scores(weights)
        free, each, both = self._expected(scores + self.costs, steps)
        bound, each_bound, both_bound = self._expected(scores + self.masks, steps)
        gradient = np.concatenate(
            [
                (self.nodes.T @ (each - each_bound)).ravel(),
                (self.pairs.T @ (both - both_bound).reshape(-1, ROLES * ROLES)).ravel(),
            ]
        )
        penalty = 0.5 * PENALTY * float(weights @ weights)
        return free - bound + penalty, gradient + PENALTY * weights

    def scores(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each line and role, and of each line, role above and role."""
        single = weights.astype(np.float32)
        split = ROLES * len(self.names.nodes)
        scores = self.nodes @ single[:split].reshape(-1, ROLES)
        steps = self.pairs @ single[split:].reshape(-1, ROLES * ROLES)
        return scores, steps.reshape(-1, ROLES, ROLES)

    def _expected(
        self, scores: np.ndarray, steps: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Log partition function, and the probabilities of roles and pairs of roles."""
        forward, backward = np.zeros_like(scores), np.zeros_like(scores)
        starts, lengths = self.starts, self.lengths
        forward[starts] = scores[starts]
        alive = [int((lengths > t).sum()) for t in range(lengths[0])]
        for t in range(1, lengths[0]):
            at = starts[: alive[t]] + t
            forward[at] = _log_sum(forward[at - 1][:, :, None] + steps[at], 1) + scores[at]
        for t in range(lengths[0] - 1, 0, -1):
            at = starts[: alive[t]] + t
            backward[at - 1] = _log_sum(steps[at] + (scores[at] + backward[at])[:, None, :], 2)
        total = _log_sum(forward[starts + lengths - 1], 1)
        of_line = np.empty(len(scores), np.float32)
        for start, length, value in zip(starts, lengths, total, strict=True):
            of_line[start : start + length] = value
        each = np.exp(forward + backward - of_line[:, None])
        both = np.zeros_like(steps)
        follows = np.ones(len(scores), bool)
        follows[starts] = False
        at = np.nonzero(follows)[0]
        both[at] = np.exp(
            forward[at - 1][:, :, None]
            + steps[at]
            + (scores[at] + backward[at])[:, None, :]
            - of_line[at][:, None, None]
        )
        return float(total.sum(dtype=np.float64)), each, both


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    most = values.max(axis)
    return most + np.log(np.exp(values - np.expand_dims(most, axis)).sum(axis))


def _matrix(ids: list[int], rows: list[int], width: int) -> csr_matrix:
    parts = (np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(rows, np.int64))
    return csr_matrix(parts, shape=(len(rows) - 1, width))


def _chunks(text: Text, *, is_whole: bool) -> Iterator[tuple[int, int]]:
    """The stretches of lines near the body, none longer than a chunk; or the whole text."""
    if is_whole:
        yield 0, len(text.signs)
        return
    near = np.zeros(len(text.keep), bool)
    for i, keep in enumerate(text.keep):
        if keep == "1":
            near[max(0, i - REACH) : i + REACH + 1] = True
    start = 0
    while start < len(near):
        end = start
        while end < len(near) and near[end] and end - start < CHUNK:
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _roles_open_to(text: Text, at: int) -> int:
    """The set of roles that the labels allow a line."""
    role = {"h": HEADING, "l": ITEM, "b": TEXT | HEADING}.get(text.role[at], TEXT)
    is_open = text.keep[at] != "1" and text.role[at] == "l" and text.signs[at].marker is None
    return role | TEXT if is_open else role


def _costs(text: Text, at: int) -> tuple[float, float, float]:
    """What each role adds to a line's loss if it is wrong."""
    is_wrong = text.role[at] != "l" and text.keep[at] != "1"
    return 0.0, 0.0, COST * is_wrong
