"""What a page's own markup says of a block."""

import re
from collections import Counter
from functools import lru_cache

from partwork.cleaning.findings import Finding
from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import Block, BlockKind, Category


def marked_up(page: Surroundings) -> dict[int, Finding]:
    """Findings on what is hidden, stands in a box of the page, or is nothing but links.

    They say why; whether a block goes is for the judge, but for hidden ones.
    """
    found = hidden_in(page)
    boxes = _boxes(page)
    for i, block in enumerate(page.blocks):
        if i in found or block.markup is None:
            continue
        box = next((name for name in block.markup.classes if name in boxes), None)
        if box is not None:
            found[i] = boxes[box]
        elif _is_links(page, i, block):
            reason = "is made of links alone"
            found[i] = Finding("only-links", Category.RELATED, reason, 0.0)
    return found


def hidden_in(page: Surroundings) -> dict[int, Finding]:
    """The blocks that reading found hidden. What hides most of a page is no hiding: it decides."""
    finding = Finding("hidden", Category.HIDDEN, "is not shown on the page", 1.0)
    hidden = (b.markup is not None and b.markup.hidden for b in page.blocks)
    return {i: finding for i, is_hidden in enumerate(hidden) if is_hidden}


def _boxes(page: Surroundings) -> dict[str, Finding]:
    """The class names, ids and roles that stand for boxes of boilerplate on this page.

    A name that covers much of the prose speaks of the page, not of a box: `has-sidebar`.
    """
    within: Counter[tuple[str, ...]] = Counter()
    for block, words in zip(page.blocks, page.prose_words, strict=True):
        if block.markup is not None:
            within[block.markup.classes] += words
    boxes = {name: box for name in set().union(*within) if (box := _box(name)) is not None}
    prose: Counter[str] = Counter()
    for names, words in within.items():
        for name in boxes.keys() & names:
            prose[name] += words
    most = _MOST_PROSE * page.all_prose
    return {name: box for name, box in boxes.items() if prose[name] <= most}


def _is_links(page: Surroundings, i: int, block: Block) -> bool:
    is_text = block.kind in (BlockKind.HEADING, BlockKind.CODE, BlockKind.TABLE, BlockKind.IMAGE)
    density = block.markup.link_density if block.markup is not None else 0.0
    return not is_text and density >= _ALL_LINKS and page.prose_words[i] == 0


_MOST_PROSE = 0.2
# A list of links has commas, dates or bullets between them.
_ALL_LINKS = 0.8

_BOXES = (
    (
        "page-navigation",
        Category.FURNITURE,
        "stands in the page's navigation, side column or footer",
        "nav navigation navbar menu breadcrumb breadcrumbs masthead sidebar footer "
        "contentinfo complementary banner search widget toolbar pagination",
    ),
    (
        "comment-box",
        Category.COMMENTS,
        "stands in the comment section",
        "comment comments disqus respond",
    ),
    (
        "share-buttons",
        Category.SHARE,
        "stands among share buttons",
        "share sharing social sharedaddy",
    ),
    (
        "related-box",
        Category.RELATED,
        "stands among links to other articles",
        "related recommended recommendation recommendations trending relatedposts outbrain "
        "taboola teaser teasers",
    ),
    (
        "signup-box",
        Category.SIGNUP,
        "stands in a sign-up form",
        "newsletter newsletters subscribe signup optin form",
    ),
    (
        "consent-box",
        Category.CONSENT,
        "stands in a cookie notice",
        "cookie cookies consent gdpr onetrust",
    ),
    (
        "advert-box",
        Category.ADVERT,
        "stands in an advertisement",
        "ad ads advert adverts advertisement sponsored promo",
    ),
    (
        "author-box",
        Category.BIO,
        "stands in a box about the author",
        "authorbox authorbio bio byline",
    ),
    (
        "tags-box",
        Category.TAGS,
        "stands among tags and dates",
        "tag tags tagcloud postmeta entrymeta meta",
    ),
)
_WORDS = re.compile(r"[a-z]+")
_FINDINGS = tuple(Finding(rule, category, reason, 0.0) for rule, category, reason, _ in _BOXES)
_RANKS = {word: rank for rank, (*_, words) in enumerate(_BOXES) for word in words.split()}


@lru_cache(maxsize=10_000)
def _box(name: str) -> Finding | None:
    """The box that a class name, id or role stands for, by its first or last word."""
    words = _WORDS.findall(name)
    if not words:
        return None
    ranks = [_RANKS[word] for word in (words[0], words[-1], "".join(words)) if word in _RANKS]
    return _FINDINGS[min(ranks)] if ranks else None
