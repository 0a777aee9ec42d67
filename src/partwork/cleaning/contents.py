"""Tables of contents, and what they announce: the headings of the text, word for word."""

from collections.abc import Iterator
from dataclasses import dataclass

from partwork.cleaning.cues import cue_at
from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import Category


def contents_in(page: Surroundings) -> set[int]:
    """The blocks of tables whose entries head sections below, with the lines that open them."""
    tables = (table for table in _tables(page) if len(table.announced) >= _FEWEST)
    return {i for table in tables for i in range(table.start, table.stop)}


def announced_in(page: Surroundings) -> set[int]:
    """The lines that a table of contents above them names: headings, though they may not look so.

    The judge, who sees a short line at the text's end, takes it for a link: of 392 such lines in
    676 labelled pages 374 were of the text.
    """
    return {i for table in _tables(page) for i in table.announced}


_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Table:
    """Blocks from `start` to before `stop`, and the lines below that say an entry once more."""

    start: int
    stop: int
    announced: frozenset[int]


def _tables(page: Surroundings) -> Iterator[_Table]:
    stop = 0
    for start in range(len(page.blocks)):
        cue = cue_at(page, start)
        if start < stop or cue is None or cue.category is not Category.CONTENTS:
            continue
        stop = start + 1
        while stop < len(page.blocks) and not page.prose_words[stop]:
            stop += 1
        if stop < len(page.blocks) and stop > start + 2:
            stop -= 1  # what stands right above prose heads it
        entries = {line for lines in page.folded[start + 1 : stop] for line in lines}
        announced = set()
        for i in range(stop, len(page.blocks)):
            line = page.folded[i][0]
            if len(page.folded[i]) == 1 and line in entries:
                entries.remove(line)
                announced.add(i)
        yield _Table(start, stop, frozenset(announced))
