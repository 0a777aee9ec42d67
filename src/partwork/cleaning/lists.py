"""Lists of other articles: the titles below a line such as "Most read", also amid the text."""

import re

from partwork.cleaning.cues import cue_at
from partwork.cleaning.surroundings import Surroundings, words_in
from partwork.model.article import Block, BlockKind


def lists_in(page: Surroundings) -> set[int]:
    """The blocks of such lists, with the lines that open them.

    A list ends before prose, a sentence or another list. A heading right above prose is the
    text's next one. Of 424 such blocks amid the text of 676 labelled pages four were part of it.
    """
    found: set[int] = set()
    for at in range(len(page.blocks)):
        cue = cue_at(page, at)
        if cue is not None and cue.rule == "related":
            end = _end_of_list(page, at)
            if end > at + 1:
                found.update(range(at, end))
    return found


# Most-read lists have ten entries, each a title and perhaps its number (a guess).
_MOST_BLOCKS, _TITLE_WORDS = 20, 25


def _end_of_list(page: Surroundings, at: int) -> int:
    """The block after the list that block `at` opens; the next one where it opens none."""
    end = at + 1
    most = min(len(page.blocks), end + _MOST_BLOCKS)
    while end < most and _may_be_title(page.blocks[end]) and cue_at(page, end) is None:
        end += 1
    is_above_prose = end < len(page.blocks) and page.prose_words[end] > 0
    if is_above_prose and end > at + 2 and page.blocks[end - 1].kind is BlockKind.HEADING:
        end -= 1
    return end


def _may_be_title(block: Block) -> bool:
    """Whether `block` may be titles of articles, a line each."""
    return all(
        words_in(line) <= _TITLE_WORDS
        and not line.endswith((".", ":", ";", ","))
        and _FIGURE.fullmatch(line) is None
        for line in block.text.split("\n")
    )


# A label and its figure, as reviews and tables have them.
_FIGURE = re.compile(r"[^:]{1,30}: ?[$£€]?\d[\d.,%]*(?: [\w ]{1,20})?")
