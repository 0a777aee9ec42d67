"""A series composed within what its sources' rights allow, in fewer parts if need be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from partwork.composing.dividing import WrongNumberOfParts
from partwork.composing.extractive import PART_WORDS
from partwork.composing.quoting import Shortened, shortened
from partwork.composing.rights import excess
from partwork.composing.series import Composition
from partwork.composing.words import word_count
from partwork.model.article import Article
from partwork.model.newsletter import QuotationLimits
from partwork.model.series import Instalment

FULL, _ = PART_WORDS
THIN = FULL // 2  # words; a part that lost some and has less is not worth a mail. A guess


def within_rights(
    compose_in: Callable[[int | None], Composition],
    parts: int | None,
    articles: Mapping[str, Article],
    limits: QuotationLimits,
    settled: Sequence[Instalment],
) -> tuple[Composition, tuple[str, ...]]:
    """The composition in so many parts, or in fewer where rights leave too little for these.

    `compose_in` composes in a number of parts, which counts those that are `settled`. With it
    come sentences that say what was left out and why; none where nothing was.
    """
    first = composition = compose_in(parts)
    found = _shortened(composition, articles, limits, settled)
    if _thin(composition, found) and len(composition.instalments) > 1:
        fewer = min(len(composition.instalments) - 1, max(1, found.words // FULL))
        try:
            composition = compose_in(fewer + len(settled))
        except WrongNumberOfParts:  # one for each article is one for each article
            pass
        else:
            found = _shortened(composition, articles, limits, settled)
    less = _without_empty(replace(composition, instalments=found.instalments))
    thin = [part for part in _thin(composition, found) if part.sentences]
    told = _told(found, first, less, articles, limits=limits, settled=settled)
    return less, (*told, *map(_too_thin, thin))


def _shortened(
    composition: Composition,
    articles: Mapping[str, Article],
    limits: QuotationLimits,
    settled: Sequence[Instalment],
) -> Shortened:
    return shortened(
        composition.instalments,
        articles,
        limits,
        settled=settled,
        unchanged=composition.unchanged,
    )


def _thin(composition: Composition, found: Shortened) -> list[Instalment]:
    """The parts that lost words and have too few now."""
    both = zip(composition.instalments, found.instalments, strict=True)
    return [less for part, less in both if less != part and _words(less) < THIN]


def _without_empty(composition: Composition) -> Composition:
    """The parts that have words, under the lowest of the numbers; what the others said is over."""
    numbers = sorted(part.number for part in composition.instalments)
    full = [part for part in composition.instalments if _words(part)]
    if len(full) == len(numbers):
        return composition
    ids = {part.id for part in full}
    empty = [ground for id_, ground in composition.grounds.items() if id_ not in ids]
    over = (digest for ground in empty for digest in ground.statements)
    return replace(
        composition,
        instalments=tuple(replace(part, number=n) for part, n in zip(full, numbers, strict=False)),
        passed_over=tuple(dict.fromkeys((*composition.passed_over, *over))),
    )


def _told(
    found: Shortened,
    first: Composition,
    composition: Composition,
    articles: Mapping[str, Article],
    *,
    limits: QuotationLimits,
    settled: Sequence[Instalment],
) -> Iterator[str]:
    rule = f"{limits.share * 100:.0f} % of it and {limits.run} words on end"
    for slug, words in found.left_out.items():
        yield f"{slug} may only be quoted, {rule}: {words} words of it were left out"
    fewer, asked = len(composition.instalments), len(first.instalments)
    if fewer < asked:
        yield f"what may be quoted is enough for {fewer} of {asked} parts; a licence allows more"
    for one in excess([*settled, *composition.instalments], articles, limits):
        if one.article in found.left_out:
            yield (
                f"{one.article} may only be quoted, {rule}, and what warns in it is more and was "
                "kept; say it in other words, or take the article out"
            )


def _too_thin(part: Instalment) -> str:
    what = "only what warns" if part.sentences == part.cautions else f"{_words(part)} words"
    return f"of “{part.title}” {what} may stand; divide by theme, or get a licence"


def _words(part: Instalment) -> int:
    return sum(word_count(sentence.text) for sentence in part.sentences)
