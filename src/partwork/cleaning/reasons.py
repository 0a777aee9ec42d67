"""Why a block is boilerplate, in an editor's words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from partwork.cleaning.cues import Cue, cue_at
from partwork.cleaning.findings import Finding
from partwork.cleaning.lines import repeated, worded
from partwork.cleaning.markup import marked_up
from partwork.cleaning.surroundings import Surroundings, words_in
from partwork.cleaning.traits import Vocabulary
from partwork.cleaning.vocabulary import terms_of, tokens_of
from partwork.model.article import BlockKind, Category

# Rules that show only where a block stands, and rules that show nothing that a person could see.
PLACES = frozenset({"above-text", "below-text"})
GUESSES = frozenset({"sounds-like-title", "unlike-text"})


def findings_on(
    page: Surroundings, doubts: Sequence[float], gone: Sequence[bool], vocabulary: Vocabulary
) -> dict[int, Finding]:
    """The reason for each block that is gone, by position, as sure as the judge or the rule is.

    The plainest reason wins: the block's own words, then its box on the page, then the line that
    it stands under, then its place and its vocabulary.
    """
    marked = marked_up(page)
    kept = [i for i, is_gone in enumerate(gone) if not is_gone]
    first, last = (kept[0], kept[-1]) if kept else (len(gone), -1)
    found: dict[int, Finding] = {}
    under: tuple[int, Cue] | None = None
    for i, is_gone in enumerate(gone):
        if not is_gone:
            under = None
            continue
        cue = cue_at(page, i)
        if cue is not None:
            under = (i, cue)
        told = repeated(page, i) or worded(page, i) or marked.get(i) or _below(page, i, under)
        if told is None:
            told = _placed(i, first, last) or _sounding(page, i, vocabulary.words)
        found[i] = replace(told, confidence=max(told.confidence, round(doubts[i], 3)))
    return found


def _below(page: Surroundings, i: int, under: tuple[int, Cue] | None) -> Finding | None:
    """The line that opens a section of boilerplate, and what stands below it."""
    if under is None:
        return None
    sure = _BIOS if under[1].category is Category.BIO else 0.0
    at, cue = under
    words = page.blocks[at].text.split("\n")[0].strip(" :")
    if at == i:
        return Finding(cue.rule, cue.category, f"“{words}” opens {cue.likeness}", sure)
    return Finding(cue.rule, cue.category, f"stands after “{words}”, like {cue.likeness}", sure)


def _placed(i: int, first: int, last: int) -> Finding | None:
    if i < first:
        reason = "stands among the page's menus, above the text"
        return Finding("above-text", Category.FURNITURE, reason, 0.0)
    if i > last:
        reason = "stands among the page's links and notices, below the text"
        return Finding("below-text", Category.FURNITURE, reason, 0.0)
    return None


def _sounding(page: Surroundings, i: int, words: Mapping[str, float]) -> Finding:
    """What a block in the midst of the text sounds like."""
    block = page.blocks[i]
    tokens = tokens_of(page.folded[i])
    weights = {term: words[term] for term in terms_of(tokens) if term.isalpha() and term in words}
    telling = sorted(weights, key=lambda term: -weights[term])[:_TOLD]
    telling = [term for term in telling if weights[term] >= _TELLING]
    if block.kind is BlockKind.IMAGE:
        return Finding("picture", Category.CAPTION, "describes a picture", 0.0)
    if telling:
        quoted = ", ".join(f"“{term}”" for term in telling)
        reason = f"reads like a notice of the site, by words such as {quoted}"
        return Finding("sounds-like-notice", Category.FURNITURE, reason, 0.0)
    if page.prose_words[i] == 0 and words_in(block.text) >= _TITLE_WORDS:
        reason = "reads like the title of something else, in the midst of the text"
        return Finding("sounds-like-title", Category.RELATED, reason, 0.0)
    reason = "does not read like the text around it"
    return Finding("unlike-text", Category.FURNITURE, reason, 0.0)


# What `bios.py` finds is right so often, whatever the judge says.
_BIOS = 0.89
_TOLD, _TELLING, _TITLE_WORDS = 3, 0.5, 3
