"""What ties a sentence to its neighbours: what goes on in step with it, what it calls to mind.

English patterns, but for `is_in_step`.
"""

import re
from collections.abc import Sequence

from partwork.composing.evidence import figures_in
from partwork.composing.words import content_of, stem, words_in

_STEP = 2  # words with which sentences in step open; one alone ("The", "If") is chance
_ANNOUNCEMENT = 8  # words; longer sentences say more than that something follows
_COUNT = r"(?:two|three|four|five|six|seven)"
_ANNOUNCING = re.compile(
    rf"(?:there (?:are|were) (?:\w+ )?|here are )?{_COUNT} (?:\w+ ){{0,2}}\w+s\b[^,;:]*[.:]"
    r"|there (?:is|are) (?:\w+ ){0,2}(?:exceptions?|reasons?|ways?|limits?|differences?|rules?"
    r"|kinds?)\.",
    re.I,
)
_PLURAL_PRONOUN = re.compile(r"(?:they|these|those|them|both|none of them|each of them)\b", re.I)
# Verbs that end as plurals do are left out as far as they are common.
_PLURAL = re.compile(
    r"\b(?:people|men|women|children|both|\w+ and \w+"
    r"|(?!(?:matters|helps|works|means|takes|makes|comes|goes|needs|says|does|keeps|gives|shows|gets"
    r"|brings|tells|feels|always|perhaps|sometimes)\b|\w*(?:ss|us|is)\b)[A-Za-z]{3,}s)\b"
)
_ADDING = re.compile(r"^[^,;:]{0,60}\b(?:also|too|either|as well|likewise)\b", re.I)
_KNOWN = re.compile(r"\bthe ([a-z]\w{2,})")
# A question that is but a label for its answer: "The most common mistakes? Too much water."
_LABEL = re.compile(
    r"(?!(?:so|what|why|how|who|whom|whose|when|where|which|is|are|was|were|do|does|did|can|could"
    r"|will|would|should|has|have|right|really|sound)\b)[\w’'-]+(?: [\w’'-]+){1,5}\?",
    re.I,
)


def is_in_step(text: str, before: str) -> bool:
    """Whether a sentence opens as the one before it: they count something out together."""
    opening = words_in(text)[:_STEP]
    return len(opening) == _STEP and opening == words_in(before)[:_STEP]


def lacks_its_noun(text: str, before: Sequence[str]) -> bool:
    """Whether a sentence says "they" and nothing of what stands `before` it is many."""
    return bool(_PLURAL_PRONOUN.match(text)) and not any(map(_PLURAL.search, before))


def adds(text: str) -> bool:
    """Whether a sentence says that something was said before it: "A diary also helps."."""
    return _ADDING.search(text) is not None


def recalled(text: str, before: Sequence[str]) -> frozenset[str]:
    """The stems of what a sentence calls "the …" since the sentences `before` it spoke of it."""
    known = frozenset[str]().union(*map(content_of, before))
    return frozenset(stem(word) for word in _KNOWN.findall(text)) & known


def announces(text: str) -> bool:
    """Whether a sentence says little more than that something follows: "Two systems govern it".

    What is counted in a measure ("Two weeks are better.") announces nothing.
    """
    return (
        len(text.split()) <= _ANNOUNCEMENT
        and _ANNOUNCING.fullmatch(text) is not None
        and not any(unit for _, unit in figures_in(text))
    )


def with_labels(sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences with each label question joined to the answer that follows it."""
    joined: list[str] = []
    for text in sentences:
        if joined and _LABEL.fullmatch(joined[-1]):
            joined[-1] += f" {text}"
        else:
            joined.append(text)
    return tuple(joined)
