"""Whether a reworded sentence may stand in the place of its source's.

Narrow on purpose: to code, other words for a claim are another claim. A sentence may be shortened
and its halves exchanged, and it says nothing that its source does not. What no rule here sees is
whether a word left out mattered; an editor reads each part before it is sent.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from partwork.composing.evidence import figures_in
from partwork.composing.overlap import Point, is_same_point, point_of
from partwork.composing.rewriting_answer import Proposal
from partwork.composing.rewriting_qualifiers import qualifiers_in
from partwork.composing.rewriting_request import Asked, speaks_to_a_machine
from partwork.composing.risk import plays_risk_down
from partwork.composing.sentences import sentences_in
from partwork.composing.voice import leans, objection, without_connective
from partwork.composing.words import is_small, stem, word_count, words_in
from partwork.model.article import Block, normalised

_KEPT = 0.75  # share of the content words that must stay: one in four may be flourish; a guess
_QUOTED_WORDS = 4  # fewer stand in any text by chance; a guess
_LONGER = 1.2  # times the source's words, since exchanged halves need small words; a guess
_ENOUGH = 4  # content words; with fewer, halves exchanged may turn round who does what; a guess
_SHOWN = 5  # words named in an objection

_LINK = re.compile(r"https?:|www\.|[^\s@]@[^\s@]|\b[\w-]+\.(?:com|org|net|io|co|info|shop)\b", re.I)
_FREE_SIGNS = frozenset(",;—–-’'")
_WORDS = re.compile(r"\w+")
_TYPEWRITTEN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def objections_to(proposal: Proposal, asked: Asked, others: Collection[Point]) -> tuple[str, ...]:
    """Why a proposal may not replace the sentence that was asked for; () if it may.

    `others` are the points that the rest of the series makes. Beside these rules stand those of
    `composing.faults`, which hold for every sentence whoever wrote it.
    """
    text, source = proposal.text, asked.sentence.text
    if not text:
        return ("is empty",)
    if not text.isprintable():
        return ("has characters that cannot be printed",)
    return (
        *_on_the_quotation(proposal.quote, source, asked.blocks),
        *_on_the_form(text, source),
        *_on_the_voice(text, source),
        *_on_the_facts(text, source),
        *_on_repetition(text, others),
    )


def _on_the_quotation(quote: str, source: str, blocks: Sequence[Block]) -> Iterator[str]:
    if word_count(quote) < min(_QUOTED_WORDS, word_count(source)):
        yield f"its quote is shorter than {_QUOTED_WORDS} words"
    elif not any(_flat(quote) in _flat(block.text) for block in blocks):
        yield "its quote does not stand in the source word for word"


def _on_the_form(text: str, source: str) -> Iterator[str]:
    if _LINK.search(text) and not _LINK.search(source):
        yield "has a link, which its source does not"
    signs = (c for c in text if not (c.isalnum() or c == " "))
    yield from _named("adds the sign", (c for c in signs if c not in _FREE_SIGNS | set(source)))
    if text[-1] != source[-1] or (source[0].isupper() and not text[0].isupper()):
        yield "does not begin with a capital or end as its source does"
    if len(sentences_in(text)) > len(sentences_in(source)):
        yield "is more than one sentence"
    if word_count(text) > _LONGER * word_count(source):
        yield "is longer than its source"
    if _leans(text) and not _leans(source):
        yield "opens with a word that needs another sentence before it"


def _on_the_voice(text: str, source: str) -> Iterator[str]:
    if speaks_to_a_machine(text):
        yield "addresses a machine"
    if reason := objection(text):
        yield f"cannot be said by a newsletter: {reason}"
    if plays_risk_down(text) and not plays_risk_down(source):
        yield "plays a risk down"


def _on_the_facts(text: str, source: str) -> Iterator[str]:
    said, meant = figures_in(text), figures_in(source)
    yield from _named("adds the figure", (" ".join(f).strip() for f in sorted(said - meant)))
    yield from _named("loses the figure", (" ".join(f).strip() for f in sorted(meant - said)))
    yield from _named("adds the capitalised word", _capitals_beyond(text, source))
    yield from _named("loses the capitalised word", _capitals_beyond(source, text))
    before, after = qualifiers_in(source), qualifiers_in(text)
    yield from _named("loses what limits or denies", before - after)
    yield from _named("adds what limits or denies", after - before)
    content, given = _content(text), _content(source)
    if new := [w for w in content if w not in given]:
        yield from _named("adds words of its own", _spelt(new, text))
    elif not _keeps_order(content, given):
        yield "turns round who does what: keep the order of the source's words"
    if len(set(content) & set(given)) < _KEPT * len(set(given)):
        yield "leaves out too much of what its source says"


def _on_repetition(text: str, others: Collection[Point]) -> Iterator[str]:
    point = point_of(text)
    if any(is_same_point(point, other) for other in others):
        yield "says what another sentence says"


def _content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words_in(text) if not is_small(word)]


def _spelt(stems: Collection[str], text: str) -> Iterator[str]:
    return (word for word in words_in(text) if stem(word) in stems)


def _keeps_order(content: Sequence[str], given: Sequence[str]) -> bool:
    """Whether words stand as in the source, or with the two halves of the source exchanged."""
    cuts = range(len(given) if len(given) >= _ENOUGH else 1)
    return any(_is_within(content, (*given[cut:], *given[:cut])) for cut in cuts)


def _is_within(few: Iterable[str], many: Iterable[str]) -> bool:
    """Whether the few are among the many, in the same order."""
    rest = iter(many)
    return all(one in rest for one in few)


def _capitals_beyond(text: str, other: str) -> list[str]:
    """The words of a text with a capital, its first word apart, that another does not have so."""
    words = set(_WORDS.findall(other))
    later = (m.group() for m in _WORDS.finditer(text) if m.start())
    return [w for w in later if w not in words and any(c.isupper() for c in w)]


def _named(what: str, words: Iterable[str]) -> Iterator[str]:
    """One objection that names the words, if there are any, the first few."""
    named = list(dict.fromkeys(words))
    if named:
        more = ", …" if len(named) > _SHOWN else ""
        yield f"{what}: {', '.join(named[:_SHOWN])}{more}"


def _leans(text: str) -> bool:
    return leans(text) or without_connective(text) != text


def _flat(text: str) -> str:
    """The text without what typewriters and readers cannot tell apart."""
    return normalised(text).translate(_TYPEWRITTEN)
