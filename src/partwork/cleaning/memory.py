"""What is remembered of an article and its site: editors' word, and lines that come back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from partwork.cleaning.counting import come_back
from partwork.cleaning.findings import Finding
from partwork.model.article import Block, Category, Cleaned, Removal
from partwork.model.memory import Decision, EditorVerdict, Memory, SiteRule, words_of

BY_HAND = "by-hand"
BY_RULE = "site-rule:"  # the rule's name follows


@dataclass(frozen=True, slots=True)
class Spared:
    """Why a block stays, whatever else speaks against it; it loses its flag too."""

    rule: str
    reason: str


def remembered(
    blocks: Sequence[Block], memory: Memory, doubts: Sequence[float]
) -> Mapping[int, Finding | Spared]:
    """What memory says of `blocks`, by position; it says nothing of most.

    `doubts[i]` is how sure the cleaner is, 0 to 1, that block `i` is boilerplate. A decision on
    this article outweighs a rule of its site, and both outweigh counting.
    """
    said = _ruled(blocks, memory.rules) | _decided(blocks, memory.decisions)
    if memory.seen:
        told = [_told(said.get(i), doubt) for i, doubt in enumerate(doubts)]
        spared = {i for i, word in said.items() if isinstance(word, Spared)}
        counted: dict[int, Finding | Spared] = dict(come_back(blocks, memory, told, spared))
        said = counted | said
    return said


def with_memory(
    judged: Cleaned, read: Sequence[Block], memory: Memory, doubts: Sequence[float]
) -> Cleaned:
    """What was judged block by block, and what memory makes of it.

    `read` are the blocks as they were read; `doubts` as for `remembered`. What the cleaner
    removed keeps the cleaner's reason.
    """
    removals = {removal.position: removal for removal in judged.removals}
    settled = [1.0 if i in removals else min(d, _IN_DOUBT) for i, d in enumerate(doubts)]
    said = remembered(read, memory, settled)
    if not said:
        return judged
    kept = iter(judged.article.blocks)
    stay: list[Block] = []
    gone: list[Removal] = []
    for i, block in enumerate(read):
        removal = removals.get(i)
        own = block if removal else next(kept)
        match said.get(i):
            case Spared():
                stay.append(replace(own, flag=None))
            case Finding() as found if removal is None:
                gone.append(removal_of(i, replace(own, flag=None), found))
            case _ if removal is None:
                stay.append(own)
            case _:
                gone.append(removal)
    return replace(
        judged, article=replace(judged.article, blocks=tuple(stay)), removals=tuple(gone)
    )


def rules_at_work(
    read: Sequence[Block], rules: Sequence[SiteRule], without: Cleaned, judged: Cleaned
) -> tuple[str, ...]:
    """The names of the rules that made a difference between two cleanings of the same blocks."""
    before, after = _fates(without, len(read)), _fates(judged, len(read))
    by_words = {words_of(rule.words): rule.name for rule in rules}
    changed = (read[i] for i in range(len(read)) if before[i] != after[i])
    names = (by_words.get(words_of(block.text)) for block in changed)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def removal_of(position: int, block: Block, finding: Finding) -> Removal:
    """The removal that a finding makes of a block."""
    return Removal(
        position, block, finding.rule, finding.category, finding.reason, finding.confidence
    )


TAKEN_OUT = Finding(BY_HAND, Category.EDITOR, "was taken out by hand", 1.0)
PUT_BACK = Spared(BY_HAND, "was put back by hand")


# A block that the cleaner lets stay is no boilerplate by its word, however much it doubts it.
_IN_DOUBT = 0.49


def _fates(judged: Cleaned, count: int) -> list[bool | Category | None]:
    """What became of each block: True if it is removed, else its flag."""
    removed = {removal.position for removal in judged.removals}
    kept = iter(judged.article.blocks)
    return [True if i in removed else next(kept).flag for i in range(count)]


def _told(said: Finding | Spared | None, doubt: float) -> float:
    """The doubt that is left of a block once an editor has spoken."""
    if said is None:
        return doubt
    return 0.0 if isinstance(said, Spared) else 1.0


def _ruled(blocks: Sequence[Block], rules: Sequence[SiteRule]) -> dict[int, Finding | Spared]:
    by_words = {words_of(rule.words): rule for rule in rules}
    found: dict[int, Finding | Spared] = {}
    for i, block in enumerate(blocks) if by_words else ():
        rule = by_words.get(words_of(block.text))
        if rule is None:
            continue
        id_ = BY_RULE + rule.name
        if rule.verdict is EditorVerdict.KEEP:
            found[i] = Spared(id_, f"is kept by {rule.site}'s rule {rule.name}")
        else:
            reason = f"is taken out by {rule.site}'s rule {rule.name}"
            found[i] = Finding(id_, Category.EDITOR, reason, 1.0)
    return found


def _decided(blocks: Sequence[Block], decisions: Sequence[Decision]) -> dict[int, Finding | Spared]:
    wanted = {(d.block, d.occurrence): d.verdict for d in decisions}
    found: dict[int, Finding | Spared] = {}
    times: Counter[str] = Counter()
    for i, block in enumerate(blocks) if wanted else ():
        digest = block.digest
        verdict = wanted.get((digest, times[digest]))
        times[digest] += 1
        if verdict is not None:
            found[i] = PUT_BACK if verdict is EditorVerdict.KEEP else TAKEN_OUT
    return found
