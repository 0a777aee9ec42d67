"""What can be said of each block by itself, as numbers."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from partwork.cleaning.lines import pattern_of
from partwork.cleaning.surroundings import Surroundings, ends_sentence
from partwork.cleaning.vocabulary import Weighed, markup_terms_of, terms_of, tokens_of, weighed
from partwork.model.article import Block, BlockKind, Category

_SHAPE = (
    *("words", "word_length", "lines", "stop_words", "capitals", "digits"),
    *("ends", "ends_in_colon", "trails_off", "asks", "commas", "sentences"),
    *("begins_low", "begins_with_quote", "begins_with_digit", "is_upper"),
    *("signs", "at", "copyright", "address", "exclaims", "bracket"),
    *("we", "you", "i", "they"),
)
_WORDS = ("vocabulary", "vocabulary_mean", "vocabulary_most", "vocabulary_least")
_WORTHS = ("markup", "markup_mean", "markup_most", "markup_least")
_KINDS = {kind: f"is_{kind.value}" for kind in BlockKind}
_AMONG = ("again", "known_words", "common_words", "title_words", "prose", "is_prose")
NAMES = (
    *(*_SHAPE, "links", "hidden", *_WORDS, *_WORTHS, *_KINDS.values(), *_AMONG, "pattern"),
    *(f"says_{category.name.lower()}" for category in Category),
)
AT = {name: i for i, name in enumerate(NAMES)}
_MARKUP = ("links", "hidden", *_WORTHS)
_SHAPE_AT, _WORDS_AT, _MARKUP_AT = ([AT[n] for n in names] for names in (_SHAPE, _WORDS, _MARKUP))
_SAYS_AT = {category: AT[f"says_{category.name.lower()}"] for category in Category}
_KINDS_AT = {kind: AT[name] for kind, name in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Weights of terms: of words, and of markup."""

    words: Mapping[str, float]
    markup: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """What blocks are by themselves, whatever stands around them: worked out once an article.

    Row `i` of `own` holds those traits of block `i` that no other block changes, and 0 for the
    others. `alike` has one number a block, the same for blocks of the same words. `content` are
    the words that carry meaning as numbers, each once a block, and `holder` the block of each.
    """

    own: NDArray[np.float32]
    alike: NDArray[np.intp]
    content: NDArray[np.intp]
    holder: NDArray[np.intp]

    def only(self, at: Sequence[int]) -> "Looks":
        """Those of these blocks alone, in this order."""
        kept = np.array(at, np.intp)
        place = np.full(len(self.own), -1)
        place[kept] = np.arange(len(kept))
        holder = place[self.holder]
        stays = holder >= 0
        return Looks(self.own[kept], self.alike[kept], self.content[stays], holder[stays])


def looks_of(page: Surroundings, vocabulary: Vocabulary) -> Looks:
    """What the blocks of `page` are by themselves.

    What hangs on a block's words alone is worked out once for each text: menus say all twice.
    """
    said = {block.text: tokens for block, tokens in zip(page.blocks, page.tokens, strict=True)}
    number = {text: i for i, text in enumerate(said)}
    which = np.array([number[block.text] for block in page.blocks], np.intp)
    tokens = list(said.values())
    meant = [word for word in set(chain(*tokens)) - STOP_WORDS if len(word) >= _MEANING_CHARACTERS]
    meaning = {word: i for i, word in enumerate(meant)}
    telling = [meaning.keys() & words for words in tokens]
    title = meaning.keys() & tokens_of((page.title,))
    prose = np.array(page.prose_words, np.float64)

    own = np.zeros((len(which), len(NAMES)), np.float32)
    own[:, _SHAPE_AT] = _table(map(_shape, said, tokens), _SHAPE)[which]
    worths = (weighed(terms_of(words), vocabulary.words) for words in tokens)
    own[:, _WORDS_AT] = _table(worths, _WORDS)[which]
    own[:, _MARKUP_AT] = _table(_markup_of(page.blocks, vocabulary.markup), _MARKUP)
    own[np.arange(len(which)), [_KINDS_AT[block.kind] for block in page.blocks]] = 1.0
    shares = [len(words & title) / (len(words) or 1) for words in telling]
    own[:, AT["title_words"]] = np.array(shares)[which]
    own[:, AT["prose"]], own[:, AT["is_prose"]] = np.log1p(prose), prose > 0

    alike = {words: i for i, words in enumerate(tokens)}
    content = [telling[i] for i in which.tolist()]
    return Looks(
        own,
        np.array([alike[words] for words in tokens], np.intp)[which],
        np.array([meaning[word] for word in chain(*content)], np.intp),
        np.repeat(np.arange(len(which)), [len(words) for words in content]),
    )


def traits_of(page: Surroundings, looks: Looks) -> NDArray[np.float32]:
    """One row for each block of `page`, one column for each of `NAMES`."""
    traits = looks.own.copy()
    traits[:, AT["again"]] = np.bincount(looks.alike)[looks.alike] - 1
    traits[:, AT["known_words"]], traits[:, AT["common_words"]] = _shared(looks)
    for i, lines in enumerate(page.folded):
        pattern = pattern_of(page, i, lines[0])
        if pattern is not None:
            traits[i, AT["pattern"]] = pattern.confidence
            traits[i, _SAYS_AT[pattern.category]] = 1.0
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
_SIGNS, _ASCII_SIGNS = "|·•»›/", "|/"
_Marked = tuple[float, float, float, float, float, float]
# Where there is no markup, nobody knows of links.
_UNMARKED: _Marked = (-1.0, -1.0, 0.0, 0.0, 0.0, 0.0)
_MEANING_CHARACTERS = 4
_OFTEN = 4


def _shape(text: str, tokens: Sequence[str]) -> tuple[float, ...]:
    words = len(tokens)
    initials = [word[0] for word in text.split()]
    persons = [0, 0, 0, 0]
    for word in _PERSONS.keys() & tokens:
        persons[_PERSONS[word]] += tokens.count(word)
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
        sum(map(text.count, _ASCII_SIGNS if text.isascii() else _SIGNS)),
        "@" in text,
        "©" in text,
        ("." in text or ":" in text) and any(map(text.__contains__, _ADDRESSES)),
        "!" in text,
        "(" in text,
        *persons,
    )


def _markup_of(blocks: Iterable[Block], weights: Mapping[str, float]) -> Iterator[_Marked]:
    """What a block's markup tells; half of the blocks of a page have another's."""
    worths: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Weighed] = {}
    for block in blocks:
        markup = block.markup
        if markup is None:
            yield _UNMARKED
            continue
        kind = markup.tag, markup.classes, markup.within
        if kind not in worths:
            worths[kind] = weighed(markup_terms_of(markup), weights)
        yield markup.link_density, float(markup.hidden), *worths[kind]


def _table(rows: Iterable[tuple[float, ...]], names: Sequence[str]) -> NDArray[np.float32]:
    return np.array(list(rows), np.float32).reshape(-1, len(names))


def _shared(looks: Looks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many of its words the rest of the prose has too, and how often; -1 if it has none."""
    count = len(looks.own)
    words = np.bincount(looks.holder, minlength=count)
    own = looks.own[looks.holder, AT["is_prose"]].astype(np.intp)
    common = np.bincount(looks.content, own)
    times = common[looks.content] - own
    known = np.bincount(looks.holder, times > 0, count)
    often = np.bincount(looks.holder, np.minimum(times, _OFTEN), count)
    has_words = words > 0
    words = np.maximum(words, 1)
    return np.where(has_words, known / words, -1.0), np.where(has_words, often / words, -1.0)
