"""What can be said of each block by itself, as numbers."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partwork.cleaning.cues import CUES, cue_at
from partwork.cleaning.lines import pattern_of
from partwork.cleaning.surroundings import Surroundings, ends_sentence
from partwork.cleaning.vocabulary import markup_terms_of, terms_of, tokens_of, weighed
from partwork.model.article import Block, BlockKind, Category

_SHAPE = (
    *("words", "word_length", "lines", "stop_words", "capitals", "digits"),
    *("ends", "ends_in_colon", "trails_off", "asks", "commas", "sentences"),
    *("begins_low", "begins_with_quote", "begins_with_digit", "is_upper"),
    *("signs", "at", "copyright", "address", "exclaims", "bracket"),
    *("we", "you", "i", "they"),
)
_MEANING = (
    *("links", "hidden"),
    *("vocabulary", "vocabulary_mean", "vocabulary_most", "vocabulary_least"),
    *("markup", "markup_mean", "markup_most", "markup_least"),
)
_SHAPES = len(_SHAPE) + len(_MEANING)
_OWN = (*_SHAPE, *_MEANING, *(f"is_{kind.value}" for kind in BlockKind))
_AMONG = ("again", "known_words", "common_words", "title_words", "prose", "is_prose")
OPENINGS = tuple(f"opens_{cue.category.name.lower()}" for cue in CUES)
NAMES = (
    *(*_OWN, *_AMONG, "pattern"),
    *(f"says_{category.name.lower()}" for category in Category),
    *OPENINGS,
)
AT = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Weights of terms: of words, and of markup."""

    words: Mapping[str, float]
    markup: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """What blocks are by themselves, whatever stands around them: worked out once an article.

    `tokens[i]` are the folded words of block `i`, `content[i]` those of them that carry meaning;
    row `i` of `own` holds the first traits of `NAMES`.
    """

    tokens: tuple[tuple[str, ...], ...]
    content: tuple[frozenset[str], ...]
    own: NDArray[np.float32]

    def only(self, at: Sequence[int]) -> "Looks":
        """Those of these blocks alone, in this order."""
        tokens = tuple(self.tokens[i] for i in at)
        return Looks(tokens, tuple(self.content[i] for i in at), self.own[list(at)])


def looks_of(page: Surroundings, vocabulary: Vocabulary) -> Looks:
    """What the blocks of `page` are by themselves."""
    tokens = tuple(map(tokens_of, page.folded))
    content = tuple(frozenset(filter(_has_meaning, words)) for words in tokens)
    own = np.zeros((len(tokens), len(_OWN)), np.float32)
    for i, (block, words) in enumerate(zip(page.blocks, tokens, strict=True)):
        own[i, :_SHAPES] = (*_shape(block, words), *_meaning(block, words, vocabulary))
        own[i, AT[f"is_{block.kind.value}"]] = 1.0
    return Looks(tokens, content, own)


def traits_of(page: Surroundings, looks: Looks) -> NDArray[np.float32]:
    """One row for each block of `page`, one column for each of `NAMES`."""
    traits = np.zeros((len(page.blocks), len(NAMES)), np.float32)
    traits[:, : len(_OWN)] = looks.own
    common = Counter[str]()
    for words, prose in zip(looks.content, page.prose_words, strict=True):
        if prose:
            common.update(words)
    times = Counter(looks.tokens)
    title = frozenset(word for word in tokens_of((page.title,)) if word not in STOP_WORDS)
    for i in range(len(page.blocks)):
        own = 1 if page.prose_words[i] else 0
        traits[i, len(_OWN) : len(_OWN) + len(_AMONG)] = (
            times[looks.tokens[i]] - 1,
            *_shared(looks.content[i], common, own),
            len(looks.content[i] & title) / (len(looks.content[i]) or 1),
            math.log1p(page.prose_words[i]),
            own,
        )
        pattern = pattern_of(page, i, page.folded[i][0])
        if pattern is not None:
            traits[i, AT["pattern"]] = pattern.confidence
            traits[i, AT[f"says_{pattern.category.name.lower()}"]] = 1.0
        cue = cue_at(page, i)
        if cue is not None:
            traits[i, AT[f"opens_{cue.category.name.lower()}"]] = 1.0
    return traits


_MOST_COMMON = (
    "the of and to in a is that for it with as was on are be this by you from have or not at they "
    "we his but an which will has their more i he she its can if one all when there so what about "
    "who would my your had were been out up than them into just like some do our also after how no "
    "only other then because over any these most even where while could should may might much very "
    "such those did does being through before between her him us me too own both each now"
)
STOP_WORDS = frozenset(_MOST_COMMON.split())
_PERSONS = {
    **dict.fromkeys(("we", "our", "us"), 0),
    **dict.fromkeys(("you", "your", "you'll", "you're"), 1),
    **dict.fromkeys(("i", "my", "me", "i'm", "i've"), 2),
    **dict.fromkeys(("he", "she", "his", "her", "him"), 3),
}
_SENTENCE = re.compile(r"[.!?][\"'”’)\]]*(?:\s|$)")
_DIGIT = re.compile(r"[0-9]")
_ADDRESSES = ("://", "www.", ".com", ".org", ".net", ".co.", ".io/")
_SIGNS = "|·•»›/"
_MEANING_CHARACTERS = 4
_OFTEN = 4


def _has_meaning(word: str) -> bool:
    return len(word) >= _MEANING_CHARACTERS and word not in STOP_WORDS


def _shape(block: Block, tokens: Sequence[str]) -> tuple[float, ...]:
    text = block.text
    words = len(tokens)
    initials = [word[0] for word in text.split()]
    persons = [0.0, 0.0, 0.0, 0.0]
    for person in map(_PERSONS.get, tokens):
        if person is not None:
            persons[person] += 1
    return (
        math.log1p(words),
        len(text) / (words + 1),
        text.count("\n") + 1,
        sum(map(STOP_WORDS.__contains__, tokens)) / (words or 1),
        sum(map(str.isupper, initials)) / (sum(map(str.isalpha, initials)) or 1),
        len(_DIGIT.findall(text)) / len(text),
        ends_sentence(text),
        text.endswith(":"),
        text.endswith(("...", "…")),
        text.endswith("?"),
        text.count(",") / (words + 1),
        len(_SENTENCE.findall(text)),
        text[0].islower(),
        text[0] in "\"“‘'",
        text[0].isdigit(),
        text.isupper(),
        sum(map(text.count, _SIGNS)),
        "@" in text,
        "©" in text,
        any(address in text for address in _ADDRESSES),
        "!" in text,
        "(" in text,
        *persons,
    )


def _meaning(block: Block, tokens: Sequence[str], vocabulary: Vocabulary) -> tuple[float, ...]:
    """What its words and its markup are worth; -1 for links where there is no markup."""
    words = weighed(terms_of(tokens), vocabulary.words)
    if block.markup is None:
        return (-1.0, -1.0, *words, 0.0, 0.0, 0.0, 0.0)
    markup = weighed(markup_terms_of(block.markup), vocabulary.markup)
    return (block.markup.link_density, float(block.markup.hidden), *words, *markup)


def _shared(content: frozenset[str], common: Counter[str], own: int) -> tuple[float, float]:
    """How many of its words the article's prose has too, and how often; -1 if it has none."""
    if not content:
        return -1.0, -1.0
    elsewhere = [times for word in content if (times := common[word] - own) > 0]
    often = sum([times if times < _OFTEN else _OFTEN for times in elsewhere])
    return len(elsewhere) / len(content), often / len(content)
