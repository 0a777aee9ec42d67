"""Which pieces of text to take where there is room for a few of them.

The extractive writer chooses a part's passages with it, and `benchmarks/composing.py` sentences.
Figures that weigh one reason against another were tried on one half of the benchmark's records
and confirmed on the other (docs/composing.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from partwork.composing.words import (
    Vector,
    centroid,
    content_of,
    cosine,
    is_small,
    vectors,
    word_count,
    words_in,
)

_EARLY = 0.5  # what opening its source adds to a piece's worth, beside at most 1 for being central
_EARLIER = 0.9  # how much of that is left a place further on
_TOPIC = 1.5  # what being all about the topic would add
_ECHOED = 1.0  # what having each of its words in all the other sources too would add
_ALIKE = 0.5  # what being like a piece already taken takes away, times the likeness
# Share of the shorter one's pairs of words from which two pieces repeat each other: by three pairs
# and more, and by two, which long pieces share by chance. One is always chance.
_SHARED = 0.12
_SHARED_TWO = 0.25
_SHARED_AT_MOST = (0.4, 0.6)  # the same where there would be too little else; a guess
_LEAST = 3  # words of a piece, unless all are shorter


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of text that is taken whole or not at all.

    `place` counts from 0 in its source. `favour` is added to its worth, which is about 0 to 1.5
    by itself; below 0 it speaks against the piece.
    """

    text: str
    source: str
    place: int
    favour: float = 0.0


def selected(
    candidates: Sequence[Candidate],
    room: int,
    *,
    topic: str = "",
    taken: Collection[int] = (),
    is_strict: bool = True,
) -> tuple[int, ...]:
    """Indices of the candidates to take, in their order: those `taken`, and what has room beside.

    `room` is in words, for all of them. What counts for a candidate is how central its words are
    to all candidates, how many other sources have them, how early it stands, how much it speaks
    of the topic; what counts against it is likeness to what is taken. Each source gives one before
    any gives a second, and no two repeat each other, by the pairs of words that they share; they
    may share more of them where the choice is not strict.
    """
    choice = _Choice(candidates, room, topic, is_strict)
    for index in sorted(taken):
        choice.take(index)
    while (best := choice.best()) is not None:
        choice.take(best)
    return tuple(sorted(choice.taken))


def centralities(directions: Sequence[Vector]) -> tuple[float, ...]:
    """How near each vector is to the middle of them all, the nearest 1."""
    middle = centroid(directions)
    raw = [cosine(direction, middle) for direction in directions]
    most = max(raw, default=0.0) or 1.0
    return tuple(value / most for value in raw)


class _Choice:
    """What is taken so far, and what may still be; a class since each step changes all of it."""

    def __init__(
        self, candidates: Sequence[Candidate], room: int, topic: str, is_strict: bool
    ) -> None:
        self.shared, self.shared_two = (_SHARED, _SHARED_TWO) if is_strict else _SHARED_AT_MOST
        self.sources = [c.source for c in candidates]
        self.words = [word_count(c.text) for c in candidates]
        self.pairs = [_pairs(c.text) for c in candidates]
        self.directions = vectors([c.text for c in candidates])
        self.worth = list(_worths(candidates, self.directions, topic))
        self.likeness = [0.0] * len(candidates)
        self.taken: set[int] = set()
        self.used: set[str] = set()
        self.room = room
        fitting = [n for n in range(len(candidates)) if self.words[n] <= room]
        self.open = [n for n in fitting if self.words[n] >= _LEAST] or fitting

    def best(self) -> int | None:
        """The candidate worth most now, of a source not used yet if there is one."""
        fresh = [n for n in self.open if self.sources[n] not in self.used]
        return max(
            fresh or self.open,
            key=lambda n: (self.worth[n] - _ALIKE * self.likeness[n], -n),
            default=None,
        )

    def take(self, index: int) -> None:
        """Take a candidate, and shut out what has no room left or would repeat it."""
        self.taken.add(index)
        self.used.add(self.sources[index])
        self.room -= self.words[index]
        self.open = [
            n
            for n in self.open
            if n != index and self.words[n] <= self.room and not self.repeat(n, index)
        ]
        for n in self.open:
            likeness = cosine(self.directions[n], self.directions[index])
            self.likeness[n] = max(self.likeness[n], likeness)

    def repeat(self, one: int, other: int) -> bool:
        """Whether the shorter of two candidates has much of what the longer says."""
        shared = len(self.pairs[one] & self.pairs[other])
        if shared < 2:
            return False
        least = min(len(self.pairs[one]), len(self.pairs[other]))
        return shared > least * (self.shared_two if shared == 2 else self.shared)


def _worths(
    candidates: Sequence[Candidate], directions: Sequence[Vector], topic: str
) -> Iterator[float]:
    asked = content_of(topic)
    each = 1 / max(1, len(asked)) ** 0.5  # the topic as a vector of length 1
    central = centralities(directions)
    echoed = _echoed(candidates)
    for n, (candidate, direction) in enumerate(zip(candidates, directions, strict=True)):
        on_topic = each * sum(direction.get(word, 0.0) for word in sorted(asked))
        early = _EARLY * _EARLIER**candidate.place
        yield (central[n] + _ECHOED * echoed[n] + early + _TOPIC * on_topic + candidate.favour)


def _echoed(candidates: Sequence[Candidate]) -> list[float]:
    """For each candidate the share of the other sources that have a word of it, on average."""
    contents = [content_of(c.text) for c in candidates]
    said: dict[str, set[str]] = defaultdict(set)
    for candidate, content in zip(candidates, contents, strict=True):
        for word in content:
            said[word].add(candidate.source)
    others = len({c.source for c in candidates}) - 1
    return [
        sum(len(said[word]) - 1 for word in content) / (len(content) * others)
        if content and others
        else 0.0
        for content in contents
    ]


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of neighbouring words of a text, but for those of small words ("does not")."""
    pairs = pairwise(words_in(text))
    return frozenset((a, b) for a, b in pairs if not (is_small(a) and is_small(b)))
