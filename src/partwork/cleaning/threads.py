"""Readers' comments: what stands below a line such as "3 comments", at the end of a text."""

import re

from partwork.cleaning.cues import cue_at
from partwork.cleaning.surroundings import Surroundings


def threads_in(page: Surroundings) -> set[int]:
    """The blocks of such threads, with the lines that open them.

    Comments read like text, and where their writers and dates are not set apart the judge takes
    them for one. A count also stands above a text, as a link to what is below it: so the line
    that opens a thread has most of the prose above it.
    """
    for at in range(len(page.blocks)):
        cue = cue_at(page, at)
        if cue is None or cue.rule != "comments" or not _OPENS.fullmatch(page.folded[at][0]):
            continue
        if page.prose_above[at] > page.prose_below(at):
            return set(range(at, len(page.blocks)))
    return set()


# Fewer words than a cue may have: "share your thoughts" also ends a text.
_OPENS = re.compile(r"(?:(?:all|top|reader) )?comments:?|.*\d.*")
