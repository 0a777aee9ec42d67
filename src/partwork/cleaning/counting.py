"""Lines that come back over several articles of one place: counting them, and what it tells."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from partwork.cleaning.findings import Finding
from partwork.cleaning.surroundings import prose_words_of, words_in
from partwork.model.article import Block, BlockKind, Category
from partwork.model.memory import Memory, Seen

COMES_BACK = "comes-back"


@dataclass(frozen=True, slots=True)
class Trace:
    """What counting knows of an article: the digests of its blocks as they were read, in order,
    and the positions of those that cleaning kept and that read as sentences.
    """

    lines: tuple[str, ...]
    prose: frozenset[int]


def trace_of(lines: Sequence[str], removed: Collection[int], kept: Iterable[Block]) -> Trace:
    """The trace of an article of which these blocks were kept."""
    sentences = {block.digest for block in kept if prose_words_of(block)}
    prose = (i for i, line in enumerate(lines) if line in sentences and i not in removed)
    return Trace(tuple(lines), frozenset(prose))


def seen_in_others(
    traces: Mapping[str, Trace], names: Collection[str], needed: int
) -> Mapping[str, Mapping[str, Seen]]:
    """For each named article of one place, what of it stands in others of that place too.

    Only what stands in `needed` others or more is told; all articles are counted, once each.
    Time grows with the number of blocks.
    """
    counts = Counter(line for trace in traces.values() for line in set(trace.lines))
    common = {line for line, count in counts.items() if count > needed}
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    edges: dict[str, tuple[set[str], set[str]]] = {}
    for name, trace in traces.items():
        edges[name] = _edges(trace, common)
        above.update(edges[name][0])
        below.update(edges[name][1])
    return {
        name: {
            line: Seen(
                counts[line] - 1,
                above[line] - (line in edges[name][0]),
                below[line] - (line in edges[name][1]),
            )
            for line in common.intersection(traces[name].lines)
        }
        for name in names
    }


def come_back(
    blocks: Sequence[Block], memory: Memory, doubts: Sequence[float], spared: Collection[int]
) -> dict[int, Finding]:
    """Findings on lines that come back in other articles and are no part of this one's text.

    Authors repeat headings, sentences and quotations too. So a line counts where the cleaner
    doubts it already, or where it stands at the same edge of the others, or among boilerplate;
    a paragraph counts at the end, and at the beginning only with boilerplate below it: what
    articles open with is more often a definition than a notice. `spared` are passed over.
    """
    page = _page_of(blocks, memory, doubts, spared)
    if page is None:
        return {}
    labels = _labels(page)
    found: dict[int, Finding] = {}
    for run in _foreign_runs(page):
        first_doubted = next(filter(page.is_doubted, run), run.stop)
        below = False
        for i in reversed(run):  # a paragraph above the text asks what was found below it
            seen = page.seen[i]
            if (
                seen is not None
                and not page.is_doubted(i)
                and i not in labels
                and _counts(page, i, seen, memory.needed, above=first_doubted < i, below=below)
            ):
                found[i] = _finding(seen, memory.place)
            below = below or i in found or page.is_doubted(i)
    words = [words_in(block.text) for block in blocks]
    undoubted = sum(w for i, w in enumerate(words) if not page.is_doubted(i))
    is_copy = sum(words[i] for i in found) > _MOST_REPEATED * undoubted
    return {} if is_copy else dict(sorted(found.items()))


# Half is as likely as not: from there the cleaner itself takes a block for boilerplate.
_DOUBTED = 0.5
# With this little doubt a line that also stands in others is theirs. The number is a guess on the
# safe side: of 38 labelled pages of 10 sites, no doubt at all would have taken 684 blocks of
# boilerplate and, 12 times, one line that the labels call text.
_HALF_DOUBTED = 0.2
# Of an article of which other copies are about, nothing is boilerplate for being in them.
_MOST_REPEATED = 0.5

# Code, tables and quotations come back because authors repeat them.
_COUNTED = (BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.IMAGE)
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’)\]]*$")
# A caution that comes back is no notice of the site's: it is kept (DESIGN 6).
_CAUTION = re.compile(
    r"\b(?:doctors?|physicians?|pharmacists?|nurses?|medicines?|medications?|dos(?:e|age)s?"
    r"|emergency|crisis|suicid\w*|overdoses?|poison\w*|pregnan\w*|allerg\w*|side effects?|risks?"
    r"|danger\w*|warnings?|cautions?|helplines?|hotlines?)\b",
    re.IGNORECASE,
)


def _edges(trace: Trace, common: Collection[str]) -> tuple[set[str], set[str]]:
    """The lines before and after all prose that is the article's own; nothing if it has none."""
    own = [i for i in trace.prose if trace.lines[i] not in common]
    if not own:
        return set(), set()
    return set(trace.lines[: min(own)]), set(trace.lines[max(own) + 1 :])


@dataclass(frozen=True, slots=True)
class _Page:
    """An article's blocks as counting sees them; one entry each.

    `seen` is where a block stands elsewhere, if often enough; what does not, and what the cleaner
    does not doubt, is the article's `own`. `first` and `last` are its first and last own prose.
    """

    blocks: Sequence[Block]
    seen: Sequence[Seen | None]
    doubts: Sequence[float]
    prose: Sequence[int]
    own: Sequence[bool]
    first: int
    last: int

    def is_doubted(self, i: int) -> bool:
        return self.doubts[i] >= _DOUBTED

    def is_announced(self, i: int) -> bool:
        """Whether the article's own text right above ends in a colon."""
        return i > 0 and self.own[i - 1] and self.blocks[i - 1].text.rstrip().endswith((":", "："))

    def is_label(self, i: int) -> bool:
        """Whether block `i` has the form of a heading."""
        block = self.blocks[i]
        is_line = block.kind is BlockKind.PARAGRAPH and not self.prose[i]
        ends = is_line and _SENTENCE_END.search(block.text) is not None
        return block.kind is BlockKind.HEADING or (is_line and not ends)


def _page_of(
    blocks: Sequence[Block], memory: Memory, doubts: Sequence[float], mine: Collection[int]
) -> _Page | None:
    """The page; None if it has no prose of its own, as a copy of other articles has none."""
    seen = [_seen(block, memory) if i not in mine else None for i, block in enumerate(blocks)]
    prose = [prose_words_of(block) for block in blocks]
    own = [s is None and d < _DOUBTED for s, d in zip(seen, doubts, strict=True)]
    text = [i for i, words in enumerate(prose) if words and own[i]]
    if not text or not any(seen):
        return None
    return _Page(blocks, seen, doubts, prose, own, text[0], text[-1])


def _seen(block: Block, memory: Memory) -> Seen | None:
    """Where else the block stands, if that is often enough to count."""
    if block.kind not in _COUNTED or not _LETTER.search(block.text):
        return None
    seen = memory.seen.get(block.digest)
    return seen if seen is not None and seen.articles >= memory.needed else None


def _labels(page: _Page) -> set[int]:
    """The repeated lines that head what is the article's own, with headings above headings.

    What the cleaner doubts may stand between a heading and its text. A line that only has the
    form of a heading, as menus have, must stand right above it.
    """
    labels: set[int] = set()
    below: int | None = None  # the next block that nobody doubts
    for i in range(len(page.blocks) - 1, -1, -1):
        if page.is_doubted(i):
            continue
        if page.seen[i] is not None and below is not None and page.is_label(i):
            if page.blocks[i].kind is BlockKind.HEADING:
                heads = page.own[below] or below in labels
            else:
                heads = page.own[below] and below == i + 1
            if heads:
                labels.add(i)
        below = i
    return labels


def _foreign_runs(page: _Page) -> Iterator[range]:
    """The runs of blocks that are not the article's own."""
    start = 0
    for i, own in enumerate((*page.own, True)):
        if own:
            if i > start:
                yield range(start, i)
            start = i + 1


def _counts(page: _Page, i: int, seen: Seen, needed: int, *, above: bool, below: bool) -> bool:
    """Whether block `i`, which nobody takes for boilerplate yet, is some for where it stands.

    `above` and `below` tell whether boilerplate stands there within its run.
    """
    if page.doubts[i] >= _HALF_DOUBTED:
        return True
    if page.is_announced(i) or _CAUTION.search(page.blocks[i].text):
        return False
    if i > page.last:
        return seen.below >= needed
    if page.prose[i]:
        return i < page.first and seen.above >= needed and below
    if i < page.first:
        return seen.above >= needed
    if page.blocks[i].kind is BlockKind.HEADING:
        return False
    return (above and below) if page.is_label(i) else (above or below)


def _finding(seen: Seen, place: str) -> Finding:
    """The more articles, the surer (how sure is a guess)."""
    reason = f"stands in {seen.articles} other articles {place}".rstrip()
    sure = round(1 - 1 / (seen.articles + 2), 2)
    return Finding(COMES_BACK, Category.DUPLICATE, reason, sure)
