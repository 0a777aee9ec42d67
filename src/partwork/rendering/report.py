"""The cleaning report: every block of an article as it was read, with what became of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from partwork.model.article import Article, Block, BlockKind, Category, Removal

# Stands for a block of which nothing is known but that it was there.
LOST = Block(BlockKind.PARAGRAPH, "")


class BlockVerdict(StrEnum):
    """What became of a block; the last three speak of hands, not of cleaning."""

    KEPT = "kept"
    REMOVED = "removed"
    FLAGGED = "flagged"  # stays in the article and never enters a series
    EDITED = "edited"  # kept, and changed in the article's file since
    GONE = "gone"  # kept, and taken out of the article's file since
    WRITTEN = "written"  # stands in the article's file and not in what was read


class Sureness(StrEnum):
    """Confidence as an editor reads it: of what is sure, at most one in ten should be wrong."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "a guess"


@dataclass(frozen=True, slots=True)
class Judged:
    """A block, its number and what became of it.

    `number` counts from 1 in the article as it was read; 0: written by hand, or not known.
    `rule`, `reason` and `confidence` belong to removals, `category` also to what is flagged.
    """

    block: Block
    number: int
    verdict: BlockVerdict
    category: Category | None = None
    rule: str = ""
    reason: str = ""
    confidence: float | None = None

    @property
    def sureness(self) -> Sureness:
        """How sure cleaning was; what it did not judge is sure."""
        return sureness_of(1.0 if self.confidence is None else self.confidence)


@dataclass(frozen=True, slots=True)
class Report:
    """An article with all that was read, in reading order.

    `notices` say, in a sentence each, what a reader of the report must know of how it was made.
    """

    article: Article
    blocks: tuple[Judged, ...]
    cleaner: str = ""
    notices: tuple[str, ...] = ()

    def count(self, verdict: BlockVerdict) -> int:
        """How many blocks it became of."""
        return sum(judged.verdict is verdict for judged in self.blocks)

    @property
    def removed_by_category(self) -> tuple[tuple[Category, int], ...]:
        """Each category with the number of blocks removed for it, the most first."""
        removed = [j.category for j in self.blocks if j.verdict is BlockVerdict.REMOVED]
        counts = [(c, removed.count(c)) for c in Category if c in removed]
        return tuple(sorted(counts, key=lambda pair: -pair[1]))


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbours of which the same is to be said: same verdict, category, reason and sureness.

    All of them have numbers, one after the other, or none has.
    """

    blocks: tuple[Judged, ...]

    @property
    def first(self) -> Judged:
        """The block that speaks for all of them."""
        return self.blocks[0]

    @property
    def numbers(self) -> str:
        """`12`, or `12–15`; empty for blocks without a number."""
        first, last = self.blocks[0].number, self.blocks[-1].number
        return f"{first or ''}" if first == last else f"{first}–{last}"

    @property
    def confidence(self) -> float:
        """The lowest of any block; 1 where cleaning did not judge."""
        return min(1.0 if j.confidence is None else j.confidence for j in self.blocks)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many blocks were `read`, and of these `removed` and `kept`; `flagged` are among kept.

    What hands took out since counts as neither, what they wrote is not counted as read.
    """

    read: int
    removed: int
    kept: int
    flagged: int


def totals_of(report: Report) -> Totals:
    """The report in four numbers."""
    read = len(report.blocks) - report.count(BlockVerdict.WRITTEN)
    removed = report.count(BlockVerdict.REMOVED)
    kept = read - removed - report.count(BlockVerdict.GONE)
    return Totals(read, removed, kept, report.count(BlockVerdict.FLAGGED))


def summary_of(report: Report) -> str:
    """The report in one line: `2 of 9 blocks taken out (2 comments); 7 stay, 1 of them marked`."""
    totals = totals_of(report)
    listed = ", ".join(f"{count} {category}" for category, count in report.removed_by_category)
    of = f"{totals.read} block{'' if totals.read == 1 else 's'}"
    taken = f"{totals.removed} of {of} taken out ({listed})" if listed else f"{of}, none taken out"
    stay = f"{totals.kept} stay{'s' if totals.kept == 1 else ''}"
    return f"{taken}; {stay}{f', {totals.flagged} of them marked' if totals.flagged else ''}"


def sureness_of(confidence: float) -> Sureness:
    """`confidence`, 0 to 1, in words. The thresholds are ours: wrong 1 in 10, and 3 in 10."""
    if confidence >= 0.9:
        return Sureness.SURE
    return Sureness.LIKELY if confidence >= 0.7 else Sureness.GUESS


def passages_of(report: Report) -> tuple[Passage, ...]:
    """The blocks of the report in reading order, alike neighbours together."""
    alike = groupby(
        report.blocks, lambda j: (j.verdict, j.category, j.reason, j.sureness, j.number > 0)
    )
    return tuple(Passage(tuple(run)) for _, run in alike)


def doubtful(report: Report) -> tuple[Passage, ...]:
    """What was removed without being sure, the least sure first; lines of mere signs left out."""
    found = (p for p in passages_of(report) if p.first.verdict is BlockVerdict.REMOVED)
    unsure = (p for p in found if p.first.sureness is not Sureness.SURE)
    worth_a_look = (p for p in unsure if any(_says_something(j.block) for j in p.blocks))
    return tuple(sorted(worth_a_look, key=lambda p: p.confidence))


def judged_blocks(
    digests: Sequence[str],
    removals: Iterable[Removal],
    stored: Sequence[Block],
    *,
    read: Sequence[Block] | None = None,
    edited: bool = False,
) -> tuple[Judged, ...]:
    """What became of all blocks that were read, and of the hands at work since.

    `digests` are theirs, in reading order; `read` the blocks themselves, None where they are
    gone: then what a hand took out has no words left. `stored` are the blocks of the article as
    it stands, `edited` says that its file is not as it was made. Where it is, printing may have
    joined or parted blocks: then what was read counts, and of `stored` the flags.
    """
    removed = {removal.position: removal for removal in removals}
    kept = [position for position in range(len(digests)) if position not in removed]
    found: list[Judged] = []
    at = 0
    for i, j in _aligned([digests[position] for position in kept], stored):
        twin = None if j is None else stored[j]
        if i is not None:
            position = kept[i]
            found += (_removed(removed[passed]) for passed in range(at, position))
            at = position + 1
            block = read[position] if read is not None else twin or LOST
            found.append(_kept(block, digests[position], at, twin, edited))
        elif twin is not None and edited:
            found.append(_with_flag(Judged(twin, 0, BlockVerdict.WRITTEN)))
    return (*found, *(_removed(removed[passed]) for passed in range(at, len(digests))))


def report_data(report: Report) -> dict[str, object]:
    """The report for programs, in a fixed order of keys: see docs/formats.md."""
    article = report.article
    day = article.published_on
    return {
        "article": article.slug,
        "title": _sound(article.title),
        "title_is_made": article.title_is_made,
        "deck": _sound(article.deck),
        "byline": _sound(article.byline),
        "published_on": day.isoformat() if day else None,
        "source": _sound(article.source),
        "language": article.language,
        "sha256": article.sha256,
        "cleaner": report.cleaner,
        "notices": list(report.notices),
        "counts": {verdict.value: report.count(verdict) for verdict in BlockVerdict},
        "blocks": [_block_data(judged) for judged in report.blocks],
    }


def _block_data(judged: Judged) -> dict[str, object]:
    block = judged.block
    known = judged.confidence is not None
    return {
        "number": judged.number or None,
        "verdict": judged.verdict.value,
        "kind": block.kind.value,
        "level": block.level,
        "category": judged.category.value if judged.category else None,
        "rule": _sound(judged.rule) if known else None,
        "reason": _sound(judged.reason) if known else None,
        "confidence": judged.confidence,
        "sureness": judged.sureness.value if known else None,
        "lines": [block.first_line, block.last_line] if block.first_line else None,
        "text": _sound(block.text),
    }


def _says_something(block: Block) -> bool:
    return block.kind is BlockKind.IMAGE or any(c.isalnum() for c in block.text)


def _aligned(
    digests: Sequence[str], stored: Sequence[Block]
) -> Iterator[tuple[int | None, int | None]]:
    """Indices of blocks that are the same or stand for each other; None where one has no twin."""
    now = [block.digest for block in stored]
    # What no hand touched is not searched for: where lines come back often, that is quadratic.
    head = _alike(digests, now)
    tail = _alike(digests[head:][::-1], now[head:][::-1])
    last, last_now = len(digests) - tail, len(now) - tail
    matcher = SequenceMatcher(None, digests[head:last], now[head:last_now])
    yield from ((i, i) for i in range(head))
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        theirs, ours = range(head + i1, head + i2), range(head + j1, head + j2)
        if tag == "equal" or (tag == "replace" and len(theirs) == len(ours)):
            yield from zip(theirs, ours, strict=True)
        else:
            yield from ((i, None) for i in theirs)
            yield from ((None, j) for j in ours)
    yield from zip(range(last, len(digests)), range(last_now, len(now)), strict=True)


def _alike(some: Sequence[str], others: Sequence[str]) -> int:
    """How many of them are the same from the first on."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(some), len(others)))


def _kept(block: Block, digest: str, number: int, twin: Block | None, edited: bool) -> Judged:
    """A block that cleaning kept; `twin` is what stands for it in the article now."""
    if twin is None:
        return Judged(block, number, BlockVerdict.GONE if edited else BlockVerdict.KEPT)
    # The digest has no case; hands may have changed just that.
    is_same = twin.digest == digest and twin.text.split() == block.text.split()
    if not edited or is_same:
        return _with_flag(Judged(replace(block, flag=twin.flag), number, BlockVerdict.KEPT))
    now = replace(twin, first_line=block.first_line, last_line=block.last_line)
    return _with_flag(Judged(now, number, BlockVerdict.EDITED))


def _with_flag(judged: Judged) -> Judged:
    if judged.block.flag is None:
        return judged
    return replace(judged, verdict=BlockVerdict.FLAGGED, category=judged.block.flag)


def _removed(removal: Removal) -> Judged:
    return Judged(
        removal.block,
        removal.position + 1,
        BlockVerdict.REMOVED,
        removal.category,
        removal.rule,
        removal.reason,
        removal.confidence,
    )


_SURROGATES = re.compile("[\ud800-\udfff]")


def _sound(text: str) -> str:
    """`text` with U+FFFD for lone surrogates, which no encoding can write."""
    return _SURROGATES.sub("\ufffd", text)
