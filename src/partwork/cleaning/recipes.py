"""Recipes: ingredients and steps, which stand below a text like a box and belong to it."""

import re

from partwork.cleaning.cues import cue_at
from partwork.cleaning.surroundings import Surroundings
from partwork.model.article import BlockKind


def recipes_in(page: Surroundings) -> set[int]:
    """The blocks of recipes, with the lines that head them.

    Ingredients give themselves away by their measures, three of them in a row or one below a line
    that heads them; the steps by the line above them. All of the few such recipes in 676 labelled
    pages are part of the text, and the judge, which has seen so few, takes them for a notice.
    """
    found: set[int] = set()
    for start, stop in _measured(page):
        found.update(range(start, stop))
        if start and _heads(page, start - 1):
            found.add(start - 1)
        if stop < len(page.blocks) and _STEPS.fullmatch(page.folded[stop][0]):
            found.update(range(stop, _end_of_steps(page, stop)))
    return found


_FEWEST = 3
_MOST_STEPS = 20  # a guess
_UNIT = (
    r"(?:g|kg|ml|l|dl|cl|tsp|tbsp|cups?|oz|ounces?|lbs?|pounds?|teaspoons?|tablespoons?|cloves?"
    r"|pinch(?:es)?|grams?|lit(?:re|er)s?|pints?|slices?|cans?|sticks?)"
)
_MEASURE = re.compile(
    r"[▢□☐•*-]? ?(?:\d+(?:[./,]\d+)?|[½¼¾⅓⅔⅛])(?: ?[-/] ?\d+| ?[½¼¾⅓⅔⅛])?"
    rf" ?{_UNIT}\b\.?.{{2,80}}"
)
_HEADS = re.compile(r"ingredients|for the .{3,30}|you(?:'ll| will) need")
_STEPS = re.compile(r"(?:the )?(?:instructions|directions|method|preparation|steps)")


def _measured(page: Surroundings) -> list[tuple[int, int]]:
    """Where ingredients begin and end: stretches of blocks with a measure each."""
    stretches: list[tuple[int, int]] = []
    start, measures = 0, 0
    for i, lines in enumerate((*page.folded, ())):
        here = sum(_MEASURE.fullmatch(line) is not None for line in lines)
        if here:
            start = start if measures else i
            measures += here
        else:
            is_headed = start > 0 and _heads(page, start - 1)
            if measures >= (1 if is_headed else _FEWEST):
                stretches.append((start, i))
            measures = 0
    return stretches


def _heads(page: Surroundings, i: int) -> bool:
    return _HEADS.fullmatch(page.folded[i][-1].rstrip(":")) is not None


def _end_of_steps(page: Surroundings, at: int) -> int:
    end = at + 1
    most = min(len(page.blocks), end + _MOST_STEPS)
    while end < most and page.blocks[end].kind is not BlockKind.HEADING:
        if cue_at(page, end) is not None:
            break
        end += 1
    return end
