"""What stands in a row, each with its date: readers' comments and lists of other articles."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from partwork.cleaning.findings import Finding
from partwork.cleaning.surroundings import Surroundings, is_date
from partwork.cleaning.wording import AGO
from partwork.cleaning.wording_page import DAY
from partwork.model.article import Category


@lru_cache(maxsize=2)
def stamped_in(page: Surroundings) -> Mapping[int, Finding]:
    """The blocks of such rows, below a text, with the reason for each.

    They need no line that opens them: what dates them comes back, three times or more. A day with
    its time, or "2 hours ago", dates a comment or a link: of 2,038 blocks in such rows of 676
    labelled pages 11 were part of the text. A bare day also dates a timeline and an event, so its
    row has titles and teasers alone and stands below most of the text: 1,485 of 1,616.
    """
    found: dict[int, Finding] = {}
    for run in _runs(_positions(page, _is_stamp), _FURTHEST_STAMP):
        if page.prose_above[run[0]] > _TEXT_WORDS:
            found |= dict.fromkeys(_row(page, run), _COMMENTS)
    for run in _runs(_positions(page, is_date), _FURTHEST_DATE):
        row = _row(page, run)
        is_below = page.prose_above[row.start] > max(_TEXT_WORDS, page.prose_below(row.stop - 1))
        if is_below and all(_is_teaser(page, a, b) for a, b in pairwise(run)):
            found |= dict.fromkeys(row, _TEASERS)
    return found


_COMMENTS = Finding(
    "stamped-row", Category.COMMENTS, "stands in a row of dated comments or links", 0.95
)
_TEASERS = Finding("teasers", Category.RELATED, "stands in a list of dated articles", 0.9)

# Three are a row. A comment is longer than a teaser: how many blocks and words lie between two
# dates of a row at most, and how many words of text stand above it at least (guesses).
_FEWEST, _FURTHEST_STAMP, _FURTHEST_DATE, _TEASER_WORDS, _TEXT_WORDS = 3, 12, 5, 60, 60
_STAMP = re.compile(
    rf"(?:[^.!?:]{{2,60}} )?(?:on |at |[|·•,-] ?)*"
    rf"(?:{DAY}[, ]*(?:at |[|·•-] ?)*\d\d?[:.]\d\d(?:[:.]\d\d)? ?(?:[ap]\.?m\.?)?"
    rf"|{AGO}(?: at \d\d?:\d\d ?(?:[ap]m)?)?)"
    r"(?: \(?[a-z]{2,4}\)?)?(?: ?(?:said|says|wrote|commented)\.?:?| ?[#(|·•-].{0,20})?"
    r"|[^.!?:]{2,40} says:"
)
_LONGEST_STAMP = 120
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=2**12)
def _is_stamp(line: str) -> bool:
    may_be = len(line) <= _LONGEST_STAMP and (line.endswith(" says:") or _DIGIT.search(line))
    return bool(may_be) and _STAMP.fullmatch(line) is not None


def _positions(page: Surroundings, dates: Callable[[str], bool]) -> list[int]:
    return [i for i, lines in enumerate(page.folded) if len(lines) == 1 and dates(lines[0])]


def _runs(positions: Sequence[int], furthest: int) -> Iterator[list[int]]:
    """Stretches of `positions`, each at most `furthest` from the one before, that make a row."""
    run: list[int] = []
    for at in positions:
        if run and at - run[-1] > furthest:
            yield from [run] if len(run) >= _FEWEST else []
            run = []
        run.append(at)
    yield from [run] if len(run) >= _FEWEST else []


def _row(page: Surroundings, run: Sequence[int]) -> range:
    """From the title or name above the first date to the text that the last one dates."""
    start, stop = run[0], run[-1] + 1
    usual = (run[-1] - run[0]) // (len(run) - 1)
    while start > max(0, run[0] - usual + 1) and page.prose_words[start - 1] == 0:
        start -= 1
    if stop < len(page.blocks) and page.prose_words[stop] > 0 and _has_prose(page, run):
        stop += 1
    return range(start, stop)


def _has_prose(page: Surroundings, run: Sequence[int]) -> bool:
    return page.prose_above[run[-1]] > page.prose_above[run[0]]


def _is_teaser(page: Surroundings, date: int, following: int) -> bool:
    """Whether a title, and not much more, stands between two dates."""
    words = page.prose_above[following] - page.prose_above[date]
    titles = any(page.prose_words[i] == 0 for i in range(date + 1, following))
    return titles and words <= _TEASER_WORDS
