"""What a series may take of an article that it may only quote, and what it takes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from partwork.composing.findings import Finding, faults_in
from partwork.composing.words import words_in
from partwork.model.article import Article, Rights
from partwork.model.fault import Fault
from partwork.model.newsletter import QuotationLimits
from partwork.model.series import Instalment

_COPIED = 5  # words in a row that an article has too; fewer are anybody's. A guess


LIMITS = QuotationLimits()


@dataclass(frozen=True, slots=True)
class Excess:
    """An article of which a series takes more than its rights allow, in words.

    `taken` of them stand in the series, of which `allowed` may; `run` is the longest stretch that
    one part has, and `runs_over` says whether that is too long.
    """

    article: str
    taken: int
    allowed: int
    run: int
    runs_over: bool


def allowance(article: Article, limits: QuotationLimits = LIMITS) -> int | None:
    """How many words of the article a series may take; None where there is no limit."""
    if article.rights is not Rights.QUOTATION:
        return None
    return int(len(_words_of(article)) * limits.share)


def excess(
    instalments: Sequence[Instalment],
    articles: Mapping[str, Article],
    limits: QuotationLimits = LIMITS,
) -> tuple[Excess, ...]:
    """The articles of which the parts together take too much, in the articles' order.

    Words count that stand in the series five on end as they stand in the article, cited or not,
    each once however often it is said. A stretch is what one part has of the article without a
    gap, in whatever order.
    """
    found = []
    for article in articles.values():
        allowed = allowance(article, limits)
        if allowed is None:
            continue
        taking = Taking(article)
        places = [taking.places(_texts_of(part)) for part in instalments]
        taken = len(set[int]().union(*places))
        run = max((run for one in places for run in runs_in(one)), default=0)
        if taken > allowed or run > limits.run:
            found.append(Excess(article.slug, taken, allowed, run, run > limits.run))
    return tuple(found)


def rights_faults(
    instalments: Sequence[Instalment],
    files: Sequence[str],
    articles: Mapping[str, Article],
    limits: QuotationLimits = LIMITS,
) -> tuple[Fault, ...]:
    """A fault at the sentence with which the parts have taken too much, and at each long run."""
    found: list[Fault] = []
    for one in excess(instalments, articles, limits):
        taking = Taking(articles[one.article])
        taken: set[int] = set()
        is_told = False
        for part, file in zip(instalments, files, strict=True):
            in_part: set[int] = set()
            run_is_told = False
            for sentence in part.sentences:
                places = taking.places([sentence.text])
                taken |= places
                in_part |= places
                findings: list[Finding] = []
                if places and not is_told and len(taken) > one.allowed:
                    findings.append(_too_much(one, taking.size, limits))
                    is_told = True
                if places and not run_is_told and max(runs_in(in_part)) > limits.run:
                    findings.append(_too_long(one, limits))
                    run_is_told = True
                found += faults_in(sentence, file, findings)
    return tuple(sorted(found))


class Taking:
    """Finds an article's words in other texts; a class for the sake of its index.

    `size` is how many words the article has.
    """

    def __init__(self, article: Article) -> None:
        words = _words_of(article)
        self.size = len(words)
        self._starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for start in range(len(words) - _COPIED + 1):
            self._starts[words[start : start + _COPIED]].append(start)

    def places(self, texts: Sequence[str]) -> set[int]:
        """The places, from 0, of the article's words that the texts have too."""
        return set(self._places(texts))

    def _places(self, texts: Sequence[str]) -> Iterator[int]:
        for text in texts:
            words = words_in(text)
            for n in range(len(words) - _COPIED + 1):
                for start in self._starts.get(words[n : n + _COPIED], ()):
                    yield from range(start, start + _COPIED)


def runs_in(places: Collection[int]) -> tuple[int, ...]:
    """How long each stretch of numbers on end is."""
    runs = groupby(enumerate(sorted(places)), key=lambda pair: pair[1] - pair[0])
    return tuple(sum(1 for _ in run) for _, run in runs)


def _too_much(one: Excess, size: int, limits: QuotationLimits) -> Finding:
    return Finding(
        "rights",
        f"goes over what may be quoted of {one.article}: the series takes {one.taken} of its "
        f"{size} words, {one.allowed} ({limits.share * 100:.0f} %) are allowed; take sentences "
        "out, ask for fewer parts, or get a licence",
    )


def _too_long(one: Excess, limits: QuotationLimits) -> Finding:
    return Finding(
        "rights",
        f"goes on with a stretch of {one.article} of more than {limits.run} words, which is the "
        "most that may be quoted on end; take a sentence out of it",
    )


def _words_of(article: Article) -> tuple[str, ...]:
    return tuple(word for block in article.blocks for word in words_in(block.text))


def _texts_of(part: Instalment) -> list[str]:
    return [sentence.text for sentence in part.sentences]
