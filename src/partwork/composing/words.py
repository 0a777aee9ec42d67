"""Words as they count for comparing texts: folded, stemmed lightly, without the small ones."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# Words that say nothing of what a text is about. Negations are compared apart (evidence.py).
_SMALL_WORDS = """
    a about after again against all almost already also although always am an and any anyone are
    aren't as at be because been before being between both but by can can't cannot could
    couldn't did didn't do does doesn't doing don't done down during each either else enough
    even ever every few for from further get gets getting give given go goes going got had
    hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him
    himself his how however i i'd i'll i'm i've if in instead into is isn't it it'd it'll it's
    its itself just keep kind let let's like lot lots made make makes making many may maybe me
    might mine more most much must my myself never no nor not of off often on once one ones only
    onto or other others our ours ourselves out over own per perhaps put quite rather really
    said same say says see seem seems she she'd she'll she's should shouldn't since so some
    someone something sometimes still such take takes than that that's the their theirs them
    themselves then there there's these they they'd they'll they're they've thing things this
    those though through thus to too toward towards under until up upon us use used uses using
    usually very was wasn't way ways we we'd we'll we're we've well went were weren't what
    what's when where which while who who's whom whose why will with within without won't would
    wouldn't yet you you'd you'll you're you've your yours yourself yourselves
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_ENDINGS = (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""))
_SHORTEST_STEM = 4  # shorter stems fall together with other words ("bring", "need", "gas")


@lru_cache(maxsize=16384)  # sentences are compared in several steps
def words_in(text: str) -> tuple[str, ...]:
    """The words of a text in order, case-folded, apostrophes straight."""
    return tuple(w.casefold().replace("’", "'") for w in _WORD.findall(text))


def word_count(text: str) -> int:
    """How many words a reader counts: runs between white space."""
    return len(text.split())


@lru_cache(maxsize=65536)  # a series has some thousand words and says each of them often
def stem(word: str) -> str:
    """A folded word without its English ending, so that forms of one word compare equal."""
    word = word.removesuffix("'s")
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= _SHORTEST_STEM:
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word


@lru_cache(maxsize=16384)  # sentences are compared in several steps
def content_of(text: str) -> frozenset[str]:
    """The stems of the words that carry a text's meaning."""
    return frozenset(stem(w) for w in words_in(text) if w not in _SMALL)


def is_small(word: str) -> bool:
    """Whether a folded word says nothing of what a text is about."""
    return word in _SMALL


Vector = Mapping[str, float]


def vectors(texts: Sequence[str]) -> tuple[Vector, ...]:
    """One TF-IDF vector of length 1 for each text (empty where it has no content words).

    Frequencies are damped by a logarithm; a word that every text has keeps a little weight, so
    that two texts alone still compare.
    """
    damped = [_damped(text) for text in texts]
    found_in = Counter(chain.from_iterable(damped))
    rarity = {word: math.log((1 + len(texts)) / n) for word, n in found_in.items()}
    return tuple(_unit({w: weight * rarity[w] for w, weight in own.items()}) for own in damped)


@lru_cache(maxsize=4096)  # a part's passages are weighed alone and against one another
def _damped(text: str) -> Vector:
    """How often a text has each stem, by a logarithm."""
    counts = Counter(stem(w) for w in words_in(text) if w not in _SMALL)
    return {word: 1 + math.log(n) for word, n in counts.items()}


def cosine(one: Vector, other: Vector) -> float:
    """How alike two vectors of length 1 are: 0 (nothing shared) to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum([small[word] * large[word] for word in small if word in large])


def centroid(members: Sequence[Vector]) -> Vector:
    """The direction in which several vectors point together, of length 1."""
    total: Counter[str] = Counter()
    for member in members:
        for word, weight in member.items():
            total[word] += weight  # type: ignore[assignment]  # Counter is typed for int alone
    return _unit(total)


def _unit(weights: Vector) -> Vector:
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {word: w / length for word, w in weights.items()} if length else {}
