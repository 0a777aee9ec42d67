"""Articles without their boilerplate, and a reason for each block that is gone."""

from collections.abc import Container, Sequence
from dataclasses import replace

from partwork.cleaning.bios import bios_in
from partwork.cleaning.contents import announced_in, contents_in
from partwork.cleaning.findings import Finding
from partwork.cleaning.judge import Judge, fitted
from partwork.cleaning.lines import is_named, repeated
from partwork.cleaning.lists import lists_in
from partwork.cleaning.markup import hidden_in
from partwork.cleaning.memory import removal_of, with_memory
from partwork.cleaning.plugs import flags_of
from partwork.cleaning.reasons import GUESSES, PLACES, SOUNDS, findings_on
from partwork.cleaning.recipes import recipes_in
from partwork.cleaning.stamped import stamped_in
from partwork.cleaning.surroundings import (
    Surroundings,
    ends_sentence,
    surroundings_in,
    words_in,
)
from partwork.cleaning.threads import threads_in
from partwork.cleaning.traits import looks_of
from partwork.model.article import Article, Block, BlockKind, Category, Cleaned, Removal
from partwork.model.memory import NOTHING, Memory

CLEANER = "forest-1"


def cleaned(article: Article, memory: Memory = NOTHING, judge: Judge | None = None) -> Cleaned:
    """`article` without boilerplate, and every removal; plugs in the text are flagged and stay.

    Cleaning what is clean removes nothing: the judge is asked again until it finds nothing more.
    A text of sentences alone loses nothing, and one that has sentences keeps some. Kept blocks
    and removals, merged by position, are the article as read (`as_read`). What `memory` says
    outweighs the judge; with one, all this holds for what it leaves alone. `judge` is the
    package's own unless another is given.
    """
    judged, doubts = _judged(article, judge or fitted())
    return with_memory(judged, article.blocks, memory, doubts)


def as_read(cleaned: Cleaned) -> tuple[Block, ...]:
    """The blocks of the article as it was read: kept and removed, in order, without flags."""
    kept = iter(cleaned.article.blocks)
    removed = {removal.position: removal.block for removal in cleaned.removals}
    count = len(cleaned.article.blocks) + len(removed)
    blocks = (removed[i] if i in removed else next(kept) for i in range(count))
    return tuple(replace(block, flag=None) for block in blocks)


def flagged(cleaned: Cleaned) -> tuple[Block, ...]:
    """The blocks that stay in the article and never enter a series."""
    return tuple(block for block in cleaned.article.blocks if block.flag is not None)


def _judged(article: Article, judge: Judge) -> tuple[Cleaned, list[float]]:
    """What the judge says of the article by itself, and how much it doubts each block."""
    page = surroundings_in(article)
    looks = looks_of(page, judge.vocabulary)
    positions = list(range(len(article.blocks)))
    removals: list[Removal] = []
    doubts = [0.0] * len(positions)
    while True:
        now = judge.doubts(page, looks)
        for position, doubt in zip(positions, now, strict=True):
            doubts[position] = doubt
        found = findings_on(page, now, _verdicts(page, now), judge.vocabulary)
        found = {i: f for i, f in found.items() if now[i] > _needed(page, i, f, found)}
        if not found:
            break
        removals += [removal_of(positions[i], page.blocks[i], f) for i, f in found.items()]
        stays = [i for i in range(len(now)) if i not in found]
        page, looks = page.only(stays), looks.only(stays)
        positions = [positions[i] for i in stays]
    blocks = tuple(map(_flagged, page.blocks, flags_of(page.blocks)))
    removals.sort(key=lambda removal: removal.position)
    return Cleaned(replace(article, blocks=blocks), tuple(removals), CLEANER), doubts


def _flagged(block: Block, flag: Category | None) -> Block:
    return replace(block, flag=flag) if flag and not block.flag else block


def _needed(page: Surroundings, i: int, finding: Finding, found: Container[int]) -> float:
    """How doubtful block `i` must be, to go for this reason: the less it shows, the more."""
    is_placed = finding.rule in PLACES
    if finding.rule in GUESSES or (is_placed and _heads_text(page, i, found)):
        return _SURE
    if is_placed and page.prose_words[i] and page.all_prose < _SHORT_WORDS:
        return _SURE
    if finding.rule in SOUNDS or (finding.rule == "below-text" and page.prose_words[i]):
        return _QUITE
    return _PLACED if is_placed else 0.0


def _heads_text(page: Surroundings, i: int, found: Container[int]) -> bool:
    """Whether block `i` is a heading right above prose that stays."""
    below = i + 1
    is_heading = page.blocks[i].kind is BlockKind.HEADING and below < len(page.blocks)
    return is_heading and below not in found and page.prose_words[below] > 0


def _verdicts(page: Surroundings, doubts: Sequence[float]) -> list[bool]:
    """Which blocks go: those that are likely boilerplate, where one surely is.

    Boilerplate seldom comes alone: a text in which nothing is sure has none. What a rule names
    counts as sure. Sentences alone are nobody's page, and a page that has sentences has some of
    its own: of the first all stay, of the second the least doubtful does. What is hidden goes in
    any case. Where no sentence stands outside a list, the lists with sentences are the text's.
    """
    hidden = hidden_in(page)
    gone = [i in hidden for i in range(len(doubts))]
    named = _named(page, doubts)
    shown = [i for i in range(len(doubts)) if i not in hidden]
    if not any(i in named or doubts[i] > _SURE for i in shown):
        return gone
    if all(page.prose_words[i] and i not in named for i in shown):
        return gone
    own = recipes_in(page) | announced_in(page)
    gone = [
        gone[i] or i in named or (doubt > _LIKELY and i not in own)
        for i, doubt in enumerate(doubts)
    ]
    prose = [i for i in shown if page.prose_words[i]]
    prose = prose or [i for i in shown if any(map(_is_long_sentence, page.folded[i]))]
    if prose and all(gone[i] for i in prose):
        gone[min(prose, key=lambda i: doubts[i])] = False
    return gone


def _is_long_sentence(line: str) -> bool:
    return ends_sentence(line) and words_in(line) >= _LONG_WORDS


def _named(page: Surroundings, doubts: Sequence[float]) -> set[int]:
    """What goes by rule: some rules outvote the judge, some only where it is not against them."""
    listed = lists_in(page) | threads_in(page) | contents_in(page)
    named = bios_in(page) | stamped_in(page).keys()
    for i, doubt in enumerate(doubts):
        if repeated(page, i) or (doubt > _POSSIBLE and (i in listed or is_named(page, i))):
            named.add(i)
    return named


# A sentence in a list that is one of a text; menus and teasers have shorter ones (a guess).
_LONG_WORDS = 20
# Prose of fewer words gives the judge little to go by: more is asked of it, and the rules, which
# were measured, may outvote it. That something must be sure at all saved a line in nearly one
# clean text of five (131 labelled pages, cross-validated). `docs/cleaning.md` has the figures.
_SHORT_WORDS = 300
_SURE, _QUITE, _PLACED, _LIKELY, _POSSIBLE = 0.9, 0.7, 0.55, 0.45, 0.1
