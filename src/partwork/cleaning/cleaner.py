"""Articles without their boilerplate, and a reason for each block that is gone."""

from dataclasses import replace

from partwork.cleaning.edges import edged, menus
from partwork.cleaning.findings import Finding
from partwork.cleaning.lines import repeated, worded
from partwork.cleaning.markup import marked_up
from partwork.cleaning.plugs import flag_of
from partwork.cleaning.sections import sectioned
from partwork.cleaning.surroundings import Surroundings, surroundings_of
from partwork.model.article import Article, Block, Cleaned, Removal

CLEANER = "rules-1"


def cleaned(article: Article) -> Cleaned:
    """`article` without boilerplate, and every removal; plugs in the text are flagged and stay.

    Cleaning what is clean removes nothing: the rules are asked again until they find nothing
    more. A text of sentences alone loses nothing. Kept blocks and removals, merged by position,
    are the article as read (`as_read`).
    """
    kept = list(enumerate(article.blocks))
    removals: list[Removal] = []
    while found := _findings(_page(article, tuple(b for _, b in kept))):
        removals += [_removal(*kept[i], finding) for i, finding in found.items()]
        kept = [pair for i, pair in enumerate(kept) if i not in found]
    blocks = tuple(replace(block, flag=block.flag or flag_of(block)) for _, block in kept)
    removals.sort(key=lambda removal: removal.position)
    return Cleaned(replace(article, blocks=blocks), tuple(removals), CLEANER)


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


def _page(article: Article, blocks: tuple[Block, ...]) -> Surroundings:
    return surroundings_of(article.title, article.byline, blocks)


def _findings(page: Surroundings) -> dict[int, Finding]:
    """What is boilerplate, by position among the blocks that are left."""
    found = menus(page) | marked_up(page) | sectioned(page)
    for i in range(len(page.blocks)):
        finding = repeated(page, i) or worded(page, i)
        if i not in found and finding is not None:
            found[i] = finding
    return found | edged(page, found)


def _removal(position: int, block: Block, finding: Finding) -> Removal:
    return Removal(
        position, block, finding.rule, finding.category, finding.reason, finding.confidence
    )
